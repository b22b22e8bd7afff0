"""The table of tiers: every field that a report can have, who owns it, and what it may look like.

The payload, the schema enforced before the wire, the filter by consent and the field reference in
docs/privacy.md all come from this table. Adding a tier or a field is adding a row. Fields and
limits are those of Home Assistant's receiver, which refuses a report that has anything else; what
only other receivers take is in extended.py.
"""

from collections.abc import Mapping
from typing import Final

import voluptuous as vol

from ..models import EVENTS, JsonValue, Message
from .extended import EXTENDED
from .facts import Facts
from .table import (
    UUID,
    Content,
    Field,
    Tier,
    count,
    domains,
    fact,
    optional_text,
    part_of,
    text,
    to_json,
)

# The host's word, as long as its receiver wants a version to be.
UNKNOWN: Final = "Unknown"
INSTALLATION_TYPES: Final = (
    "Home Assistant OS",
    "Home Assistant Container",
    "Home Assistant Core",
    "Home Assistant Supervised",
    "Unsupported Third Party Container",
    UNKNOWN,
)
HOST_VERSION: Final = vol.All(str, vol.Length(min=7, max=25))


def _supervisor(facts: Facts) -> JsonValue:
    """Leave out an unknown architecture: the receiver takes a report without it, but no null."""
    state = to_json(facts.supervisor)
    return state and {name: value for name, value in state.items() if value is not None}


def _integration_count(facts: Facts) -> int | None:
    """Count as the host does without us, where its own analytics would be one more."""
    found = facts.integrations
    return None if found is None else len(found.built_in) + found.displaced


BASE: Final = Tier(
    name="base",
    title="Basic analytics",
    description="The version of Home Assistant and how it is installed.",
    fields=(
        Field(
            name="uuid",
            description="Random id of this installation, made for this destination only.",
            facts=("uuid",),
            value=fact("uuid"),
            schema=UUID,
            strings={"": Content.FIXED},
            messages=(Message.REPORT, *EVENTS),
            required=True,
        ),
        Field(
            name="version",
            description="Version of Home Assistant.",
            facts=("installation",),
            value=part_of("installation", "version"),
            schema=HOST_VERSION,
            strings={"": Content.VERSION},
            messages=(Message.REPORT, *EVENTS),
            required=True,
            instead={"": UNKNOWN},
        ),
        Field(
            name="installation_type",
            description="How Home Assistant was installed.",
            facts=("installation",),
            value=part_of("installation", "installation_type"),
            schema=vol.In(INSTALLATION_TYPES),
            strings={"": Content.FIXED},
            required=True,
            instead={"": UNKNOWN},
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
            value=fact("operating_system"),
            schema={vol.Required("board"): text, vol.Required("version"): optional_text},
            strings={"board": Content.TEXT, "version": Content.VERSION},
            instead={"board": UNKNOWN},
        ),
    ),
)

DIAGNOSTICS: Final = Tier(
    name="diagnostics",
    title="Diagnostics",
    description="Crash reports of the Supervisor and the operating system agent, sent by these "
    "themselves; and of Home Assistant and its integrations, where a server for them is set and "
    "you have confirmed it. Nothing of it is part of a report.",
)

USAGE: Final = Tier(
    name="usage",
    title="Usage",
    description="What is used: integrations, add-ons and the database.",
    requires=("base",),
    fields=(
        Field(
            name="certificate",
            description="Whether Home Assistant's web server has a TLS certificate of its own.",
            facts=("certificate",),
            value=fact("certificate"),
            schema=bool,
        ),
        Field(
            name="integrations",
            description="Domains of the built-in integrations in use.",
            facts=("integrations",),
            value=part_of("integrations", "built_in"),
            schema=domains,
            strings={"": Content.DOMAIN},
        ),
        Field(
            name="custom_integrations",
            description="Domains and versions of the custom integrations in use. A custom "
            "integration that carries a name, its author's perhaps, tells that name.",
            facts=("integrations",),
            value=part_of("integrations", "custom"),
            schema=[{vol.Required("domain"): text, vol.Required("version"): optional_text}],
            strings={"domain": Content.TEXT, "version": Content.VERSION},
        ),
        Field(
            name="addons",
            description="With a Supervisor: installed add-ons, their protection mode, version and "
            "automatic updates.",
            facts=("addons",),
            value=fact("addons"),
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
            value=fact("energy"),
            schema={vol.Required("configured"): bool},
        ),
        Field(
            name="recorder",
            description="Kind and version of the database that keeps the history.",
            facts=("recorder",),
            value=fact("recorder"),
            schema={vol.Required("engine"): text, vol.Required("version"): text},
            strings={"engine": Content.TEXT, "version": Content.VERSION},
            instead={"engine": UNKNOWN, "version": UNKNOWN},
        ),
    ),
)

STATISTICS: Final = Tier(
    name="statistics",
    title="Statistics",
    description="How much there is: numbers only.",
    requires=("base",),
    fields=(
        Field(
            name="state_count",
            description="Number of entities that have a state.",
            facts=("state_count",),
            value=fact("state_count"),
            schema=count,
        ),
        Field(
            name="automation_count",
            description="Number of automations.",
            facts=("automation_count",),
            value=fact("automation_count"),
            schema=count,
        ),
        Field(
            name="integration_count",
            description="Number of built-in integrations in use, as without this one: from "
            "2026.6 on Home Assistant counts its own analytics too.",
            facts=("integrations",),
            value=_integration_count,
            schema=count,
        ),
        Field(
            name="addon_count",
            description="With a Supervisor: number of installed add-ons.",
            facts=("addon_count",),
            value=fact("addon_count"),
            schema=count,
        ),
        Field(
            name="user_count",
            description="Number of users, without those that Home Assistant made for itself.",
            facts=("user_count",),
            value=fact("user_count"),
            schema=count,
        ),
    ),
)

TIERS: Final[Mapping[str, Tier]] = {
    tier.name: tier for tier in (BASE, DIAGNOSTICS, USAGE, STATISTICS, *EXTENDED)
}
