"""Snapshots of devices are turned on and off on the front end's own Labs page.

Here the default device database is one of the test's own: a copy of the plugin has its address in
the place of the real one, for `snapshots_url` in YAML would itself turn the feature on.
"""

import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect
from pytest_socket import enable_socket

from custom_components.analytics.const import DEVICE_DATABASE_NAME
from custom_components.analytics.host import DEVICE_DATABASE_URL, has_snapshots
from scripts.home_assistant import PLUGIN
from scripts.sink import Sink

from .browser import open_page
from .home import Home, running_home
from .pages import TRANSLATIONS, RepairIssue
from .waiting import becomes

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(not has_snapshots(), reason="this host has no Labs"),
]

TEXTS = TRANSLATIONS["preview_features"]["snapshots"]
SHARED = "core.analytics"
SOON = 5.0  # seconds
# An integration of the host that has devices, and is never set up here.
OWNER = "lg_infrared"
MANIFEST = {
    "domain": "den",
    "name": "Den",
    "version": "1.0.0",
    "codeowners": [],
    "documentation": "https://example.com",
    "iot_class": "local_push",
}
DEN = f'''
"""Register a device of another integration."""

from types import MappingProxyType

from homeassistant.config_entries import ConfigEntry, ConfigEntryDisabler
from homeassistant.helpers import device_registry as dr


async def async_setup(hass, config):
    entry = ConfigEntry(
        data={{}},
        disabled_by=ConfigEntryDisabler.USER,
        discovery_keys=MappingProxyType({{}}),
        domain="{OWNER}",
        minor_version=1,
        options={{}},
        source="user",
        subentries_data=(),
        title="Den",
        unique_id=None,
        version=1,
    )
    await hass.config_entries.async_add(entry)
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={{("{OWNER}", "serial")}},
        name="Grandma's",
        model="TV 5/7",
    )
    return True
'''


class LabsPage:
    """Settings > System > Labs, and the dialogs that it asks in."""

    def __init__(self, page: Page) -> None:
        """Use a page of somebody who is logged in."""
        self._page = page
        self.card = page.locator("ha-config-labs ha-card").filter(has_text=TEXTS["name"])

    async def open(self, url: str) -> None:
        """Go there, and wait until the feature is listed."""
        await self._page.goto(f"{url}/config/labs")
        await self.card.wait_for()

    def button(self, name: str) -> Locator:
        """Return a button of the feature."""
        return self.card.get_by_role("button", name=name, exact=True)

    async def click(self, name: str, asked: str) -> None:
        """Click on a button of the feature, be asked, and click on the same word once more."""
        await self.button(name).click()
        await self._page.get_by_text(asked).wait_for()
        last = self._page.get_by_role("button", name=name, exact=True).filter(visible=True).last
        await last.click()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database() -> AsyncIterator[Sink]:
    """Return what the plugin takes for the device database."""
    enable_socket()
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def receiver() -> AsyncIterator[Sink]:
    """Return a receiver of reports, about which nobody was asked."""
    enable_socket()
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(
    database: Sink, receiver: Sink, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Home]:
    """Return a Home Assistant with a device, that shares nothing and has decided nothing."""
    async with home_with_device(tmp_path_factory.mktemp("labs"), database) as home:
        await home.redirect(receiver.url)
        yield home


@asynccontextmanager
async def home_with_device(
    folder: Path, database: Sink, section: Mapping[str, object] | None = None
) -> AsyncIterator[Home]:
    """Start a Home Assistant with a device; `section` is its YAML section, None leaves that out."""
    den = folder / "config" / "custom_components" / "den"
    den.mkdir(parents=True)
    (den / "__init__.py").write_text(DEN)
    (den / "manifest.json").write_text(json.dumps(MANIFEST))
    plugin = copy_for(folder, database)
    async with running_home(folder / "config", section, others={"den": {}}, plugin=plugin) as home:
        await home.onboard()
        yield home


def address_of(database: Sink) -> str:
    """Return its address by a name that the receiver has not: nothing else would go there."""
    return database.device_database.replace("127.0.0.1", "localhost")


