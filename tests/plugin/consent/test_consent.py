"""Consent by destination and by version, and the questions that it raises."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.repairs.issue_handler import RepairsFlowManager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.analytics.consent import rules
from custom_components.analytics.models import Consent, Report
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.tiers.standard import TIERS
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, Start, Wait

FIRST_REPORT = timedelta(minutes=15)
VENDOR = {
    "name": "Vendor",
    "url": "https://vendor.example/v1",
    "privacy_url": "https://vendor.example/privacy",
}
SHARED = {
    "version": 1,
    "key": "core.analytics",
    "data": {"onboarded": True, "preferences": ALL_TIERS, "uuid": "a" * 32},
}


def issue(hass: HomeAssistant, name: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue("analytics", name)


@pytest.fixture(autouse=True)
async def repairs(hass: HomeAssistant) -> None:
    """Set the host's repairs up, before its web server is in use."""
    assert await async_setup_component(hass, "repairs", {})


async def answer(hass: HomeAssistant, name: str, choice: str) -> Any:
    """Click through the fix flow of an issue, as the front end does."""
    manager: RepairsFlowManager = hass.data["repairs"]["flow_manager"]
    menu = await manager.async_init("analytics", data={"issue_id": name})
    assert choice in menu["menu_options"]
    result: Any = await manager.async_configure(menu["flow_id"], {"next_step_id": choice})
    await hass.async_block_till_done()
    return result


@pytest.fixture
def vendor(aioclient_mock: AiohttpClientMocker) -> AiohttpClientMocker:
    """Return the internet, in which the vendor's receiver answers."""
    aioclient_mock.post(VENDOR["url"])
    return aioclient_mock


async def test_choices_for_another_destination_wait_for_a_yes_by_name(
    hass: HomeAssistant, start: Start, command: Command, wait: Wait, vendor: AiohttpClientMocker
) -> None:
    await start({"destination": VENDOR})
    await command("analytics/preferences", preferences=ALL_TIERS)
    status = await command("analytics/status")
    assert status["blocked"] == {"reason": "pending", "detail": VENDOR["url"]}
    assert status["destination"]["confirmed"] is False
    await wait(FIRST_REPORT)
    assert (await command("analytics/send"))["outcome"] == "blocked"
    assert vendor.mock_calls == []
    question = issue(hass, "confirm_destination")
    assert question is not None
    assert question.is_fixable
    assert question.translation_placeholders == {
        "name": VENDOR["name"],
        "url": VENDOR["url"],
        "privacy_url": r"[https\:\/\/vendor\.example\/privacy](<https://vendor.example/privacy>)",
    }

    await answer(hass, "confirm_destination", "confirm")
    assert issue(hass, "confirm_destination") is None
    assert (await command("analytics/status"))["blocked"] is None
    await wait(FIRST_REPORT)
    assert [str(call[1]) for call in vendor.mock_calls] == [VENDOR["url"]]


async def test_declining_the_destination_turns_everything_off(
    hass: HomeAssistant, start: Start, command: Command, wait: Wait, vendor: AiohttpClientMocker
) -> None:
    await start({"destination": VENDOR})
    await command("analytics/preferences", preferences=ALL_TIERS)
    await answer(hass, "confirm_destination", "decline")
    assert not any((await command("analytics"))["preferences"].values())
    assert issue(hass, "confirm_destination") is None
    await wait(FIRST_REPORT)
    assert vendor.mock_calls == []


async def test_an_operator_may_state_that_its_front_end_names_the_destination(
    start: Start, command: Command, wait: Wait, vendor: AiohttpClientMocker
) -> None:
    await start({"destination": {**VENDOR, "named_in_frontend": True}})
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command("analytics/status"))["destination"]["named_in_frontend"] is True
    await wait(FIRST_REPORT)
    assert len(vendor.mock_calls) == 1


