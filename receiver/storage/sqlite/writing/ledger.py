"""What a transaction works with."""

import sqlite3
from dataclasses import dataclass
from typing import NamedTuple

from ..dictionary import Dictionary


@dataclass(slots=True)
class Old:
    """What an earlier version kept, in tables of its own."""

    left: bool
    """Whether there are such tables."""


class Ledger(NamedTuple):
    """The database in a transaction, the names that its rows have codes of, and what is old."""

    connection: sqlite3.Connection
    dictionary: Dictionary
    old: Old
