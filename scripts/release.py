"""Build what a release is made of: the plugin's zip, the receiver's wheel, and what is new.

The version is the manifest's; the package takes it from there, and the changelog has to have it.
Needs nothing but Python 3.11 and its standard library.
"""

import argparse
import json
import os
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.environments import (
    RECEIVER,
    ROOT,
    SetupError,
    download_python,
    find_python,
    find_uv,
    run,
    say,
)

PLUGIN = ROOT / "custom_components" / "analytics"
MANIFEST = PLUGIN / "manifest.json"
CHANGELOG = ROOT / "CHANGELOG.md"
ZIP_NAME = "analytics.zip"  # as hacs.json says
NOTES_NAME = "notes.md"

# Of the newest version, and when it was released: a day, or that it was not yet.
HEADING = re.compile(r"^## (?P<version>\S+) \((?P<day>[^)]+)\)$", re.MULTILINE)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# The first moment that a zip can hold: the same files make the same zip.
NO_TIME = (1980, 1, 1, 0, 0, 0)
PUBLIC_FILE = 0o100644 << 16


class ReleaseError(Exception):
    """What is to be released does not agree with itself."""


def main(arguments: Sequence[str]) -> int:
    """Build a release and return the exit code."""
    options = parse(arguments)
    try:
        version, notes = newest_version(CHANGELOG.read_text(encoding="utf-8"))
        if options.tag:
            check_tag(options.tag, CHANGELOG.read_text(encoding="utf-8"))
        options.folder.mkdir(parents=True, exist_ok=True)
        build_zip(options.folder / ZIP_NAME)
        build_wheel(options.folder)
    except (ReleaseError, SetupError) as error:
        say(f"No release: {error}")
        return 1
    (options.folder / NOTES_NAME).write_text(notes, encoding="utf-8")
    print(f"Open Analytics {version} is in {options.folder}.")
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/release", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("folder", type=Path, nargs="?", default=Path("dist"), help="default: dist")
    parser.add_argument("--tag", help="what is released: v and the version")
    return parser.parse_args(arguments)


def manifest_version() -> str:
    """Return the version, which is written down once."""
    return str(json.loads(MANIFEST.read_text(encoding="utf-8"))["version"])


def newest_version(changelog: str) -> tuple[str, str]:
    """Return the version and what is new in it; raises ReleaseError where the two disagree."""
    heading = HEADING.search(changelog)
    version = manifest_version()
    if not heading or heading["version"] != version:
        raise ReleaseError(
            f"manifest.json has the version {version}, so CHANGELOG.md has to begin with "
            f"'## {version} (…)'."
        )
    return version, changelog[heading.end() :].partition("\n## ")[0].strip() + "\n"


def check_tag(tag: str, changelog: str) -> None:
    """Raise ReleaseError unless this tag is that of a version with a day."""
    if tag != f"v{manifest_version()}":
        raise ReleaseError(
            f"The tag is {tag}, but manifest.json has the version {manifest_version()}: change "
            "either."
        )
    heading = HEADING.search(changelog)
    if not heading or not DAY.fullmatch(heading["day"]):
        raise ReleaseError(f"CHANGELOG.md does not say on which day {tag} is released.")


def build_zip(target: Path) -> None:
    """Pack the plugin as HACS unpacks it: its files at the top."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in plugin_files():
            entry = zipfile.ZipInfo(path.relative_to(PLUGIN).as_posix(), NO_TIME)
            entry.external_attr = PUBLIC_FILE
            archive.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)


def plugin_files() -> Iterator[Path]:
    """Yield what the plugin consists of, without what Python made of it."""
    for path in sorted(PLUGIN.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def build_wheel(folder: Path) -> None:
    """Build the receiver's wheel, with a Python that runs it; raises ReleaseError."""
    uv = find_uv()
    python = find_python(RECEIVER, os.environ) or download_python(RECEIVER, uv)
    build = (uv, "build", "--python", python, "--quiet", "--wheel")
    if not run(*build, "--out-dir", folder.absolute(), ROOT):
        raise ReleaseError("the receiver's wheel could not be built, see above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
