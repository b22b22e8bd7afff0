"""Whether a copy would delete what nobody can mean to be deleted: then nothing is done."""

from typing import Final

from ..storage import Source, StorageError

# So many rows go from any target without a question.
FEW: Final = 10


def guard(source: Source, copied: Source) -> None:
    """Raise StorageError where all that a target has would go, or most of many rows."""
    many = gone = 0
    empty = True
    for rows in copied.entries():
        there = source.get([*rows])
        many += len(rows)
        gone += len(rows) - len(there)
        empty = empty and not there
    if (many and empty and not any(source.entries())) or (gone > FEW and gone * 2 > many):
        raise StorageError(
            f"Nothing was done, for {gone} of the {many} rows that TO has are not in FROM, and "
            "would be deleted: are FROM and TO swapped? If not, name a new place, or empty TO "
            "yourself first"
        )
