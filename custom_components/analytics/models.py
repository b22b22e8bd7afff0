"""The values that travel through the flow, from Facts to Outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any

type JsonValue = Any
type Payload = dict[str, JsonValue]
type Network = IPv4Network | IPv6Network


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """What is installed: the host's version, and how it was installed."""

    version: str
    installation_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Supervisor:
    """State of the Supervisor."""

    healthy: bool
    supported: bool
    arch: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OperatingSystem:
    """Home Assistant OS: board and version."""

    board: str
    version: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomIntegration:
    """An integration that does not come with Home Assistant."""

    domain: str
    version: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Integrations:
    """The integrations in use: domains of built-in ones, domain and version of custom ones."""

    built_in: tuple[str, ...]
    custom: tuple[CustomIntegration, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Addon:
    """An installed add-on."""

    slug: str
    protected: bool
    version: str | None
    auto_update: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Energy:
    """Whether the energy dashboard was configured."""

    configured: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorder:
    """The database behind the history."""

    engine: str
    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What was read from the host for one report; None is what is absent, unknown or not asked."""

    uuid: str | None = None
    installation: Installation | None = None
    supervisor: Supervisor | None = None
    operating_system: OperatingSystem | None = None
    integrations: Integrations | None = None
    certificate: bool | None = None
    energy: Energy | None = None
    recorder: Recorder | None = None
    addons: tuple[Addon, ...] | None = None
    addon_count: int | None = None
    state_count: int | None = None
    automation_count: int | None = None
    user_count: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge:
    """What the guard must know to tell what is private; it stays in memory and is never told.

    `built_in` is the domains that the host brings, `public` names that everybody knows, as slugs;
    `secrets`, in lower case, and `networks` are this home's own.
    """

    built_in: frozenset[str] = frozenset()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    networks: tuple[Network, ...] = field(default=(), repr=False)
    public: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where reports go; `url` is normalised and identifies it, name and privacy link may change."""

    name: str
    url: str
    privacy_url: str | None = None
    named_in_frontend: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashServer:
    """Where crash reports go: a destination of its own, named by its host.

    The destination's address is the one that takes the envelopes of the DSN's project.
    """

    destination: Destination
    dsn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A report on its way: the bytes, where they go, and headers beside the gate's own."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What the user chose for one destination; `decided` is the front end's `onboarded`.

    `versions` is the version of each tier that the user said yes to, 1 where it is not noted;
    `declined` the latest version that the user was asked about again and did not want.
    """

    decided: bool = False
    confirmed: bool = False
    preferences: Mapping[str, bool] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    declined: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """An id that a destination was asked to delete; `since` in seconds since the epoch."""

    url: str
    uuid: str
    since: float


class Kind(StrEnum):
    """How an attempt to send a report ended."""

    SENT = "sent"
    RETRYABLE = "retryable"
    REFUSED = "refused"
    INVALID = "invalid"
    BLOCKED = "blocked"
    STOPPED = "stopped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The end of one attempt.

    `retry_after` is the receiver's wish in seconds; `dropped` is what the guard left out, by field.
    """

    kind: Kind
    reason: str = ""
    status: int | None = None
    retry_after: float | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)


class Obstacle(StrEnum):
    """What can keep reports from being sent."""

    SWITCH = "switch"
    SETTINGS = "settings"
    NOT_SAVED = "not_saved"
    UNDECIDED = "undecided"
    PENDING = "pending"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """What keeps reports from being sent; `detail` names the switch, the problem, the address."""

    obstacle: Obstacle
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What the guard let pass: versions by tier, and what it dropped, counted by field."""

    payload: JsonValue = field(default_factory=dict)
    tiers: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LastReport:
    """When the latest report was attempted, and how that ended."""

    time: datetime
    outcome: Outcome
