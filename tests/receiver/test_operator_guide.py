"""What docs/operator.md tells to type is what the receiver takes."""

import re
from pathlib import Path

import pytest

from receiver.__main__ import COMMANDS
from receiver.options import parse
from receiver.options.options import PREFIX

GUIDE = (Path(__file__).parents[2] / "docs" / "operator.md").read_text(encoding="utf-8")
VARIABLES = sorted(set(re.findall(rf"\b({PREFIX}[A-Z_]+)=([^\s\"`]+)", GUIDE)))
COMMAND = re.compile(r"bin/open-analytics-receiver ((?:[^\n`]*\\\n)*[^\n`]*)")


@pytest.mark.parametrize(("name", "value"), VARIABLES, ids=lambda text: text)
def test_its_variables_are_taken(name: str, value: str) -> None:
    options = parse([], {name: value})
    # A variable that the receiver does not know is ignored, so it has to be an option.
    assert getattr(options, name.removeprefix(PREFIX).lower())


def test_its_commands_exist() -> None:
    found = [match.replace("\\\n", " ").split() for match in COMMAND.findall(GUIDE)]
    named = {words[0] for words in found if not words[0].startswith("-")}
    assert named == COMMANDS.keys() - {"run"}
