"""Which engine keeps the rows: the only place that knows them, each loaded where it is used."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from .storage import Servers, Source, Target

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


def reading(place: Place) -> AbstractContextManager[Source]:
    """Open what is there to read it; what fails is StorageError or StorageUnavailable."""
    if isinstance(place, Servers):
        from .storage.valkey.reading import reading as reading_cluster

        return reading_cluster(place)
    from .storage.sqlite import reading as reading_file

    return reading_file(place)


def filling(
    place: Place, *, retention_days: int, private: bool = False
) -> AbstractContextManager[Target]:
    """Open what is there to copy into it; what fails is StorageError or StorageUnavailable.

    No receiver may have it, and where it is to be private, no other user may have made it: where
    that can be told it is a StorageError.
    """
    if isinstance(place, Servers):
        from .storage.valkey.reading import in_use
        from .storage.valkey.writing import filling as filling_cluster

        in_use(place)
        return filling_cluster(place, retention_days * DAY)
    from .storage.sqlite.writing import filling as filling_file

    return filling_file(place, private=private)


def faults(place: Place) -> list[str]:
    """Look what of the place is wrong, besides its rows, and return that in words."""
    if isinstance(place, Servers):
        from .storage.valkey.reading import faults_of

        return faults_of(place)
    from .storage.sqlite import look_through

    return look_through(place)


def new_backup(target: Path) -> AbstractContextManager[Path]:
    """Give a private file that takes the path once it is filled, and is gone where that fails."""
    from .storage.sqlite import new_backup as new_backup_file

    return new_backup_file(target)


def back_up(place: Place, target: Path) -> bool:
    """Copy all that is there into a new file as it is, if the engine can; tell whether it did."""
    if isinstance(place, Servers):
        return False
    from .storage.sqlite import back_up as back_up_file

    back_up_file(place, target)
    return True
