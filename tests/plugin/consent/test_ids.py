"""Ids: random, one a destination, deletable, and never shared by two installations."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.analytics.consent.recipients import take_back, told
from custom_components.analytics.host import RECEIVER_URL
from custom_components.analytics.outbound.forget import SETTLED_AFTER
from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, SetClock, Start, Wait

OURS = "custom_components.analytics"
DAY = timedelta(days=1)


async def send(command: Command, receiver: Sink) -> str:
    """Send a report, and return the id that it has."""
    assert (await command("analytics/send"))["outcome"] == "sent"
    uuid: str = receiver.reports[-1].report["uuid"]
    return uuid


def deletions(receiver: Sink) -> list[str]:
    """Return the paths of the deletions that were asked for."""
    return [arrival.path for arrival in receiver.arrivals if arrival.method == "DELETE"]


async def test_forgetting_deletes_at_the_destination_and_the_next_report_has_a_new_id(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    old = await send(command, receiver)
    [answer] = (await command("analytics/forget"))["taken_back"]
    await hass.async_block_till_done(wait_background_tasks=True)
    assert answer["deletes_on_request"] is True
    assert deletions(receiver) == [f"/v1/{old}"]
    assert await send(command, receiver) != old
    freezer.tick(SETTLED_AFTER)
    await wait(timedelta(0))
    assert deletions(receiver) == [f"/v1/{old}"] * 2
    assert (await command("analytics/status"))["deletions_pending"] == 0


@pytest.mark.parametrize("status", [200, 404, 405, 429, 500])
async def test_a_deletion_is_asked_for_daily_until_it_is_done(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    status: int,
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await send(command, receiver)
    receiver.deletion_status = status
    await command("analytics/preferences", preferences={"base": False})
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(deletions(receiver)) == 1
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert len(deletions(receiver)) == 2
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert len(deletions(receiver)) == 3
    receiver.deletion_status = 204
    for _day in range(2):
        freezer.tick(DAY)
        await wait(timedelta(0))
    assert len(deletions(receiver)) == 4
    assert entry.runtime_data.forgetter.waiting == 0


async def test_a_report_stopped_on_its_way_is_deleted_once_more_when_it_has_surely_ended(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    """The receiver may go on with it, and store it after it has answered the deletion."""
    entry = await start(section)
    data = entry.runtime_data
    await command("analytics/preferences", preferences=ALL_TIERS)
    receiver.answer = Answer(delay=300)
    sending = hass.async_create_task(data.async_send())
    uuid = (await receiver.wait_for_report()).report["uuid"]
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await sending).kind == "stopped"
    assert deletions(receiver) == [f"/v1/{uuid}"]
    assert (await command("analytics/status"))["deletions_pending"] == 1
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await command("analytics/status"))["deletions_pending"] == 1
    freezer.tick(SETTLED_AFTER)
    await wait(timedelta(0))
    assert deletions(receiver) == [f"/v1/{uuid}"] * 3
    assert (await command("analytics/status"))["deletions_pending"] == 0


async def test_a_file_that_comes_and_goes_within_a_minute_ends_no_deletion(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await send(command, receiver)
    receiver.deletion_status = 500
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    receiver.deletion_status = 204
    (tmp_path / FILE_NAME).touch()
    await command("analytics/send")  # sees the file, as a deletion that is due would
    freezer.tick(SETTLED_AFTER)
    (tmp_path / FILE_NAME).unlink()
    await wait(timedelta(minutes=1))
    assert len(deletions(receiver)) == 2
    assert (await command("analytics/status"))["deletions_pending"] == 0


async def test_a_deletion_cancelled_before_its_first_step_is_asked_for_later(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    tmp_path: Path,
) -> None:
    data = (await start(section)).runtime_data
    await command("analytics/preferences", preferences=ALL_TIERS)
    await send(command, receiver)
    (tmp_path / FILE_NAME).touch()
    [item] = told(data.store, data.settings.device_database)
    take_back(data.store, data.settings.device_database, item)
    data.async_refresh()
    # The minute check ends while the deletion has yet to begin.
    await data.async_watch_switches()
    await hass.async_block_till_done(wait_background_tasks=True)
    assert deletions(receiver) == []
    (tmp_path / FILE_NAME).unlink()
    await wait(timedelta(minutes=1))
    assert len(deletions(receiver)) == 1


@pytest.mark.parametrize(("ran", "waiting"), [(59 * 86400.0, 1), (60 * 86400.0, 0)])
async def test_a_deletion_is_given_up_after_60_days_of_running(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    ran: float,
    waiting: int,
) -> None:
    hass_storage["analytics.destinations"] = {
        "version": 1,
        "key": "analytics.destinations",
        "data": {"deletions": [{"url": receiver.url, "uuid": "a" * 32, "since": 0.0}], "ran": ran},
    }
    receiver.deletion_status = 500
    await start(section)
    await hass.async_block_till_done(wait_background_tasks=True)
    # Once more all the same.
    assert len(deletions(receiver)) == 1
    assert (await command("analytics/status"))["deletions_pending"] == waiting


async def test_home_assistants_receiver_has_no_deletion_and_we_say_so(
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    aioclient_mock.post(RECEIVER_URL)
    await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    assert hass_storage["core.analytics"]["data"]["uuid"]
    [answer] = (await command("analytics/forget"))["taken_back"]
    assert answer["url"] == RECEIVER_URL
    assert answer["deletes_on_request"] is False
    assert answer["gone_after_days"] == 60
    assert hass_storage["core.analytics"]["data"]["uuid"] is None
    assert [call[0] for call in aioclient_mock.mock_calls] == ["POST"]


async def test_forgetting_before_the_first_report_asks_nobody(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert receiver.arrivals == []


async def test_a_preview_makes_no_id_and_shows_none(
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    shown = await command("analytics/preview")
    stored = hass_storage["analytics.destinations"]["data"]["destinations"][receiver.url]
    assert stored.get("uuid") is None
    assert shown["payload"]["uuid"] == "0" * 32
    await send(command, receiver)
    assert (await command("analytics/preview"))["payload"]["uuid"] == "0" * 32


async def test_a_preview_is_what_is_sent(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    shown = await command("analytics/preview")
    await send(command, receiver)
    [arrival] = receiver.reports
    assert shown["payload"] == {**arrival.report, "uuid": "0" * 32}
    assert shown["bytes"] == len(arrival.body)
    assert shown["destination"]["url"] == receiver.url


@pytest.mark.parametrize(
    ("preferences", "fields"),
    [
        ({}, 0),
        ({"usage": True}, 0),
        ({"base": True}, 3),
        ({"base": True, "usage": True}, 6),
        (ALL_TIERS, 10),
    ],
)
async def test_a_preview_of_any_choices_without_making_them(
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    preferences: dict[str, bool],
    fields: int,
) -> None:
    await start(section)
    shown = await command("analytics/preview", preferences=preferences)
    assert len(shown["payload"]) == fields
    assert (await command("analytics"))["onboarded"] is False
    assert receiver.arrivals == []


async def test_diagnostics_and_log_hold_no_id(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics

    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    uuid = await send(command, receiver)
    download = await async_get_config_entry_diagnostics(hass, entry)
    assert download["last_reports"][0]["payload"]["version"]
    assert uuid not in str(download)
    assert uuid[:8] not in str(download)
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(OURS)]
    assert uuid[:4] in str(ours)
    assert uuid[:5] not in str(ours)


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
async def test_a_clock_that_is_set_neither_ends_nor_gives_up_a_deletion(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    set_clock: SetClock,
    days: int,
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    uuid = await send(command, receiver)
    receiver.deletion_status = 500
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    set_clock(days * DAY)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.forgetter.waiting == 1
    # Done, but for a report that may yet be stored there.
    receiver.deletion_status = 204
    await entry.runtime_data.forgetter.async_delete()
    assert entry.runtime_data.forgetter.waiting == 1
    assert set(deletions(receiver)) == {f"/v1/{uuid}"}
