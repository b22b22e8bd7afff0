"""Snapshots are taken back: a device database is asked whether it deletes, and then to."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics
from custom_components.analytics.outbound.forget import SETTLED_AFTER
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.status import status
from scripts.sink import SNAPSHOT_PATH, Answer, Sink

from ..conftest import Command, Start, Wait
from .conftest import DAY, IDENTIFIER, NextDay, Toggle, answered, only_where_there_are_snapshots
from .test_sending import HEADER, kept

pytestmark = only_where_there_are_snapshots

OWN = "analytics.destinations"
QUESTION = ("GET", "/v1")
DELETION = ("DELETE", f"{SNAPSHOT_PATH}/{IDENTIFIER}")


def says(snapshots: object, **more: object) -> Answer:
    """Return what a receiver says of itself."""
    return answered(json.dumps({"snapshots": snapshots, **more}))


OFFER = says({"path": SNAPSHOT_PATH, "deletes": True}, service="analytics")


def asked(database: Sink) -> list[tuple[str, str]]:
    """Return what a device database was asked besides taking snapshots."""
    arrivals = database.arrivals
    return [(each.method, each.path) for each in arrivals if each.method != "POST"]


async def settled(hass: HomeAssistant) -> None:
    """Let what was started finish."""
    await hass.async_block_till_done(wait_background_tasks=True)


def state(hass: HomeAssistant) -> dict[str, Any]:
    """Return the status, as `analytics/status` answers it; a token would not last for days."""
    [entry] = hass.config_entries.async_entries("analytics")
    return status(entry.runtime_data)


def told(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return who has something of this home."""
    found: list[dict[str, Any]] = state(hass)["told"]
    return found


async def test_where_it_is_offered_the_snapshot_is_deleted_and_the_next_is_of_another_home(
    hass: HomeAssistant,
    sent: None,
    next_day: NextDay,
    wait: Wait,
    command: Command,
    database: Sink,
    receiver: Sink,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    database.offer_answer = OFFER
    assert (await command("analytics/status"))["snapshots"]["deletes_on_request"] is None
    assert asked(database) == []
    [item] = (await command("analytics/forget"))["taken_back"]
    assert (item["kind"], item["url"]) == ("snapshots", database.device_database)
    assert (item["id_kept"], item["deletes_on_request"]) == (False, None)
    assert (item["id_dropped"], item["deletions_pending"]) == (None, 1)
    assert kept(hass_storage)["submission_identifier"] is None
    await settled(hass)
    assert asked(database) == [QUESTION, DELETION]
    freezer.tick(SETTLED_AFTER)
    await wait(timedelta(0))
    assert asked(database) == [QUESTION, DELETION] * 2
    assert told(hass) == []
    assert IDENTIFIER not in json.dumps(hass_storage)
    await next_day()
    assert HEADER not in database.snapshots[-1].headers
    assert asked(database) == [QUESTION, DELETION] * 2
    assert receiver.arrivals == []


async def test_what_asks_says_no_more_than_what_sends(
    hass: HomeAssistant, sent: None, command: Command, database: Sink
) -> None:
    named = {"Set-Cookie": "known=1", "ETag": '"known"', "WWW-Authenticate": "Basic"}
    database.offer_answer = replace(OFFER, headers=named)
    await command("analytics/forget")
    await settled(hass)
    for arrival in database.arrivals[1:]:
        headers = {"Host", "Accept", "Accept-Encoding", "User-Agent"}
        assert set(arrival.headers) - {"Content-Length"} == headers
        assert arrival.body == b""


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=405),
        Answer(status=410),
        answered('{"service": "analytics"}'),
        says(None),
        says([]),
        says("deletes"),
        says({"path": SNAPSHOT_PATH}),
        says({"path": SNAPSHOT_PATH, "deletes": False}),
        says({"path": SNAPSHOT_PATH, "deletes": "yes"}),
        says({"path": "/api/v2/snapshot/2", "deletes": True}),
        says({"path": [SNAPSHOT_PATH], "deletes": True}),
        says({"deletes": True}),
    ],
)
async def test_where_it_is_not_offered_nothing_is_deleted_and_that_is_said(
    hass: HomeAssistant,
    sent: None,
    wait: Wait,
    command: Command,
    database: Sink,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    answer: Answer,
) -> None:
    database.offer_answer = answer
    await command("analytics/forget")
    await settled(hass)
    assert asked(database) == [QUESTION]
    [item] = told(hass)
    assert (item["deletes_on_request"], item["deletions_pending"]) == (False, 0)
    assert (item["id_kept"], item["id_dropped"] is not None) == (False, True)
    assert "offers no deletion" in caplog.text
    assert IDENTIFIER not in json.dumps(hass_storage)
    await wait(DAY)
    await wait(DAY)
    assert asked(database) == [QUESTION]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=500),
        Answer(status=503, headers={"Retry-After": "60"}),
        Answer(status=429),
        Answer(status=401),
        Answer(status=204),
        Answer(body="<html>Soon</html>"),
        Answer(body="{}"),
        answered('["snapshots"]'),
        answered('{"snapshots":' * 5000),
        # Longer than any answer that is worth reading, and so not read.
        says({"path": SNAPSHOT_PATH, "deletes": True}, more="x" * 70_000),
    ],
)
async def test_where_that_is_not_to_be_known_it_is_asked_daily_and_at_each_start(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    wait: Wait,
    database: Sink,
    freezer: FrozenDateTimeFactory,
    answer: Answer,
) -> None:
    database.offer_answer = answer
    await command("analytics/forget")
    await settled(hass)
    freezer.tick(SETTLED_AFTER)
    await wait(timedelta(0))
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert asked(database) == [QUESTION] * 3
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)
    assert asked(database) == [QUESTION] * 4
    [item] = told(hass)
    assert (item["deletes_on_request"], item["deletions_pending"]) == (None, 1)
    database.offer_answer = OFFER
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert asked(database) == [*[QUESTION] * 5, DELETION]
    assert state(hass)["deletions_pending"] == 0


