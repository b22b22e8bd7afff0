"""Each switch shows first what it changes, and is in step with Home Assistant's own pages."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from homeassistant.const import MAJOR_VERSION
from playwright.async_api import Browser, Page, expect

from scripts.sink import Sink

from ..browser import open_page
from ..home import Home, later_version, running_home
from ..pages import MORE, TIERS, AnalyticsSettings
from ..waiting import becomes
from .panel import TEXTS, Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")

CHANGE, CHOOSE = TEXTS["change"], TEXTS["choose"]
NOTHING = dict.fromkeys(TIERS, False)
NOTHING_MORE = dict.fromkeys(MORE, False)
SNAPSHOTS = {"snapshots": False} if MAJOR_VERSION >= 2026 else {}
ENVIRONMENT = {"system", "kernel", "architecture", "virtualization", "container", "python"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose destination takes more."""
    section = {"destination": {"name": "Test receiver", "url": receiver.url, "extended": True}}
    async with running_home(tmp_path_factory.mktemp("choose"), section) as home:
        await home.onboard()
        yield home


@pytest_asyncio.fixture(loop_scope="session")
async def panel(opened: Panel, home: Home) -> Panel:
    """Return the page of somebody who shares nothing."""
    await home.choose()
    await home.choose_more()
    await opened.visit("choose")
    await becomes(opened.switches, {**NOTHING, **NOTHING_MORE, **SNAPSHOTS})
    return opened


async def test_every_switch_is_there_and_off_at_first(panel: Panel, receiver: Sink) -> None:
    await expect(panel.root.get_by_text(receiver.url)).to_be_visible()
    for tier in (*TIERS, *MORE):
        card = panel.root.locator(f"#tier-{tier}")
        await expect(card).to_contain_text(TEXTS["tier"][f"{tier}_about"])
        await expect(card).to_contain_text(TEXTS["tier"][f"{tier}_why"])


async def test_a_switch_shows_what_it_changes_and_does_so_after_a_yes(
    panel: Panel, home: Home, receiver: Sink
) -> None:
    await panel.switch("base").click()
    await expect(panel.dialog).to_contain_text("installation_type")
    assert await home.choices() == NOTHING
    await panel.cancel()
    await expect(panel.switch("base")).not_to_be_checked()
    assert await home.choices() == NOTHING

    await panel.turn("base")
    assert await home.choices() == {**NOTHING, "base": True}
    await panel.switch("usage").click()
    await expect(panel.dialog).to_contain_text("integrations")
    await expect(panel.dialog).not_to_contain_text("installation_type")
    await panel.confirm(CHANGE["turn_on"])
    await becomes(home.choices, {**NOTHING, "base": True, "usage": True})
    await home.command("analytics/send")
    assert {"integrations", "recorder"} & set(receiver.reports[-1].report)

    await panel.turn("usage", on=False)
    await home.command("analytics/send")
    assert set(receiver.reports[-1].report) == {"uuid", "version", "installation_type"}


async def test_what_a_tier_requires_comes_and_goes_with_it_after_it_was_said(
    panel: Panel, home: Home
) -> None:
    base, usage = TEXTS["tier"]["base"], TEXTS["tier"]["usage"]
    await expect(panel.root.locator("#tier-usage")).to_contain_text(
        CHOOSE["requires"].format(tiers=base)
    )
    await panel.switch("usage").click()
    await expect(panel.dialog).to_contain_text(CHANGE["also_on"].format(tiers=base))
    await panel.confirm(CHANGE["turn_on"])
    await becomes(home.choices, {**NOTHING, "base": True, "usage": True})
    await panel.switch("base").click()
    await expect(panel.dialog).to_contain_text(CHANGE["also_off"].format(tiers=usage))
    await panel.confirm(CHANGE["turn_off"])
    await becomes(home.choices, NOTHING)


async def test_home_assistants_own_page_and_this_one_follow_each_other(
    panel: Panel, home: Home, browser: Browser
) -> None:
    async with open_page(browser, tokens=home.tokens) as page:
        settings = AnalyticsSettings(page)
        await settings.open(home.url)
        await settings.turn("base")
        await expect(panel.switch("base")).to_be_checked()
        await settings.turn("statistics")
        await expect(panel.switch("statistics")).to_be_checked()
        await panel.turn("statistics", on=False)
        await panel.turn("usage")
        await settings.open(home.url)
        await becomes(settings.switches.states, {**NOTHING, "base": True, "usage": True})


async def test_more_is_shared_where_the_destination_takes_it(
    panel: Panel, home: Home, receiver: Sink
) -> None:
    await home.choose("base")
    await panel.switch("environment").click()
    await expect(panel.dialog).to_contain_text("kernel")
    await panel.confirm(CHANGE["turn_on"])
    await expect(panel.switch("environment")).to_be_checked()
    await home.command("analytics/send")
    assert set(receiver.reports[-1].report) >= ENVIRONMENT
    await panel.switch("lifecycle").click()
    for kind in ("start", "stop", "fault"):
        await expect(panel.dialog).to_contain_text(CHANGE[f"in_{kind}"])
    await panel.confirm(CHANGE["turn_on"])
    await expect(panel.switch("lifecycle")).to_be_checked()
    await panel.turn("environment", on=False)
    await home.command("analytics/send")
    assert ENVIRONMENT.isdisjoint(receiver.reports[-1].report)


async def test_more_is_said_to_the_destination_that_was_shown(
    panel: Panel, home: Home, receiver: Sink
) -> None:
    for tier in MORE:
        await panel.turn(tier)
        await panel.turn(tier, on=False)
    assert (await home.stored_choices(receiver)).items() >= NOTHING_MORE.items()


async def test_each_field_is_described_with_what_it_would_tell(panel: Panel, home: Home) -> None:
    version = (await home.command("analytics/preview", preferences={"base": True}))["payload"]
    card = panel.root.locator("#tier-base")
    await card.locator("summary").click()
    row = card.get_by_role("row").filter(has_text="Version of Home Assistant.")
    await expect(row).to_contain_text(version["version"])
    await expect(card).to_contain_text(TEXTS["tier"]["base_why"])
    await expect(card).to_contain_text(CHOOSE["no_value"])  # of a Supervisor, which is not there


async def test_new_fields_of_a_tier_are_named_and_wait_for_a_yes(
    complaining_page: Page, home: Home, receiver: Sink, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await home.choose("base", "usage")
    await home.restart(plugin=later_version(tmp_path_factory.mktemp("later"), "recorder"))
    panel = Panel(complaining_page)
    await panel.open(home.url, "choose")
    card = panel.root.locator("#tier-usage")
    await expect(card).to_contain_text(CHOOSE["has_new"])
    await card.locator("summary").click()
    row = card.get_by_role("row").filter(has_text="recorder")
    await expect(row).to_contain_text(CHOOSE["new"])
    await home.command("analytics/send")
    assert "recorder" not in receiver.reports[-1].report
    await panel.go("now")
    await panel.answer("new_fields", "accept")
    await expect(panel.dialog).to_contain_text("recorder")
    await panel.confirm(CHANGE["share"])
    await expect(panel.question("new_fields")).to_have_count(0)
    await home.command("analytics/send")
    assert "recorder" in receiver.reports[-1].report
