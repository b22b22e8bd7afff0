"""What became nothing in a snapshot, device by device, and why: only for whoever looks at it.

What the host says and what would be sent are laid side by side: devices and entities keep their
places, so this tells no other story than what happened. Values go to a page of this home only.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from ..guard import Held, Why, in_text, why
from ..models import Knowledge, Payload
from ..tiers import Content
from .inspect import DEVICES, ENTITIES, VIA
from .serials import has_serial

INTEGRATION: Final = "integration"
# What may hold no address either: none of these is a version.
NAMES: Final = frozenset({"manufacturer", "model", "model_id"})
DOMAIN: Final = "domain"

type Judge = Callable[[str, object], Why]


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A device, or the entities of an integration that have none: what is told, and what is not."""

    integration: str
    told: Payload
    nothing: tuple[Held, ...] = field(default=(), repr=False)


def told(
    given: object, passed: Payload, knowledge: Knowledge, numbers: frozenset[str]
) -> list[Told]:
    """Return all devices of what the host said, as they are told. Takes its time."""
    judge = _judge(knowledge, numbers)
    found: list[Told] = []
    for domain, facts in _mapping(given).items():
        if domain in passed:
            found += _of_integration(domain, _mapping(facts), passed[domain], judge)
        else:
            gone = _held(INTEGRATION, Why.NOT_BUILT_IN, domain)
            found.append(Told(integration=str(domain), told={}, nothing=(gone,)))
    return found


def each_once(parts: Iterable[Held]) -> tuple[Held, ...]:
    """Return each of these once: of one model there can be many devices."""
    known = {(part.field, part.rule, repr(part.value)): part for part in parts}
    return tuple(known.values())


def _of_integration(
    domain: str, facts: Mapping[str, object], passed: Payload, judge: Judge
) -> Iterator[Told]:
    unknown = [
        _held(key, Why.UNKNOWN_KEY, value)
        for key, value in facts.items()
        if key not in (DEVICES, ENTITIES)
    ]
    without = [*unknown, *_of_entities(facts.get(ENTITIES), passed[ENTITIES], judge)]
    if without or passed[ENTITIES]:
        yield Told(
            integration=domain, told={ENTITIES: len(passed[ENTITIES])}, nothing=tuple(without)
        )
    for device, kept in zip(_list(facts.get(DEVICES)), passed[DEVICES], strict=True):
        yield _of_device(domain, device, kept, judge)


def _of_device(domain: str, device: object, kept: Payload, judge: Judge) -> Told:
    entities = kept[ENTITIES]
    nothing = [
        *_of_part(device, {key: part for key, part in kept.items() if key != ENTITIES}, judge),
        *_of_entities(_mapping(device).get(ENTITIES), entities, judge),
    ]
    return Told(integration=domain, told={**kept, ENTITIES: len(entities)}, nothing=tuple(nothing))


def _of_entities(given: object, kept: list[Payload], judge: Judge) -> Iterator[Held]:
    for entity, passed in zip(_list(given), kept, strict=True):
        for each in _of_part(entity, passed, judge):
            yield Held(field=f"{ENTITIES}.{each.field}", rule=each.rule, value=each.value)


def _of_part(given: object, kept: Payload, judge: Judge) -> Iterator[Held]:
    """Yield what of a device or an entity became nothing."""
    if not isinstance(given, Mapping):
        yield _held("", Why.FORM, given)
    for key, value in _mapping(given).items():
        if key == ENTITIES or (key in kept and (value is None or kept[key] is not None)):
            continue
        yield _held(key, judge(key, value) if key in kept else Why.UNKNOWN_KEY, value)


def _judge(knowledge: Knowledge, numbers: frozenset[str]) -> Judge:
    """Return what tells by which rule a value became nothing; most devices are like others."""

    @cache
    def of_text(text: str) -> Why:
        if found := why(text, Content.MODEL, knowledge):
            return found
        return Why.SERIAL_NUMBER if has_serial(text, numbers) else Why.FORM

    def judge(key: str, value: object) -> Why:
        if key == VIA:
            return Why.NO_SUCH_DEVICE
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            return Why.FORM
        if key == DOMAIN:
            return Why.NOT_BUILT_IN
        found = of_text(str(value))
        is_address = found is Why.FORM and key in NAMES and in_text(str(value))
        return Why.IP_ADDRESS if is_address else found

    return judge


def _held(key: object, rule: Why, value: object) -> Held:
    return Held(field=str(key) if isinstance(key, str) else "", rule=rule, value=value)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