async def test_options_can_not_make_that_claim(
    hass: HomeAssistant, start: Start, command: Command, wait: Wait, vendor: AiohttpClientMocker
) -> None:
    entry = await start()
    options = {"destination": {**VENDOR, "named_in_frontend": True}}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done(wait_background_tasks=True)
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command("analytics/status"))["blocked"]["reason"] == "pending"
    await wait(FIRST_REPORT)
    assert vendor.mock_calls == []


async def test_a_yes_to_home_assistant_is_none_to_another_destination(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    wait: Wait,
    vendor: AiohttpClientMocker,
) -> None:
    hass_storage["core.analytics"] = SHARED
    await start({"destination": VENDOR})
    assert not any((await command("analytics"))["preferences"].values())
    await wait(FIRST_REPORT)
    assert vendor.mock_calls == []
    told = issue(hass, "destination_undecided")
    assert told is not None
    assert told.learn_more_url == "homeassistant://analytics_panel/choose"
    await command("analytics/preferences", preferences={"base": False})
    assert issue(hass, "destination_undecided") is None


async def test_going_back_finds_the_old_choices(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    entry = await start()
    await command("analytics/preferences", preferences={"base": True})
    hass.config_entries.async_update_entry(entry, options=section)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await command("analytics"))["onboarded"] is False
    await command("analytics/preferences", preferences={"base": True, "usage": True})
    hass.config_entries.async_update_entry(entry, options={})
    await hass.async_block_till_done(wait_background_tasks=True)
    preferences = (await command("analytics"))["preferences"]
    assert [name for name, on in preferences.items() if on] == ["base"]


async def test_an_answer_to_another_destinations_question_changes_nothing(
    hass: HomeAssistant, start: Start, command: Command, vendor: AiohttpClientMocker
) -> None:
    entry = await start()
    hass.config_entries.async_update_entry(entry, options={"destination": VENDOR})
    await hass.async_block_till_done(wait_background_tasks=True)
    await command("analytics/preferences", preferences=ALL_TIERS)
    manager = hass.data["repairs"]["flow_manager"]
    menu = await manager.async_init("analytics", data={"issue_id": "confirm_destination"})
    other = {**VENDOR, "url": "https://other.example/v1"}
    hass.config_entries.async_update_entry(entry, options={"destination": other})
    await hass.async_block_till_done(wait_background_tasks=True)
    await command("analytics/preferences", preferences=ALL_TIERS)
    result = await manager.async_configure(menu["flow_id"], {"next_step_id": "confirm"})
    assert result["reason"] == "destination_changed"
    assert (await command("analytics/status"))["blocked"]["reason"] == "pending"


