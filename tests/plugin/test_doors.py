"""Actions, diagnostics and system health: where people look in Home Assistant."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockModule,
    MockUser,
    get_system_health_info,
    mock_integration,
)

from custom_components.analytics import repairs
from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics
from custom_components.analytics.outbound import Gate, Switch
from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.sink import Answer, Sink

from .conftest import ALL_TIERS, Command, CommandError, Start, Wait

TEXTS = Path(__file__).parents[2] / "custom_components/analytics/translations/en.json"


async def act(hass: HomeAssistant, name: str, data: Any = None, **arguments: Any) -> Any:
    """Call one of our actions, and return its response."""
    return await hass.services.async_call(
        "analytics", name, data or {}, blocking=True, return_response=True, **arguments
    )


async def test_an_action_previews(
    hass: HomeAssistant, start: Start, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    shown = await act(hass, "preview", {"preferences": {"base": True}})
    assert set(shown["payload"]) == {"uuid", "version", "installation_type"}
    assert shown["payload"]["uuid"] == "0" * 32
    assert (await act(hass, "preview"))["payload"] == {}
    assert receiver.arrivals == []


async def test_an_action_sends(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await act(hass, "send_report"))["outcome"] == "sent"
    assert len(receiver.reports) == 1
    status = await command("analytics/status")
    assert status["last_report"]["outcome"] == "sent"
    assert status["next_report"] is not None
    assert status["retry_pending"] is False


async def test_sending_what_is_not_allowed_is_an_error_with_a_text(
    hass: HomeAssistant, start: Start, section: dict[str, Any]
) -> None:
    await start(section)
    with pytest.raises(HomeAssistantError) as refused:
        await act(hass, "send_report")
    assert refused.value.translation_key == "blocked_undecided"


async def test_a_failed_report_is_an_error_and_is_tried_again(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    receiver.answer = Answer(status=500)
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    with pytest.raises(HomeAssistantError) as failed:
        await act(hass, "send_report")
    assert failed.value.translation_key == "report_failed"
    assert (await command("analytics/status"))["retry_pending"] is True


async def test_an_action_forgets(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await act(hass, "send_report")
    answer = await act(hass, "forget")
    assert [each["deletes_on_request"] for each in answer["taken_back"]] == [True]
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [arrival.method for arrival in receiver.arrivals] == ["POST", "DELETE"]


@pytest.mark.parametrize("name", ["preview", "send_report", "forget"])
async def test_actions_are_for_administrators(
    hass: HomeAssistant, start: Start, hass_read_only_user: MockUser, name: str
) -> None:
    await start()
    with pytest.raises(Unauthorized):
        await act(hass, name, context=Context(user_id=hass_read_only_user.id))


@pytest.mark.parametrize("name", ["preview", "send_report", "forget"])
async def test_actions_without_a_loaded_entry_say_so(
    hass: HomeAssistant, start: Start, name: str
) -> None:
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as refused:
        await act(hass, name)
    assert refused.value.translation_key == "not_loaded"


async def test_secrets_that_can_not_be_read_stop_reports(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    tmp_path: Path,
) -> None:
    (tmp_path / "secrets.yaml").mkdir()
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    answer = await command("analytics/send")
    assert (answer["outcome"], receiver.arrivals) == ("retryable", [])
    assert "secrets.yaml" in answer["reason"]
    with pytest.raises(HomeAssistantError) as refused:
        await act(hass, "preview", {"preferences": {"base": True}})
    assert refused.value.translation_key == "secrets_unreadable"
    with pytest.raises(CommandError, match="Check the file's permissions") as refused_too:
        await command("analytics/preview", preferences={"base": True})
    assert refused_too.value.translation_key == "secrets_unreadable"


async def test_what_the_guard_drops_is_counted_and_told_by_field_only(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (tmp_path / "secrets.yaml").write_text("alarm: swordfish\n")
    mock_integration(hass, MockModule("swordfish"), built_in=False)
    hass.config.components.add("swordfish")
    await start(section, swordfish={})
    await command("analytics/preferences", preferences=ALL_TIERS)
    answer = await command("analytics/send")
    assert answer["dropped"] == {"custom_integrations": 1}
    [arrival] = receiver.reports
    assert "swordfish" not in arrival.body.decode()
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["dropped"] == {"custom_integrations": 1}
    told = ir.async_get(hass).async_get_issue("analytics", "dropped")
    assert told is not None
    assert told.translation_placeholders == {"dropped": r"custom\_integrations\: 1"}
    ours = [r.getMessage() for r in caplog.records if r.name == "custom_components.analytics"]
    assert "swordfish" not in str(ours)


async def test_diagnostics_tell_consent_status_and_the_last_reports(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    download = json.loads(
        json.dumps(await async_get_config_entry_diagnostics(hass, entry), default=str)
    )
    assert download["consent"]["preferences"]["usage"] is True
    assert download["status"]["blocked"] is None
    [report] = download["last_reports"]
    assert report["payload"]["uuid"] == "**REDACTED**"
    assert report["payload"]["state_count"] == receiver.reports[0].report["state_count"]


async def health(hass: HomeAssistant) -> dict[str, Any]:
    """Return what system health shows of us."""
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done(wait_background_tasks=True)
    info: dict[str, Any] = await get_system_health_info(hass, "analytics")
    return {
        name: await value if hasattr(value, "__await__") else value for name, value in info.items()
    }


async def test_system_health_asks_the_destination_while_reports_are_allowed(
    hass: HomeAssistant, start: Start, receiver: Sink, section: dict[str, Any]
) -> None:
    data = (await start(section)).runtime_data
    await data.async_choose(ALL_TIERS)
    shown = await health(hass)
    assert shown["destination"] == f"{receiver.url} (Test receiver)"
    assert shown["blocked_by"] is False
    assert shown["destination_reachable"] == "ok"
    assert [arrival.method for arrival in receiver.arrivals] == ["HEAD"]
    await receiver.stop()
    assert (await health(hass))["destination_reachable"]["type"] == "failed"


@pytest.mark.parametrize("off", ["undecided", "file"])
async def test_system_health_asks_nobody_while_they_are_not(
    hass: HomeAssistant,
    start: Start,
    receiver: Sink,
    section: dict[str, Any],
    tmp_path: Path,
    off: str,
) -> None:
    data = (await start(section)).runtime_data
    if off == "file":
        await data.async_choose(ALL_TIERS)
        (tmp_path / FILE_NAME).touch()
    shown = await health(hass)
    assert shown["destination_reachable"] == "not asked"
    assert receiver.arrivals == []


async def test_system_health_ends_with_the_entry(
    hass: HomeAssistant, start: Start, receiver: Sink, section: dict[str, Any]
) -> None:
    """Its question must not outlive an unload."""
    receiver.other_delay = 300
    entry = await start(section)
    await entry.runtime_data.async_choose(ALL_TIERS)
    asking = hass.async_create_task(health(hass))
    await receiver.wait_for_arrival()
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await asking)["destination_reachable"]["type"] == "failed"


async def test_what_was_declined_is_not_told_as_confirmed(start: Start, command: Command) -> None:
    await start({"destination": {"name": "Example", "url": "https://analytics.example.com/v1"}})
    await command("analytics/preferences", preferences=dict.fromkeys(ALL_TIERS, False))
    assert (await command("analytics/status"))["destination"]["confirmed"] is False


def test_every_question_has_its_texts() -> None:
    issues = json.loads(TEXTS.read_text())["issues"]
    for name, answers in repairs.ANSWERS.items():
        flow = issues[name]["fix_flow"]
        assert set(flow["step"]["init"]["menu_options"]) == set(answers)
        ends = {answer.end for answer in answers.values() if answer.end}
        assert set(flow["abort"]) == {"not_loaded", "not_saved", "destination_changed"} | ends
        assert "description" not in issues[name]


async def test_nothing_is_left_after_unload(
    hass: HomeAssistant, start: Start, wait: Wait, receiver: Sink, section: dict[str, Any]
) -> None:
    entry = await start(section)
    data = entry.runtime_data
    await data.async_choose(ALL_TIERS)
    await data.async_send()
    receiver.deletion_status = 500
    await act(hass, "forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    before = len(receiver.arrivals)
    assert await hass.config_entries.async_unload(entry.entry_id)
    await wait(timedelta(days=3))
    assert len(receiver.arrivals) == before


@pytest.fixture
def slow_disk(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Let the files that switch off be read only while this is set, as it is at first."""
    may_read = asyncio.Event()
    may_read.set()
    read = Gate.async_read_switches

    async def later(gate: Gate) -> Switch | None:
        await may_read.wait()
        return await read(gate)

    monkeypatch.setattr(Gate, "async_read_switches", later)
    return may_read


async def test_nothing_that_was_begun_is_saved_after_unload(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    section: dict[str, Any],
    slow_disk: asyncio.Event,
) -> None:
    """It would undo what the next load of the entry has read and changed."""
    entry = await start(section)
    data = entry.runtime_data
    await data.async_choose(ALL_TIERS)
    slow_disk.clear()
    data.choices.choose_more({"environment": True})
    watching = [hass.async_create_task(data.async_watch_switches()) for _ in range(2)]
    unloading = hass.async_create_task(hass.config_entries.async_unload(entry.entry_id))
    # Far longer than it takes by itself.
    await asyncio.wait([unloading], timeout=0.5)
    assert not unloading.done()
    slow_disk.set()
    assert await unloading
    assert all(task.done() for task in watching)
    after = json.dumps(hass_storage)
    await data.async_watch_switches()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert json.dumps(hass_storage) == after
