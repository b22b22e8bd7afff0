"""The end of the way of what is not to leave by itself: into the file of what waits."""

import secrets
from dataclasses import dataclass

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..models import Destination, Report
from .file import HeldFile
from .held import Held


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Takes what is made, and keeps it."""

    hass: HomeAssistant
    file: HeldFile

    def __call__(self, destination: Destination, report: Report, body: bytes) -> None:
        """Let it wait, and put it on disk."""
        self.file.add(
            Held(
                key=secrets.token_hex(8),
                kind=report.message,
                since=self.file.now,
                time=dt_util.utcnow().isoformat(),
                name=destination.name,
                url=destination.url,
                body=body.decode(),
                tiers=dict(report.tiers),
                dropped=dict(report.dropped),
                integration=report.integration,
            )
        )
        self.hass.async_create_task(self.file.async_save(), "analytics held")
