"""A change of a row that is held after it was read, as where names are slow."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from receiver.schema import Told
from receiver.storage import Event, Row
from receiver.storage.valkey.cluster import Cluster
from receiver.storage.valkey.writing.dictionary import Dictionary
from receiver.storage.valkey.writing.rows import Rows
from tests.receiver.stores.engines import DAYS
from tests.receiver.waiting import at_most

PATIENCE = 30


class SlowNames(Dictionary):
    """Names that are told only once a test says so; by then the row was read."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(cluster)
        self.asked = asyncio.Event()
        self.tell = asyncio.Event()

    async def encode(self, told: Told, *, few: bool = True) -> tuple[bytes, int]:
        self.asked.set()
        await self.tell.wait()
        return await super().encode(told, few=few)


@dataclass(slots=True)
class Held:
    """What came of a change that was held."""

    written: bool | None = field(default=None)


@asynccontextmanager
async def held(cluster: Cluster, record: Row | Event) -> AsyncIterator[Held]:
    """Put a record, and hold it from when it has read its row until the end of this."""
    names = SlowNames(cluster)
    result = Held()
    putting = asyncio.create_task(Rows(cluster, names, DAYS).put(record))
    async with at_most(PATIENCE, lambda: "a row to be read"):
        await names.asked.wait()
    yield result
    names.tell.set()
    result.written = await putting
