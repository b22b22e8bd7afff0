"""Faults that were noticed, on the page: where, how often, and what is told of each."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from ..home import RECEIVER, Home, running_home
from ..pages import TRANSLATIONS
from ..test_labs import MANIFEST

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXTS = TRANSLATIONS["config_panel"]
CRASH = TEXTS["crash"]
FAULTY = "faulty"
SECRET = "a value that nobody is told"
HOSTILE = "<img src=x onerror=window.broken=1>"
CODE = f'''
"""Log what is asked for as a fault."""

import logging

LOGGER = logging.getLogger(__name__)
Hostile = type({HOSTILE!r}, (Exception,), {{}})
KINDS = {{"value": ValueError, "hostile": Hostile}}


def fail(kind):
    raise KINDS[kind]({SECRET!r})


async def async_setup(hass, config):
    async def start(call):
        try:
            fail(call.data["kind"])
        except Exception:
            LOGGER.exception("It failed")

    hass.services.async_register("{FAULTY}", "fail", start)
    return True
'''


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[Sink]:
    """Return the destination, which takes crash reports as well."""
    enable_socket()
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(server: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant with a faulty integration, that sends crash reports."""
    folder = tmp_path_factory.mktemp("crash") / "config"
    faulty = folder / "custom_components" / FAULTY
    faulty.mkdir(parents=True)
    (faulty / "__init__.py").write_text(CODE, encoding="utf-8")
    manifest = {**MANIFEST, "domain": FAULTY}
    (faulty / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    section = {
        "destination": {"name": RECEIVER, "url": server.url},
        "crash_reports": {"dsn": server.dsn},
    }
    async with running_home(folder, section, others={FAULTY: {}}) as home:
        await home.onboard()
        await home.choose("base", "diagnostics")
        yield home


async def open_crash(page: Page, home: Home) -> Locator:
    """Go to crash reports, and return the room."""
    await page.goto(f"{home.url}/analytics_panel/crash")
    return page.locator("analytics-room-crash")


async def fail(home: Home, kind: str) -> None:
    """Let the integration fail."""
    data = {"kind": kind}
    await home.command("call_service", domain=FAULTY, service="fail", service_data=data)


def fault(room: Locator, kind: str) -> Locator:
    """Return the card of a fault."""
    return room.locator("section.card").filter(has_text=kind)


async def test_what_was_noticed_is_told_as_it_was_sent(
    page: Page, home: Home, server: Sink
) -> None:
    room = await open_crash(page, home)
    await expect(room).to_contain_text(CRASH["empty"])
    await fail(home, "value")
    card = fault(room, "ValueError")
    await expect(card).to_contain_text(CRASH["state_sent"])
    await expect(card).to_contain_text(f"{FAULTY}/__init__.py")
    await expect(card).to_contain_text(CRASH["times_one"])
    await card.locator("summary").first.click()
    await card.locator("[data-look=json]").click()
    shown = json.loads(await card.locator("pre").inner_text())
    [sent] = server.events
    assert shown["event_id"] == sent["event_id"]
    assert SECRET not in await room.inner_text()


async def test_hostile_names_stay_texts(page: Page, home: Home) -> None:
    room = await open_crash(page, home)
    await fail(home, "hostile")
    await expect(room.locator("h2", has_text=HOSTILE)).to_be_visible()
    assert await page.locator("analytics-panel img").count() == 0
    assert await page.evaluate("window.broken") is None


async def test_a_no_to_an_integration_lasts_until_it_is_taken_back(page: Page, home: Home) -> None:
    room = await open_crash(page, home)
    switch = fault(room, "ValueError").locator(f"input[name={FAULTY}]")
    await switch.click()
    again = room.get_by_role("button", name=CRASH["again"], exact=True)
    await expect(again).to_be_visible()
    await page.reload()
    await expect(switch).to_be_checked()
    assert (await home.command("analytics/crashes"))["never"] == [FAULTY]
    await again.click()
    await expect(again).to_be_hidden()
    await expect(switch).not_to_be_checked()