@pytest.mark.parametrize("status", [200, 302, 404, 500])
async def test_a_deletion_that_is_not_done_is_asked_for_daily(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    wait: Wait,
    database: Sink,
    freezer: FrozenDateTimeFactory,
    status: int,
) -> None:
    database.offer_answer = OFFER
    database.deletion_status = status
    await command("analytics/forget")
    await settled(hass)
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert asked(database) == [QUESTION, DELETION] * 2
    database.deletion_status = 204
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert asked(database) == [QUESTION, DELETION] * 3
    assert state(hass)["deletions_pending"] == 0


@pytest.mark.parametrize(("ran", "waiting"), [(59 * 86400.0, 1), (60 * 86400.0, 0)])
async def test_it_is_given_up_after_60_days_of_running_and_what_stays_is_named(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    database: Sink,
    section: dict[str, Any],
    ran: float,
    waiting: int,
) -> None:
    deletion = {"url": database.device_database, "uuid": IDENTIFIER, "since": 0.0}
    data = {"deletions": [{**deletion, "matter": "snapshots"}], "ran": ran}
    hass_storage[OWN] = {"version": 1, "minor_version": 1, "key": OWN, "data": data}
    database.offer_answer = Answer(status=500)
    await start(section)
    await settled(hass)
    assert asked(database) == [QUESTION]
    [item] = told(hass)
    assert item["deletions_pending"] == waiting
    assert (item["id_dropped"] is None) is bool(waiting)


