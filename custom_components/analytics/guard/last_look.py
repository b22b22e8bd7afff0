"""The last look at a report before the journal and the wire.

Item by item it is made sure that a report says nothing of the home that it comes from, by the kind
of content that the table of tiers names for each string; then the table's schema is enforced.
What offends is left out, and what can't be left out stops the report; its value is never told.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network
from typing import Final

import voluptuous as vol

from ..models import JsonValue, Knowledge, Payload
from ..tiers import MAX_TEXT, Content, Field
from . import model_text
from .own_secrets import Rule, is_secret, mentions_secret
from .shapes import addresses, is_version, reveals
from .spare import GONE, Kept, LeftOut, fit, keep

# Many homes have it, and no version begins with it.
CUSTOMARY_NETWORK: Final = IPv4Network("192.168.0.0/16")
# No part begins with a dot, so none leads upwards or is hidden.
_PART: Final = r"[\w+-]{1,100}+(?:\.[\w+-]{1,100}+){0,5}"
_FILE: Final = re.compile(rf"(?:{_PART}/){{0,15}}{_PART}", re.ASCII)
_SUFFIXES: Final = (".py", ".so", ".pyd")
_NAMES: Final = re.compile(r"[^/.]+")
_COMPONENTS: Final = ["homeassistant", "components"]
_DOMAINS: Final = {"": Content.DOMAIN}
_STRINGLESS: Final = (bool, int, float, type(None))


class GuardError(Exception):
    """A report that must not be sent; `field` names the offender, its value is never told."""

    def __init__(self, field: str) -> None:
        """Keep the name of the field."""
        super().__init__(f"{field} is not as the table of tiers allows")
        self.field = field


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """A payload that may leave, and how often which part was left out of it.

    `left_out` is these parts, which go no further than to who asks what was held back.
    """

    payload: Payload
    dropped: dict[str, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = field(default=(), repr=False, compare=False)


def inspect(payload: Payload, fields: tuple[Field, ...], knowledge: Knowledge) -> Inspected:
    """Leave out what says something of the home, then what is not as the schema has it.

    Raises GuardError where that is a field without which there is no report, or is in no table.
    """
    inspected = _without_private(payload, fields, _rules(knowledge), knowledge)
    try:
        check(inspected.payload, fields)
    except GuardError:
        inspected = _spare(inspected, fields, fit)
        check(inspected.payload, fields)
    return inspected


def _without_private(
    payload: Payload,
    fields: tuple[Field, ...],
    rules: Mapping[Content, Rule],
    knowledge: Knowledge,
) -> Inspected:
    def looked_at(each: Field, value: JsonValue) -> Kept:
        if each.strings == _DOMAINS and _are_built_in(value, knowledge):
            return Kept(value=value)
        own = {key: rules[content] for key, content in each.strings.items()}
        return keep(each, value, lambda key, part: _breaks(part, own.get(key)))

    return _spare(Inspected(payload=payload), fields, looked_at)


def _spare(
    inspected: Inspected, fields: tuple[Field, ...], look: Callable[[Field, JsonValue], Kept]
) -> Inspected:
    """Replace each field by what is kept of it, and count what is left out by its path."""
    passed, left_out = dict(inspected.payload), [*inspected.left_out]
    for each in fields:
        if each.name not in passed:
            continue
        kept = look(each, passed[each.name])
        left_out += kept.left_out
        if kept.value is not GONE:
            passed[each.name] = kept.value
        elif "" in each.instead:
            passed[each.name] = each.instead[""]
        elif each.required:
            raise GuardError(each.name)
        else:
            del passed[each.name]
    dropped = Counter(each.path for each in left_out)
    return Inspected(payload=passed, dropped=dict(dropped), left_out=tuple(left_out))


def check(payload: Payload, fields: tuple[Field, ...]) -> None:
    """Let a report pass that has these fields only, each as it should be.

    Raises GuardError for the first field that is not; voluptuous' own messages may quote values.
    """
    try:
        schema(fields)(payload)
    except vol.Invalid as error:
        first = error.errors[0] if isinstance(error, vol.MultipleInvalid) else error
        raise GuardError(".".join(str(step) for step in first.path)) from None


@cache
def schema(fields: tuple[Field, ...]) -> vol.Schema:
    """Return the schema of a report with these fields, generated from the table."""
    return vol.Schema(
        {
            (vol.Required if each.required else vol.Optional)(each.name): each.schema
            for each in fields
        },
        extra=vol.PREVENT_EXTRA,
    )


def offends(value: str, content: Content, knowledge: Knowledge) -> bool:
    """Tell whether a string of this content says something of the home."""
    return rule(content, knowledge)(value)


def rule(content: Content, knowledge: Knowledge) -> Rule:
    """Return what tells whether a string of this content says something of the home."""
    return _rules(knowledge)[content]


def _rules(knowledge: Knowledge) -> Mapping[Content, Rule]:
    """Return what a string of each content offends by, in the light of this knowledge."""
    networks = (*knowledge.networks, CUSTOMARY_NETWORK)
    secret = is_secret(knowledge)

    def text(value: str) -> bool:
        # A longer one is not of the field's form, which is looked at afterwards.
        return len(value) <= MAX_TEXT and (secret(value) or reveals(value))

    def version(value: str) -> bool:
        if not is_version(value):
            return text(value)
        possible = addresses(value)
        return bool(possible) and any(each in network for each in possible for network in networks)

    def file(value: str) -> bool:
        if not _FILE.fullmatch(value) or not value.endswith(_SUFFIXES):
            return True
        parts = value.split("/")
        if parts[0] == "custom_components":
            return True
        if parts[:2] == _COMPONENTS and len(parts) > 3 and parts[2] not in knowledge.built_in:
            return True
        return any(map(text, _NAMES.findall(value)))

    return {
        Content.FIXED: lambda _: False,
        Content.FILE: file,
        Content.DOMAIN: lambda value: value not in knowledge.built_in,
        Content.MODEL: _model(knowledge),
        Content.VERSION: version,
        Content.TEXT: text,
    }


def _model(knowledge: Knowledge) -> Rule:
    """Return what a device's model, maker, version or unit offends by."""
    mentioned: Rule | None = None

    def model(value: str) -> bool:
        nonlocal mentioned
        mentioned = mentioned or mentions_secret(knowledge)  # only snapshots need it
        if len(value) > MAX_TEXT or mentioned(value) or model_text.reveals(value):
            return True
        found = model_text.in_text(value)
        return any(each in network for each in found for network in knowledge.networks)

    return model


def _are_built_in(items: JsonValue, knowledge: Knowledge) -> bool:
    """Tell in one step whether all are the host's own domains: there can be hundreds."""
    try:
        return isinstance(items, list) and knowledge.built_in.issuperset(items)
    except TypeError:  # of what is no text
        return False


def _breaks(value: object, rule: Rule | None) -> bool:
    """Tell whether a part breaks its rule; one that can hold a text and has none does."""
    if rule is not None and isinstance(value, str):
        return rule(value)
    return not isinstance(value, _STRINGLESS)
