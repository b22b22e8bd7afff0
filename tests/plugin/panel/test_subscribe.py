"""The subscription: for administrators, told of changes only, and alive while the entry is not."""

from typing import Any

import pytest
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import __version__ as host_version
from homeassistant.core import HomeAssistant

from custom_components.analytics.const import DOMAIN
from custom_components.analytics.data import async_loaded

from ..conftest import ALL_TIERS, Command, CommandError, Start, Wait
from .conftest import OpenPage
from .test_now import A_MINUTE


def listeners(hass: HomeAssistant) -> int:
    """Return how many listen for changes."""
    from homeassistant.helpers.dispatcher import DATA_DISPATCHER

    from custom_components.analytics.changes import CHANGED

    return len(hass.data.get(DATA_DISPATCHER, {}).get(CHANGED, {}))


async def test_whoever_is_no_administrator_is_told_nothing(
    start: Start, command: Command, hass_read_only_access_token: str
) -> None:
    await start()
    with pytest.raises(CommandError) as refused:
        await command("analytics/subscribe", hass_read_only_access_token)
    assert refused.value.code == "unauthorized"


async def test_whoever_is_no_administrator_any_more_is_told_nothing_more(
    hass: HomeAssistant, start: Start, command: Command, hass_admin_user: User, open_page: OpenPage
) -> None:
    await start()
    page = await open_page()
    await page.state()
    told = len(page.states)
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_READ_ONLY])
    data = async_loaded(hass)
    assert data
    data.choices.choose(ALL_TIERS)
    data.async_refresh()
    await page.state()
    assert len(page.states) == told
    assert listeners(hass) == 0


async def test_the_state_has_all_that_other_commands_answer(
    start: Start, command: Command, section: dict[str, Any], open_page: OpenPage
) -> None:
    await start({**section, "crash_reports": {"dsn": "https://key@sentry.example.com/1"}})
    state = await (await open_page()).state()
    assert state["loaded"] is True
    assert state["status"] == await command("analytics/status")
    assert {"tiers": state["tiers"]} == await command("analytics/tiers")
    assert (state["host_version"], state["onboarded"]) == (host_version, False)
    assert state["outbox"] == {"hold": False, "waiting": 0, "changes": 0}
    assert (state["snapshots"] is None) == ("snapshots" not in state["status"])
    matters = [line["matter"] for line in state["lines"]]
    assert matters[:2] == ["reports", "crash_reports"]


async def test_what_did_not_change_is_not_told(
    start: Start, command: Command, wait: Wait, open_page: OpenPage
) -> None:
    await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    await page.state()
    told = len(page.states)
    await command("analytics/status")
    await wait(A_MINUTE)
    await page.state()
    assert len(page.states) == told


async def test_the_journal_is_told_of_by_a_number(
    start: Start, command: Command, section: dict[str, Any], open_page: OpenPage
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    page = await open_page()
    before = (await page.state())["journal"]
    await command("analytics/send")
    sent = (await page.state())["journal"]
    await command("analytics/journal/delete")
    deleted = (await page.state())["journal"]
    assert before < sent < deleted


async def test_all_pages_that_are_open_are_told(
    start: Start, command: Command, section: dict[str, Any], open_page: OpenPage
) -> None:
    await start(section)
    pages = [await open_page(), await open_page()]
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert [await page.says() for page in pages] == ["reports_on"] * 2


async def test_it_outlives_the_entry(
    hass: HomeAssistant, start: Start, section: dict[str, Any], open_page: OpenPage
) -> None:
    entry = await start()
    page = await open_page()
    assert (await page.state())["loaded"] is True
    await hass.config_entries.async_unload(entry.entry_id)
    assert await page.state() == {"loaded": False}
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await page.state())["loaded"] is True
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert await page.state() == {"loaded": False}
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    assert (await page.state())["loaded"] is True
    # Saved options load the entry again.
    hass.config_entries.async_update_entry(entry, options=section)
    line = await page.line()
    assert line["placeholders"]["destination"] == "Test receiver (127.0.0.1)"
    told = [state["loaded"] for state in page.states]
    assert told == [True, False, True, False, True, False, True]


async def test_one_can_begin_while_nothing_is_loaded(
    hass: HomeAssistant, start: Start, open_page: OpenPage
) -> None:
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    page = await open_page()
    assert await page.state() == {"loaded": False}
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await page.state())["loaded"] is True


async def test_nobody_listens_after_the_page_was_left(
    hass: HomeAssistant, start: Start, open_page: OpenPage
) -> None:
    entry = await start()
    before = listeners(hass)
    page = await open_page()
    assert listeners(hass) == before + 1
    assert (await page.ask("unsubscribe_events", subscription=page.number))["success"] is True
    assert listeners(hass) == before
    left = await open_page()
    assert await left.client.close()
    await hass.async_block_till_done()
    assert listeners(hass) == before
    await hass.config_entries.async_unload(entry.entry_id)
    assert listeners(hass) == before
    assert hass.config_entries.async_loaded_entries(DOMAIN) == []
