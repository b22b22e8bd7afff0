"""The values that travel through the flow, from Facts to Outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

type JsonValue = Any
type Payload = dict[str, JsonValue]


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
class Destination:
    """Where reports go; `url` is normalised and identifies it, name and privacy link may change."""

    name: str
    url: str
    privacy_url: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What the user chose for one destination; `decided` is the front end's `onboarded`."""

    decided: bool = False
    preferences: Mapping[str, bool] = field(default_factory=dict)


class Kind(StrEnum):
    """How an attempt to send a report ended."""

    SENT = "sent"
    RETRYABLE = "retryable"
    REFUSED = "refused"
    INVALID = "invalid"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The end of one attempt; `retry_after` is the receiver's wish in seconds."""

    kind: Kind
    reason: str = ""
    status: int | None = None
    retry_after: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LastReport:
    """When the latest report was attempted, and how that ended."""

    time: datetime
    outcome: Outcome
