"""What is told the cluster once a minute: how often keys were left out, and the latest time."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from ...errors import StorageUnavailable
from ...layout import moment
from .. import keys
from ..cluster import Cluster
from . import scripts

MAX_DROPPED: Final = 1_000
# No time is later: none is put right.
_NEVER: Final = 1 << 32


class Notes:
    """Sums of one receiver, until they are in the cluster."""

    def __init__(self, cluster: Cluster) -> None:
        """Begin with none."""
        self._cluster = cluster
        self._dropped: Counter[str] = Counter()
        self._latest = 0
        self._told = 0

    def count(self, dropped: Iterable[str]) -> None:
        """Count names of keys that were left out, of which there are not too many different."""
        for name in dropped:
            if name in self._dropped or len(self._dropped) < MAX_DROPPED:
                self._dropped[name] += 1

    def saw(self, time: int) -> None:
        """Note of when something was that is stored now."""
        self._latest = max(self._latest, moment(time))

    async def flush(self) -> None:
        """Tell the cluster."""
        if self._latest != self._told:
            latest = self._latest
            await self._seen(latest, _NEVER)
            self._told = latest
        if not self._dropped:
            return
        dropped, self._dropped = self._dropped, Counter()
        sums = [part for name, count in dropped.items() for part in (count, name)]
        try:
            await self._cluster.write(
                keys.DROPPED, b"EVAL", scripts.DROPPED, 1, keys.DROPPED, MAX_DROPPED, *sums
            )
        except StorageUnavailable:
            # Perhaps they count twice then: better than never.
            self._dropped.update(dropped)
            raise

    async def seen(self) -> int | None:
        """Return the latest time that was told, None before the first."""
        found = await self._cluster.read(keys.SEEN, b"GET", keys.SEEN)
        return int(found) if found and found.isdigit() else None

    async def redate(self, now: int, to_come: int) -> None:
        """Let it be now, where the latest time is to come."""
        if self._latest > to_come:
            self._latest = now
        await self._seen(now, to_come)

    async def _seen(self, time: int, to_come: int) -> None:
        await self._cluster.write(
            keys.SEEN, b"EVAL", scripts.SEEN, 1, keys.SEEN, time, to_come, again=True
        )
