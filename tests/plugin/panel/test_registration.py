"""The page in the front end: what Configure opens, in the sidebar if one wants, gone in time."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EVENT_PANELS_UPDATED
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from ..conftest import Command, Start

PLUGIN = Path(__file__).parents[3] / "custom_components" / "analytics"
MODULE_URL = re.compile(r"/analytics_panel_files/[0-9a-f]{16}/main\.js")


async def shown(command: Command, token: str | None = None) -> dict[str, Any] | None:
    """Return what the front end knows of the page; None where it has none."""
    panels: dict[str, dict[str, Any]] = await command("get_panels", token)
    return panels.get("analytics_panel")


@pytest.mark.usefixtures("front_end")
async def test_configure_opens_the_page(start: Start, command: Command) -> None:
    await start()
    panel = await shown(command)
    assert panel is not None
    assert (panel["component_name"], panel["config_panel_domain"]) == ("custom", "analytics")
    assert (panel["title"], panel["icon"]) == (None, None)
    assert panel["require_admin"] is True
    assert set(panel["config"]) == {"version", "_panel_custom"}
    custom = panel["config"]["_panel_custom"]
    assert MODULE_URL.fullmatch(custom.pop("module_url"))
    expected = {"name": "analytics-panel", "embed_iframe": False, "trust_external": False}
    assert custom == expected


@pytest.mark.usefixtures("front_end")
async def test_whoever_is_no_administrator_is_not_told_of_it(
    hass: HomeAssistant, start: Start, command: Command, hass_read_only_access_token: str
) -> None:
    await start()
    assert await shown(command, hass_read_only_access_token) is None


@pytest.mark.usefixtures("front_end")
async def test_its_files_may_be_kept_by_browsers(
    start: Start, command: Command, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await start()
    panel = await shown(command)
    assert panel is not None
    client = await hass_client_no_auth()
    answer = await client.get(panel["config"]["_panel_custom"]["module_url"])
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "max-age" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("front_end")
@pytest.mark.parametrize("by", ["yaml", "options"])
async def test_it_is_in_the_sidebar_where_one_wants(
    hass: HomeAssistant, start: Start, command: Command, by: str
) -> None:
    entry = await start({"sidebar": True} if by == "yaml" else None)
    if by == "options":
        hass.config_entries.async_update_entry(entry, options={"sidebar": True})
        await hass.async_block_till_done()
    panel = await shown(command)
    assert panel is not None
    assert (panel["title"], panel["icon"]) == ("Analytics", "mdi:eye-check-outline")


@pytest.mark.usefixtures("front_end")
async def test_the_front_end_is_told_nothing_anew_when_other_options_are_saved(
    hass: HomeAssistant, start: Start, command: Command
) -> None:
    entry = await start()
    told = async_capture_events(hass, EVENT_PANELS_UPDATED)
    hass.config_entries.async_update_entry(entry, options={"interval": {"hours": 2}})
    await hass.async_block_till_done()
    assert await shown(command) is not None
    assert told == []


@pytest.mark.usefixtures("front_end")
async def test_it_is_gone_while_the_entry_is_disabled(
    hass: HomeAssistant, start: Start, command: Command
) -> None:
    entry = await start()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert await shown(command) is None
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert await shown(command) is not None
    await hass.config_entries.async_remove(entry.entry_id)
    assert await shown(command) is None


async def test_a_front_end_that_comes_later_gets_it(
    hass: HomeAssistant, start: Start, command: Command, hass_storage: dict[str, Any]
) -> None:
    done = {"done": ["user", "core_config", "analytics", "integration"]}
    hass_storage["onboarding"] = {"version": 4, "key": "onboarding", "data": done}
    await start()
    assert "analytics_panel" not in hass.data.get(DATA_PANELS, {})
    assert await async_setup_component(hass, "frontend", {})
    await hass.async_block_till_done()
    assert await shown(command) is not None


def test_whether_somebody_looks_at_it_is_not_counted() -> None:
    source = (PLUGIN / "interface/www/panels.js").read_text()
    [passed_over] = re.findall(r"const PASSING = new Set\((\[.*\])\);", source)
    assert "analytics_panel" in json.loads(passed_over)
