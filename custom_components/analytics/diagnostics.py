"""The diagnostics download: consent, status and last reports, without ids and lists of devices."""

from dataclasses import asdict
from hashlib import sha256
from typing import Any

from homeassistant.components.diagnostics import async_redact_data
from homeassistant.core import HomeAssistant

from .consent import ATTR_SNAPSHOTS
from .const import ATTR_UUID
from .data import AnalyticsConfigEntry
from .outbound import Entry, Journal
from .status import status
from .tiers import encode

REPORTS = 10
# In reports, and of crash reports below `user`.
IDS = {ATTR_UUID, "id"}


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: AnalyticsConfigEntry
) -> dict[str, Any]:
    """Return what helps to find a fault; whoever has an id could delete, so none is in it."""
    data = entry.runtime_data
    await data.async_watch_switches()
    return {
        "consent": asdict(data.choices.consent),
        "status": status(data),
        "last_reports": async_redact_data(await _async_last_reports(hass, data.journal), IDS),
    }


async def _async_last_reports(hass: HomeAssistant, journal: Journal) -> list[dict[str, Any]]:
    """Return what was sent last, none where the journal can't be read."""
    try:
        entries = await journal.async_entries(REPORTS)
    except OSError:
        return []
    return await hass.async_add_executor_job(lambda: [*map(_shown, entries)])


def _shown(entry: Entry) -> dict[str, Any]:
    """Return an entry, of a snapshot no more than its digest: megabytes, and nothing to post.

    Takes its time with a large one: not for the event loop.
    """
    shown = entry.as_dict()
    if ATTR_SNAPSHOTS in entry.tiers and entry.payload is not None:
        shown["payload"] = {"sha256": sha256(encode(entry.payload)).hexdigest()}
    return shown
