"""What is on the disk, byte by byte, and other programs that use the same database."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.receiver.waiting import at_most

PATIENCE = 10
POLL = 0.02


def holds(database: Path, text: str | bytes) -> bool:
    """Tell whether the database or a file beside it has these bytes anywhere."""
    searched = text.encode() if isinstance(text, str) else text
    files = database.parent.glob(f"{database.name}*")
    return any(searched in file.read_bytes() for file in files)


async def until_gone(database: Path, text: str | bytes) -> None:
    """Wait until no file has these bytes any more."""
    async with at_most(PATIENCE, lambda: f"{text!r} to leave the files of {database}"):
        while holds(database, text):
            await asyncio.sleep(POLL)


@contextmanager
def locked(database: Path, ending: str = "ROLLBACK") -> Iterator[sqlite3.Connection]:
    """Hold the database as another program that writes to it would."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute(ending)


@contextmanager
def being_read(database: Path) -> Iterator[sqlite3.Connection]:
    """Read the database as it is at this moment, for a while."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM installation").fetchone()
        yield connection
        connection.execute("ROLLBACK")
