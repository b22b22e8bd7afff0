"""Read what was published before, as the smallest group of today allows."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from itertools import batched
from typing import Final

import orjson

from ..disclosure import Figures, coarsen
from ..storage import StorageError, StorageUnavailable
from ..storage.writing import Published, Store
from .history import Entry, entry

# The last ones: another receiver is of another version than this one.
UNREADABLE: Final = (
    *(StorageError, StorageUnavailable),
    *(ValueError, KeyError, TypeError, AttributeError),
)
# Days are large: so many are in the memory at once as they were kept.
AT_ONCE: Final = 10


async def figures_of(published: Published, k: int) -> Figures:
    """Return figures as they are shown."""
    return await asyncio.to_thread(_coarse, published.figures, k)


async def days_of(store: Store, days: Sequence[str], lasts: Set[str], k: int) -> dict[str, Entry]:
    """Return those of some days that are kept; the last ones of a month tell of devices."""
    told: dict[str, Entry] = {}
    for some in batched(days, AT_ONCE, strict=False):
        told |= await asyncio.to_thread(_entries, await store.days(some), lasts, k)
    return told


def _entries(days: Iterable[tuple[str, bytes]], lasts: Set[str], k: int) -> dict[str, Entry]:
    return {day: entry(day, _coarse(text, k), devices=day in lasts) for day, text in days}


def _coarse(text: bytes, k: int) -> Figures:
    return coarsen(orjson.loads(text), k)
