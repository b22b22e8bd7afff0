"""The last look at a snapshot: key by key what it may hold, each value of the kind that it has.

What the host may add in a later version is left out until this table names it. A value that says
something of the home is replaced by null, and counted by field; it is never told.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ..guard import in_text, rule
from ..models import JsonValue, Knowledge, Payload
from ..tiers import Content
from .serials import has_serial

BROKEN: Final = "broken"
UNKNOWN: Final = "unknown"
VIA: Final = "via_device"
ENTITIES: Final = "entities"
DEVICES: Final = "devices"

type Check = Callable[[object], bool]


def flag(value: object) -> bool:
    """Tell whether a value is true or false."""
    return type(value) is bool


def word(*known: str) -> Check:
    """Return what tells whether a value is one of these."""
    return lambda value: isinstance(value, str) and str(value) in known


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """What may leave, and how many values were left out, by field."""

    payload: Payload
    dropped: dict[str, int] = field(default_factory=dict)


class Inspector:
    """Looks at one snapshot in the light of what is known of this home."""

    def __init__(self, knowledge: Knowledge, numbers: frozenset[str] = frozenset()) -> None:
        """Make the rules; texts are judged once, for most devices are like others.

        `numbers` are what single devices are known by.
        """
        self._reveals = rule(Content.MODEL, knowledge)
        self._numbers = numbers
        self._judged: dict[str, bool] = {}
        self._dropped: Counter[str] = Counter()
        self._built_in = knowledge.built_in
        self._device: Mapping[str, Check] = {
            "entry_type": word("service"),
            "has_configuration_url": flag,
            "hw_version": self._text,
            "manufacturer": self._name,
            "model": self._name,
            "model_id": self._name,
            "sw_version": self._text,
        }
        self._entity: Mapping[str, Check] = {
            "assumed_state": flag,
            "domain": self._domain,
            "entity_category": word("config", "diagnostic"),
            "has_entity_name": flag,
            "original_device_class": self._text,
            "unit_of_measurement": self._text,
        }

    def inspect(self, payload: object) -> Inspected:
        """Return a payload of known keys and harmless values only."""
        passed: Payload = {}
        for domain, facts in _items(payload):
            if self._domain(domain) and isinstance(facts, Mapping):
                passed[str(domain)] = self._integration(facts)
            else:
                self._dropped["integrations"] += 1
        self._check_references(passed)
        return Inspected(payload=passed, dropped=dict(self._dropped))

    def _integration(self, facts: Mapping[str, object]) -> Payload:
        self._dropped.update([UNKNOWN] * len(facts.keys() - {DEVICES, ENTITIES}))
        return {
            DEVICES: [self._device_of(each) for each in _list(facts.get(DEVICES))],
            ENTITIES: self._entities(facts.get(ENTITIES)),
        }

    def _device_of(self, device: object) -> Payload:
        """Return a device, which keeps its place also where nothing of it passes."""
        known = device if isinstance(device, Mapping) else {BROKEN: None}
        return {
            **self._passed(known, self._device, (VIA, ENTITIES)),
            VIA: known.get(VIA),
            ENTITIES: self._entities(known.get(ENTITIES)),
        }

    def _entities(self, entities: object) -> list[Payload]:
        return [
            self._passed(each if isinstance(each, Mapping) else {BROKEN: None}, self._entity)
            for each in _list(entities)
        ]

    def _passed(
        self, given: Mapping[str, object], checks: Mapping[str, Check], others: tuple[str, ...] = ()
    ) -> Payload:
        """Return the values of known keys, null where one is not as it should be."""
        self._dropped.update([UNKNOWN] * len(given.keys() - checks.keys() - set(others)))
        return {key: self._value(key, given[key], checks[key]) for key in checks if key in given}

    def _value(self, key: str, value: object, check: Check) -> JsonValue:
        if value is None or check(value):
            return _plain(value)
        self._dropped[key] += 1
        return None

    def _check_references(self, passed: Payload) -> None:
        """Let devices refer only to devices that are there."""
        for facts in passed.values():
            for device in facts[DEVICES]:
                via = device[VIA]
                if via is not None:
                    device[VIA] = _reference(via, passed)
                    self._dropped.update([VIA] * (device[VIA] is None))

    def _text(self, value: object) -> bool:
        """Tell whether a text, or a number in the place of one, says nothing of the home."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return math.isfinite(value) and self._text(str(value))
        if not isinstance(value, str):
            return False
        if value not in self._judged:
            self._judged[value] = self._reveals(value) or has_serial(value, self._numbers)
        return not self._judged[value]

    def _name(self, value: object) -> bool:
        """Tell whether a text is harmless, and no version, as which an address may pass."""
        return self._text(value) and not in_text(str(value))

    def _domain(self, value: object) -> bool:
        return isinstance(value, str) and value in self._built_in


def _items(payload: object) -> list[tuple[Any, Any]]:
    return list(payload.items()) if isinstance(payload, Mapping) else []


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(value: object) -> JsonValue:
    """Return a text of the host's, a member of an enumeration perhaps, as one of JSON's."""
    return str(value) if isinstance(value, str) else value


def _reference(via: object, passed: Payload) -> JsonValue:
    """Return the integration and the number of a device, None where there is no such device."""
    if not isinstance(via, list | tuple) or len(via) != 2:
        return None
    domain, number = via
    if not isinstance(domain, str) or type(number) is not int or domain not in passed:
        return None
    return [str(domain), number] if 0 <= number < len(passed[domain][DEVICES]) else None
