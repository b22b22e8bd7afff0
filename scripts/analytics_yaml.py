"""Find what a configuration's YAML says below `analytics:` that the built-in integration refuses.

Reads lines, since Python brings no YAML, and rather finds too much than too little. Needs nothing
but Python 3.9 and its standard library, so it must not use younger syntax.
"""

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

# The built-in integration knows `analytics:` with none of these.
OUR_KEYS = ("crash_reports", "destination", "enabled", "initial_delay", "interval")
NOT_YAML = ("custom_components", "deps", "node_modules", "www")
# At the begin of a line, or within braces.
SECTION = re.compile(
    r"(?P<indent>\s*)(?:[^#]*[{,]\s*)?[\"']?\banalytics[\"']?\s*:(?P<value>(?:[\s{].*)?)$"
)
# An alias may stand for any of them.
KEY = re.compile(
    rf"[\"']?\b(?P<key>{'|'.join(OUR_KEYS)})\b[\"']?\s*:|(?:^|[\s,{{])(?P<alias>\*[\w-]+)"
)
INCLUDE = re.compile(r"!include(?P<folder>_dir_\w+)?\s+[\"']?(?P<name>[^\"'#,}]+)")
COMMENT = re.compile(r"(?:^|\s)#.*")


def keys_of_ours(folder: Path) -> set[tuple[Path, str]]:
    """Return file and key of each, in all YAML of a folder and in what it includes."""
    found: set[tuple[Path, str]] = set()
    waiting = list(_files(folder))
    seen: set[str] = set()
    for path in waiting:
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        lines = _lines(path)
        waiting += _included(path, lines)
        for number, line in enumerate(lines):
            if section := SECTION.match(line):
                own = [section["value"], *_below(lines[number + 1 :], len(section["indent"]))]
                found.update((path, key) for key in _keys(own))
                for each in _included(path, own):
                    # In a folder that is included a file can be named as what is in it.
                    found.update((each, key) for key in _keys([f"{each.stem}:", *_lines(each)]))
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Yield the YAML of a folder, also behind links, which may lead in a circle."""
    seen: set[str] = set()
    for parent, folders, files in os.walk(folder, followlinks=True):
        real = os.path.realpath(parent)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [each for each in folders if each not in NOT_YAML and each[0] != "."]
        yield from (Path(parent, file) for file in files if file.endswith((".yaml", ".yml")))


def _lines(path: Path) -> list[str]:
    """Return the lines of a file without comments; none of a pipe, or a link to nowhere."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    return [COMMENT.sub("", line) for line in text.splitlines()]


def _included(path: Path, lines: Sequence[str]) -> Iterator[Path]:
    """Yield the files that lines of a file include."""
    for line in lines:
        for include in INCLUDE.finditer(line):
            named = path.parent / include["name"].strip()
            yield from _files(named) if include["folder"] else (named,)


def _below(lines: Sequence[str], indent: int) -> Iterator[str]:
    """Yield the lines of a block that is indented further."""
    for line in filter(str.strip, lines):
        if len(line) - len(line.lstrip()) <= indent:
            return
        yield line


def _keys(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from (found["key"] or found["alias"] for found in KEY.finditer(line))
