"""Names as the cluster has them: the table, a zero, and what `names.py` makes of the name."""

from typing import Final

from ...schema import TABLES, Name
from ..names import read_name, size_of, text_of

_BETWEEN: Final = b"\0"
_TABLES: Final = frozenset(TABLES)


def text_in(table: str, name: Name) -> bytes:
    """Return a name of a table as the cluster has it."""
    return _BETWEEN.join((table.encode(), text_of(name)))


def read_text(text: bytes) -> tuple[str, Name] | None:
    """Return table and name, None for what stands for nothing that this version knows."""
    table, _, rest = text.decode(errors="replace").partition(_BETWEEN.decode())
    name = read_name(rest)
    return None if table not in _TABLES or name is None else (table, name)


def table_of(text: bytes) -> str:
    """Return in which table a name is, also one that this version does not know."""
    return text.partition(_BETWEEN)[0].decode(errors="replace")


def size_in(text: bytes) -> int:
    """Return how many bytes of memory a name may take."""
    return size_of(text.partition(_BETWEEN)[2])
