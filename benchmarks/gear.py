"""Databases of made-up homes that share their devices, beside as many that report."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain, cycle, islice
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.kept import DAY, INSERT, chosen, homes, keys, row
from receiver.schema.snapshots import taken
from receiver.storage.layout import Stored
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.sqlite.opening import open_database

MODELS = 10_000
MAKERS = 1_200
# So many snapshots differ: they take longer to make than reports.
DIFFERENT = 5_000
# Some of which are reached locally, and some by a cloud.
DOMAINS = ("zha", "mqtt", "hue", "tuya", "shelly", "matter", "zwave_js", "esphome", "smartthings")
ENTITIES = ("sensor", "binary_sensor", "switch", "light", "number", "select", "button", "update")
CLASSES = (None, "battery", "motion", "temperature", "humidity", "power", "energy", "door")

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the market."""

    domain: str
    device: Json
    versions: Sequence[str]


def fill(database: Path, reports: int, snapshots: int, devices: int) -> None:
    """Make a database with so many reports, and so many snapshots of so many devices each."""
    dictionary, latest = Dictionary(), int(time.time())
    # A snapshot's time is a day.
    midnight = latest - latest % DAY
    told = [row(one.stored(dictionary), latest) for one in homes(reports)]
    kept = [
        row(Stored(report=dictionary.encode(taken(one).told)), midnight)
        for one in with_devices(min(snapshots, DIFFERENT), devices)
    ]
    both = chain(islice(cycle(told), reports), islice(cycle(kept), snapshots))
    keyed = zip(keys(reports + snapshots), both, strict=True)
    with closing(open_database(database)) as connection:
        connection.execute("BEGIN")
        dictionary.write(connection)
        connection.executemany(INSERT, ((key, *values) for key, values in keyed))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def with_devices(many: int, devices: int) -> Iterator[Json]:
    """Yield snapshots of homes, in which a few models are frequent and most are rare."""
    random = Random(2)
    market = [model(random, number) for number in range(MODELS)]
    for _ in range(many):
        snapshot: Json = {}
        # Every second one is another of a model that is there.
        few = chosen(random, market, devices - devices // 2)
        for one in few + random.choices(few, k=devices // 2):
            own = snapshot.setdefault(one.domain, {"devices": [], "entities": []})
            version = random.choice(one.versions)
            behind = [one.domain, 0] if own["devices"] else None
            own["devices"].append(one.device | {"sw_version": version, "via_device": behind})
        yield snapshot


def model(random: Random, number: int) -> Model:
    """Return one of the models."""
    (maker,) = chosen(random, range(MAKERS), 1)
    flags = {"assumed_state": False, "has_entity_name": True, "unit_of_measurement": None}
    return Model(
        domain=random.choice(DOMAINS),
        device={
            "manufacturer": f"Maker {maker} GmbH",
            "model": f"Smart device {number}",
            "model_id": f"SD-{number:05}",
            "hw_version": random.choice((None, "1.0", "2")),
            "entry_type": None,
            "has_configuration_url": False,
            "entities": [
                flags
                | {
                    "domain": random.choice(ENTITIES),
                    "entity_category": random.choice((None, None, "config", "diagnostic")),
                    "original_device_class": random.choice(CLASSES),
                }
                for _ in range(random.randint(1, 8))
            ],
        },
        versions=[f"{number % 9}.{minor}.{number % 7}" for minor in range(random.randint(1, 5))],
    )
