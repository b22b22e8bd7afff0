"""Models that bring the same as another, and work without a cloud."""

from dataclasses import dataclass
from typing import Final

from .catalogue import Catalogue, Model
from .classes import LOCAL

SHOWN: Final = 8
# Of all that one of the two brings: what has less in common is something else.
LEAST: Final = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Similar:
    """A model, and what it has in common with the one that was asked about."""

    model: Model
    common: frozenset[str]


def similar(catalogue: Catalogue, one: Model) -> tuple[Similar, ...]:
    """Return local models with most kinds in common, of the same overlap the most used first."""
    ranked = sorted(
        (
            (-len(one.kinds & other.kinds) / len(one.kinds | other.kinds), place)
            for place, other in enumerate(catalogue.models)
            if LOCAL in other.groups and other is not one and one.kinds & other.kinds
        ),
    )
    found = (catalogue.models[place] for overlap, place in ranked[:SHOWN] if -overlap >= LEAST)
    return tuple(Similar(model=two, common=one.kinds & two.kinds) for two in found)
