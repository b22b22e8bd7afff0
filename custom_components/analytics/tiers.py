"""The table of tiers: every field that a report can have, who owns it, and what it may look like.

The payload, the schema enforced before the wire, the filter by consent and the field reference in
docs/privacy.md all come from this table. Adding a tier or a field is adding a row. Fields and
limits are those of Home Assistant's receiver, which refuses a report that has anything else.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Final

import voluptuous as vol

from .models import Facts, JsonValue

INSTALLATION_TYPES: Final = (
    "Home Assistant OS",
    "Home Assistant Container",
    "Home Assistant Core",
    "Home Assistant Supervised",
    "Unsupported Third Party Container",
    "Unknown",
)
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
    if not all(type(domain) is str and domain for domain in value):
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
HOST_VERSION: Final = vol.All(str, vol.Length(min=7, max=25))


class Content(StrEnum):
    """What a string of a report is, and so what the guard makes sure of.

    `FIXED` has no room for anything but what its schema names, `DOMAIN` is a built-in integration.
    """

    FIXED = "fixed"
    DOMAIN = "domain"
    VERSION = "version"
    TEXT = "text"


# Compared by identity, since a schema has no hash: the guard keeps what it compiled by rows.
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Field:
    """A key of the report.

    `value` builds it from Facts, None leaves it out; `facts` are the attributes of Facts that it
    reads, so that only these are collected; `schema` is what it must look like on the wire; `since`
    the version of its tier that brought it. `strings` names the content of each string that it
    holds: under "" of the field itself or of the items of its list, else under the nested key.
    """

    name: str
    description: str
    facts: tuple[str, ...]
    value: Callable[[Facts], object]
    schema: object
    strings: Mapping[str, Content] = field(default_factory=dict)
    required: bool = False
    since: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A level of sharing that the user turns on or off, with the fields that it owns."""

    name: str
    description: str
    requires: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()

    @property
    def version(self) -> int:
        """Return the version that a yes is given to: that of the newest field."""
        return max((field.since for field in self.fields), default=1)


