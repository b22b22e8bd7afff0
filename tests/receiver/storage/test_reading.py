"""Reading for those who count: in parts, so that the log can be emptied meanwhile."""

import tracemalloc
from contextlib import closing
from pathlib import Path

from receiver.storage.reading import Kept
from receiver.storage.sqlite import open_database
from tests.receiver.rows import keep


def test_a_flood_of_the_largest_reports_and_events_is_read_in_small_parts(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    text = "x" * 250_000
    # Whoever tries some hundred ids for each gets hashes that all begin in the same way.
    keys = [bytes([7, *number.to_bytes(15)]) for number in range(200)]
    with closing(open_database(database)) as connection:
        connection.executemany(
            "INSERT INTO installation (key, first_seen, last_seen, report) VALUES (?, 0, 0, ?)",
            [(key, text) for key in keys],
        )
        connection.executemany(
            "INSERT INTO event (key, digest, time, event) VALUES (?, ?, 0, ?)",
            [(key, bytes([digest]), text) for key in keys[:4] for digest in range(50)],
        )
    with closing(open_database(database, read_only=True)) as connection:
        for read, number in ((Kept(connection).reports(), 200), (Kept(connection).lives(), 4)):
            tracemalloc.start()
            assert sum(1 for _ in read) == number
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 40 << 20


def test_the_events_of_an_installation_are_one_life_wherever_a_part_ends(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    events = [
        (bytes([key]) * 16, bytes([digest]) * 16, digest, "x" * 60_000)
        for key in range(5)
        for digest in range(50)
    ]
    with closing(open_database(database)) as connection:
        connection.executemany(
            "INSERT INTO event (key, digest, time, event) VALUES (?, ?, ?, ?)", events
        )
        found = list(Kept(connection).lives())
    assert [[time for time, _ in life] for life in found] == [list(range(50))] * 5


def test_counting_does_not_keep_the_log_from_being_emptied(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    keep(database, [bytes([first] * 16) for first in range(3)])
    with closing(open_database(database, read_only=True)) as connection:
        read = Kept(connection).reports()
        next(read)
        # Whoever reads all as they were at one moment does not see it.
        keep(database, [bytes([2, *[3] * 15])])
        assert len(list(read)) == 3
