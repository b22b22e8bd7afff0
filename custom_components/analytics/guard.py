"""The last look at a report before the journal and the wire.

Item by item it is made sure that a report says nothing of the home that it comes from, by the kind
of content that the table of tiers names for each string; then the table's schema is enforced.
What offends is dropped, or stops the report; its value is never told.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network
from typing import Final

import voluptuous as vol

from .models import Knowledge, Payload
from .shapes import addresses, is_version, normalise, reveals
from .table import MAX_TEXT, Content, Field

SHORTEST_SECRET: Final = 4
# Many homes have it, and no version begins with it.
CUSTOMARY_NETWORK: Final = IPv4Network("192.168.0.0/16")
# Add-ons are named after where they come from: the Supervisor's own, this machine, a repository.
_ORIGIN: Final = re.compile(r"(?:core|local|[0-9a-f]{8})_")
# No part begins with a dot, so none leads upwards or is hidden.
_PART: Final = r"[\w+-]{1,100}+(?:\.[\w+-]{1,100}+){0,5}"
_FILE: Final = re.compile(rf"(?:{_PART}/){{0,15}}{_PART}", re.ASCII)
_SUFFIXES: Final = (".py", ".so", ".pyd")
_NAMES: Final = re.compile(r"[^/.]+")
_COMPONENTS: Final = ["homeassistant", "components"]
_SLUG: Final = re.compile(r"[a-z0-9]++(?:_[a-z0-9]++)*")
_NOT_IN_SLUG: Final = re.compile(r"[\W_]+")
_STRINGLESS: Final = (bool, int, float, type(None))

type Rule = Callable[[str], bool]


class GuardError(Exception):
    """A report that must not be sent; `field` names the offender, its value is never told."""

    def __init__(self, field: str) -> None:
        """Keep the name of the field."""
        super().__init__(f"{field} is not as the table of tiers allows")
        self.field = field


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspected:
    """A payload that may leave, and how many items were dropped from it, by field."""

    payload: Payload
    dropped: dict[str, int] = field(default_factory=dict)


def inspect(payload: Payload, fields: tuple[Field, ...], knowledge: Knowledge) -> Inspected:
    """Drop the items that say something of the home, then enforce the schema of these fields.

    Raises GuardError where a field that is no list offends, or the schema does.
    """
    rules = _rules(knowledge)
    passed, dropped = dict(payload), {}
    for each in fields:
        value = payload.get(each.name)
        own = {key: rules[content] for key, content in each.strings.items()}
        if isinstance(value, list):
            kept = [item for item in value if _offender(item, each.name, own) is None]
            if len(kept) < len(value):
                passed[each.name], dropped[each.name] = kept, len(value) - len(kept)
        elif (offender := _offender(value, each.name, own)) is not None:
            raise GuardError(offender)
    check(passed, fields)
    return Inspected(payload=passed, dropped=dropped)


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
    return _rules(knowledge)[content](value)


def slug(text: str) -> str:
    """Return a text as an identifier made of it: no capitals, no accents, `_` for all else."""
    if _SLUG.fullmatch(text):
        return text
    if text.isascii():
        return _NOT_IN_SLUG.sub("_", text.lower()).strip("_")
    letters = unicodedata.normalize("NFKD", normalise(text).casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_IN_SLUG.sub("_", plain).strip("_")


def _rules(knowledge: Knowledge) -> Mapping[Content, Rule]:
    """Return what a string of each content offends by, in the light of this knowledge."""
    networks = (*knowledge.networks, CUSTOMARY_NETWORK)
    secret = _secret(knowledge)

    def text(value: str) -> bool:
        # The schema refuses longer ones: a report with such a string stops.
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
        Content.VERSION: version,
        Content.TEXT: text,
    }


def _secret(knowledge: Knowledge) -> Rule:
    """Return the rule that a text may not be one of the home's secrets, unless all know it."""
    words = {secret for secret in knowledge.secrets if len(secret) >= SHORTEST_SECRET}
    slugs = {made for made in map(slug, words) if len(made) >= SHORTEST_SECRET}
    # Of `Jane Doe` also `janedoe`.
    slugs |= {made.replace("_", "") for made in slugs}

    def known(name: str) -> bool:
        return name in knowledge.built_in or name in knowledge.public

    def secret(value: str) -> bool:
        name = slug(value)
        if name in slugs or value.casefold() in words:
            return not known(name)
        bare = name.partition("_")[2]
        if bare not in slugs or not _ORIGIN.match(name):
            return False
        return not known(name) and not known(bare)

    return secret


def _offender(value: object, field: str, rules: Mapping[str, Rule]) -> str | None:
    """Return the path of the first string that offends, of a value or in it; None for none."""
    for key, part in value.items() if isinstance(value, dict) else (("", value),):
        if _breaks(part, field, key, rules):
            return _path(field, key)
    return None


def _breaks(value: object, field: str, key: str, rules: Mapping[str, Rule]) -> bool:
    """Apply its rule to a string; what can hold none breaks none.

    Raises GuardError for what the table has no rule for, be it a string or what may hold some.
    """
    rule = rules.get(key)
    if rule is not None and isinstance(value, str):
        return rule(value)
    if isinstance(value, _STRINGLESS):
        return False
    raise GuardError(_path(field, key))


def _path(field: str, key: str) -> str:
    """Return what a field, or a part of one, is called in an error."""
    return f"{field}.{key}" if key else field
