"""Templates into pages: rendered once per publication, and sent with the headers that all have."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from aiohttp import hdrs, web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..options import Options
from ..wire import Document
from .assets import Assets
from .charts import wording
from .menu import MENU

TEMPLATES: Final = Path(__file__).parent / "templates"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final[Mapping[str, str]] = {
    hdrs.CACHE_CONTROL: "no-cache",  # asks again each time, see the ETag
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A rendered page, and its status."""

    document: Document
    status: int

    @property
    def size(self) -> int:
        """Return how much memory it takes."""
        return self.document.size

    def answer(self, request: web.Request) -> web.Response:
        """Send it, or only that it is still the same."""
        return self.document.answer(request, "text/html", HEADERS, self.status)


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
        "root": options.root,
        "asset": assets.url,
        "menu": MENU,
        "example": example(options),
    }
    return made


def example(options: Options) -> str:
    """Return the section of configuration.yaml that sends reports here."""
    quoted = json.dumps(options.title, ensure_ascii=False)  # as YAML reads it, too
    return f"analytics:\n  destination:\n    name: {quoted}\n    url: {options.address}/v1"


def render(templates: Environment, template: str, status: int, values: Mapping[str, Any]) -> Page:
    """Render a page; half characters, which some JSON has, become question marks."""
    body = templates.get_template(template).render(values).encode("utf-8", "replace")
    return Page(document=Document.of(body), status=status)
