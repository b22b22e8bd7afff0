"""No crash report has the name of anybody who lives here, however it is spelt."""

import json
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from scripts.sink import Sink

from ..conftest import Command
from ..people import PEOPLE, move_in
from .conftest import Settle
from .test_filled_in import modules, put

assert modules  # a fixture, for which a test asks by its name

SPELT = sorted({each for spelt in PEOPLE.values() for each in spelt})
# A report has a hundred places at most.
CHUNKS = [SPELT[start : start + 90] for start in range(0, len(SPELT), 90)]
HARMLESS = "adjust_the_valve"


def module_of(names: list[str]) -> str:
    """Return a source in which functions, a class and a message are called after people."""
    calls = [*(f"heat_for_{name}" for name in names), HARMLESS]
    chain = "\n".join(f"def {here}():\n    {there}()\n" for here, there in pairwise(calls))
    return f"""import logging
class {names[0].title()}Error(Exception):
    pass
def {HARMLESS}():
    raise {names[0].title()}Error
{chain}
def run():
    try:
        {calls[0]}()
    except {names[0].title()}Error:
        logging.getLogger(__name__).exception("Can't heat for {names[-1]}")
"""


@pytest.fixture
def module(modules: None, tmp_path: Path, names: list[str]) -> ModuleType:
    return put(tmp_path, "custom integration", module_of(names))


@pytest.mark.parametrize("names", CHUNKS, ids=range(len(CHUNKS)))
async def test_no_spelling_of_a_name_is_in_an_envelope(
    hass: HomeAssistant,
    listening: Any,
    command: Command,
    settle: Settle,
    receiver: Sink,
    module: ModuleType,
) -> None:
    await move_in(hass)
    module.run()
    await settle()
    [event] = receiver.events
    shown = (await command("analytics/preview", kind="crash"))["payload"]
    [raised] = event["exception"]["values"]
    functions = {frame["function"] for frame in raised["stacktrace"]["frames"]}
    assert functions == {"run", HARMLESS, "<unknown>"}
    assert raised["type"] == "Exception"
    assert "logentry" not in event
    assert "heat_for" not in json.dumps(event) + json.dumps(shown)
