"""Every option in the page: what the options flow asks, refuses and saves, and nothing else."""

import asyncio
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from ..conftest import Command, CommandError, Start
from ..settings.test_settings import options_flow
from .conftest import OpenPage

FLOW = "/api/config/config_entries/options/flow"
HERE = {"destination_name": "Here", "destination_url": "http://localhost:8080/v1"}
TWO_HOURS = {"days": 0, "hours": 2, "minutes": 0, "seconds": 0}


@pytest.mark.parametrize(
    "section",
    [
        None,
        {"enabled": False, "interval": {"hours": 3}},
        {"destination": {"url": "http://localhost/v1"}},
        {"unknown": 1},
    ],
)
async def test_it_asks_what_the_flow_asks(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    hass_client: ClientSessionGenerator,
    section: Any,
) -> None:
    assert await async_setup_component(hass, "config", {})
    entry = await start(section)
    hass.config_entries.async_update_entry(entry, options={"proxy": "http://proxy:3128"})
    await hass.async_block_till_done()
    answer = await (await hass_client()).post(FLOW, json={"handler": entry.entry_id})
    fields = (await answer.json())["data_schema"]
    shown = await command("analytics/options")
    suggested = {
        field["name"]: field.pop("description")["suggested_value"]
        for field in fields
        if "description" in field
    }
    for field in fields:
        field.pop("required", None)  # that none is, only newer hosts say as well
    assert shown["schema"] == fields
    assert shown["values"] == suggested
    assert shown["errors"] == {}


async def test_it_names_what_yaml_sets(start: Start, command: Command) -> None:
    await start({"enabled": True, "destination": {"url": "http://localhost/v1"}})
    shown = await command("analytics/options")
    assert shown["fixed"] == ["enabled", "destination.url"]
    names = {field["name"] for field in shown["schema"]}
    assert not {"enabled", "destination_url", "destination_name"} & names


@pytest.mark.parametrize(
    "given",
    [
        {"destination_url": "nonsense"},
        {"destination_url": "http://example.com"},
        {"destination_name": "Home Assistant<details>", "destination_url": "https://a.de/v1"},
        {"destination_name": "Vendor"},
        {"destination_extended": True},
        {"interval": {"seconds": 1}, "initial_delay": {"days": 9}},
        {"crash_reports_dsn": "https://example.com"},
        {"proxy": "nonsense"},
        {"proxy": "environment"},
        {"ca_file": "missing.pem"},
    ],
)
async def test_it_refuses_what_the_flow_refuses_in_the_same_words(
    hass: HomeAssistant, start: Start, command: Command, given: dict[str, Any]
) -> None:
    entry = await start()
    refused = await options_flow(hass, given)
    assert refused["errors"]
    answer = await command("analytics/options/save", values=given)
    assert answer == {"errors": refused["errors"]}
    assert entry.options == {}


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"interval": "soon"}, {"interval": "invalid_value"}),
        ({"enabled": [1]}, {"enabled": "invalid_value"}),
        ({"destination_url": 7}, {"destination_url": "invalid_value"}),
        ({"telemetry": True}, {"telemetry": "unknown_key"}),
        ({"proxy": "http://proxy:3128"}, {"proxy": "unknown_key"}),
    ],
)
async def test_what_no_flow_would_be_handed_is_refused_by_field(
    start: Start, command: Command, given: dict[str, Any], errors: dict[str, str]
) -> None:
    entry = await start({"proxy": "http://proxy:3128"})
    assert await command("analytics/options/save", values=given) == {"errors": errors}
    assert entry.options == {}


@pytest.mark.parametrize(
    "given",
    [
        {**HERE, "interval": TWO_HOURS, "enabled": True},
        {**HERE, "destination_extended": True, "sidebar": True},
        {"enabled": False, "sidebar": False, "proxy": "", "ca_file": None},
        {},
    ],
)
async def test_it_saves_what_the_flow_saves(
    hass: HomeAssistant, start: Start, command: Command, given: dict[str, Any]
) -> None:
    entry = await start({"initial_delay": {"minutes": 1}})
    hass.config_entries.async_update_entry(entry, options={"initial_delay": {"minutes": 9}})
    await hass.async_block_till_done()
    filled = {key: value for key, value in given.items() if value not in (None, "")}
    await options_flow(hass, filled)
    by_the_flow = dict(entry.options)
    hass.config_entries.async_update_entry(entry, options={"initial_delay": {"minutes": 9}})
    await hass.async_block_till_done()
    assert await command("analytics/options/save", values=given) == {"errors": {}}
    await hass.async_block_till_done()
    assert entry.options == by_the_flow
    assert entry.options["initial_delay"] == {"minutes": 9}  # counts once YAML sets none


async def test_saved_options_are_in_force_at_once(
    hass: HomeAssistant, start: Start, open_page: OpenPage
) -> None:
    await start()
    page = await open_page()
    answer = await page.ask("analytics/options/save", values=HERE)
    assert answer["result"] == {"errors": {}}
    line = await page.line()
    assert line["placeholders"]["destination"] == "Here (localhost)"


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("analytics/options", {}), ("analytics/options/save", {"values": {}})],
)
async def test_only_administrators_and_only_while_it_is_loaded(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    hass_read_only_access_token: str,
    name: str,
    arguments: dict[str, Any],
) -> None:
    entry: ConfigEntry = await start()
    with pytest.raises(CommandError) as refused:
        await command(name, hass_read_only_access_token, **arguments)
    assert refused.value.code == "unauthorized"
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as missing:
        await command(name, **arguments)
    assert missing.value.code == "not_found"


async def test_what_is_saved_while_it_is_being_loaded_is_followed(
    hass: HomeAssistant, start: Start, command: Command
) -> None:
    entry = await start()
    hass.config_entries.async_update_entry(entry, options={"interval": {"days": 2}})
    while entry.state is not ConfigEntryState.SETUP_IN_PROGRESS:
        await asyncio.sleep(0)
    hass.config_entries.async_update_entry(entry, options={"enabled": False})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await command("analytics/status"))["blocked"]["reason"] == "switch"
