"""Say in the cluster that a receiver is there: nothing is copied into it meanwhile."""

from typing import Final

from .. import keys
from ..cluster import Cluster
from . import scripts

# Seconds for which one that says nothing more may yet be there; it says so each minute.
LASTS: Final = 300


class Presence:
    """Whether one receiver is there."""

    def __init__(self, cluster: Cluster, name: str, lasts: int) -> None:
        """Name the receiver; it is gone when it says nothing for so many seconds."""
        self._cluster = cluster
        self._name = name
        self._lasts = lasts

    async def renew(self) -> None:
        """Be there from now on."""
        await self._say(self._lasts)

    async def leave(self) -> None:
        """Be there no longer."""
        await self._say(0)

    async def _say(self, lasts: int) -> None:
        place = keys.HERE
        await self._cluster.write(
            place, b"EVAL", scripts.HERE, 1, place, self._name, lasts, again=True
        )
