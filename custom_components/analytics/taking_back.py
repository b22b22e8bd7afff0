"""Take back what was told, from one destination or from all, and say what becomes of it."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .consent import take_back, told
from .const import DOMAIN
from .data import AnalyticsData
from .models import Matter, Told
from .settings import usable
from .texts import excerpt

# How long Home Assistant's receiver keeps the last report.
KEPT_DAYS: Final = 60


async def forget(data: AnalyticsData, address: str | None = None) -> dict[str, Any]:
    """Take back what one address was told, or all were, and return what becomes of it.

    Raises ServiceValidationError for an address that was told nothing, and as `async_take_back`.
    """
    urls = _meant(data, address)
    taken = [replace(item, identified=False) for item in _told(data) if item.url in urls]
    await async_take_back(data, {(matter, url) for matter in Matter for url in urls})
    now = {(item.matter, item.url): item for item in _told(data)}
    return {
        "taken_back": [_shown(data, now.get((item.matter, item.url), item)) for item in taken],
        "deletions_pending": data.forgetter.waiting,
    }


async def async_take_back(data: AnalyticsData, meant: Collection[tuple[Matter, str]]) -> None:
    """Take back what addresses were told, each of a matter, and drop what waits for them.

    Raises HomeAssistantError where that can't be saved, as any choice.
    """
    for item in _told(data):
        if (item.matter, item.url) in meant:
            take_back(data.store, data.settings.device_database, item)
    for matter, url in _addresses(data).items():
        if (matter, url) in meant:
            data.async_forget(matter)
    await data.async_apply()


def shown(data: AnalyticsData) -> list[dict[str, Any]]:
    """Return who has something of this installation, former destinations too; nothing secret."""
    return [_shown(data, item) for item in _told(data)]


def _told(data: AnalyticsData) -> tuple[Told, ...]:
    return told(data.store, data.settings.device_database)


def _addresses(data: AnalyticsData) -> dict[Matter, str]:
    """Return where what is sent goes now."""
    server = data.settings.crash_server
    return {
        Matter.REPORTS: data.choices.destination.url,
        **({Matter.CRASH_REPORTS: server.destination.url} if server else {}),
        **({Matter.SNAPSHOTS: data.snapshots.destination.url} if data.snapshots else {}),
    }


def _meant(data: AnalyticsData, address: str | None) -> set[str]:
    """Return the addresses that are meant: all, or the one that was given, as it is shown."""
    known = {item.url for item in _told(data)}
    urls = {*known, *_addresses(data).values()}
    if address is None:
        return urls
    if found := {url for url in urls if address in {url, excerpt(url)} or usable(address) == url}:
        return found
    raise ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="never_told",
        translation_placeholders={
            "destination": excerpt(address),
            "known": ", ".join(sorted(map(excerpt, known))) or "-",
        },
    )


def _shown(data: AnalyticsData, item: Told) -> dict[str, Any]:
    """Return what somebody has of this installation, and what becomes of it."""
    home_assistants = item.matter is Matter.REPORTS and not item.deletes and usable(item.url)
    return {
        "kind": item.matter,
        "url": excerpt(item.url),
        "current": _addresses(data).get(item.matter) == item.url,
        "id_kept": item.identified,
        "id_dropped": None
        if item.left is None
        else dt_util.utc_from_timestamp(item.left).isoformat(),
        "deletes_on_request": item.deletes,
        "deletions_pending": sum(
            (each.matter, each.url) == (item.matter, item.url) for each in data.store.deletions
        ),
        "gone_after_days": KEPT_DAYS if home_assistants else None,
    }
