"""Let names go that no row has any more: first retired, and freed when nobody can write them.

What takes long are many small steps, each of which is right whenever it is done, and whoever else
does the same at once.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from .. import keys
from ..cluster import Cluster
from ..link import Command
from ..texts import size_in, table_of
from . import naming
from .dictionary import Dictionary, texts

# Codes that are looked at in one step: some milliseconds of the node's time.
AT_ONCE: Final = 500


@dataclass(slots=True)
class _Found:
    """What is to become of codes."""

    retire: list[int] = field(default_factory=list)
    revive: list[int] = field(default_factory=list)
    free: list[tuple[int, int]] = field(default_factory=list)
    """Sizes and codes, as of the next."""
    give_up: list[tuple[int, int]] = field(default_factory=list)


class Sweeping:
    """Sweeps the cluster's dictionary after all rows were counted."""

    def __init__(self, cluster: Cluster, dictionary: Dictionary) -> None:
        """Say by whose bounds, and whose lease."""
        self._cluster = cluster
        self._dictionary = dictionary
        # Where the names were and in which minute when somebody began to read all rows, None where
        # nobody did.
        self._began: tuple[bytes, int] | None = None

    async def begin(self) -> None:
        """Note when all rows begin to be read."""
        self._began = None
        self._began = await self._dictionary.minute()

    async def sweep(self, uses: Mapping[int, int]) -> bool:
        """Let go what was in no row since `begin`; tell whether there are too many names."""
        began, self._began = self._began, None
        if began is None:
            return False
        at, minute = began
        until = minute - self._dictionary.lease
        found = await self._look(uses, until)
        await self._each(naming.REVIVE, (keys.RETIRED,), ([code] for code in found.revive))
        await self._each(
            naming.RETIRE,
            (keys.NAMES, keys.RETIRED, keys.MINUTE),
            ([code] for code in found.retire),
        )
        await self._each(naming.FREE, naming.FREE_KEYS, found.free, until, at)
        await self._each(
            naming.GIVE_UP,
            (keys.CODES, keys.NAMES, keys.RETIRED, keys.SIZE, keys.MINUTE),
            found.give_up,
        )
        crowded = await self._cluster.write(keys.SIZE, b"HDEL", keys.SIZE, b"crowded", again=False)
        # What is given up is forgotten by this receiver at once, by others within a minute.
        await self._dictionary.catch_up()
        return bool(crowded or found.give_up)

    async def nameless(self) -> set[int]:
        """Return the codes that stand for nothing, which rows may have."""
        found = await self._cluster.read(keys.RETIRED, b"ZRANGE", keys.RETIRED, 0, -1)
        nameless: set[int] = set()
        for codes in batched(found, AT_ONCE, strict=False):
            names = await self._cluster.read(keys.NAMES, b"HMGET", keys.NAMES, *codes)
            nameless |= {int(code) for code, name in zip(codes, names, strict=True) if name == b""}
        return nameless

    async def _look(self, uses: Mapping[int, int], until: int) -> _Found:
        """Find what is to become of each code."""
        retired = {code: minute async for code, minute in self._retired()}
        found = _Found()
        resting = set(retired)
        # By table the codes that have names, with the sizes of these.
        tables: dict[str, dict[int, int]] = defaultdict(dict)
        async for code, text in texts(self._cluster):
            resting.discard(code)
            if text:
                tables[table_of(text)][code] = size_in(text)
            used = bool(uses.get(code))
            if code not in retired:
                # Also what was given up, and is in rows, where that it was is not known any more.
                found.retire += [] if text and used else [code]
            elif not used:
                found.free += [(size_in(text), code)] if retired[code] <= until else []
            elif text:
                found.revive.append(code)
        found.free += (
            (0, code) for code in resting if not uses.get(code) and retired[code] <= until
        )
        for table in tables.values():
            rare = self._dictionary.bounds.rare(table.items(), uses)
            found.give_up += [(table[code], code) for code in rare]
        return found

    async def _retired(self) -> AsyncIterator[tuple[int, int]]:
        """Yield retired codes, with the minute."""
        cursor = b"0"
        while True:
            cursor, found = await self._cluster.read(
                keys.RETIRED, b"ZSCAN", keys.RETIRED, cursor, b"COUNT", AT_ONCE
            )
            for code, minute in zip(found[::2], found[1::2], strict=True):
                yield int(code), int(float(minute))
            if int(cursor) == 0:
                return

    async def _each(
        self,
        script: bytes,
        places: tuple[bytes, ...],
        codes: Iterable[Iterable[int]],
        *before: int | bytes,
    ) -> None:
        """Do it for all codes, some at a time."""
        for some in batched(codes, AT_ONCE, strict=False):
            command: Command = (b"EVAL", script, len(places), *places, *before)
            told = (part for one in some for part in one)
            await self._cluster.write(places[0], *command, *told, again=True)
