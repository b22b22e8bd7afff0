"""Read out of README.md what a newcomer is told to type, so that what is checked can't differ."""

import re
import shlex
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
SECTION = "## Try it"


class ReadmeError(Exception):
    """README.md does not say what it is read for."""


def commands(text: str) -> list[str]:
    """Return the commands to try the project with, without their comments."""
    blocks: list[str] = re.findall(r"^```sh\n(.*?)^```$", _section(text), re.DOTALL | re.MULTILINE)
    lines = [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]
    found = [shlex.join(words) for words in lines if words]
    if not found:
        raise ReadmeError(f"{README.name} has no commands in a block of sh below '{SECTION}'.")
    return found


def packages(text: str) -> list[str]:
    """Return the packages of Debian that the commands ask for."""
    found = re.search(r"`sudo apt install ([^`]+)`", _section(text))
    if not found:
        raise ReadmeError(f"{README.name} has no `sudo apt install …` below '{SECTION}'.")
    return found[1].split()


def _section(text: str) -> str:
    return text.partition(f"\n{SECTION}\n")[2].partition("\n## ")[0]
