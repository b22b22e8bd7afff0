"""All rows of the cluster, slot by slot, from who has them; so slowly that reports hardly wait."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from itertools import batched, chain
from typing import Final

from .. import keys
from ..cluster import Cluster
from ..marks import is_row
from ..topology import Node

# Whose keys are asked for at once.
SLOTS: Final = 256
# Rows whose sizes are asked for at once, and a few more.
ROWS: Final = 500
# Bytes of rows that are read at once, more only of one row, or where rows have just grown: some
# milliseconds of a node's and of this one's time.
PART: Final = 1 << 20
# After each of these, in seconds: a million rows take some minutes.
PAUSE: Final = 0.05
# More than a slot has.
ALL: Final = 1 << 30

# Places of rows, those of each slot in a list of their own.
type Places = Sequence[Sequence[bytes]]


async def rows(
    cluster: Cluster, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[list[tuple[bytes, bytes]]]:
    """Yield keys and rows, some at a time, each as it is then.

    Rows of a slot that moves meanwhile may be missing, or come twice.
    """
    for node in cluster.primaries():
        holding = await cluster.holding(node)
        held = chain.from_iterable(range(first, last + 1) for first, last in holding.ranges)
        for slots in batched(held, SLOTS, strict=False):
            commands = [(b"CLUSTER", b"GETKEYSINSLOT", slot, ALL) for slot in slots]
            for places in _parts(await cluster.told(node, *commands)):
                for fitting in _fitting(places, await _sizes(cluster, node, places)):
                    yield await _read(cluster, node, fitting)
                    await sleep(PAUSE)


def _parts(found: Places) -> Iterator[Places]:
    """Yield the places of rows by slot, some slots at a time."""
    part: list[list[bytes]] = []
    for places in found:
        mine = [place for place in places if keys.key_of_row(place) is not None]
        for some in batched(mine, ROWS, strict=False):
            part.append([*some])
            if sum(map(len, part)) >= ROWS:
                yield part
                part = []
    if part:
        yield part


async def _sizes(cluster: Cluster, node: Node, places: Places) -> Iterator[int]:
    """Return how large rows are; what is on its way to another node is read by itself anyway."""
    commands = [(b"STRLEN", place) for some in places for place in some]
    replies = await cluster.on(node, *commands)
    return (0 if isinstance(reply, Exception) else int(reply) for reply in replies)


def _fitting(places: Places, sizes: Iterator[int]) -> Iterator[Places]:
    """Yield places of rows that are not larger than a part, together."""
    part: list[list[bytes]] = []
    room = PART
    for some in places:
        part.append([])
        for place in some:
            size = next(sizes)
            if size > room and any(part):
                yield [*filter(None, part)]
                part, room = [[]], PART
            part[-1].append(place)
            room -= size
    if any(part):
        yield [*filter(None, part)]


async def _read(cluster: Cluster, node: Node, places: Places) -> list[tuple[bytes, bytes]]:
    replies = await cluster.on(node, *((b"MGET", *some) for some in places))
    found: list[tuple[bytes, bytes]] = []
    for some, reply in zip(places, replies, strict=True):
        mine = reply
        if isinstance(reply, Exception):
            # They are on their way to another node.
            mine = [await cluster.read(place, b"GET", place) for place in some]
        found += [
            (key, row)
            for place, row in zip(some, mine, strict=True)
            if is_row(row) and (key := keys.key_of_row(place)) is not None
        ]
    return found
