"""What would leave next, on the page: exactly that, what changed, and what is held back."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from custom_components.analytics.host import has_snapshots
from scripts.sink import Sink

from ..home import RECEIVER, Home, running_home
from ..pages import TRANSLATIONS
from ..test_labs import DEN, MANIFEST
from .panel import Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = TRANSLATIONS["config_panel"]
NEXT = TEXTS["next"]
RULES = TEXTS["rule"]
# A custom integration, and a model of a device, that have an address in their names.
HELD = "den_aa_bb_cc_dd_ee_ff"
MODEL = "Lamp aa:bb:cc:dd:ee:ff"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant of which something has to be held back."""
    folder = tmp_path_factory.mktemp("next") / "config"
    den = folder / "custom_components" / HELD
    den.mkdir(parents=True)
    (den / "__init__.py").write_text(DEN.replace("TV 5/7", MODEL), encoding="utf-8")
    manifest = {**MANIFEST, "domain": HELD}
    (den / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    section = {"destination": {"name": RECEIVER, "url": receiver.url, "extended": True}}
    async with running_home(folder, section, others={HELD: {}}) as home:
        await home.onboard()
        await home.choose("base", "usage")
        yield home


@pytest.fixture
def page(opened: Panel) -> Page:
    """Return the page, on which the panel is open."""
    return opened.page


async def open_next(page: Page, kind: str = "") -> Locator:
    """Go to what would leave, and return the room."""
    await Panel(page).visit(f"next{kind}")
    return page.locator("analytics-room-next")


async def test_the_report_is_shown_as_it_would_leave(page: Page, home: Home) -> None:
    room = await open_next(page)
    await expect(room).to_contain_text(RECEIVER)
    await expect(room.locator(".payload").first).to_contain_text("installation_type")
    await room.locator("[data-look=body]").click()
    told = (await home.command("analytics/next"))["json"]
    await expect(room.locator("pre")).to_have_text(told)


async def test_what_is_held_back_is_shown_with_the_rule_and_is_not_in_the_report(
    page: Page, home: Home
) -> None:
    room = await open_next(page)
    held = room.locator(".held li")
    await expect(held).to_have_count(1)
    await expect(held).to_contain_text(HELD)
    await expect(held).to_contain_text(RULES["mac_address"])
    await expect(held).to_contain_text(NEXT["stays"])
    await expect(room.locator("analytics-payload")).not_to_contain_text(HELD)


async def test_it_follows_what_is_chosen_and_tells_what_that_changed(
    page: Page, home: Home
) -> None:
    await home.command("analytics/send")
    room = await open_next(page)
    await room.locator("[data-look=changes]").click()
    await expect(room).to_contain_text(TEXTS["payload"]["same"])
    await home.choose("base", "usage", "statistics")
    changes = room.locator("analytics-payload .changes")
    await expect(changes).to_contain_text("state_count")
    await home.choose("base", "usage")
    await expect(room).to_contain_text(TEXTS["payload"]["same"])


async def test_without_a_yes_nothing_would_leave(page: Page, home: Home) -> None:
    await home.choose()
    room = await open_next(page)
    await expect(room).to_contain_text(NEXT["nothing_report"])
    await home.choose("base", "usage")
    await expect(room.locator("analytics-payload")).to_be_visible()


async def test_events_and_crash_reports_have_their_own_places(page: Page, home: Home) -> None:
    await home.choose_more("lifecycle")
    room = await open_next(page)
    await room.locator("[data-name=start]").click()
    await page.wait_for_url("**/analytics_panel/next/start")
    await expect(room.locator(".payload").first).to_contain_text("event")
    await room.locator("[data-name=crash]").click()
    await expect(room).to_contain_text(NEXT["nothing_crash"])
    await home.choose_more()


@pytest.mark.skipif(not has_snapshots(), reason="this host has no snapshots")
async def test_of_a_snapshot_each_device_tells_what_became_nothing(page: Page, home: Home) -> None:
    room = await open_next(page, "/snapshot")
    device = room.locator(".devices tbody tr").first
    await expect(device).to_contain_text(MODEL)
    await expect(device).to_contain_text(RULES["mac_address"])
    await expect(room.locator("analytics-payload")).not_to_contain_text(MODEL)


@pytest.mark.parametrize("width", [360, 800, 1400])
async def test_it_fits_at_any_width(page: Page, home: Home, width: int) -> None:
    await page.set_viewport_size({"width": width, "height": 900})
    room = await open_next(page)
    await expect(room.locator(".held li")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
