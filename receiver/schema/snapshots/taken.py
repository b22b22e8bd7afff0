"""Take a snapshot as it was sent: check it, and leave of it what is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..checks import BeyondError, ReportError
from ..objects import MAX_DROPPED
from ..told import Told
from .checks import DEVICES, ENTITIES, device, name
from .kinds import Kinds, hub_of

MAX_DEVICES: Final = 10_000
# What is noted of snapshots is told from what is noted of reports.
_PREFIX: Final = "snapshot"
_INTEGRATIONS: Final = "integrations"
_SERVICE: Final = "service"

type _Devices = Mapping[str, list[Any]]


class TooManyError(ReportError):
    """A snapshot with more devices than a home can have."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """What of a snapshot is kept, and the names of what was dropped."""

    told: Told
    dropped: tuple[str, ...]


def taken(raw: Any) -> Snapshot:
    """Return what is kept of a snapshot.

    Raises ReportError where it is none, with the field that is wrong, and TooManyError.
    """
    dropped: set[str] = set()
    devices = _devices(raw, dropped)
    sizes = {domain: len(some) for domain, some in devices.items()}
    if sum(sizes.values()) > MAX_DEVICES:
        raise TooManyError(f"expected at most {MAX_DEVICES} devices")
    kinds = Kinds()
    for domain, each in _sound(devices, dropped):
        kinds.add(domain, each, hub_of(each, sizes))
    noted = [f"{_PREFIX}.{one}" for one in sorted(dropped)[:MAX_DROPPED]]
    return Snapshot(told=Told(kinds.told(), {}), dropped=tuple(noted))


def _devices(raw: Any, dropped: set[str]) -> _Devices:
    """Return the devices of each integration, not looked at yet."""
    if type(raw) is not dict:
        raise ReportError("expected an object with integrations")
    found = {}
    for domain, facts in raw.items():
        if type(facts) is not dict:
            raise ReportError("expected an object with devices and entities", str(domain))
        devices = facts.get(DEVICES, [])
        if type(devices) is not list:
            raise ReportError("expected a list", str(domain), DEVICES)
        if facts.keys() - {DEVICES, ENTITIES}:
            dropped.add(_INTEGRATIONS)
        try:
            found[name(domain, dropped)] = devices
        except BeyondError:
            dropped.add(_INTEGRATIONS)
    return found


def _sound(devices: _Devices, dropped: set[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield devices with their integrations; one that is not as it should be costs itself."""
    for domain, some in devices.items():
        for one in some:
            try:
                checked = device(one, dropped)
            except ReportError:
                dropped.add(DEVICES)
                continue
            # An account or a calculation, and no device.
            if type(one) is dict and one.get("entry_type") != _SERVICE:
                yield domain, checked
