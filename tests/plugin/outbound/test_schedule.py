"""When reports are sent, and when they are not."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED, EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.analytics.collect import COLLECTORS
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, Start, Wait
from ..sessions import open_sessions

FIRST_REPORT = timedelta(minutes=15)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


def armed(hass: HomeAssistant) -> list[float]:
    """Return the seconds until each timer of the scheduler is due."""
    [entry] = hass.config_entries.async_entries("analytics")
    scheduler = entry.runtime_data.scheduler
    return [] if scheduler.next_due is None else [scheduler.next_due - hass.loop.time()]


async def test_the_first_report_follows_the_start_by_15_minutes_then_daily(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    hass.set_state(CoreState.starting)
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(DAY)
    assert receiver.reports == []
    assert armed(hass) == []

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert armed(hass) == [pytest.approx(15 * 60, abs=5)]
    await wait(FIRST_REPORT - 5 * SECOND)
    assert receiver.reports == []
    await wait(FIRST_REPORT)
    assert len(receiver.reports) == 1
    assert armed(hass) == [pytest.approx(24 * 3600, abs=5)]
    await wait(DAY - 10 * SECOND)
    assert len(receiver.reports) == 1
    for number in (2, 3, 4):
        await wait(DAY)
        assert len(receiver.reports) == number
    assert len({arrival.report["uuid"] for arrival in receiver.reports}) == 1


async def test_delays_from_the_settings(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await start(section | {"initial_delay": 30, "interval": {"hours": 2}})
    await command("analytics/preferences", preferences={"base": True})
    assert armed(hass) == [pytest.approx(30, abs=5)]
    await wait(30 * SECOND)
    assert len(receiver.reports) == 1
    assert armed(hass) == [pytest.approx(2 * 3600, abs=5)]


async def test_saving_choices_again_leaves_the_timer_alone(
    hass: HomeAssistant, start: Start, command: Command, wait: Wait, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    [before] = armed(hass)
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert armed(hass) == [pytest.approx(before, abs=5)]


async def test_opting_out_and_in_again_leaves_one_timer(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await start(section)
    for _ in range(3):
        await command("analytics/preferences", preferences={"base": True})
        assert len(armed(hass)) == 1
        await command("analytics/preferences", preferences={"base": False})
        assert armed(hass) == []
    await wait(DAY)
    assert receiver.reports == []
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    assert len(receiver.reports) == 1


@pytest.mark.parametrize("enabled", [False, "no", 0])
async def test_enabled_false_sends_nothing(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    enabled: object,
) -> None:
    await start(section | {"enabled": enabled})
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert armed(hass) == []
    await wait(DAY)
    assert receiver.arrivals == []


@pytest.mark.parametrize("wrong", [{"enabled": "perhaps"}, {"typo": 1}, {"interval": 1}])
async def test_settings_that_can_not_be_used_send_nothing(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    wrong: dict[str, Any],
) -> None:
    await start(section | wrong)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await wait(DAY)
    assert receiver.arrivals == []


@pytest.mark.parametrize(
    "answers",
    [
        [Answer(status=500)],
        [Answer(status=503), Answer(status=429), Answer(status=502)],
        [Answer(status=500)] * 4,
    ],
)
async def test_failures_are_retried_until_it_works(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    answers: list[Answer],
) -> None:
    receiver.answer_next(*answers)
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    for planned, _answer in zip((60, 300, 900, 3600), answers, strict=False):
        [seconds] = armed(hass)
        assert 0.8 * planned - 5 <= seconds <= 1.2 * planned
        await wait(timedelta(seconds=1.2 * planned))
    assert len(receiver.reports) == len(answers) + 1
    [regular] = armed(hass)
    assert regular > 20 * 3600


async def test_after_the_last_retry_comes_the_regular_report(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    receiver.answer = Answer(status=500)
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    for _ in range(4):
        await wait(timedelta(seconds=1.2 * 3600))
    assert len(receiver.reports) == 5
    [regular] = armed(hass)
    assert regular == pytest.approx(24 * 3600, abs=30)
    await wait(DAY)
    assert len(receiver.reports) == 6
    assert armed(hass) == [pytest.approx(60, rel=0.25)]


async def test_retry_after_is_obeyed(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    receiver.answer_next(Answer(status=429, headers={"Retry-After": "1800"}))
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    assert armed(hass) == [pytest.approx(1800, abs=5)]


@pytest.mark.parametrize("status", [201, 204, 302, 307, 308, 400, 401, 403, 404, 413])
async def test_refusals_are_not_retried_and_redirects_not_followed(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    status: int,
) -> None:
    async with Sink() as elsewhere:
        receiver.answer = Answer(status=status, headers={"Location": elsewhere.url})
        await start(section)
        await command("analytics/preferences", preferences={"base": True})
        await wait(FIRST_REPORT)
        assert len(receiver.reports) == 1
        assert elsewhere.arrivals == []
    assert armed(hass) == [pytest.approx(24 * 3600, abs=5)]


async def test_a_receiver_that_is_down_is_retried(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await receiver.stop()
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await wait(FIRST_REPORT)
    assert armed(hass) == [pytest.approx(60, rel=0.25)]
    await receiver.start()
    await wait(timedelta(seconds=72))
    assert len(receiver.reports) == 1


@pytest.fixture
async def on_its_way(
    hass: HomeAssistant, start: Start, receiver: Sink, section: dict[str, Any]
) -> None:
    """Have a report on its way, to which the receiver does not answer."""
    receiver.answer = Answer(delay=3600)
    entry = await start(section)
    await entry.runtime_data.async_choose(ALL_TIERS)
    async_fire_time_changed(hass, dt_util.utcnow() + FIRST_REPORT)
    await receiver.wait_for_report()


async def test_opting_out_while_a_report_is_on_its_way_stops_it(
    hass: HomeAssistant, on_its_way: None, command: Command, wait: Wait, receiver: Sink
) -> None:
    await command("analytics/preferences", preferences={"base": False})
    assert armed(hass) == []
    await wait(DAY)
    assert len(receiver.reports) == 1


async def test_a_smaller_choice_while_a_report_is_on_its_way_starts_over(
    hass: HomeAssistant, on_its_way: None, command: Command, wait: Wait, receiver: Sink
) -> None:
    receiver.answer = Answer()
    await command("analytics/preferences", preferences={"usage": False, "statistics": False})
    assert armed(hass) == [pytest.approx(15 * 60, abs=5)]
    await wait(FIRST_REPORT)
    assert set(receiver.reports[-1].report) == {"uuid", "version", "installation_type"}


async def test_unloading_while_a_report_is_on_its_way_leaves_nothing(
    hass: HomeAssistant, on_its_way: None, receiver: Sink
) -> None:
    [entry] = hass.config_entries.async_entries("analytics")
    scheduler = entry.runtime_data.scheduler
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert scheduler.next_due is None
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "analytics report"]


async def test_one_session_serves_all_reports_until_the_unload(
    hass: HomeAssistant,
    start: Start,
    wait: Wait,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences={"base": True})
    assert open_sessions() == []
    await wait(FIRST_REPORT)
    [session] = open_sessions()
    await wait(DAY)
    assert open_sessions() == [session]
    assert len(receiver.reports) == 2
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert open_sessions() == []


async def test_the_hosts_stop_leaves_nothing(
    hass: HomeAssistant, on_its_way: None, receiver: Sink
) -> None:
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()
    assert armed(hass) == []
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "analytics report"]


@pytest.mark.parametrize("withdrawn", [{"base": False}, {"usage": False, "statistics": False}])
async def test_what_is_withdrawn_while_it_is_collected_is_not_sent(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    withdrawn: dict[str, bool],
) -> None:
    """Without the scheduler, which stops the task as well: the filter alone must hold."""
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    choices = entry.runtime_data.choices
    real = hass.auth.async_get_users

    async def withdraw_then_answer() -> Any:
        choices.choose(withdrawn)
        return await real()

    hass.auth.async_get_users = withdraw_then_answer  # type: ignore[method-assign]
    assert "user_count" in COLLECTORS
    await entry.runtime_data.pipeline.async_send()
    assert [set(arrival.report) for arrival in receiver.reports] == (
        [] if "base" in withdrawn else [{"uuid", "version", "installation_type"}]
    )


async def test_a_collector_whose_source_was_cancelled_does_not_end_reports(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the host awaits may be cancelled by somebody else."""

    async def cancelled() -> None:
        future = hass.loop.create_future()
        future.cancel()
        await future

    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    monkeypatch.setattr(hass.auth, "async_get_users", cancelled)
    await wait(timedelta(minutes=15))
    [arrival] = receiver.reports
    assert "user_count" not in arrival.report
    assert "state_count" in arrival.report
    assert (await command("analytics/status"))["next_report"] is not None
