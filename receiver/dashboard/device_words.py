"""How devices are written on the pages: what they bring, and how they are reached."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final
from urllib.parse import urlencode

from ..devices import Query, classes, kinds, segment
from ..schema import EntityKind, devices
from .charts import wording
from .integrations import written

# What people look for, in this order.
PROMINENT: Final = (
    *("light", "switch", "switch.outlet", "binary_sensor.motion", "binary_sensor.occupancy"),
    *("binary_sensor.door", "binary_sensor.moisture", "binary_sensor.smoke"),
    *("sensor.temperature", "sensor.humidity", "sensor.power", "sensor.energy"),
    *("climate", "cover", "cover.blind", "cover.shutter", "lock", "camera"),
    *("media_player", "media_player.speaker", "media_player.tv", "vacuum"),
)
_PLACES: Final = {one: place for place, one in enumerate(PROMINENT)}
# A sentence's end, a sign on a row, and what it means.
GROUPS: Final[Mapping[str, tuple[str, str]]] = {
    classes.LOCAL: ("Works locally", "Local"),
    classes.CLOUD: ("Needs a cloud", "Cloud"),
    classes.OTHER: ("Other ways", "Other"),
}
# Home Assistant's documentation calls them so.
CLASSES: Final[Mapping[str, str]] = {
    one: one.replace("_", " ").capitalize() for one in classes.CLASSES
}
NO_CLASS: Final = "not told"
NO_MAKER: Final = "No manufacturer told"
STEPS: Final = {str(step): f"{step} or more" for step in devices.STEPS}


def kind(text: str) -> str:
    """Return the name of a kind of entities, or what Home Assistant calls it."""
    return kinds.known(text) or wording.name(EntityKind.read(text).term)


def term(text: str) -> str:
    """Return what Home Assistant calls a kind."""
    return wording.name(EntityKind.read(text).term)


def maker(label: str) -> str:
    """Return how a maker is written; some devices tell none."""
    return wording.name(label) or NO_MAKER


def iot_class(domain: str) -> str:
    """Return how an integration reaches its devices."""
    return CLASSES.get(classes.of(domain), NO_CLASS)


def reach(asked: str) -> str:
    """Return a class, or a group of them, as a filter is called."""
    return GROUPS[asked][0] if asked in GROUPS else CLASSES[asked]


def brought(found: Iterable[str]) -> tuple[str, ...]:
    """Return kinds by the names that people know, each once, and what people look for first."""
    ordered = sorted(found, key=lambda one: (_PLACES.get(one, len(_PLACES)), kind(one)))
    return tuple(dict.fromkeys(map(kind, ordered)))


def model_address(maker: str, model: str) -> str:
    """Return the address of a model's page; empty where it can't have one."""
    parts = segment(maker), segment(model)
    return f"/devices/models/{parts[0]}/{parts[1]}" if all(parts) else ""


def maker_address(key: str) -> str:
    """Return the address of a maker's page; empty where it can't have one."""
    return f"/devices/manufacturers/{part}" if (part := segment(key)) else ""


def json_address(maker: str, model: str) -> str:
    """Return the address of a model's file."""
    named = urlencode({"manufacturer": maker, "model": model}, errors="replace")
    return f"/devices/model.json?{named}"


def asked_address(filtered: str, value: str) -> str:
    """Return the address of the models that a filter leaves."""
    return f"/devices{Query().with_(filtered, value)}"


def asked(query: Query, label: Callable[[str], str]) -> tuple[str, ...]:
    """Return what a query asks for, in words; makers by their labels."""
    told = (
        (query.kind, kind),
        (query.reached, lambda one: reach(one).lower()),
        (query.manufacturer, lambda one: f"made by {label(one)}"),
        (query.integration, lambda one: f"reached by {written(one)}"),
    )
    return tuple(write(value) for value, write in told if value is not None)
