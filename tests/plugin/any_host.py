"""Any host that analytics may find itself on, for Hypothesis to choose from."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_IMPORT,
    SOURCE_USER,
    ConfigEntryDisabler,
)
from homeassistant.helpers import entity_registry as er
from hypothesis import strategies as st

from .host_state import Database, Entity, Entry, HostState, Module, state_with
from .supervisor import AddOn, Part, Told

type Reason = Entity | Entry | Mention

DOMAINS: Final = ("alpha", "beta", "gamma", "delta", "epsilon")
BASES: Final = ("sensor", "light upstairs", "notify")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    """A place outside the registries where an integration is named: YAML, by itself or under."""

    domain: str
    base: str | None = None


def used(domain: str) -> st.SearchStrategy[tuple[Module | Reason, ...]]:
    """Return any manifest for a domain, and one or two reasons to count it, or not to."""
    manifest = st.builds(
        Module,
        domain=st.just(domain),
        built_in=st.sampled_from((True, True, False)),
        config_flow=st.sampled_from((True, True, False)),
        disabled=st.sampled_from((None, None, None, None, "It does not work any more")),
        version=st.sampled_from((None, "1.2.3", "2026.1b0", "v3")),
        loaded=st.sampled_from((True, True, True, True, False)),
        known=st.sampled_from((True, True, True, True, False)),
    )
    reasons = st.one_of(
        st.builds(
            Entity,
            platform=st.just(domain),
            disabled_by=st.sampled_from((None, None, None, None, *er.RegistryEntryDisabler)),
        ),
        st.builds(
            Entry,
            domain=st.just(domain),
            source=st.sampled_from((SOURCE_USER, SOURCE_IMPORT)),
        ),
        st.just(Entry(domain=domain, source=SOURCE_IGNORE)),
        st.just(Entry(domain=domain, disabled_by=ConfigEntryDisabler.USER)),
        st.builds(Mention, domain=st.just(domain), base=st.sampled_from((None, *BASES))),
    )
    return st.tuples(manifest, st.lists(reasons, min_size=1, max_size=2)).map(
        lambda drawn: (drawn[0], *drawn[1])
    )


def yaml_with(mentions: Iterable[Mention]) -> dict[str, Any]:
    """Return a configuration that names integrations in these places."""
    sections: dict[str, Any] = {}
    for mention in mentions:
        if mention.base is None:
            sections[mention.domain] = {"option": 1}
        else:
            sections.setdefault(mention.base, []).append({"platform": mention.domain})
    return sections


def host_with(parts: Iterable[tuple[Module | Reason, ...]], **others: Any) -> HostState:
    """Return a host with these integrations."""
    flat = [part for domain in parts for part in domain]
    mentions = [part for part in flat if isinstance(part, Mention)]
    registered = [part for part in flat if not isinstance(part, Mention)]
    return state_with(*registered, yaml=yaml_with(mentions), **others)


addons = st.builds(
    AddOn,
    slug=st.from_regex(r"[a-z0-9]{1,8}_[a-z0-9_-]{1,12}", fullmatch=True),
    protected=st.booleans(),
    version=st.sampled_from((None, "1.2.3", "dev")),
    auto_update=st.booleans(),
)
supervisors = st.builds(
    Told,
    healthy=st.booleans(),
    supported=st.booleans(),
    arch=st.sampled_from(("amd64", "aarch64")),
    diagnostics=st.sampled_from((True, False, None)),
    board=st.sampled_from(("rpi5-64", "ova", None)),
    os_version=st.sampled_from(("15.2", None)),
    addons=st.lists(addons, max_size=4, unique_by=lambda addon: addon.slug).map(tuple),
    missing=st.one_of(st.just(frozenset()), st.frozensets(st.sampled_from(Part))),
)
databases = st.builds(
    Database,
    engine=st.sampled_from((*SupportedDialect, None)),
    version=st.sampled_from(("3.49.2", "10.11.11-MariaDB", "16.4", None)),
)
states = st.builds(
    host_with,
    parts=st.tuples(*(used(domain) for domain in DOMAINS)),
    told=st.one_of(supervisors, supervisors, st.none()),
    database=st.one_of(databases, databases, st.none()),
    energy=st.sampled_from((True, False, None)),
    certificate=st.booleans(),
    system_users=st.integers(0, 2),
    people=st.integers(0, 3),
    automations=st.integers(0, 4),
    preferences=st.fixed_dictionaries(
        {
            "base": st.just(True),
            "usage": st.sampled_from((True, True, False)),
            "statistics": st.sampled_from((True, True, False)),
        },
        optional={"diagnostics": st.booleans()},
    ),
)
