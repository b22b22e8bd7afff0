"""What is public: the files that distributions list of themselves, each with its hash.

Reads the disk: not for the event loop. https://packaging.python.org/specifications/recording-installed-packages
"""

import os
import re
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Final

import homeassistant

HOST: Final = Path(homeassistant.__path__[0])
SITE: Final = HOST.parent
_COMPONENT: Final = re.compile(r"^homeassistant/components/([a-z0-9]\w*)/.", re.MULTILINE)
_TOP: Final = re.compile(r"^([^/,\n]+)[/,]", re.MULTILINE)

type Signature = tuple[int, ...]


def signature(path: str | Path) -> Signature | None:
    """Return what differs once a file or folder was changed, None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116 - asked for each report
    except (OSError, ValueError):
        return None
    return (
        status.st_dev,
        status.st_ino,
        status.st_mode,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def hashes(site: Path, below: str) -> frozenset[str]:
    """Return the SHA-256 that a file below a folder of packages has by those that installed it.

    None for what no distribution lists, which was put there by somebody, and for what one lists
    that came from a folder, an archive or a repository: https://peps.python.org/pep-0610.
    """
    listing = {
        information: found
        for information in _distributions(site, below.partition("/")[0])
        if (found := _hash(information, below)) is not None
    }
    if any(map(_is_from_elsewhere, listing)):
        return frozenset()
    return frozenset(listing.values()) - {""}


def host_domains() -> frozenset[str]:
    """Return the domains of the integrations that the host's distribution lists."""
    files = _host_lists(signature(SITE))
    return _domains(tuple((file, signature(file)) for file in files))


def host_lists(below: str) -> bool:
    """Tell whether the host's distribution lists a file, be it as it lists it or not."""
    files = _host_lists(signature(SITE))
    return any(below in _names(file, signature(file)) for file in files)


def host_is_sealed() -> bool:
    """Tell whether the host came from an index, so that there are hashes of its files."""
    return bool(hashes(SITE, f"{HOST.name}/__init__.py"))


@lru_cache(maxsize=1)
def _host_lists(_changed: Signature | None) -> list[Path]:
    """Return the lists of the host's files; an installation changes the folder.

    Home Assistant's container installs the host from a folder, which leaves a list without hashes
    beside it, as in a development environment.
    """
    records = [each / "RECORD" for each in SITE.glob(f"{HOST.name}-*.dist-info")]
    return records or [SITE / f"{HOST.name}.egg-info/SOURCES.txt"]


@lru_cache(maxsize=1)
def _domains(files: tuple[tuple[Path, Signature | None], ...]) -> frozenset[str]:
    return frozenset(domain for file, _ in files for domain in _COMPONENT.findall(_read(file)))


@lru_cache(maxsize=2)
def _names(file: Path, _changed: Signature | None) -> frozenset[str]:
    return frozenset(line.partition(",")[0] for line in _read(file).splitlines())


def _distributions(site: Path, top: str) -> tuple[Path, ...]:
    """Return the information about those that have installed something under a name."""
    return _index(site, signature(site)).get(top, ())


@lru_cache(maxsize=8)
def _index(site: Path, _changed: Signature | None) -> Mapping[str, tuple[Path, ...]]:
    """Return by first name who has installed something; an installation changes the folder."""
    index = defaultdict[str, list[Path]](list)
    for information in sorted(site.glob("*.dist-info")):
        for top in set(_TOP.findall(_read(information / "RECORD"))):
            index[top].append(information)
    return {top: tuple(informations) for top, informations in index.items()}


def _hash(information: Path, below: str) -> str | None:
    """Return the SHA-256 that a distribution lists for a file, empty without one, None for none."""
    record = information / "RECORD"
    return _listed(record, signature(record), below)


@lru_cache(maxsize=1024)
def _listed(record: Path, changed: Signature | None, below: str) -> str | None:
    text = _record(record, changed)
    start = text.find(f"\n{below},")
    if start < 0:
        return None
    entry = text[start + len(below) + 2 :].partition(",")[0]
    return entry.removeprefix("sha256=") if entry.startswith("sha256=") else ""


@lru_cache(maxsize=2)
def _record(record: Path, _changed: Signature | None) -> str:
    """Return a list of files, each at the begin of a line."""
    return "\n" + _read(record)


def _is_from_elsewhere(information: Path) -> bool:
    return (information / "direct_url.json").exists()


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
