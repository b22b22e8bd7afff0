"""What the receiver's form can do without: leave out the smallest part of a field that offends.

The form is the table's schema: a key that is optional may be missing, one that may be unknown is
null, for some the table has a word instead, and where none of these holds the object that it is in
goes, out of its list or as the whole field.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache
from typing import Final

import voluptuous as vol

from ..models import JsonValue
from ..tiers import Field

# Of a part and its key, which is "" where it is no object's.
type Offends = Callable[[str, JsonValue], bool]


class _Spared(Enum):
    """How a form does without one of its keys."""

    MISSING = auto()
    NULL = auto()
    WORD = auto()
    NEVER = auto()


class _Gone(Enum):
    """What there is of a value that had to go."""

    GONE = auto()


GONE: Final = _Gone.GONE


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """A part that had to go, under which `path` that is counted, and what stands in its place.

    `key` is the one in its object, "" where it is in none; `value` is of the home, and is told
    nobody but whoever asks what the guard held back.
    """

    path: str
    of: Field
    key: str
    value: JsonValue = field(repr=False)
    instead: JsonValue = field(default=GONE, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What a field keeps, GONE if nothing, and what was left out."""

    value: JsonValue
    left_out: tuple[LeftOut, ...] = ()


def keep(field: Field, value: JsonValue, offends: Offends) -> Kept:
    """Leave the parts out of a field that offend, and no more than the form asks for."""
    items = value if isinstance(value, list) else [value]
    if not any(True for item in items for _ in _wrong(item, offends)):
        return Kept(value=value)
    kept = [_keep_of(field, item, offends) for item in items]
    left_out = tuple(part for each in kept for part in each.left_out)
    if not isinstance(value, list):
        return Kept(value=kept[0].value, left_out=left_out)
    return Kept(value=[each.value for each in kept if each.value is not GONE], left_out=left_out)


def fit(field: Field, value: JsonValue) -> Kept:
    """Leave out of a field what is not of the form that the table has for it."""
    if _accepts(field.schema, value):
        return Kept(value=value)
    if isinstance(value, list) is isinstance(field.schema, list):
        kept = keep(field, value, lambda key, part: not _suits(field, key, part))
        if _accepts(field.schema, kept.value):
            return kept
    return Kept(value=GONE, left_out=(LeftOut(path=field.name, of=field, key="", value=value),))


def _wrong(item: JsonValue, offends: Offends) -> Iterator[str]:
    """Yield the keys of the parts of an item that offend."""
    if isinstance(item, dict):
        yield from (key for key, part in item.items() if offends(key, part))
    elif offends("", item):
        yield ""


def _keep_of(field: Field, item: JsonValue, offends: Offends) -> Kept:
    wrong = {key: _spared(field, key) for key in _wrong(item, offends)}
    if not wrong:
        return Kept(value=item)
    parts = item if isinstance(item, dict) else {"": item}
    if _Spared.NEVER in wrong.values():
        key = next(key for key, spared in wrong.items() if spared is _Spared.NEVER)
        gone = LeftOut(path=field.name, of=field, key=key, value=parts[key])
        return Kept(value=GONE, left_out=(gone,))
    instead = {
        key: GONE if spared is _Spared.MISSING else field.instead.get(key)
        for key, spared in wrong.items()
    }
    made = {key: instead.get(key, part) for key, part in parts.items()}
    left_out = (
        LeftOut(path=path_of(field, key), of=field, key=key, value=parts[key], instead=standing)
        for key, standing in instead.items()
    )
    return Kept(
        value={key: part for key, part in made.items() if part is not GONE},
        left_out=tuple(left_out),
    )


def path_of(field: Field, key: str) -> str:
    """Return how a part is called; what is no key of the table may have been by anybody."""
    return f"{field.name}.{key}" if key and key in _form(field) else field.name


@cache
def _spared(field: Field, key: str) -> _Spared:
    """Tell how the form of a field does without a key; what is no key of it is never missed."""
    if not key:
        return _Spared.NEVER
    if key in field.instead:
        return _Spared.WORD
    for marker, schema in _form(field).items():
        if marker == key and not isinstance(marker, vol.Optional):
            return _Spared.NULL if _accepts(schema, None) else _Spared.NEVER
    return _Spared.MISSING


def _suits(field: Field, key: str, part: JsonValue) -> bool:
    form = _form(field)
    return key in form and _accepts(form[key], part)


def _form(field: Field) -> dict[object, object]:
    """Return the schemas of an object's parts by their keys, else of all under ""."""
    schema = field.schema[0] if isinstance(field.schema, list) else field.schema
    return schema if isinstance(schema, dict) else {"": schema}


def _accepts(schema: object, value: JsonValue) -> bool:
    try:
        vol.Schema(schema)(value)
    except vol.Invalid:
        return False
    return True
