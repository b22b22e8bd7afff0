"""A table as a CSV file (RFC 4180), safe to open in a spreadsheet, and made to be."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..publishing import Publisher
from .cells import Cell, safe

CSV: Final = "text/csv"

type Rows = Iterable[tuple[Cell, ...]]
type Write = Callable[[Iterable[str], Rows], bytes]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a file, and how its rows are made."""

    columns: tuple[str, ...]
    rows: Callable[[Publisher], Rows]


def _plain(columns: Iterable[str], rows: Rows) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8", "replace")


def _marked(columns: Iterable[str], rows: Rows) -> bytes:
    """Write it with the mark without which a spreadsheet takes UTF-8 for another encoding."""
    return codecs.BOM_UTF8 + _plain(columns, rows)


# Programs take the mark for a part of the first column's name, so both are there.
FOLDERS: Final[Mapping[str, Write]] = {
    "csv": _plain,
    "spreadsheet": _marked,
}
