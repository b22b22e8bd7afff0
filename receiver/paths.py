"""Where addresses begin: at the root, and under the path that the public address has."""

from collections.abc import Iterable
from itertools import chain
from typing import Final
from urllib.parse import quote

from aiohttp import web

_HOME: Final = "/"


class PathError(Exception):
    """The public address has a path that pages of the receiver have; the message says which."""


def everywhere(root: str, routes: Iterable[web.RouteDef]) -> list[web.RouteDef]:
    """Return routes that are found at the root, and under this path, where there is one.

    Some proxies take the path away before they ask, and others don't. Raises PathError.
    """
    known = list(routes)
    if not root:
        return known
    first = root.split("/")[1]
    if first in {route.path.split("/")[1] for route in known}:
        raise PathError(
            f"--base-url: /{first} is an address of the receiver's own; expected another path"
        )
    return [*chain.from_iterable(_under(root, route) for route in known), *known]


def own(root: str, path: str) -> str:
    """Return the path of a request without the one of the public address."""
    inside = path == root or path.startswith(f"{root}/")
    return (path.removeprefix(root) or _HOME) if root and inside else path


def segment_of(text: str) -> str:
    """Return a text as a segment of a path; empty where it can't be one, as half characters."""
    return "" if any("\ud800" <= sign <= "\udfff" for sign in text) else quote(text, safe="")


def _under(root: str, route: web.RouteDef) -> list[web.RouteDef]:
    paths = [f"{root}{route.path}", root] if route.path == _HOME else [f"{root}{route.path}"]
    return [web.RouteDef(route.method, path, route.handler, route.kwargs) for path in paths]
