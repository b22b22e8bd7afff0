"""The devices of a made-up home, and the snapshot that it sends of them."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from scripts.fleet.catalogue import Model, Shelf, catalogue, entities
from scripts.fleet.chance import one
from scripts.fleet.home import DAYS, NEW, Home

# Of the homes that share what they have.
SHARING: Final = 0.2
# Of the devices that say their maker's name in another way.
OTHERWISE: Final = 0.04
# Of the devices that are another one of a model that is there.
ANOTHER: Final = 0.45
MOST: Final = 60
FIRST_RELEASE: Final = date(2025, 1, 1)
# Days for which a device does without an update, by how many do it so.
HABITS: Final = {1: 35, 30: 25, 90: 20, 700: 20}

type Snapshot = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Device:
    """One of a home's, there from a day on."""

    model: Model
    since: date
    maker: str
    hardware: str | None
    updates_every: int
    updates_on: int

    def software(self, day: date) -> str | None:
        """Return the version that it runs on a day: the newest one of its last update."""
        updated = date.fromordinal(
            day.toordinal() - (day.toordinal() + self.updates_on) % self.updates_every
        )
        pace = 60 + self.model.seed % 120
        before = self.model.seed % pace
        releases = max(0, (updated - FIRST_RELEASE).days + before) // pace
        released = FIRST_RELEASE + timedelta(releases * pace - before)
        return self.model.software_version(releases, released)


type Devices = dict[str, list[Device]]


def devices(home: Home, today: date) -> Devices | None:
    """Return what a home has, by integration, the hub first; None where it does not share that."""
    # By itself, so that what else homes have is the same with devices and without.
    chance = random.Random(home.uuid)  # noqa: S311 - the same devices each time
    if chance.random() > SHARING:
        return None
    return {
        integration: list(_owned(chance, shelf, since, today))
        for integration, since in home.things["integrations"]
        if (shelf := catalogue().get(integration))
    }


def snapshot(home: Devices, day: date) -> Snapshot:
    """Return what Home Assistant would say of these on a day."""
    return {
        integration: {"devices": list(_told(integration, present, day)), "entities": []}
        for integration, owned in home.items()
        if (present := [device for device in owned if device.since <= day])
    }


def _owned(chance: random.Random, shelf: Shelf, since: date, today: date) -> Iterator[Device]:
    if shelf.hubs.models:
        yield _device(chance, shelf.hubs.one(chance), since, today)
    if shelf.others.models:
        number = min(MOST, round(shelf.number * chance.lognormvariate(-0.3, 0.6)))
        for model in _models(chance, shelf, max(number, 1)):
            yield _device(chance, model, since, today)


def _models(chance: random.Random, shelf: Shelf, number: int) -> Iterable[Model]:
    """Return so many models: who has one of a kind likes to take another."""
    found = [shelf.others.one(chance)]
    while len(found) < number:
        another = chance.random() < ANOTHER
        found.append(chance.choice(found) if another else shelf.others.one(chance))
    return found


def _device(chance: random.Random, model: Model, since: date, today: date) -> Device:
    spelling = chance.choice(model.spellings) if chance.random() < OTHERWISE else None
    every = one(chance, HABITS)
    return Device(
        model=model,
        since=_arrival(chance, model, since, today),
        maker=spelling or model.spellings[0],
        hardware=chance.choice(model.hardware) or None,
        updates_every=every,
        updates_on=chance.randrange(every),
    )


def _arrival(chance: random.Random, model: Model, since: date, today: date) -> date:
    """Return the day from which a device is there: not before its integration and its model."""
    if model.days:
        return max(since, today - timedelta(chance.randrange(model.days)))
    if chance.random() < NEW:
        return max(since, today - timedelta(chance.randrange(DAYS)))
    return since


def _told(integration: str, present: list[Device], day: date) -> Iterator[dict[str, Any]]:
    has_hub = present[0].model.is_hub
    for place, device in enumerate(present):
        yield {
            "entry_type": None,
            "has_configuration_url": device.model.is_hub,
            "hw_version": device.hardware,
            "manufacturer": device.maker,
            "model": device.model.name,
            "model_id": device.model.identifier,
            "sw_version": device.software(day),
            "via_device": [integration, 0] if has_hub and place else None,
            "entities": entities(device.model, integration),
        }
