"""Reading for those who count: in parts, so that the log can be emptied meanwhile."""

import tracemalloc
from contextlib import closing
from pathlib import Path

from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.reading import Kept
from tests.receiver.rows import keep

# More than 50 events tell that are as large as they can be.
LARGEST = 250_000


def put(database: Path, sizes: dict[bytes, int]) -> None:
    """Put rows of some sizes there, whatever they tell."""
    with closing(open_database(database)) as connection:
        connection.executemany(
            "INSERT INTO installation (key, due, latest, doubted, row) VALUES (?, 0, 0, 0, ?)",
            [(key, key + bytes(size)) for key, size in sizes.items()],
        )


def test_a_flood_of_the_largest_rows_is_read_in_small_parts(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    # Whoever tries some hundred ids for each gets hashes that all begin in the same way.
    keys = [bytes([7, *number.to_bytes(15)]) for number in range(400)]
    put(database, dict.fromkeys(keys, LARGEST))
    with closing(open_database(database, read_only=True)) as connection:
        tracemalloc.start()
        assert sum(map(len, Kept(connection).rows())) == len(keys)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 40 << 20


def test_each_row_is_in_one_part_wherever_it_ends(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    sizes = {number.to_bytes(16): number % 7 * 30_000 for number in range(300)}
    put(database, sizes)
    with closing(open_database(database, read_only=True)) as connection:
        parts = list(Kept(connection).rows())
    assert len(parts) > 3
    assert [row[:16] for part in parts for row in part] == sorted(sizes)


def test_counting_does_not_keep_the_log_from_being_emptied(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    keep(database, [bytes([first] * 16) for first in range(3)])
    with closing(open_database(database, read_only=True)) as connection:
        read = Kept(connection).rows()
        assert len(next(read)) == 3
        # Whoever reads all as they were at one moment does not see it.
        keep(database, [bytes([255] * 16)])
        assert len(next(read)) == 1
        assert not list(read)
