"""What was read from the host, the first value of the flow; None is what is absent or unknown."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..models import Message


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
    """The integrations in use: domains of built-in ones, domain and version of custom ones.

    `displaced` is how many built-in ones would be in use if this one did not take their place.
    """

    built_in: tuple[str, ...]
    custom: tuple[CustomIntegration, ...]
    displaced: int = 0


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
class Found:
    """Something that was recognised, and how: a word of the tables in words.py."""

    name: str
    detection: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SystemFound:
    """An operating system that was recognised; `id_like` is its nearest relative that is known."""

    name: str
    version: str | None
    id: str
    id_like: str | None
    detection: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KernelFound:
    """A kernel that was recognised, with the numbers of its version only."""

    name: str
    version: str | None
    detection: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Python:
    """The version of Python that the host runs on."""

    version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Hardware:
    """Processor cores, and memory in GiB, both in coarse steps; None is unknown."""

    cores: int | None
    memory: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Environment:
    """What the host runs on. `host_system` is the system around a container, where it shows."""

    system: SystemFound
    host_system: SystemFound | None
    kernel: KernelFound
    architecture: Found
    virtualization: Found
    container: Found
    python: Python
    hardware: Hardware


@dataclass(frozen=True, kw_only=True, slots=True)
class PanelUse:
    """How often a part of the front end was opened in a day, in coarse steps."""

    panel: str
    opened: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupFailure:
    """A built-in integration that could not be set up, and the kind of the reason."""

    domain: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FaultPlace:
    """Where the last run met its end: kind of thread, function, file below its package, line."""

    error: str
    thread: str
    function: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Something that happened once in the life of an installation.

    Durations are in seconds, in coarse steps; `custom_setup_failures` counts by reason.
    """

    event: Message
    start_duration: int | None = None
    stop_duration: int | None = None
    run_duration: int | None = None
    previous_end: str | None = None
    unclean_ends: str | None = None
    version_changed: bool | None = None
    setup_failures: tuple[SetupFailure, ...] | None = None
    custom_setup_failures: Mapping[str, int] | None = None
    cloud: str | None = None
    fault: FaultPlace | None = None
    memory_nearly_full: bool | None = None
    disk_nearly_full: bool | None = None


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
    environment: Environment | None = None
    panels: tuple[PanelUse, ...] | None = None
    event: Event | None = None