def copy_for(folder: Path, database: Sink) -> Path:
    """Return a copy of the plugin that knows another address of the device database."""
    plugin = folder / PLUGIN.name
    shutil.copytree(PLUGIN, plugin, ignore=shutil.ignore_patterns("__pycache__"))
    module = plugin / "host.py"
    text = module.read_text(encoding="utf-8")
    assert text.count(DEVICE_DATABASE_URL) == 1
    module.write_text(text.replace(DEVICE_DATABASE_URL, address_of(database)), encoding="utf-8")
    return plugin


async def state(home: Home) -> Any:
    """Return what the plugin says of snapshots."""
    return (await home.status())["snapshots"]


async def is_effective(home: Home) -> bool:
    """Tell whether snapshots are in force."""
    return bool((await state(home))["effective"])


async def let_it_be_time(home: Home) -> None:
    """Load the plugin again with a time of day that comes soon."""
    [entry] = await home.command("config_entries/get", domain="analytics")
    disable = {"entry_id": entry["entry_id"]}
    await home.command("config_entries/disable", **disable, disabled_by="user")
    path = home.host.config_dir / ".storage" / SHARED
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["data"]["snapshot_submission_time"] = (time.time() + SOON) % 86400
    path.write_text(json.dumps(stored), encoding="utf-8")
    await home.command("config_entries/disable", **disable, disabled_by=None)


async def test_the_feature_is_listed_with_its_text(page: Page, home: Home) -> None:
    labs = LabsPage(page)
    await labs.open(home.url)
    text = re.sub(r"\[(.*?)\]\(.*?\)|\*", lambda link: link[1] or "", TEXTS["description"])
    for paragraph in text.split("\n\n"):
        await expect(labs.card.get_by_text(paragraph)).to_be_visible()
    await expect(labs.button("Enable")).to_be_visible()


async def test_it_is_turned_on_and_off_by_clicks_and_turns_nothing_else_on(
    page: Page, home: Home, database: Sink, receiver: Sink
) -> None:
    labs = LabsPage(page)
    await labs.open(home.url)
    assert await home.decided() is False
    await labs.click("Enable", TEXTS["enable_confirmation"])
    await becomes(lambda: is_effective(home), True)
    assert await home.decided() is False
    assert not any((await home.choices()).values())

    await let_it_be_time(home)
    await database.wait_for_arrival()
    [arrival] = database.snapshots
    [device] = arrival.report[OWNER]["devices"]
    assert device["model"] == "TV 5/7"
    assert b"Grandma" not in arrival.body
    [entry] = (await home.command("analytics/journal"))["entries"]
    assert entry["payload"] == arrival.report
    assert (entry["url"], entry["tiers"]) == (address_of(database), {"snapshots": 1})
    assert receiver.arrivals == []

    await labs.open(home.url)
    await labs.click("Disable", TEXTS["disable_confirmation"])
    await becomes(lambda: is_effective(home), False)
    await let_it_be_time(home)
    await becomes(home.decided, False)
    found = await state(home)
    assert (found["effective"], found["next"]) == (False, None)
    assert len(database.arrivals) == 1
    assert receiver.arrivals == []


async def test_what_yaml_turns_on_is_sent_after_a_yes_by_clicks(
    browser: Browser, database: Sink, tmp_path: Path
) -> None:
    before = len(database.arrivals)
    async with home_with_device(tmp_path, database, {"snapshots_url": None}) as home:
        async with open_page(browser, tokens=home.tokens) as page:
            issue = RepairIssue(page, "confirm_snapshots")
            await issue.open(home.url)
            await expect(issue.text(address_of(database))).to_be_visible()
            await expect(issue.text(DEVICE_DATABASE_NAME)).to_be_visible()
            assert (await state(home))["blocked"]["reason"] == "pending"
            await issue.answer("confirm")
            await issue.finish()
            await expect(issue.title).to_be_hidden()
        assert await is_effective(home)
        assert not any((await home.choices()).values())
        assert len(database.arrivals) == before
        await let_it_be_time(home)
        await database.wait_for_arrival(before + 1)
        assert database.snapshots[-1].report[OWNER]["devices"]
        assert home.complaints() == []
