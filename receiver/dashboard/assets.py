"""Style sheets, scripts, the font: read once, served under addresses that change with them."""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp import web

FOLDER: Final = Path(__file__).parent / "static"
KINDS: Final = {".css", ".js", ".svg", ".woff2"}
TYPES: Final = {".js": "text/javascript", ".woff2": "font/woff2"}
A_YEAR: Final = "public, max-age=31536000, immutable"
A_DAY: Final = "public, max-age=86400"  # what a style sheet names, which knows no digests


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A file and the digest of its content."""

    body: bytes
    content_type: str
    digest: str


class Assets:
    """All files of the folder that browsers need; nothing else can be asked for."""

    def __init__(self, root: str, folder: Path = FOLDER) -> None:
        """Read them; all addresses begin with a path, which may be empty."""
        self._root = root
        self._files: Mapping[str, Asset] = {
            path.relative_to(folder).as_posix(): _read(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in KINDS
        }

    def url(self, name: str) -> str:
        """Return the address of a file."""
        return f"{self._root}/static/{name}?v={self._files[name].digest}"

    def respond(self, request: web.Request) -> web.Response:
        """Answer with a file."""
        asset = self._files.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        current = request.query.get("v") == asset.digest
        headers = {
            "Cache-Control": A_YEAR if current else A_DAY,
            "X-Content-Type-Options": "nosniff",
        }
        response = web.Response(body=asset.body, content_type=asset.content_type, headers=headers)
        response.enable_compression()
        return response


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    guessed = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    return Asset(
        body=body,
        content_type=guessed or "application/octet-stream",
        digest=hashlib.sha256(body).hexdigest()[:12],
    )
