"""What the collectors read from."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant

from ..models import DIRECT, WayOut
from ..tiers import PanelUse
from .machine import Machine


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The host, the domains of its running YAML configuration, and what can't be read just now.

    `failing` holds the names of collectors, and slugs of add-ons, that were logged already;
    `machine` is what the host runs on; `panels` tells how often parts of the interface were opened
    on the last whole day; `way_out` is by which way requests leave.
    """

    hass: HomeAssistant
    yaml_domains: frozenset[str]
    failing: set[str] = field(default_factory=set)
    machine: Machine = field(default_factory=Machine)
    way_out: WayOut = DIRECT
    panels: Callable[[], tuple[PanelUse, ...] | None] = lambda: None


def is_cancelled(error: BaseException) -> bool:
    """Tell whether we are being cancelled, and not only what the host waited for."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and bool(task and task.cancelling())
