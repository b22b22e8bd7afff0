"""Put distributions into a folder of packages, as an installer leaves them."""

import base64
import hashlib
import json
from pathlib import Path

TEXT = "x = 1\n"


def install(
    site: Path, distribution: str, *files: str, url: str | None = None, text: str = TEXT
) -> None:
    """Install files from an index, or from a URL, and list them with their hashes."""
    information = site / f"{distribution}.dist-info"
    information.mkdir(parents=True)
    for name in files:
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    record = [f"{name},sha256={sha256(site / name)},{len(text)}" for name in files]
    (information / "RECORD").write_text("\n".join([*record, f"{information.name}/RECORD,,"]))
    if url:
        (information / "direct_url.json").write_text(json.dumps({"url": url}))


def sha256(file: Path) -> str:
    """Return the hash of a file as such lists have it."""
    digest = hashlib.sha256(file.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
