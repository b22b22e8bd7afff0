"""Snapshots of the devices of homes, made up and counted."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from receiver.counting.counts import merge
from receiver.schema import MAX_NAME_BYTES, MAX_NAMES, Told
from receiver.schema.snapshots import taken
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.writing import changes
from tests.receiver.counted import TIME, Counts, count_rows

# What a home sends: devices by integrations.
type Snapshot = Mapping[str, Any]

# Spellings of few makers; names that are special to JavaScript, to spreadsheets, and to figures.
MAKERS = ("IKEA of Sweden", "IKEA of Sweden AB", "ikea OF sweden", "Aqara", "__proto__", "total")
MODELS = ("LWB010", "TRADFRI bulb", "total", "devices", "__proto__", "=1+1", 'a"b,c', "1", "models")
VERSIONS = ("1.0", "2.3.6-beta", "total", "toString", "20240101")
# Reached locally, by a cloud, and of no class.
DOMAINS = ("hue", "zha", "tuya", "total", "my_own")
KINDS = ("light", "sensor.battery", "binary_sensor.motion", "total", "sensor.battery:diagnostic")
FLAGS = {"assumed_state": False, "has_entity_name": True, "unit_of_measurement": None}


def entity(kind: str) -> dict[str, Any]:
    """Return an entity of a kind."""
    rest, _, category = kind.partition(":")
    domain, _, device_class = rest.partition(".")
    return FLAGS | {
        "domain": domain,
        "entity_category": category or None,
        "original_device_class": device_class or None,
    }


def device(**changes: Any) -> dict[str, Any]:
    """Return a device, with the changes; of its kinds of entities there are names."""
    kinds = changes.pop("kinds", ("light",))
    return {
        "manufacturer": "Aqara",
        "model": "LWB010",
        "model_id": None,
        "sw_version": None,
        "hw_version": None,
        "entry_type": None,
        "has_configuration_url": False,
        "via_device": None,
        "entities": [*map(entity, kinds)],
        **changes,
    }


def home(*devices: Mapping[str, Any], domain: str = "hue") -> Snapshot:
    """Return the snapshot of a home with these devices, of one integration."""
    return {domain: {"devices": [*devices], "entities": []}}


def told_by(one: Snapshot) -> Told:
    """Return what is kept of a snapshot."""
    return taken(one).told


def count_homes(
    homes: Iterable[Snapshot],
    counts: Counts | None = None,
    *,
    max_names: int = MAX_NAMES,
    max_bytes: int = MAX_NAME_BYTES,
) -> Counts:
    """Count the snapshots of homes, besides what is counted already."""
    bounds = {"max_names": max_names, "max_bytes": max_bytes}
    dictionary = Dictionary()
    kept = []
    for one in homes:
        codes = dictionary.encode(told_by(one))
        kept.append(changes.new_row(codes.tobytes(), TIME, doubted=False))
    found = count_rows([kept], dictionary.names, **bounds).counts
    both = merge(counts or Counts(), found, **bounds)
    return Counts(
        installations=both.installations,
        tables=both.tables,
        statistics=both.statistics,
        crowded=both.crowded,
    )


def _or_none(some: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(some)


_devices = st.builds(
    device,
    manufacturer=_or_none(MAKERS),
    model=_or_none(MODELS),
    model_id=_or_none(MODELS[:3]),
    sw_version=_or_none(VERSIONS),
    hw_version=_or_none(VERSIONS[:2]),
    via_device=st.none() | st.tuples(st.sampled_from(DOMAINS), st.integers(0, 2)).map(list),
    kinds=st.lists(st.sampled_from(KINDS), max_size=3),
)
_homes = st.dictionaries(
    st.sampled_from(DOMAINS),
    st.lists(_devices, max_size=4).map(lambda some: {"devices": some, "entities": []}),
    max_size=3,
)


@st.composite
def homes(draw: st.DrawFn, most: int = 40) -> list[Snapshot]:
    """Return snapshots of a few different kinds of homes, each some times."""
    kinds = draw(st.lists(st.tuples(_homes, st.integers(1, 12)), max_size=6))
    return [one for of, times in kinds for one in [of] * times][:most]
