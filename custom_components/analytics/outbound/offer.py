"""Whether a device database deletes on request, which it is asked before it is asked to.

It says so at `/v1`, where it would take reports. Of the answer one word is taken: where a deletion
goes is ours to know, so that no answer can send an identifier elsewhere.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import quote

from .. import host
from ..models import Kind, Outcome
from .answers import parsed

WHERE: Final = "/v1"
# Where nothing is that could say so. All else is no answer yet: a proxy in need of repair, say.
_NOTHING_THERE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
NO_DELETION: Final = Outcome(kind=Kind.REFUSED, reason="offers no deletion")


def offered(outcome: Outcome, body: bytes) -> Outcome:
    """Judge the answer to the question: sent for a yes, and for a no `NO_DELETION`."""
    if outcome.kind is not Kind.SENT:
        return NO_DELETION if outcome.status in _NOTHING_THERE else outcome
    said = parsed(body)
    if not said:
        return replace(outcome, kind=Kind.RETRYABLE, reason="does not say what it offers")
    return outcome if _deletes(said.get("snapshots")) else NO_DELETION


def _deletes(snapshots: Any) -> bool:
    """Tell whether it is a yes, to such snapshots as are sent."""
    if not isinstance(snapshots, Mapping):
        return False
    path = snapshots.get("path")
    is_ours = isinstance(path, str) and path.endswith(host.SNAPSHOT_PATH)
    return is_ours and snapshots.get("deletes") is True


def path_of(identifier: str) -> str:
    """Return where a snapshot is deleted, whatever an identifier is made of."""
    return f"{host.SNAPSHOT_PATH}/{quote(identifier, safe='')}"
