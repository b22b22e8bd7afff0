"""At each start: a restored backup or a copied installation gets ids of its own."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from ..const import LOGGER
from . import fingerprint
from .store import ConsentStore


async def async_notice(hass: HomeAssistant, store: ConsentStore) -> bool:
    """Drop the ids where they were made for another installation; the choices stay.

    Returns whether this is a copy.
    """
    folder = Path(hass.config.path(STORAGE_DIR))
    try:
        found = await hass.async_add_executor_job(fingerprint.read, folder)
    except (OSError, ValueError) as error:
        LOGGER.error(
            "Whether this installation is a copy of another can't be told (%s), so it gets new ids",
            type(error).__name__,
        )
        store.drop_all_ids()
        return True
    if found == store.fingerprint:
        return False
    is_copy = fingerprint.is_copy(store.fingerprint, found)
    if is_copy:
        LOGGER.info("This installation was copied or restored, so its reports get a new random id")
        store.drop_all_ids()
    store.put_fingerprint(found)
    await store.async_save()
    return is_copy
