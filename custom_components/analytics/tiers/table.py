"""What a row of the table of tiers is: a field, who owns it, and what it may look like."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Final

import voluptuous as vol

from ..models import JsonValue, Message
from .facts import Facts

MAX_INTEGRATIONS: Final = 999
MAX_TEXT: Final = 255


def count(value: object) -> int:
    """Validate a number of things; a boolean is not one."""
    if type(value) is not int or value < 0:
        raise vol.Invalid("expected a whole number of at least 0")
    return value


def domains(value: object) -> list[str]:
    """Validate a list of built-in domains, in one pass since it can hold hundreds."""
    if not isinstance(value, list) or len(value) > MAX_INTEGRATIONS:
        raise vol.Invalid(f"expected a list of at most {MAX_INTEGRATIONS} domains")
    if "" in value or not {str}.issuperset(map(type, value)):
        raise vol.Invalid("expected a list of domains")
    return value


def text(value: object) -> str:
    """Validate a text, in one step since lists can hold hundreds."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_TEXT:
        raise vol.Invalid(f"expected a text of 1 to {MAX_TEXT} characters")
    return value


def optional_text(value: object) -> str | None:
    """Validate a text that may be unknown."""
    return None if value is None else text(value)


UUID: Final = vol.All(str, vol.Match(r"\A[0-9a-f]{32}\Z"))
# A time that is kept, in seconds since the epoch: such as can be shown, and written as it was read.
SECONDS: Final = vol.All(vol.Any(float, int), vol.Range(min=0, max=2**37))


class Content(StrEnum):
    """What a string of a report is, and so what the guard makes sure of.

    `FIXED` has no room for anything but what its schema names, `DOMAIN` is a built-in integration,
    `FILE` a file by its name below a package, `MODEL` what a maker calls itself, a device, its
    version or a unit.
    """

    FIXED = "fixed"
    DOMAIN = "domain"
    FILE = "file"
    MODEL = "model"
    VERSION = "version"
    TEXT = "text"


# Compared by identity, since a schema has no hash: the guard keeps what it compiled by rows.
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Field:
    """A key of the report.

    `value` builds it from Facts, None leaves it out; `facts` are the attributes of Facts that it
    reads, so that only these are collected; `schema` is what it must look like on the wire; `since`
    the version of its tier that brought it. `strings` names the content of each string that it
    holds: under "" of the field itself or of the items of its list, else under the nested key;
    `messages` are those that it is part of. `instead` is what stands for a part, by the same keys,
    that receivers want and that can't be told: it is in no list, too long, or says something of
    the home.
    """

    name: str
    description: str
    facts: tuple[str, ...]
    value: Callable[[Facts], object]
    schema: object
    strings: Mapping[str, Content] = field(default_factory=dict)
    messages: tuple[Message, ...] = (Message.REPORT,)
    required: bool = False
    instead: Mapping[str, JsonValue] = field(default_factory=dict)
    since: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A level of sharing that the user turns on or off, with the fields that it owns.

    One that is `extended` goes to destinations only that say that they take it.
    """

    name: str
    title: str
    description: str
    requires: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    extended: bool = False

    @property
    def version(self) -> int:
        """Return the version that a yes is given to: that of the newest field."""
        return max((field.since for field in self.fields), default=1)


def to_json(value: object) -> JsonValue:
    """Turn a fact into its JSON value: dataclasses become objects, tuples become lists."""
    if is_dataclass(value):
        return {part.name: to_json(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        # Most are texts, and there can be hundreds.
        return [item if isinstance(item, str) else to_json(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def fact(name: str) -> Callable[[Facts], object]:
    """Return the builder of a field whose value is one fact."""
    return lambda facts: getattr(facts, name)


def part_of(fact: str, name: str) -> Callable[[Facts], object]:
    """Return the builder of a field whose value is an attribute of one fact."""
    return lambda facts: getattr(getattr(facts, fact), name, None)
