"""The settings of the real front end turn tiers on and off, and redirect reports, in the plugin."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.logged_report import differences
from scripts.sink import Answer, Sink

from .home import Home, running_home
from .pages import TIERS, AnalyticsSettings
from .panel.panel import ERRORS, Panel
from .waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTHING = dict.fromkeys(TIERS, False)
SENT = "Sent to URL (Test receiver)"
STOPPED = "Stopped sending to URL (Test receiver): stopped on its way"
DELAY = 1
LONGER_THAN_THE_DELAY = 3
LONGER_THAN_THE_TEST = 300


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose YAML does not mention analytics.

    So its own receiver is the destination at first. Its owner said no to that.
    """
    enable_socket()
    async with running_home(tmp_path_factory.mktemp("settings")) as home:
        await home.onboard()
        yield home


@pytest_asyncio.fixture(loop_scope="session")
async def settings(page: Page, home: Home, sink: Sink) -> AsyncIterator[AnalyticsSettings]:
    """Return Settings > System > Analytics, with the sink as the destination."""
    options = {"destination_name": "Test receiver", "destination_url": sink.url}
    await home.set_options({**options, "initial_delay": {"seconds": DELAY}})
    await becomes(home.decided, expected=False)  # for consent belongs to a destination
    settings = AnalyticsSettings(page)
    await settings.open(home.url)
    await becomes(settings.switches.states, NOTHING)
    yield settings
    await home.set_options({})
    await becomes(home.decided, expected=True)


async def test_the_stored_choices_follow_each_click(
    home: Home, sink: Sink, settings: AnalyticsSettings
) -> None:
    expected = NOTHING
    steps = [
        ("diagnostics", {"diagnostics": True}),
        ("base", {"base": True}),
        ("usage", {"usage": True}),
        ("statistics", {"statistics": True}),
        ("usage", {"usage": False}),
        ("base", {"base": False, "statistics": False}),
        ("diagnostics", {"diagnostics": False}),
    ]
    for tier, changes in steps:
        await settings.turn(tier)
        expected = {**expected, **changes}
        await becomes(home.choices, expected)
        await becomes(lambda: home.stored_choices(sink), expected)


async def test_the_page_shows_what_is_stored(home: Home, settings: AnalyticsSettings) -> None:
    chosen = {**NOTHING, "base": True, "statistics": True}
    await home.command("analytics/preferences", preferences=chosen)
    await settings.open(home.url)
    await becomes(settings.switches.states, chosen)


async def test_reports_come_while_base_is_on_and_stop_when_it_is_off(
    home: Home, sink: Sink, settings: AnalyticsSettings
) -> None:
    await settings.turn("base")
    first = await sink.wait_for_report()
    await becomes(lambda: home.outcomes(sink), [SENT])
    await settings.turn("base")
    await becomes(home.choices, NOTHING)
    await settings.turn("base")
    second = await sink.wait_for_report(2)
    await becomes(lambda: home.outcomes(sink), [SENT, SENT])
    assert set(second.report) == {"uuid", "version", "installation_type"}
    assert second.report["uuid"] == first.report["uuid"]
    assert differences(home.logged(sink)[-1].report, second.report) == []

    await settings.turn("base")
    await becomes(home.choices, NOTHING)
    # Were base still on, this would bring a report after the delay.
    await settings.turn("diagnostics")
    await becomes(home.choices, {**NOTHING, "diagnostics": True})
    with pytest.raises(TimeoutError):
        await sink.wait_for_report(3, timeout=LONGER_THAN_THE_DELAY)


async def test_turning_base_off_stops_a_report_on_its_way(
    home: Home, sink: Sink, settings: AnalyticsSettings
) -> None:
    sink.answer = Answer(delay=LONGER_THAN_THE_TEST)
    await settings.turn("base")
    await sink.wait_for_report()
    await settings.turn("base")
    await becomes(lambda: home.outcomes(sink), [STOPPED])
    await becomes(lambda: home.stored_choices(sink), NOTHING)
    assert len(sink.reports) == 1


async def test_a_destination_is_checked_and_in_force_at_once(
    page: Page, home: Home, sink: Sink
) -> None:
    pid = home.host.pid
    panel = Panel(page)
    await panel.configure(home.url)
    await panel.go("options")
    await panel.option("destination_name").fill("Test receiver")
    await panel.option("destination_url").fill("http://example.com")
    await panel.press_save()
    error = panel.option_error("destination_url")
    await expect(error).to_have_text(ERRORS["https_required"])
    assert await home.decided()  # for Home Assistant's receiver, still

    await panel.option("destination_url").fill(sink.url)
    await panel.set_initial_delay(seconds=DELAY)
    await panel.save()
    await becomes(home.decided, expected=False)

    settings = AnalyticsSettings(page)
    await settings.open(home.url)
    await settings.turn("base")
    await sink.wait_for_report()
    await becomes(lambda: home.outcomes(sink), [SENT])
    assert home.host.pid == pid
    await home.set_options({})


async def test_a_destination_takes_more_only_while_it_says_so(
    page: Page, home: Home, sink: Sink
) -> None:
    panel = Panel(page)
    await home.redirect(sink.url)
    await home.choose("base")
    await panel.open(home.url, "choose")
    await expect(panel.switch("base")).to_be_checked()
    await expect(panel.switch("environment")).to_have_count(0)
    await panel.go("options")
    await panel.option("destination_extended").click()
    await panel.save()
    await home.loaded()
    await panel.go("choose")
    await panel.turn("environment")
    await home.command("analytics/send")
    assert {"uuid", "version", "system", "kernel"} <= set(sink.reports[-1].report)
    await panel.go("options")
    await panel.option("destination_extended").click()
    await panel.save()
    await home.loaded()
    await panel.go("choose")
    await expect(panel.switch("base")).to_be_checked()
    await expect(panel.switch("environment")).to_have_count(0)
    await home.command("analytics/send")
    assert set(sink.reports[-1].report) == {"uuid", "version", "installation_type"}
    await home.set_options({})
