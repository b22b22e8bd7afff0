"""The notification that something waits: one, with the way to it, and nothing of what waits."""

from homeassistant.components import persistent_notification
from homeassistant.components.persistent_notification import _async_get_or_create_notifications

from .conftest import Home

ID = "analytics_held"


async def shown(home: Home) -> list[str]:
    """Return the texts of ours that are shown."""
    await home.hass.async_block_till_done()
    found = _async_get_or_create_notifications(home.hass)
    return [each["message"] for name, each in found.items() if name == ID]


async def test_it_comes_with_what_waits_and_goes_with_it(home: Home) -> None:
    assert await shown(home) == []
    item = await home.made()
    [message] = await shown(home)
    assert "(/analytics_panel/outbox)" in message
    assert item["payload"]["uuid"] not in message
    await home.made()
    assert len(await shown(home)) == 1
    [item] = await home.items()
    await home.approve(item)
    assert await shown(home) == []


async def test_it_is_there_after_a_restart_and_gone_while_nothing_is_loaded(home: Home) -> None:
    await home.made()
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert await shown(home) == []
    assert await home.hass.config_entries.async_setup(home.entry.entry_id)
    assert len(await shown(home)) == 1


async def test_one_that_was_closed_comes_back_only_for_what_is_new(home: Home) -> None:
    item = await home.made()
    assert len(await shown(home)) == 1
    persistent_notification.async_dismiss(home.hass, ID)
    await home.command(
        "analytics/outbox/trim", key=item["key"], digest=item["digest"], tiers=["usage"]
    )
    assert await shown(home) == []
    await home.made()
    assert len(await shown(home)) == 1
