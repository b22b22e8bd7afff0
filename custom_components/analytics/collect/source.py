"""What the collectors read from."""

import asyncio
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The host, the domains of its running YAML configuration, and what can't be read just now.

    `failing` holds the names of collectors, and slugs of add-ons, that were logged already.
    """

    hass: HomeAssistant
    yaml_domains: frozenset[str]
    failing: set[str] = field(default_factory=set)


def is_cancelled(error: BaseException) -> bool:
    """Tell whether we are being cancelled, and not only what the host waited for."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and bool(task and task.cancelling())
