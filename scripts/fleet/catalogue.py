"""The makers and models of devices.txt, by the integrations that they are reached by."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

from receiver.schema import EntityKind

FILE: Final = Path(__file__).with_name("devices.txt")
USUAL_NUMBER: Final = 1.1
_COUNTER: Final = re.compile(r"\{(?:(\d+)|([\da-f]+)x)\}")
# Of a part of a version, before the part to its left goes on.
_STEPS: Final = 6
# The frequent ones are far more frequent than the rare ones.
_STEEPNESS: Final = 1.6
_UNITS: Final = {
    "temperature": "°C", "humidity": "%", "battery": "%", "moisture": "%", "power": "W",
    "energy": "kWh", "voltage": "V", "current": "A", "illuminance": "lx", "water": "m³",
    "signal_strength": "dBm", "carbon_dioxide": "ppm", "pm25": "μg/m³", "radon": "Bq/m³",
    "atmospheric_pressure": "hPa", "wind_speed": "km/h", "gas": "m³", "weight": "kg",
}  # fmt: skip

type Entity = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Model:
    """One kind of device, which is no other one's equal."""

    spellings: tuple[str, ...]
    """Its maker's, the usual one first."""
    name: str
    identifier: str | None
    kinds: tuple[str, ...]
    software: str
    hardware: tuple[str, ...]
    weight: int
    days: int | None
    """For how long it has been on the market, None for ever."""
    is_hub: bool
    seed: int
    """By which its releases come on other days than those of others."""

    @cache  # noqa: B019 - as many as the file has, for as long as the program runs
    def software_version(self, releases: int, released: date) -> str | None:
        """Return the version after so many releases; each of its counters goes on by the next."""
        text = self.software.replace("{date}", f"{released:%Y%m%d}")
        digits = []
        for _ in _COUNTER.findall(text)[1:]:
            releases, digit = divmod(releases, _STEPS)
            digits.append(digit)
        counts = iter([releases, *reversed(digits)])
        return _COUNTER.sub(lambda found: _counted(found, next(counts)), text) or None


@dataclass(frozen=True, slots=True)
class Choice:
    """Models to choose from, with sums of their weights."""

    models: Sequence[Model]
    sums: Sequence[float]

    def one(self, chance: random.Random) -> Model:
        """Choose by weight."""
        return chance.choices(self.models, cum_weights=self.sums)[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """What is reached by one integration."""

    number: float
    """Of devices that a home has by it."""
    more: tuple[str, ...]
    """The kinds of entities that the integration adds to each."""
    hubs: Choice
    others: Choice


@cache
def catalogue() -> dict[str, Shelf]:
    """Return what there is, by integration."""
    return _Reader().read(FILE.read_text(encoding="utf-8"))


@cache
def entities(model: Model, integration: str) -> list[Entity]:
    """Return the entities of a model that is reached by an integration, as in a snapshot."""
    return [_entity(kind) for kind in (*model.kinds, *catalogue()[integration].more)]


class _Reader:
    """Reads the file line by line."""

    def __init__(self) -> None:
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._more: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, float] = {}
        self._spellings: tuple[str, ...] = ()
        self._integrations: list[str] = []
        self._software = ""
        self._hardware: tuple[str, ...] = ()
        self._models: dict[str, list[Model]] = {}

    def read(self, text: str) -> dict[str, Shelf]:
        """Return the shelves."""
        for line in text.splitlines():
            if line and not line.startswith("#"):
                self._take(line)
        return {
            integration: Shelf(
                number=self._numbers.get(integration, USUAL_NUMBER),
                more=self._more.get(integration, ()),
                hubs=_choice(model for model in models if model.is_hub),
                others=_choice(model for model in models if not model.is_hub),
            )
            for integration, models in self._models.items()
        }

    def _take(self, line: str) -> None:
        if line.startswith("["):
            self._spellings = _split(line.strip("[]"), ";")
        elif line.startswith("@"):
            integrations, self._software, hardware, *_ = *_split(line[1:], ";"), "", ""
            self._integrations = integrations.split()
            self._hardware = _split(hardware, ",")
        elif "|" in line:
            for integration in self._integrations:
                self._models.setdefault(integration, []).append(self._model(line))
        else:
            word, name, *rest = line.split()
            if word == "number":
                self._numbers[name] = float(rest[0])
            else:
                {"kinds": self._kinds, "more": self._more}[word][name] = tuple(rest)

    def _model(self, line: str) -> Model:
        name, identifier, sort_and_more = _split(line, "|")
        sort, *words = sort_and_more.split()
        numbers = {word[0]: int(word[1:]) for word in words}
        return Model(
            spellings=self._spellings,
            name=name.removeprefix("> "),
            identifier=identifier or None,
            kinds=self._kinds[sort],
            software=self._software,
            hardware=self._hardware,
            weight=numbers.get("*", 1),
            days=numbers.get("~"),
            is_hub=line.startswith("> "),
            seed=len(name) + sum(self._software.encode()),
        )


def _split(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator))


def _choice(models: Iterable[Model]) -> Choice:
    chosen = tuple(models)
    return Choice(chosen, tuple(accumulate(model.weight**_STEEPNESS for model in chosen)))


def _counted(found: re.Match[str], count: int) -> str:
    decimal, hexadecimal = found.groups()
    if hexadecimal:
        return f"{int(hexadecimal, 16) + count:0{len(hexadecimal)}x}"
    return f"{int(decimal) + count:0{len(decimal)}}"


def _entity(kind: str) -> Entity:
    domain, device_class, category = EntityKind.read(kind)
    return {
        "domain": domain,
        "entity_category": category or None,
        "original_device_class": device_class or None,
        "unit_of_measurement": _UNITS.get(device_class) if domain == "sensor" else None,
        "assumed_state": False,
        "has_entity_name": True,
    }
