"""What a transaction works with."""

import sqlite3
from typing import NamedTuple

from ..dictionary import Dictionary


class Ledger(NamedTuple):
    """The database in a transaction, and the names that its rows have codes of."""

    connection: sqlite3.Connection
    dictionary: Dictionary
