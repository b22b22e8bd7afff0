"""Templates into pages: rendered once per publication, and sent with the headers that all have."""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import ETag, hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..options import Options
from .assets import Assets
from .charts import wording
from .menu import MENU

TEMPLATES: Final = Path(__file__).parent / "templates"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A rendered page, as it goes over the wire."""

    body: bytes
    packed: bytes
    etag: str
    status: int


def environment(options: Options, assets: Assets) -> Environment:
    """Return the templates, with what all of them use."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "breakable": wording.breakable,
        "day": wording.day,
        "days": wording.days,
        "every": wording.every,
        "noun": wording.noun,
        "number": wording.number,
        "percent": wording.percent,
    }
    made.globals |= {
        "options": options,
        "asset": assets.url,
        "menu": MENU,
        "example": example(options),
    }
    return made


def example(options: Options) -> str:
    """Return the section of configuration.yaml that sends reports here."""
    address = options.base_url or f"http://{options.host}:{options.port}"
    quoted = json.dumps(options.title, ensure_ascii=False)  # as YAML reads it, too
    return f"analytics:\n  destination:\n    name: {quoted}\n    url: {address}/v1"


def render(templates: Environment, template: str, status: int, values: Mapping[str, Any]) -> Page:
    """Render a page; half characters, which some JSON has, become question marks."""
    body = templates.get_template(template).render(values).encode("utf-8", "replace")
    return Page(
        body=body,
        packed=gzip.compress(body, compresslevel=6, mtime=0),
        etag=hashlib.sha256(body).hexdigest()[:16],
        status=status,
    )


def answer(request: web.Request, page: Page) -> web.Response:
    """Send a page, or only that it is still the same."""
    response = web.Response(status=page.status, headers=HEADERS)
    response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
    response.headers[hdrs.CACHE_CONTROL] = "no-cache"  # asks again each time, see the ETag
    response.etag = ETag(page.etag, is_weak=True)
    if page.status == web.HTTPOk.status_code and known(request, page.etag):
        response.set_status(web.HTTPNotModified.status_code)
        return response
    response.content_type, response.charset = "text/html", "utf-8"
    packs = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
    if packs:
        response.headers[hdrs.CONTENT_ENCODING] = "gzip"
    response.body = page.packed if packs else page.body
    return response


def known(request: web.Request, etag: str) -> bool:
    """Tell whether the browser has this version."""
    return any(tag.value in {etag, "*"} for tag in request.if_none_match or ())
