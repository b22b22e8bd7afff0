"""What is chosen under Labs: noted as it comes, and taken once the entry is loaded."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .. import host
from ..const import DOMAIN
from ..settings import device_database
from .reporter import SnapshotReporter

# Whether snapshots were off under Labs when this run of the host began, until that was looked at.
SNAPSHOTS_WERE_OFF: Final[HassKey[bool]] = HassKey(f"{DOMAIN}_snapshots_were_off")
# What was chosen under Labs since then and not taken yet, for want of a loaded entry; oldest first.
TOGGLES: Final[HassKey[list[bool]]] = HassKey(f"{DOMAIN}_toggles")


async def async_follow(
    hass: HomeAssistant, section: object, noted: Callable[[HomeAssistant], Awaitable[None]]
) -> None:
    """Turn snapshots on where YAML names them, and note what is chosen from then on."""
    hass.data[SNAPSHOTS_WERE_OFF] = host.snapshots_disabled(hass)
    if device_database.is_named(section):
        await host.async_turn_snapshots(hass, on=True)
    # Only now, for what YAML turns on is no word of the user.
    hass.data[TOGGLES] = []
    host.async_follow_snapshots(hass, partial(_async_toggled, hass, noted))


async def _async_toggled(
    hass: HomeAssistant, noted: Callable[[HomeAssistant], Awaitable[None]], on: bool
) -> None:
    hass.data[TOGGLES].append(on)
    await noted(hass)


def take(hass: HomeAssistant, snapshots: SnapshotReporter | None) -> bool:
    """Take each turn of the toggle in its order, and tell whether there were any."""
    toggles = hass.data.get(TOGGLES, [])
    found = bool(toggles)
    while snapshots and toggles:
        snapshots.toggled(toggles.pop(0))
    return found


def catch_up(hass: HomeAssistant, snapshots: SnapshotReporter | None) -> bool:
    """Take what was chosen while nothing was loaded, and before the host began; tell if it was."""
    were_off = hass.data.pop(SNAPSHOTS_WERE_OFF, False)
    off = were_off or host.snapshots_disabled(hass)
    revoked = snapshots is not None and snapshots.agreed and off
    if snapshots and revoked:
        snapshots.toggled(False)
    return take(hass, snapshots) or revoked
