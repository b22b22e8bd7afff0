"""The settings of the real front end turn tiers on and off, and redirect reports, in the plugin."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.logged_report import differences
from scripts.sink import Answer, Sink

from .home import Home, running_home
from .pages import MORE, STEPS, TAKES_MORE, TIERS, TRANSLATIONS, AnalyticsSettings, OptionsDialog
from .waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING = dict.fromkeys(TIERS, False)
NOTHING_MORE = dict.fromkeys(MORE, False)
SENT = "Sent to URL (Test receiver)"
STOPPED = "Stopped sending to URL (Test receiver): stopped on its way"
DELAY = 1
LONGER_THAN_THE_DELAY = 3
LONGER_THAN_THE_TEST = 300


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose YAML does not mention analytics.

    So its own receiver is the destination at first. Its owner said no to that.
    """
    enable_socket()
    async with running_home(tmp_path_factory.mktemp("settings")) as home:
        await home.onboard()
        yield home


@pytest_asyncio.fixture(loop_scope="module")
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
    dialog = OptionsDialog(page)
    await dialog.open(home.url)
    await dialog.field("destination_name").fill("Test receiver")
    await dialog.field("destination_url").fill("http://example.com")
    await dialog.submit()
    error = TRANSLATIONS["options"]["error"]["https_required"]
    await expect(dialog.error(error)).to_be_visible()
    assert await home.decided()  # for Home Assistant's receiver, still

    await dialog.field("destination_url").fill(sink.url)
    await dialog.set_initial_delay(seconds=DELAY)
    await dialog.submit()
    await dialog.finish()
    await becomes(home.decided, expected=False)

    settings = AnalyticsSettings(page)
    await settings.open(home.url)
    await settings.turn("base")
    await sink.wait_for_report()
    await becomes(lambda: home.outcomes(sink), [SENT])
    assert home.host.pid == pid
    await dialog.open(home.url)
    await expect(dialog.field("destination_url")).to_have_value(sink.url)
    await home.set_options({})


@pytest_asyncio.fixture(loop_scope="module")
async def takes_more(page: Page, home: Home, sink: Sink) -> AsyncIterator[OptionsDialog]:
    """Return the options dialog, in which somebody has entered a destination that takes more."""
    dialog = OptionsDialog(page)
    await dialog.open(home.url)  # and not a menu: Home Assistant's receiver takes no more
    await dialog.field("destination_name").fill("Test receiver")
    await dialog.field("destination_url").fill(sink.url)
    await dialog.switch(TAKES_MORE).click()
    await dialog.submit()
    await dialog.finish()
    await becomes(home.decided, expected=False)
    yield dialog
    await home.set_options({})
    await becomes(home.decided, expected=True)


async def test_a_destination_that_takes_more_has_to_have_an_address(page: Page, home: Home) -> None:
    dialog = OptionsDialog(page)
    await dialog.open(home.url)
    await dialog.switch(TAKES_MORE).click()
    await dialog.submit()
    error = TRANSLATIONS["options"]["error"]["url_required"]
    await expect(dialog.error_at("destination_url", error)).to_be_visible()
    assert await home.decided()  # for Home Assistant's receiver, still


async def test_more_is_shared_with_a_destination_that_takes_it(
    home: Home, sink: Sink, takes_more: OptionsDialog
) -> None:
    assert await takes_more.open_menu(home.url) == [*STEPS["init"]["menu_options"].values()]
    await takes_more.choose("more")
    assert await takes_more.shared() == NOTHING_MORE
    await takes_more.click_more("environment")
    await takes_more.submit()
    await takes_more.finish()
    # So far nobody said yes to any report.
    assert not await home.decided()
    await home.choose("base")
    await home.command("analytics/send")
    assert {"uuid", "version", "system", "kernel"} <= set(sink.reports[-1].report)


async def test_a_destination_takes_more_only_while_it_says_so(
    home: Home, sink: Sink, takes_more: OptionsDialog
) -> None:
    await home.choose("base")
    await home.choose_more("environment")
    await takes_more.open_menu(home.url)
    await takes_more.choose("settings")
    await expect(takes_more.field("destination_url")).to_have_value(sink.url)
    await takes_more.switch(TAKES_MORE).click()
    await takes_more.submit()
    await takes_more.finish()
    await takes_more.open(home.url)  # and not a menu
    await home.command("analytics/send")
    assert set(sink.reports[-1].report) == {"uuid", "version", "installation_type"}


async def test_an_answer_is_for_the_destination_that_was_asked_about(
    home: Home, sink: Sink, takes_more: OptionsDialog
) -> None:
    await takes_more.open_more(home.url)
    await takes_more.click_more(*MORE)
    async with Sink() as other:
        await home.redirect(other.url, destination_extended=True)
        await takes_more.submit()
        abort = TRANSLATIONS["options"]["abort"]["destination_changed"]
        await expect(takes_more.text(abort)).to_be_visible()
        for receiver in (other, sink):
            assert not any((await home.stored_choices(receiver)).values())
