"""Statements for several values at once, which are always bound: text never gets into SQL.

Python's module gives the interpreter lock away and takes it back at every step, and with a busy
event loop beside it each of these can take milliseconds. So many rows go into one statement.
"""

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

# SQLite keeps one prepared statement for each number of rows.
AT_ONCE: Final = 64


def execute(connection: sqlite3.Connection, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    """Do it for all rows, AT_ONCE at most, in the place of `{rows}`."""
    marked = ", ".join(map(marks, rows))
    connection.execute(statement.format(rows=marked), [*chain.from_iterable(rows)])


def marks(values: Sequence[Any]) -> str:
    """Return the place of some values in a statement, which never has them itself."""
    return f"({', '.join('?' * len(values))})"
