"""What an earlier version kept: tables of reports and events as JSON, until all is in rows."""

import sqlite3
from typing import Final

_HAS: Final = "SELECT count(*) FROM sqlite_schema WHERE name = 'old_moved'"
_SEEN: Final = """
SELECT max(time) FROM (
    SELECT max(last_seen) AS time FROM old_installation UNION ALL SELECT max(time) FROM old_event
)
"""


def has_old(connection: sqlite3.Connection) -> bool:
    """Tell whether there are such tables, also if nothing is in them any more."""
    (found,) = connection.execute(_HAS).fetchone()
    return bool(found)


def seen_in_old(connection: sqlite3.Connection) -> int | None:
    """Return the latest time in them, in seconds since 1970, None where there is none."""
    seen: int | None
    (seen,) = connection.execute(_SEEN).fetchone()
    return seen
