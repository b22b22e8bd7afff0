"""Where snapshots of devices go: the built-in integration's device database, or YAML's."""

from collections.abc import Mapping
from typing import Final

from .. import host
from ..const import CONF_SNAPSHOTS_URL, DEVICE_DATABASE_NAME, DEVICE_DATABASE_PRIVACY_URL
from ..models import Destination
from .addresses import host_of, is_loopback
from .validators import database_url

DEVICE_DATABASE: Final = Destination(
    name=DEVICE_DATABASE_NAME,
    url=host.DEVICE_DATABASE_URL,
    privacy_url=DEVICE_DATABASE_PRIVACY_URL,
)


def shares_keys(destination: Destination) -> bool:
    """Tell whether what is kept of it is the built-in integration's: a yes under Labs counts.

    So it is of the database that Labs names, and of loopback addresses, for development.
    """
    return destination == DEVICE_DATABASE or is_loopback(destination.url)


def is_named(section: object) -> bool:
    """Tell whether YAML has the key for snapshots, which counts on hosts that have them."""
    return host.has_snapshots() and isinstance(section, Mapping) and CONF_SNAPSHOTS_URL in section


def device_database(section: object) -> Destination:
    """Return where a section of YAML wants snapshots to go. Raises vol.Invalid for no address."""
    if not isinstance(section, Mapping) or not is_named(section):
        return DEVICE_DATABASE
    given = section[CONF_SNAPSHOTS_URL]
    url = DEVICE_DATABASE.url if given is None else database_url(given)
    if url == DEVICE_DATABASE.url:
        return DEVICE_DATABASE
    return Destination(name=host_of(url), url=url)
