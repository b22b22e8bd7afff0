"""What it takes of an engine to copy all that it keeps, and to take a copy."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from ..schema import Name
from .kept import Kept

# By the hash of an installation's id, its row.
type Rows = Mapping[bytes, bytes]


class Source(Kept, Protocol):
    """All that is kept, for who copies or checks it."""

    def entries(self) -> Iterator[Rows]:
        """Yield all rows, each once, a part after the other, each as it is then."""

    def get(self, keys: Sequence[bytes]) -> Rows:
        """Return those of some rows that are there."""

    def codes(self) -> Iterator[int]:
        """Yield the codes that rows may have, also those whose names were given up."""

    def published(self, after: int) -> tuple[int, bytes] | None:
        """Return when figures were published last, and these, None if not after a time."""

    def days(self) -> Iterable[str]:
        """Return the days whose figures are kept."""

    def history(self, days: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield days and their figures, those that are kept."""

    def dropped(self) -> Mapping[str, int]:
        """Return how often keys were left out of reports, by their names."""


class Target(Protocol):
    """Takes a copy: what it was given is durable when a call returns."""

    def codes_of(self, names: Sequence[tuple[str, Name]]) -> Sequence[int]:
        """Return the codes of names of tables, which are made where there are none, 0 for none."""

    def put(self, rows: Rows) -> int:
        """Keep rows, each instead of the one before; return how many are soon gone for their age.

        None are where a receiver has to delete them.
        """

    def keep(self, rows: Rows) -> int:
        """Keep rows that are there for as long as if they were put now; return the same."""

    def delete(self, keys: Sequence[bytes]) -> None:
        """Delete rows."""

    def put_published(self, time: int, figures: bytes) -> None:
        """Keep what was published last."""

    def delete_published(self) -> None:
        """Keep nothing that was published."""

    def put_days(self, days: Mapping[str, bytes], obsolete: Sequence[str]) -> None:
        """Keep figures of days, and no longer those of others."""

    def put_dropped(self, dropped: Mapping[str, int]) -> None:
        """Keep how often keys were left out of reports."""