@pytest.fixture
def newer_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the usage tier have a second version, with one field more."""
    usage = TIERS["usage"]
    added = replace(TIERS["statistics"].fields[0], name="screens", since=2, description="Screens.")
    monkeypatch.setitem(TIERS, "usage", replace(usage, fields=(*usage.fields, added)))


async def reported(command: Command, receiver: Sink) -> set[str]:
    assert (await command("analytics/send"))["outcome"] == "sent"
    return set(receiver.reports[-1].report)


async def test_a_field_of_a_later_version_is_withheld_until_the_user_says_yes_again(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    request.getfixturevalue("newer_usage")
    await hass.config_entries.async_reload(entry.entry_id)

    assert "screens" not in await reported(command, receiver)
    # The front end sends all toggles when one is saved: that is no word about new fields.
    await command("analytics/preferences", preferences={**ALL_TIERS, "diagnostics": True})
    assert "screens" not in await reported(command, receiver)
    question = issue(hass, "new_fields")
    assert question is not None
    assert "`screens`: Screens." in (question.translation_placeholders or {})["fields"]
    # What a yes would add is shown before it is said.
    assert "screens" not in (await command("analytics/next"))["payload"]
    assert "screens" in (await command("analytics/next", new_fields=True))["payload"]
    assert "screens" not in await reported(command, receiver)

    await answer(hass, "new_fields", "accept")
    assert issue(hass, "new_fields") is None
    assert "screens" in await reported(command, receiver)


async def test_declining_new_fields_keeps_the_old_level_working(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    request.getfixturevalue("newer_usage")
    await hass.config_entries.async_reload(entry.entry_id)
    await answer(hass, "new_fields", "keep")
    assert issue(hass, "new_fields") is None
    fields = await reported(command, receiver)
    assert "screens" not in fields
    assert "integrations" in fields
    # Off and on again is a yes to all that the tier is now.
    await command("analytics/preferences", preferences={"usage": False})
    await command("analytics/preferences", preferences={"usage": True})
    assert "screens" in await reported(command, receiver)


@pytest.mark.usefixtures("newer_usage")
def test_a_yes_is_to_the_version_of_its_day() -> None:
    before = Consent(decided=True, preferences=ALL_TIERS)
    assert "screens" not in {field.name for field in rules.allowed_fields(before)}
    fresh = rules.choose(Consent(), ALL_TIERS)
    assert "screens" in {field.name for field in rules.allowed_fields(fresh)}
    assert rules.new_fields(fresh) == ()


async def test_withdrawing_offers_the_deletion_of_what_was_sent(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    uuid = receiver.reports[0].report["uuid"]
    assert issue(hass, "delete_sent") is None
    await command("analytics/preferences", preferences={"base": False})
    assert issue(hass, "delete_sent") is not None
    await answer(hass, "delete_sent", "delete")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue(hass, "delete_sent") is None
    assert [(a.method, a.path) for a in receiver.arrivals][1:] == [("DELETE", f"/v1/{uuid}")]


async def test_leaving_what_was_sent_is_an_answer_that_is_kept_until_more_is_sent(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    await command("analytics/preferences", preferences={"base": False})
    await answer(hass, "delete_sent", "leave")
    assert issue(hass, "delete_sent") is None
    await hass.config_entries.async_reload(entry.entry_id)
    await command("analytics/preferences", preferences={"usage": True})
    assert issue(hass, "delete_sent") is None
    [told] = (await command("analytics/status"))["told"]
    assert told["id_kept"] is True
    assert len(receiver.arrivals) == 1
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/preferences", preferences={"base": False})
    assert issue(hass, "delete_sent") is not None


async def test_the_last_check_alone_refuses_what_is_not_allowed(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    """The scheduler stops a report sooner; the permit that the gate asks must hold by itself."""
    data = (await start(section)).runtime_data
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    sent = Report(payload=receiver.reports[0].report)
    permits = data.pipeline.permits
    assert permits(sent)
    assert not permits(replace(sent, payload={**sent.payload, "uuid": "0" * 32}))
    data.choices.choose({"usage": False})
    assert not permits(sent)
    data.choices.choose(ALL_TIERS)
    await command("analytics/forget")
    assert not permits(sent)


async def test_a_pending_choice_is_no_consent(start: Start, command: Command) -> None:
    choices = (await start({"destination": VENDOR})).runtime_data.choices
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert choices.consent.preferences["base"] is True
    assert choices.in_force == Consent()
    choices.confirm()
    assert choices.in_force == choices.consent


async def test_ignoring_a_question_says_nothing_of_another_one(
    hass: HomeAssistant, start: Start, command: Command, tmp_path: Path
) -> None:
    """Issues of one name may be about another destination or switch."""
    entry = await start()
    (tmp_path / FILE_NAME).touch()
    await command("analytics/status")
    ir.async_get(hass).async_ignore("analytics", "off", True)
    hass.config_entries.async_update_entry(entry, options={"enabled": False})
    await hass.async_block_till_done()
    (tmp_path / FILE_NAME).unlink()
    await command("analytics/status")
    shown = issue(hass, "off")
    assert shown is not None
    assert (shown.translation_key, shown.dismissed_version) == ("off_setting", None)
