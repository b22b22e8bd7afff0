"""The diagnostics download: consent, status and the last reports, without ids."""

from dataclasses import asdict
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .const import ATTR_UUID
from .data import AnalyticsConfigEntry
from .status import status

REPORTS = 10
# In reports, and of crash reports below `user`.
IDS = {ATTR_UUID, "id"}


async def async_get_config_entry_diagnostics(
    _hass: HomeAssistant, entry: AnalyticsConfigEntry
) -> dict[str, Any]:
    """Return what helps to find a fault; whoever has an id could delete, so none is in it."""
    data = entry.runtime_data
    await data.async_watch_switches()
    entries = [asdict(item) for item in await data.journal.async_entries(REPORTS)]
    return {
        "consent": asdict(data.choices.consent),
        "status": status(data),
        "last_reports": async_redact_data(entries, IDS),
    }
