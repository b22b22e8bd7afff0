"""Which engine keeps the rows: the only place that knows them, each loaded where it is used."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from .storage import Kept, Servers, StorageError

if TYPE_CHECKING:
    from .storage.writing import Store

DAY = 24 * 3600
# A file is SQLite's, a cluster Valkey's.
type Place = Path | Servers


def open_store(place: Place, *, retention_days: int) -> "Store":
    """Return what keeps rows there for so many days after the last report; `start` opens it."""
    if isinstance(place, Servers):
        from .storage.valkey.writing import ClusterStore

        return ClusterStore(place, retention_days * DAY)
    from .storage.sqlite.writing import Writer

    return Writer(place)


def reading(place: Place) -> AbstractContextManager[Kept]:
    """Open what is there to read it; what fails is StorageError or StorageUnavailable."""
    if isinstance(place, Servers):
        from .storage.valkey.reading import reading as reading_cluster

        return reading_cluster(place)
    from .storage.sqlite import reading as reading_file

    return reading_file(place)


def back_up(place: Place, target: Path) -> None:
    """Copy all that is there into a new file, also while a receiver writes to it."""
    if isinstance(place, Servers):
        raise StorageError("A cluster can't keep reports yet: name a file")
    from .storage.sqlite import back_up as back_up_file

    back_up_file(place, target)
