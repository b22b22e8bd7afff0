"""What the guard held back of a report, and why: only for whoever looks before it leaves.

The values are of the home. They are on their way to a page of this home and nowhere else: no
journal, no log, no report has them.
"""

import dataclasses
from collections.abc import Iterable

from ..models import JsonValue, Knowledge
from ..tiers import MAX_TEXT
from .reasons import Why, why
from .spare import GONE, LeftOut, path_of


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A part that does not leave: where it is, which rule it breaks, and what is there instead."""

    field: str
    rule: str
    value: JsonValue = dataclasses.field(repr=False)
    instead: JsonValue = dataclasses.field(default=None, repr=False)


def held(left_out: Iterable[LeftOut], knowledge: Knowledge) -> tuple[Held, ...]:
    """Return what was left out in words: its place, and the rule that it breaks."""
    return tuple(
        Held(
            field=path_of(part.of, part.key),
            rule=_rule(part, knowledge),
            value=part.value,
            instead=_instead(part),
        )
        for part in left_out
    )


def _instead(part: LeftOut) -> JsonValue:
    if part.instead is not GONE:
        return part.instead
    # A word for the field as a whole is put in its place, but not for an item of its list.
    is_item = isinstance(part.of.schema, list)
    return None if is_item else part.of.instead.get("")


def _rule(part: LeftOut, knowledge: Knowledge) -> Why:
    """Return the rule of the content first, as the guard asks it first, then that of the form."""
    content, value = part.of.strings.get(part.key), part.value
    if isinstance(value, str):
        if content is not None and (broken := why(value, content, knowledge)):
            return broken
        if len(value) > MAX_TEXT:
            return Why.TOO_LONG
    is_known = not part.key or path_of(part.of, part.key) != part.of.name
    return Why.FORM if is_known else Why.UNKNOWN_KEY
