"""Have a database of an earlier version brought up to date, in the background, and tell of it."""

import asyncio
import logging
from typing import Final, Protocol

from ...errors import StorageUnavailable
from .upgrade import Upgrade

LOGGER = logging.getLogger(__name__)

# Seconds: nothing is published before the end.
AFTER_A_FAULT: Final = 2
_BEGINS: Final = (
    "The database is brought up to date, which can't be undone: the way back to the earlier "
    "version is a backup that was made before (stop, backup, start). Moving %d reports and %d "
    "events; reports are taken meanwhile, and nothing is published or expires before the end"
)
_ENDS: Final = (
    "The database is up to date: %d reports and events were moved, and %d dropped that are not "
    "valid any more. In %.1f MiB of its file nothing is any more; a backup leaves these out"
)


class Old(Protocol):
    """What may have something that an earlier version kept."""

    @property
    def upgrading(self) -> bool:
        """Tell whether it has."""

    async def begin_upgrade(self, steps: Upgrade) -> None:
        """Look how much is left."""

    async def upgrade(self, steps: Upgrade) -> None:
        """Bring all of it up to date."""


async def bring_up_to_date(writer: Old) -> None:
    """Bring what an earlier version kept up to date, however often that fails on the way."""
    steps = Upgrade()
    while writer.upgrading:
        try:
            await _move(writer, steps)
        except StorageUnavailable:
            # The writer has said so.
            await asyncio.sleep(AFTER_A_FAULT)
    if steps.ended:
        LOGGER.warning(_ENDS, steps.moved, steps.dropped, steps.free / (1 << 20))


async def _move(writer: Old, steps: Upgrade) -> None:
    if not steps.begun:
        await writer.begin_upgrade(steps)
        LOGGER.warning(_BEGINS, steps.reports, steps.events)
    await writer.upgrade(steps)
