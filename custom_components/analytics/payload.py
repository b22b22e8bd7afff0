"""Build a report from Facts, by the table of tiers."""

from collections.abc import Collection

import orjson

from .models import Facts, Payload
from .tiers import TIERS, to_json


def facts_needed(allowed: Collection[str]) -> frozenset[str]:
    """Name the attributes of Facts that the allowed tiers read."""
    return frozenset(
        fact for name in allowed for field in TIERS[name].fields for fact in field.facts
    )


def build(facts: Facts, allowed: Collection[str]) -> Payload:
    """Return the fields of the allowed tiers for which there are facts."""
    values = ((field.name, field.value(facts)) for name in allowed for field in TIERS[name].fields)
    return {name: to_json(value) for name, value in values if value is not None}


def encode(payload: Payload) -> bytes:
    """Return the bytes that go over the wire. Raises TypeError for what is no JSON."""
    return orjson.dumps(payload)
