"""The values that travel through the flow, from Facts to Outcome."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import Any, Final

type JsonValue = Any
type Payload = dict[str, JsonValue]
type Network = IPv4Network | IPv6Network


class Message(StrEnum):
    """What is sent: to a destination the daily report, and events, one message each.

    Crash reports and snapshots have destinations of their own.
    """

    REPORT = "report"
    START = "start"
    STOP = "stop"
    FAULT = "fault"
    CRASH = "crash"
    SNAPSHOT = "snapshot"


EVENTS: Final = (Message.START, Message.STOP, Message.FAULT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Knowledge:
    """What the guard must know to tell what is private; it stays in memory and is never told.

    `built_in` is the domains that the host brings, `public` names that everybody knows, as slugs;
    `secrets`, in lower case, and `networks` are this home's own; `people` are the names of persons
    among the secrets.
    """

    built_in: frozenset[str] = frozenset()
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    people: frozenset[str] = field(default=frozenset(), repr=False)
    networks: tuple[Network, ...] = field(default=(), repr=False)
    public: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where reports go; `url` is normalised and identifies it, name and privacy link may change.

    One that is `extended` takes tiers that Home Assistant's receiver does not know.
    """

    name: str
    url: str
    privacy_url: str | None = None
    named_in_frontend: bool = False
    extended: bool = False

    @property
    def label(self) -> str:
        """Return how the log calls it: the address stands first, since a name is anybody's."""
        return f"{self.url} ({self.name})"


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashServer:
    """Where crash reports go: a destination of its own, named by its host.

    The destination's address is the one that takes the envelopes of the DSN's project.
    """

    destination: Destination
    dsn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What the user chose for one destination; `decided` is the front end's `onboarded`.

    `versions` is the version of each tier that the user said yes to, 1 where it is not noted;
    `declined` the latest version that the user was asked about again and did not want; `extended`
    whether the destination takes the tiers that not every receiver knows.
    """

    decided: bool = False
    confirmed: bool = False
    extended: bool = False
    preferences: Mapping[str, bool] = field(default_factory=dict)
    versions: Mapping[str, int] = field(default_factory=dict)
    declined: Mapping[str, int] = field(default_factory=dict)


class Matter(StrEnum):
    """What somebody is told of this installation, each under an id of its own."""

    REPORTS = "reports"
    CRASH_REPORTS = "crash_reports"
    SNAPSHOTS = "snapshots"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """An id that a destination is asked to delete; `since` by the age of the store.

    Of snapshots it is the identifier that their device database gave.
    """

    url: str
    uuid: str = field(repr=False)
    since: float
    matter: Matter = Matter.REPORTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """Through whom requests leave: an address of this home, so none of it is ever shown.

    `url` has no login in it; `exceptions` are hosts that are reached without it, as NO_PROXY names
    them.
    """

    url: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    exceptions: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class WayOut:
    """By which way requests leave; with a `problem` by none.

    `ca_file` has certificates to trust beside the usual ones.
    """

    proxy: Proxy | None = None
    ca_file: str | None = field(default=None, repr=False)
    problem: str | None = None


DIRECT: Final = WayOut()


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An address that was told something, and what is kept of that here.

    `identified` while we keep the id that it is known by there; `deletes` where a deletion can be
    asked for, None where it is asked only then whether it can be; `left` is since when, in seconds
    since the epoch, the id of what stays there is gone; `stays` whether the user wants it left.
    """

    matter: Matter
    url: str
    identified: bool
    deletes: bool | None
    left: float | None = None
    stays: bool = False


class Kind(StrEnum):
    """How an attempt to send a report ended."""

    SENT = "sent"
    RETRYABLE = "retryable"
    REFUSED = "refused"
    INVALID = "invalid"
    BLOCKED = "blocked"
    STOPPED = "stopped"
    HELD = "held"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The end of one attempt; what is held was not tried, and waits until it is approved.

    `retry_after` is the receiver's wish in seconds; `dropped` is what the guard left out, by field.
    """

    kind: Kind
    reason: str = ""
    status: int | None = None
    retry_after: float | None = None
    dropped: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Where a report goes, and the headers beside the gate's own.

    `answered` gets the body of the answer, as far as it is not too long, and returns the outcome.
    """

    url: str
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "application/json"}, repr=False
    )
    answered: Callable[[Outcome, bytes], Outcome] | None = None


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
    """What the guard let pass: versions by tier, and what it dropped, counted by field.

    `integration` is where the fault of a crash report happened, also where that is not told.
    """

    message: Message = Message.REPORT
    payload: JsonValue = field(default_factory=dict)
    tiers: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    integration: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class LastReport:
    """When the latest report was attempted, by the running clock, and how that ended."""

    moment: float
    outcome: Outcome
