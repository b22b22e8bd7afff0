"""What somebody decides in the page: answers, more tiers, snapshots, a new id."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.analytics import host
from custom_components.analytics.repairs import ANSWERS
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, CommandError, Start
from .conftest import OpenPage

FAR = {"name": "Example Home", "url": "https://analytics.example.com/v1"}
QUESTION = {"question": "confirm_destination", "url": FAR["url"]}
EXTENDED = ("environment", "lifecycle", "interface")
only_with_snapshots = pytest.mark.skipif(
    not host.has_snapshots(), reason="this host has no snapshots"
)


async def test_a_question_can_be_answered_where_it_is_shown(
    start: Start, command: Command, open_page: OpenPage
) -> None:
    await start({"destination": FAR})
    page = await open_page()
    assert (await page.state())["questions"] == []
    await command("analytics/preferences", preferences=ALL_TIERS)
    [question] = (await page.state())["questions"]
    assert question == {
        **QUESTION,
        "placeholders": {"name": "Example Home", "url": FAR["url"], "privacy_url": "none given"},
        "answers": ["confirm", "decline"],
    }
    answer = await page.ask("analytics/answer", **QUESTION, answer="confirm")
    assert answer["success"] is True
    assert (await page.state())["questions"] == []
    assert await page.says() == "reports_on"


async def test_a_no_is_one(start: Start, command: Command, open_page: OpenPage) -> None:
    await start({"destination": FAR})
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/answer", **QUESTION, answer="decline")
    assert await (await open_page()).says() == "reports_choice"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://other.example.com/v1"},
        {"question": "new_fields"},
        {"answer": "delete"},
    ],
)
async def test_an_answer_to_another_question_changes_nothing(
    start: Start, command: Command, open_page: OpenPage, wrong: dict[str, str]
) -> None:
    await start({"destination": FAR})
    await command("analytics/preferences", preferences=ALL_TIERS)
    with pytest.raises(CommandError) as refused:
        await command("analytics/answer", **{**QUESTION, "answer": "confirm", **wrong})
    assert refused.value.translation_key == "question_gone"
    assert await (await open_page()).says() == "reports_pending"


async def test_so_does_one_that_was_given_before(start: Start, command: Command) -> None:
    await start({"destination": FAR})
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/answer", **QUESTION, answer="confirm")
    with pytest.raises(CommandError, match="no longer open"):
        await command("analytics/answer", **QUESTION, answer="decline")
    assert (await command("analytics"))["preferences"]["base"] is True


def test_each_question_has_answers_with_a_text() -> None:
    assert all(len(answers) == 2 for answers in ANSWERS.values())


async def test_more_is_shared_with_a_destination_that_takes_it(
    start: Start, command: Command, section: dict[str, Any], receiver: Sink, open_page: OpenPage
) -> None:
    section["destination"]["extended"] = True
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    page = await open_page()
    answer = await command("analytics/more", more={"environment": True}, url=receiver.url)
    assert answer == {"more": {**dict.fromkeys(EXTENDED, False), "environment": True}}
    line = await page.line()
    assert line["placeholders"]["tiers"] == "base environment"
    await command("analytics/more", more={"lifecycle": True})
    assert (await page.line())["placeholders"]["tiers"] == "base environment lifecycle"
    with pytest.raises(CommandError) as refused:
        await command("analytics/more", more={"interface": True}, url=FAR["url"])
    assert refused.value.translation_key == "destination_changed"
    assert (await page.line())["placeholders"]["tiers"] == "base environment lifecycle"


async def test_a_new_id_takes_the_place_of_one_that_is_asked_to_be_deleted(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    answer = await command("analytics/new_id")
    assert answer.pop("deletions_pending") == 1
    assert answer == {"url": receiver.url, "dropped": True, "deletes_on_request": True}
    await hass.async_block_till_done(wait_background_tasks=True)
    await command("analytics/send")
    old, new = (arrival.report["uuid"] for arrival in receiver.reports)
    assert old != new
    asked = [each.path for each in receiver.arrivals if each.method == "DELETE"]
    assert set(asked) == {f"/v1/{old}"}


async def test_home_assistants_receiver_deletes_nothing(start: Start, command: Command) -> None:
    await start()
    assert await command("analytics/new_id") == {
        "url": host.RECEIVER_URL,
        "dropped": False,
        "deletes_on_request": False,
        "deletions_pending": 0,
    }


@only_with_snapshots
async def test_snapshots_follow_labs_and_labs_follows_the_page(
    hass: HomeAssistant, start: Start, command: Command, open_page: OpenPage
) -> None:
    assert await async_setup_component(hass, "labs", {})
    await start()
    page = await open_page()
    assert await page.says("snapshots") == "snapshots_off"
    await command("analytics/snapshots", on=True)
    assert host.snapshots_enabled(hass)
    assert await page.says("snapshots") == "snapshots_on"
    state = await page.state()
    assert (state["snapshots"]["on"], state["snapshots"]["labs"]) == (True, True)
    assert (await command("analytics"))["preferences"]["snapshots"] is True
    toggled = {"domain": "analytics", "preview_feature": "snapshots"}
    await command("labs/update", **toggled, enabled=False)
    assert await page.says("snapshots") == "snapshots_off"
    await command("labs/update", **toggled, enabled=True)
    assert await page.says("snapshots") == "snapshots_on"
    await command("analytics/snapshots", on=False)
    assert not host.snapshots_enabled(hass)
    assert await page.says("snapshots") == "snapshots_off"


@only_with_snapshots
async def test_snapshots_to_another_address_wait_for_a_yes_to_it(
    hass: HomeAssistant, start: Start, command: Command, open_page: OpenPage
) -> None:
    assert await async_setup_component(hass, "labs", {})
    await start({"snapshots_url": "https://devices.example.com"})
    await command("analytics/snapshots", on=True)
    page = await open_page()
    line = await page.line("snapshots")
    assert (line["key"], line["tone"]) == ("now.snapshots_pending", "waits")
    assert line["remedy"]["to"] == "confirm_snapshots"
    [question] = (await page.state())["questions"]
    answer = {"question": question["question"], "url": question["url"], "answer": "confirm"}
    assert (await page.ask("analytics/answer", **answer))["success"] is True
    assert await page.says("snapshots") == "snapshots_on"


@only_with_snapshots
async def test_without_labs_there_are_none(start: Start, command: Command) -> None:
    await start()
    with pytest.raises(CommandError) as refused:
        await command("analytics/snapshots", on=True)
    assert refused.value.translation_key == "no_labs"


COMMANDS: list[tuple[str, dict[str, Any]]] = [
    ("analytics/answer", {**QUESTION, "answer": "confirm"}),
    ("analytics/more", {"more": {}}),
    ("analytics/new_id", {}),
    *([("analytics/snapshots", {"on": False})] if host.has_snapshots() else []),
]


@pytest.mark.parametrize(("name", "arguments"), COMMANDS)
async def test_only_administrators_and_only_while_it_is_loaded(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    hass_read_only_access_token: str,
    name: str,
    arguments: dict[str, Any],
) -> None:
    entry = await start()
    with pytest.raises(CommandError) as refused:
        await command(name, hass_read_only_access_token, **arguments)
    assert refused.value.code == "unauthorized"
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as missing:
        await command(name, **arguments)
    assert missing.value.code == "not_found"
