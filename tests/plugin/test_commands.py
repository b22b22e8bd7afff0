"""The docs name each command that the plugin answers, and what each can be given."""

import re
from pathlib import Path

import pytest
from homeassistant.core import HomeAssistant

from custom_components.analytics import host

from .conftest import Start

DOCS = Path(__file__).parents[2] / "docs" / "commands.md"
ROW = re.compile(r"^\| `(analytics[\w/]*)` \| *(.*?) *\|", re.MULTILINE)
NAME = re.compile(r"`(\w+)`")


def documented() -> dict[str, set[str]]:
    """Return what the docs say that each command can be given."""
    rows = {command: {*NAME.findall(given)} for command, given in ROW.findall(DOCS.read_text())}
    if not host.has_snapshots():
        del rows["analytics/snapshots"]
    return rows


@pytest.fixture
async def registered(hass: HomeAssistant, start: Start) -> dict[str, set[str]]:
    """Return what each command of the plugin can be given."""
    await start()
    return {
        command: {str(key) for key in schema.schema if key not in {"id", "type"}}
        if schema
        else set()
        for command, (_, schema) in hass.data["websocket_api"].items()
        if command.partition("/")[0] == "analytics"
    }


async def test_the_docs_name_each_command_and_what_it_is_given(
    registered: dict[str, set[str]],
) -> None:
    assert len(registered) > 20
    assert documented() == registered
