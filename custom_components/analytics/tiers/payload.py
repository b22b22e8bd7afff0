"""Build a report from Facts, by the table of tiers."""

from collections.abc import Iterable

import orjson

from ..models import Payload
from .facts import Facts
from .table import Field, to_json


def facts_needed(fields: Iterable[Field]) -> frozenset[str]:
    """Name the attributes of Facts that these fields read."""
    return frozenset(fact for field in fields for fact in field.facts)


def build(facts: Facts, fields: Iterable[Field]) -> Payload:
    """Return those of the fields for which there are facts."""
    values = ((field.name, field.value(facts)) for field in fields)
    return {name: to_json(value) for name, value in values if value is not None}


def encode(payload: Payload) -> bytes:
    """Return the bytes that go over the wire. Raises TypeError for what is no JSON."""
    return orjson.dumps(payload)
