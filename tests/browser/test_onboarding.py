"""The real onboarding wizard drives the plugin, from its first page to the first report."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page

from scripts.logged_report import differences
from scripts.sink import Sink

from .home import ADA, Home, running_home
from .pages import TIERS, Onboarding
from .waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTHING = dict.fromkeys(TIERS, False)
EVERYTHING = dict.fromkeys(TIERS, True)


@pytest_asyncio.fixture(loop_scope="session")
async def home(sink: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant that nobody has opened yet."""
    section = {"destination": {"name": "Test receiver", "url": sink.url}, "initial_delay": 1}
    async with running_home(tmp_path_factory.mktemp("new"), section) as home:
        yield home


async def test_what_is_turned_on_in_onboarding_is_stored_logged_and_sent(
    page: Page, home: Home, sink: Sink
) -> None:
    wizard = Onboarding(page)
    await wizard.begin(home.url)
    await wizard.create_account(ADA)
    await wizard.confirm_location()
    await turn_everything_on(wizard)
    assert sink.arrivals == []

    await wizard.leave_analytics()
    await home.log_in()
    assert await home.decided()
    assert await home.choices() == EVERYTHING
    assert await home.stored_choices(sink) == EVERYTHING
    assert await home.entries() == []
    assert sink.arrivals == []
    # The last page lists what it found in this home, which nothing of ours is.
    assert "analytics" not in await wizard.finish()

    arrival = await sink.wait_for_report()
    assert {"version", "integrations", "state_count"} <= set(arrival.report)
    await becomes(lambda: home.outcomes(sink), ["Sent to URL (Test receiver)"])
    [logged] = home.logged(sink)
    assert differences(logged.report, arrival.report) == []
    assert re.fullmatch("[0-9a-f]{4}…", str(logged.report["uuid"]))


async def turn_everything_on(wizard: Onboarding) -> None:
    """Find everything off, see that usage and statistics depend on base, and turn all on."""
    switches = wizard.switches
    await becomes(switches.states, NOTHING)
    await switches.click("usage", "statistics", "diagnostics")
    await becomes(switches.states, EVERYTHING)
    await switches.click("base")
    await becomes(switches.states, {**NOTHING, "diagnostics": True})
    await switches.click("base", "usage", "statistics")
    await becomes(switches.states, EVERYTHING)
