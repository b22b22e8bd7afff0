"""The names that rows tell of, each with the code that stands for it in a row.

A name is on the disk with the first row that has its code. It goes when no row has it any more:
somebody reads all rows and counts how often each code is used, and what neither was used then nor
since is freed. Only then is its code given to another name.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, Final, Self

from ...schema import TABLES, Name, Told
from ..bounds import FEW, Bounds
from ..layout import Words, numbers, words
from ..names import read_name, size_of, text_of
from .binding import AT_ONCE, execute, marks

# Without a name: one that was given up, but rows may have its code.
_ALL: Final = "SELECT code, kind, name FROM name"
_PUT: Final = "INSERT INTO name (code, kind, name) VALUES {rows}"
_SWEPT: Final = "UPDATE swept SET times = times + 1"
_FREE: Final = "DELETE FROM name WHERE code IN {codes}"
_GIVE_UP: Final = "UPDATE name SET name = NULL WHERE code IN {codes}"


@dataclass(slots=True)
class Table:
    """The names of one table of the schema."""

    codes: dict[Name, int] = field(default_factory=dict)
    size: int = 0
    """Bytes of their texts, in memory."""


class Dictionary:
    """Has all names in memory; what `encode` adds is on the disk after `write` and the commit."""

    def __init__(self, bounds: Bounds = Bounds()) -> None:  # noqa: B008 - frozen
        """Begin without any; a table gets so many."""
        self._bounds = bounds
        self._tables = {table: Table() for table in TABLES}
        self._names: dict[int, tuple[str, Name] | None] = {}
        self.nameless: set[int] = set()
        """The codes that stand for nothing, which rows may have."""
        self._free: list[int] = []
        self._new: list[tuple[int, str, Name]] = []
        # Since a sweep began: the codes that were used.
        self._used: set[int] | None = None
        self.crowded = False
        """Whether a table had no room for a name."""

    @classmethod
    def load(cls, connection: sqlite3.Connection) -> Self:
        """Read what the database has."""
        dictionary = cls()
        for code, table, text in connection.execute(_ALL):
            name = None if text is None else read_name(text)
            # A table that an earlier version had is no table any more.
            if name is None or table not in dictionary._tables:
                dictionary._names[code] = None
                dictionary.nameless.add(code)
            else:
                dictionary._add(code, table, name, size_of(text.encode()))
        names = dictionary._names
        dictionary._free = [code for code in range(1, max(names, default=0)) if code not in names]
        return dictionary

    def names(self) -> Iterator[tuple[int, str, Name]]:
        """Yield each code with its table and its name."""
        for code, known in self._names.items():
            if known is not None:
                yield code, *known

    def name_of(self, code: int) -> tuple[str, Name] | None:
        """Return table and name of a code, None where it stands for nothing."""
        return self._names.get(code)

    def encode(self, told: Told, *, few: bool = True) -> Words:
        """Return the words for what was told: codes, then numbers. New names get codes.

        They may be `few` only, where a table is more than half full.
        """
        codes: list[Any] = []
        for table, names in told.names.items():
            # A loop in C: most names are known.
            found: list[int | None] = [*map(self._tables[table].codes.get, names)]
            if None in found:
                found = [*filter(None, self._with_new(table, names, few=few))]
            codes += found
        if self._used is not None:
            self._used.update(codes)
        return words(codes) + numbers(told.numbers)

    def write(self, connection: sqlite3.Connection) -> None:
        """Put the new names into the database, in the transaction of the rows that use them.

        If that does not get to the disk, this is to be thrown away, and loaded anew.
        """
        for part in batched(self._new, AT_ONCE, strict=False):
            rows = [(code, table, text_of(name).decode()) for code, table, name in part]
            execute(connection, _PUT, rows)
        self._new.clear()

    def begin_sweep(self) -> None:
        """Note from now on which codes are used: somebody begins to read all rows."""
        self._used = set()

    def unused(self, uses: Mapping[int, int]) -> tuple[list[int], list[int]]:
        """Return the codes to free, and those to give up, by how often each was in a row.

        In a table that is more than half full the rarest names are given up, so that made-up ones
        keep no other from coming in. Nothing is to go where no sweep began: this is another
        dictionary than the one that was read.
        """
        if self._used is None:
            return [], []
        free = [code for code in self._names if not uses.get(code) and code not in self._used]
        rare = [code for table in self._tables.values() for code in self._rare(table, uses)]
        return free, rare

    def free(self, connection: sqlite3.Connection, codes: Iterable[int]) -> int:
        """Free codes that were not used meanwhile, and return how many.

        As with `write`, a fault on the way to the disk makes this useless.
        """
        used = self._used
        if used is None:
            return 0
        freed = [code for code in codes if code not in used and code in self._names]
        _each(connection, _FREE, freed)
        if freed:
            connection.execute(_SWEPT)
        for code in freed:
            self._drop_name(code)
            self.nameless.discard(code)
            del self._names[code]
        self._free += freed
        return len(freed)

    def give_up(self, connection: sqlite3.Connection, codes: Iterable[int]) -> int:
        """Give names up, and return how many; their codes stay until no row has them."""
        given_up = [code for code in codes if self._names.get(code)]
        _each(connection, _GIVE_UP, given_up)
        for code in given_up:
            self._drop_name(code)
        return len(given_up)

    def end_sweep(self) -> None:
        """Note no longer which codes are used, nor that there was no room before."""
        self._used = None
        self.crowded = False

    def _with_new(self, table: str, names: Iterable[Name], *, few: bool) -> list[int | None]:
        """Return the codes of names, some of which are new, none for those without room."""
        known = self._tables[table]
        most = FEW if few and self._half_full(known) else self._bounds.most
        found: list[int | None] = []
        for name in names:
            code = known.codes.get(name)
            if code is None and most:
                code, most = self._coded(table, name), most - 1
            self.crowded |= code is None
            found.append(code)
        return found

    def _half_full(self, table: Table) -> bool:
        return self._bounds.half_full(len(table.codes), table.size)

    def _coded(self, table: str, name: Name) -> int:
        """Give a name a code; return none, which is 0, where its table has no room."""
        known, size = self._tables[table], size_of(text_of(name))
        if not self._bounds.room(len(known.codes), known.size + size):
            self.crowded = True
            return 0
        code = self._free.pop() if self._free else len(self._names) + 1
        self._add(code, table, name, size)
        self._new.append((code, table, name))
        return code

    def _add(self, code: int, table: str, name: Name, size: int) -> None:
        known = self._tables[table]
        known.codes[name] = code
        known.size += size
        self._names[code] = table, name

    def _drop_name(self, code: int) -> None:
        """Keep a code, which stands for nothing from now on."""
        if known := self._names[code]:
            table, name = known
            self._tables[table].size -= size_of(text_of(name))
            del self._tables[table].codes[name]
            self._names[code] = None
            self.nameless.add(code)

    def _rare(self, table: Table, uses: Mapping[int, int]) -> Iterator[int]:
        """Yield the rarest names of a table, until it is half full."""
        if self._half_full(table):
            sizes = ((code, size_of(text_of(name))) for name, code in table.codes.items())
            yield from self._bounds.rare(sizes, uses)


def _each(connection: sqlite3.Connection, statement: str, codes: Iterable[int]) -> None:
    """Do it for all codes."""
    for part in batched(codes, AT_ONCE, strict=False):
        connection.execute(statement.format(codes=marks(part)), part)
