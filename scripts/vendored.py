"""Compare the copies of others' packages in the page with the packages, byte for byte.

python -m scripts.vendored NODE_MODULES
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from scripts.environments import ROOT

VENDOR: Final = ROOT / "custom_components" / "analytics" / "panel" / "www" / "vendor"
# Folders of copies, by what npm calls the package.
PACKAGES: Final = {"lit-html": "lit-html", "reactive-element": "@lit/reactive-element"}
LICENCE: Final = "LICENSE"


def differing(modules: Path, vendor: Path = VENDOR) -> Iterator[str]:
    """Yield each file that is not as it was published, and what else is amiss."""
    for folder in sorted(path for path in vendor.iterdir() if path.is_dir()):
        package = modules / PACKAGES.get(folder.name, folder.name)
        if not (folder / LICENCE).exists():
            yield f"{folder.name}: no {LICENCE}"
        for copy in sorted(path for path in folder.rglob("*") if path.is_file()):
            original = package / copy.relative_to(folder)
            if not original.exists() or original.read_bytes() != copy.read_bytes():
                yield f"{copy.relative_to(vendor)}: not as it was published"


def main(arguments: Sequence[str]) -> int:
    """Say what differs, and return the exit code."""
    found = list(differing(Path(arguments[0])))
    print("\n".join(found) or "What is in vendor/ is as it was published.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
