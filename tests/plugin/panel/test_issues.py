"""Every repair issue leads to the room of the page that answers it."""

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.analytics.data import AnalyticsData
from custom_components.analytics.issues import DROPPED, FOLLOWING, STOPPED
from custom_components.analytics.models import Kind, Outcome
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.repairs import ANSWERS

from ..conftest import ALL_TIERS, Command, CommandError, Start

type Make = Callable[["Scene"], Awaitable[None]]

PANEL = "homeassistant://analytics_panel"
ROOMS = {"now", "choose", "next", "left", "outbox", "crash", "options", "act"}
PLUGIN = Path(__file__).parents[3] / "custom_components" / "analytics"
FAR = {"url": "https://analytics.example.com/v1"}


class Scene:
    """A host on which something becomes true."""

    def __init__(self, start: Start, command: Command, folder: Path) -> None:
        self.start = start
        self.command = command
        self.folder = folder

    async def ended(self, outcome: Outcome) -> None:
        """Have a report end so."""
        data: AnalyticsData = (await self.start()).runtime_data
        data.async_ended(outcome)


async def off(scene: Scene) -> None:
    (scene.folder / FILE_NAME).touch()
    await scene.start()


async def unusable(scene: Scene) -> None:
    await scene.start({"unknown": 1})


async def not_saved(scene: Scene) -> None:
    await scene.start()
    own = scene.folder / ".storage" / "analytics.destinations"
    own.rename(own.with_name("aside"))
    own.mkdir()  # in the way of writing it
    with pytest.raises(CommandError):
        await scene.command("analytics/preferences", preferences=ALL_TIERS)


async def undecided(scene: Scene) -> None:
    (scene.folder / ".storage" / "core.analytics").write_text(
        json.dumps(
            {
                "version": 1,
                "minor_version": 1,
                "key": "core.analytics",
                "data": {"onboarded": True, "preferences": {"base": True}, "uuid": None},
            }
        )
    )
    await scene.start({"destination": FAR})


async def dropped(scene: Scene) -> None:
    await scene.ended(Outcome(kind=Kind.SENT, dropped={"integrations": 1}))


async def stopped(scene: Scene) -> None:
    await scene.ended(Outcome(kind=Kind.INVALID, reason="version"))


SHOWN: dict[str, tuple[Make, str]] = {
    "off": (off, "now"),
    "settings": (unusable, "options"),
    "not_saved": (not_saved, "now"),
    "destination_undecided": (undecided, "choose"),
    "dropped": (dropped, "left"),
    "stopped": (stopped, "next"),
}


@pytest.mark.parametrize("name", SHOWN)
async def test_one_that_is_mended_elsewhere_has_a_link_to_a_room(
    hass: HomeAssistant, storage_folder: Path, start: Start, command: Command, name: str
) -> None:
    make, room = SHOWN[name]
    await make(Scene(start, command, storage_folder.parent))
    issue = ir.async_get(hass).async_get_issue("analytics", name)
    assert issue is not None
    assert (issue.is_fixable, issue.learn_more_url) == (False, f"{PANEL}/{room}")


@pytest.mark.parametrize("path", sorted((PLUGIN / "translations").glob("*.json")))
@pytest.mark.parametrize("question", ANSWERS)
def test_a_question_has_one_in_its_text(question: str, path: Path) -> None:
    texts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["issues"][question]
    described = texts["fix_flow"]["step"]["init"]["description"]
    [room] = re.findall(r"\]\(/analytics_panel/([a-z]+)(?:/[a-z]+)?\)", described)
    assert room in ROOMS


def test_these_are_all_issues() -> None:
    assert {*SHOWN, *ANSWERS} == {*FOLLOWING, DROPPED, STOPPED}