def to_json(value: object) -> JsonValue:
    """Turn a fact into its JSON value: dataclasses become objects, tuples become lists."""
    if is_dataclass(value):
        return {part.name: to_json(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    return value


def _fact(name: str) -> Callable[[Facts], object]:
    """Return the builder of a field whose value is one fact."""
    return lambda facts: getattr(facts, name)


def _part(fact: str, name: str) -> Callable[[Facts], object]:
    """Return the builder of a field whose value is an attribute of one fact."""
    return lambda facts: getattr(getattr(facts, fact), name, None)


def _supervisor(facts: Facts) -> JsonValue:
    """Leave out an unknown architecture: the receiver takes a report without it, but no null."""
    state = to_json(facts.supervisor)
    return state and {name: value for name, value in state.items() if value is not None}


def _integration_count(facts: Facts) -> int | None:
    return None if facts.integrations is None else len(facts.integrations.built_in)


BASE: Final = Tier(
    name="base",
    description="The version of Home Assistant and how it is installed.",
    fields=(
        Field(
            name="uuid",
            description="Random id of this installation, made for this destination only.",
            facts=("uuid",),
            value=_fact("uuid"),
            schema=UUID,
            strings={"": Content.FIXED},
            required=True,
        ),
        Field(
            name="version",
            description="Version of Home Assistant.",
            facts=("installation",),
            value=_part("installation", "version"),
            schema=HOST_VERSION,
            strings={"": Content.VERSION},
            required=True,
        ),
        Field(
            name="installation_type",
            description="How Home Assistant was installed.",
            facts=("installation",),
            value=_part("installation", "installation_type"),
            schema=vol.In(INSTALLATION_TYPES),
            strings={"": Content.FIXED},
            required=True,
        ),
        Field(
            name="supervisor",
            description="With a Supervisor: its health, whether the system is supported, and the "
            "processor architecture.",
            facts=("supervisor",),
            value=_supervisor,
            schema={
                vol.Required("healthy"): bool,
                vol.Required("supported"): bool,
                vol.Optional("arch"): text,
            },
            strings={"arch": Content.TEXT},
        ),
        Field(
            name="operating_system",
            description="On Home Assistant OS: the board and the version of the system.",
            facts=("operating_system",),
            value=_fact("operating_system"),
            schema={vol.Required("board"): text, vol.Required("version"): optional_text},
            strings={"board": Content.TEXT, "version": Content.VERSION},
        ),
    ),
)

DIAGNOSTICS: Final = Tier(
    name="diagnostics",
    description="Crash reports of the Supervisor and the operating system agent, sent by these "
    "themselves; and of Home Assistant and its integrations, where a server for them is set and "
    "you have confirmed it. Nothing of it is part of a report.",
)

USAGE: Final = Tier(
    name="usage",
    description="What is used: integrations, add-ons and the database.",
    requires=("base",),
    fields=(
        Field(
            name="certificate",
            description="Whether Home Assistant's web server has a TLS certificate of its own.",
            facts=("certificate",),
            value=_fact("certificate"),
            schema=bool,
        ),
        Field(
            name="integrations",
            description="Domains of the built-in integrations in use.",
            facts=("integrations",),
            value=_part("integrations", "built_in"),
            schema=domains,
            strings={"": Content.DOMAIN},
        ),
        Field(
            name="custom_integrations",
            description="Domains and versions of the custom integrations in use. A custom "
            "integration that carries a name, its author's perhaps, tells that name.",
            facts=("integrations",),
            value=_part("integrations", "custom"),
            schema=[{vol.Required("domain"): text, vol.Required("version"): optional_text}],
            strings={"domain": Content.TEXT, "version": Content.VERSION},
        ),
        Field(
            name="addons",
            description="With a Supervisor: installed add-ons, their protection mode, version and "
            "automatic updates.",
            facts=("addons",),
            value=_fact("addons"),
            schema=[
                {
                    vol.Required("slug"): text,
                    vol.Required("protected"): bool,
                    vol.Required("version"): optional_text,
                    vol.Required("auto_update"): bool,
                }
            ],
            strings={"slug": Content.TEXT, "version": Content.VERSION},
        ),
        Field(
            name="energy",
            description="Whether the energy dashboard was configured.",
            facts=("energy",),
            value=_fact("energy"),
            schema={vol.Required("configured"): bool},
        ),
        Field(
            name="recorder",
            description="Kind and version of the database that keeps the history.",
            facts=("recorder",),
            value=_fact("recorder"),
            schema={vol.Required("engine"): text, vol.Required("version"): text},
            strings={"engine": Content.TEXT, "version": Content.VERSION},
        ),
    ),
)

STATISTICS: Final = Tier(
    name="statistics",
    description="How much there is: numbers only.",
    requires=("base",),
    fields=(
        Field(
            name="state_count",
            description="Number of entities that have a state.",
            facts=("state_count",),
            value=_fact("state_count"),
            schema=count,
        ),
        Field(
            name="automation_count",
            description="Number of automations.",
            facts=("automation_count",),
            value=_fact("automation_count"),
            schema=count,
        ),
        Field(
            name="integration_count",
            description="Number of built-in integrations in use.",
            facts=("integrations",),
            value=_integration_count,
            schema=count,
        ),
        Field(
            name="addon_count",
            description="With a Supervisor: number of installed add-ons.",
            facts=("addon_count",),
            value=_fact("addon_count"),
            schema=count,
        ),
        Field(
            name="user_count",
            description="Number of users, without those that Home Assistant made for itself.",
            facts=("user_count",),
            value=_fact("user_count"),
            schema=count,
        ),
    ),
)

TIERS: Final[Mapping[str, Tier]] = {
    tier.name: tier for tier in (BASE, DIAGNOSTICS, USAGE, STATISTICS)
}
