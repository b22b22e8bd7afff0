"""At each start: a restored backup or a copied installation gets ids of its own."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from ..const import LOGGER
from ..models import Destination
from . import fingerprint
from .recipients import leave_all
from .store import ConsentStore


async def async_notice(hass: HomeAssistant, store: ConsentStore, database: Destination) -> bool:
    """Take up new ids where they were made for another installation; the choices stay.

    `database` is where snapshots go now. Returns whether this is a copy.
    """
    found = await _async_fingerprint(hass)
    kept, habits = store.fingerprint, store.habits
    # Without any, one can't be told from the other: once, and not again at each start.
    is_copy = fingerprint.is_copy(kept, found, habits) if found else bool(kept)
    if is_copy:
        LOGGER.info(
            "This installation seems to be a copied or a restored one, so its reports get a new "
            "random id. Where the old one is not this installation's alone, the other reports on"
        )
        leave_all(store, database)
    store.put_fingerprint(
        {**kept, **found} if found else {}, fingerprint.habits_after(kept, found, habits)
    )
    if (kept, habits) != (store.fingerprint, store.habits):
        await store.async_save()
    return is_copy


async def _async_fingerprint(hass: HomeAssistant) -> dict[str, str]:
    """Return what this installation is known by; nothing where that can't be read."""
    folder = Path(hass.config.path(STORAGE_DIR))
    try:
        return await hass.async_add_executor_job(fingerprint.read, folder)
    except (OSError, ValueError) as error:
        LOGGER.error(
            "Whether this installation is a copy of another can't be told (%s)",
            type(error).__name__,
        )
        return {}
