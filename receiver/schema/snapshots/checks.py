"""What a snapshot may hold, key by key, as Home Assistant makes it.

A key that is not here is dropped and noted. What is of the wrong type costs its device. What says
something of a home instead of a device is left out, and noted by its field alone.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ...texts import reveals_as_model, reveals_as_name, reveals_as_version
from ..checks import BeyondError, Check, ReportError, flag, or_null, text
from ..entities import CATEGORIES
from ..objects import REQUIRED, Key, object_of

DEVICES: Final = "devices"
ENTITIES: Final = "entities"
VIA: Final = "via_device"
# Of names that are given by those who write integrations.
MAX_NAME: Final = 64

type Reveals = Callable[[str], bool]


def _told(reveals: Reveals) -> Check:
    """Return the check of a text that may be unknown; some integrations tell numbers."""

    def check(value: Any, dropped: set[str]) -> str | None:
        if value is None:
            return None
        if type(value) in {int, float}:
            value = str(value)
        told = " ".join(text(value, dropped).split()) if value != "" else ""
        if reveals(told):
            raise BeyondError("expected nothing that is of a home")
        return told or None

    return check


def name(value: Any, dropped: set[str]) -> str:
    """Take a name as Home Assistant's code has them: of an integration, of a kind."""
    told = text(value, dropped)
    plain = told.replace("_", "")
    if len(told) > MAX_NAME or not (told.isascii() and plain.isalnum() and told == told.lower()):
        raise BeyondError(f"expected small letters, digits and _, at most {MAX_NAME}")
    if reveals_as_name(told):
        raise BeyondError("expected nothing that is of a home")
    return told


def _unused(value: Any, _dropped: set[str]) -> None:
    """Take a text that nothing is kept of."""
    if value is not None and type(value) not in {str, int, float}:
        raise ReportError("expected a text")


def _via(value: Any, dropped: set[str]) -> tuple[str, int]:
    """Take which device it is behind: the integration of that, and its place in there."""
    if type(value) is not list or len(value) != 2 or type(value[1]) is not int:
        raise ReportError("expected an integration and the place of a device")
    return name(value[0], dropped), value[1]


def _category(value: Any, _dropped: set[str]) -> str:
    if type(value) is not str:
        raise ReportError("expected a text")
    if value not in CATEGORIES:
        raise BeyondError(f"expected one of: {', '.join(CATEGORIES)}")
    return value


def _entities(value: Any, dropped: set[str]) -> list[dict[str, Any]]:
    if type(value) is not list:
        raise ReportError("expected a list")
    found = []
    for one in value:
        try:
            found.append(_ENTITY(one, dropped))
        # A kind of a name that can't be one.
        except BeyondError:
            dropped.add(ENTITIES)
    return found


_MODEL: Final = Key(_told(reveals_as_model), None)
_VERSION: Final = Key(_told(reveals_as_version), None)
_FLAG: Final = Key(or_null(flag), None)
_ENTITY: Final = object_of(
    {
        "domain": Key(name, REQUIRED),
        "entity_category": Key(or_null(_category), None),
        "original_device_class": Key(or_null(name), None),
        "unit_of_measurement": Key(_unused, None),
        "assumed_state": _FLAG,
        "has_entity_name": _FLAG,
    },
    name=ENTITIES,
)
_KEYS: Final[Mapping[str, Key]] = {
    "manufacturer": _MODEL,
    "model": _MODEL,
    "model_id": _MODEL,
    "sw_version": _VERSION,
    "hw_version": _VERSION,
    "entry_type": Key(_unused, None),
    "has_configuration_url": _FLAG,
    VIA: Key(or_null(_via), None),
    ENTITIES: Key(_entities, ()),
}
device: Final[Check] = object_of(_KEYS, name=DEVICES)
"""Take a device."""