async def test_off_means_not_even_a_question(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    wait: Wait,
    database: Sink,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    database.offer_answer = OFFER
    (tmp_path / FILE_NAME).touch()
    [item] = (await command("analytics/forget"))["taken_back"]
    assert (item["id_kept"], item["deletions_pending"]) == (False, 1)
    await settled(hass)
    freezer.tick(DAY)
    await wait(timedelta(0))
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_reload(entry.entry_id)
    await settled(hass)
    assert asked(database) == []
    (tmp_path / FILE_NAME).unlink()
    await wait(timedelta(minutes=1))
    assert asked(database) == [QUESTION, DELETION]


async def test_a_switch_that_is_turned_on_before_the_answer_stops_the_deletion(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    wait: Wait,
    database: Sink,
    tmp_path: Path,
) -> None:
    database.before_answer = lambda arrival: (
        (tmp_path / FILE_NAME).touch() if arrival.method == "GET" else None
    )
    database.offer_answer = OFFER
    await command("analytics/forget")
    await settled(hass)
    await wait(timedelta(minutes=1))
    await wait(DAY)
    assert asked(database) == [QUESTION]
    database.before_answer = lambda _: None
    (tmp_path / FILE_NAME).unlink()
    await wait(timedelta(minutes=1))
    assert asked(database) == [QUESTION, QUESTION, DELETION]


@pytest.mark.parametrize("held", [False, True])
async def test_an_answer_that_comes_late_brings_no_identifier_back(
    hass: HomeAssistant,
    sent: None,
    wait: Wait,
    command: Command,
    database: Sink,
    hass_storage: dict[str, Any],
    held: bool,
) -> None:
    [entry] = hass.config_entries.async_entries("analytics")
    if held:
        hass.config_entries.async_update_entry(entry, options={"hold": True})
        await settled(hass)
        await wait(2 * DAY)
        [item] = (await command("analytics/outbox"))["items"]
    late = answered('{"submission_identifier": "late"}')
    database.snapshot_answer = Answer(delay=0.3, headers=late.headers, body=late.body)
    if held:
        approving = entry.runtime_data.async_approve(item["key"], item["digest"])
        sending = asyncio.ensure_future(approving)
    else:
        async_fire_time_changed(hass, dt_util.utcnow() + DAY)
    await database.wait_until(lambda: len(database.snapshots) == 2)
    await command("analytics/forget")
    if held:
        assert (await sending).kind == "stopped"
    await settled(hass)
    assert kept(hass_storage)["submission_identifier"] is None
    assert "late" not in json.dumps(hass_storage["core.analytics"])


async def test_a_deletion_that_waits_is_told_without_the_identifier(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    database: Sink,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    database.offer_answer = OFFER
    database.deletion_status = 500
    caplog.clear()
    caplog.set_level("DEBUG", logger="custom_components.analytics")
    answer = await command("analytics/forget")
    await settled(hass)
    [entry] = hass.config_entries.async_entries("analytics")
    shown = [answer, await command("analytics/status"), await command("analytics/journal")]
    download = await async_get_config_entry_diagnostics(hass, entry)
    assert IDENTIFIER not in json.dumps([*shown, download], default=str)
    ours = [each for each in caplog.records if each.name.startswith("custom_components.analytics")]
    assert "has not deleted yet" in " ".join(each.getMessage() for each in ours)
    assert not any(IDENTIFIER in each.getMessage() for each in ours)
    assert IDENTIFIER not in repr(entry.runtime_data.store.deletions)
    [waiting] = hass_storage[OWN]["data"]["deletions"]
    assert (waiting["uuid"], waiting["matter"]) == (IDENTIFIER, "snapshots")


async def test_it_waits_beyond_the_removal_of_the_entry(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    database: Sink,
    hass_storage: dict[str, Any],
) -> None:
    database.offer_answer = Answer(status=500)
    await command("analytics/forget")
    await settled(hass)
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_remove(entry.entry_id)
    assert set(hass_storage[OWN]["data"]) == {"deletions", "ran"}
    database.offer_answer = OFFER
    await hass.config_entries.flow.async_init("analytics", context={"source": "system"})
    await settled(hass)
    assert asked(database) == [QUESTION, QUESTION, DELETION]


async def test_what_was_sent_since_stays_and_is_named(
    hass: HomeAssistant,
    sent: None,
    next_day: NextDay,
    command: Command,
    wait: Wait,
    database: Sink,
    freezer: FrozenDateTimeFactory,
) -> None:
    database.offer_answer = Answer(status=500)
    await command("analytics/forget")
    database.snapshot_answer = answered('{"submission_identifier": "another"}')
    freezer.tick(DAY)
    await next_day()
    database.offer_answer = OFFER
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert asked(database)[-1] == DELETION
    [item] = told(hass)
    assert (item["id_kept"], item["deletions_pending"], item["id_dropped"]) == (True, 0, None)
    assert item["deletes_on_request"] is None
    assert database.snapshots[-1].headers.get(HEADER) != IDENTIFIER


async def test_after_a_no_the_question_is_asked_whether_it_shall_be_deleted(
    hass: HomeAssistant,
    sent: None,
    toggle: Toggle,
    command: Command,
    database: Sink,
) -> None:
    database.offer_answer = OFFER
    issues = ir.async_get(hass)
    assert issues.async_get_issue("analytics", "delete_sent") is None
    await toggle(False)
    issue = issues.async_get_issue("analytics", "delete_sent")
    assert issue is not None
    assert (issue.translation_placeholders or {})["url"] == database.device_database
    assert asked(database) == []
    named = {"question": "delete_sent", "url": database.device_database}
    await command("analytics/answer", **named, answer="delete")
    await settled(hass)
    assert asked(database) == [QUESTION, DELETION]
    assert issues.async_get_issue("analytics", "delete_sent") is None


async def test_a_no_to_that_counts_until_more_is_sent(
    hass: HomeAssistant,
    sent: None,
    toggle: Toggle,
    command: Command,
    database: Sink,
    hass_storage: dict[str, Any],
) -> None:
    issues = ir.async_get(hass)
    await toggle(False)
    named = {"question": "delete_sent", "url": database.device_database}
    await command("analytics/answer", **named, answer="leave")
    assert issues.async_get_issue("analytics", "delete_sent") is None
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_reload(entry.entry_id)
    assert issues.async_get_issue("analytics", "delete_sent") is None
    await toggle(True)
    record = hass_storage[OWN]["data"]["snapshots"][database.device_database]
    assert "stays" not in record
    await toggle(False)
    assert issues.async_get_issue("analytics", "delete_sent") is not None
    assert asked(database) == []
