"""Copies from file to file: what is kept is the same, whatever was there before."""

import re
import time
from collections.abc import Callable
from contextlib import closing, suppress
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receiver.aggregate import count
from receiver.copying import CopyError, check, copy
from receiver.storage import FOREVER, StorageError
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.writing import statements
from receiver.storage.sqlite.writing.database import Database
from receiver.storage.sqlite.writing.filling import Filling
from receiver.stores import filling, reading
from tests.receiver import child, copies
from tests.receiver.copies import contents, key_of, options, stock
from tests.receiver.counted import Life, Member, count_all, packed
from tests.receiver.fleets import fleets, lives
from tests.receiver.rows import keep_all, row, told

NOW = int(time.time())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    database = tmp_path / "source.db"
    stock(database, NOW)
    return database


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target.db"


def delete(database: Path, keys: list[bytes]) -> None:
    """Delete installations, as a receiver does while others read."""
    with closing(Database.open(database)) as opened, opened.transaction() as ledger:
        for key in keys:
            statements.delete(ledger, key)


def written(printed: str) -> tuple[int, int]:
    """Return how many rows a copy has written, and how many deleted."""
    found = re.findall(r"Rows (?:written|deleted): (\d+)", printed)
    return int(found[0]), int(found[1])


def test_a_copy_has_all_that_is_kept_and_the_next_one_writes_only_what_has_changed(
    source: Path, target: Path
) -> None:
    status, printed, said = copies.copy(source, target)
    assert (status, said, written(printed)) == (0, "", (40, 0))
    assert "The figures are equal: 30 installations count" in printed
    assert contents(target) == contents(source)
    assert written(copies.copy(source, target)[1]) == (0, 0)
    keep_all(source, [row(key_of(1), NOW, told=told(version="2026.11.0")), row(key_of(99), NOW)])
    with filling(source, retention_days=60) as filled:
        filled.delete([key_of(5), key_of(6)])
        filled.put_days({"2026-11-30": b"{}"}, ["2026-11-28"])
    status, printed, _ = copies.copy(source, target)
    assert (status, written(printed)) == (0, (2, 2))
    assert contents(target) == contents(source)
    assert {"2026-11-29", "2026-11-30"} == contents(target).days.keys()


def test_codes_are_those_of_the_target_and_what_it_had_before_goes(
    source: Path, target: Path
) -> None:
    keep_all(target, [row(key_of(900), NOW, told=told(integrations=["zha", "own_3"]))])
    status, printed, _ = copies.copy(source, target)
    assert (status, written(printed)) == (0, (40, 1))
    assert contents(target) == contents(source)


def test_figures_that_the_source_has_not_go_from_the_target(source: Path, target: Path) -> None:
    copies.copy(source, target)
    with closing(open_database(source)) as connection:
        connection.executescript("DELETE FROM published; DELETE FROM history")
    assert copies.copy(source, target)[0] == 0
    assert contents(target) == contents(source)
    assert contents(target).published is None


@pytest.mark.parametrize("few", [0, 4])
def test_a_copy_the_wrong_way_round_is_refused_before_it_does_anything(
    source: Path, target: Path, few: int
) -> None:
    stock(target, NOW, range(100, 100 + few))
    before = contents(source), contents(target)
    status, printed, said = copies.copy(target, source)
    assert (status, printed) == (1, "")
    assert "40 of the 40 rows that TO has are not in FROM" in said
    assert "are FROM and TO swapped? If not, name a new place, or empty TO" in said
    assert (contents(source), contents(target)) == before


def test_even_a_single_row_is_not_deleted_for_a_source_without_any(
    source: Path, target: Path
) -> None:
    stock(target, NOW, ())
    delete(source, [key_of(number) for number in range(1, 40)])
    status, _, said = copies.copy(target, source)
    assert (status, "1 of the 1 rows that TO has are not in FROM" in said) == (1, True)
    assert contents(source).rows.keys() == {key_of(0)}


@pytest.mark.parametrize(("gone", "status"), [(20, 0), (21, 1)])
def test_at_most_half_of_many_rows_go(source: Path, target: Path, gone: int, status: int) -> None:
    copies.copy(source, target)
    delete(source, [key_of(number) for number in range(gone)])
    found, _, _ = copies.copy(source, target)
    assert found == status
    assert len(contents(target).rows) == (40 if status else 20)


def test_a_copy_that_was_interrupted_goes_on(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Filling.put
    module = import_module("receiver.storage.sqlite.reading")
    monkeypatch.setattr(module, "PART", 1)
    monkeypatch.setattr(module, "FETCHED", 10)
    calls: list[int] = []

    def once(self: Filling, rows: dict[bytes, bytes]) -> int:
        if calls:
            raise KeyboardInterrupt
        calls.append(len(rows))
        return put(self, rows)

    monkeypatch.setattr(Filling, "put", once)
    with suppress(KeyboardInterrupt):
        copy(options(source), options(target), print)
    assert len(contents(target).rows) == calls[0] == 10
    monkeypatch.setattr(Filling, "put", put)
    status, printed, _ = copies.copy(source, target)
    assert (status, written(printed)) == (0, (30, 0))
    assert contents(target) == contents(source)


def test_what_is_deleted_while_it_is_copied_is_deleted_in_the_copy(
    source: Path, target: Path
) -> None:
    said: list[str] = []

    def say(what: str) -> None:
        said.append(what)
        if what.startswith("Rows written"):
            delete(source, [key_of(1), key_of(2)])

    copy(options(source), options(target), say)
    assert said[1] == "Rows deleted: 2"
    assert contents(target) == contents(source)


def test_figures_that_differ_are_said_without_anything_of_a_home(
    source: Path, target: Path
) -> None:
    def say(what: str) -> None:
        if what.startswith("Rows deleted"):
            keep_all(source, [row(key_of(77), NOW, told=told(integrations=["of_one_home"]))])

    with pytest.raises(CopyError, match="31 installations and 30") as raised:
        copy(options(source), options(target), say)
    assert "integrations" in str(raised.value)
    assert "of_one_home" not in str(raised.value)
    assert "stop them and copy again" in str(raised.value)


@settings(max_examples=10, deadline=None)
@given(fleets(), lives(), st.randoms(use_true_random=False))
def test_any_fleet_counts_as_before_wherever_it_was_copied(
    fleet: list[Member], events: list[Life], random: Random
) -> None:
    dictionary = Dictionary()
    rows = [packed(dictionary, *one) for one in zip_longest(fleet, events)]
    names = [(table, name) for _, table, name in dictionary.names()]
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.db", Path(folder) / "target.db"
        with filling(source, retention_days=60) as filled:
            # A new file gives codes out in the same order.
            assert filled.codes_of(names) == [code for code, _, _ in dictionary.names()]
            filled.put({key_of(number): one for number, one in enumerate(rows)})
        with filling(target, retention_days=60) as filled:
            filled.codes_of(random.sample(names, len(names) // 2))
        copy(options(source), options(target), lambda _: None)
        expected = count_all(fleet, events)
        found = count(target, 0, FOREVER).counts
        assert contents(target) == contents(source)
    assert (found.installations, found.tables) == (expected.installations, expected.tables)
    assert found.statistics == expected.statistics


def test_a_target_in_use_is_refused_and_left_as_it_is(source: Path, target: Path) -> None:
    stock(target, NOW, range(50, 52))
    before = contents(target)
    with closing(open_database(target)):
        status, _, said = copies.copy(source, target)
    assert (status, "is in use: stop the receiver" in said) == (1, True)
    assert contents(target) == before


def test_nothing_is_made_where_there_is_nothing_to_copy(tmp_path: Path, target: Path) -> None:
    status, _, said = copies.copy(tmp_path / "missing.db", target)
    assert (status, "There is no database" in said) == (1, True)
    assert not target.exists()


@pytest.mark.parametrize(
    ("places", "remedy"),
    [(("a.db", "a.db"), "are the same"), (("a.db", "http://x"), "expected a file, or servers")],
)
def test_what_can_be_no_copy_is_refused(places: tuple[str, str], remedy: str) -> None:
    done = child.run("copy", *places)
    assert done.returncode == 2
    assert remedy in done.stderr


def test_names_that_were_given_up_are_left_out(source: Path, target: Path) -> None:
    with closing(open_database(source)) as connection:
        connection.execute("UPDATE name SET name = NULL WHERE name = '\"hue\"'")
    status, _, said = copies.copy(source, target)
    assert (status, said) == (0, "")
    with reading(target) as kept:
        assert "hue" not in {name for _, _, name in kept.names()}
        assert {*kept.codes()} == {code for code, _, _ in kept.names()}


def test_what_is_sound_is_said_to_be(source: Path) -> None:
    done = child.run("check", "--store", source)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "40 rows can be read, and their codes have names\n"


def broken_row(path: Path) -> None:
    with closing(open_database(path)) as connection:
        connection.execute("UPDATE installation SET row = x'ff00000001'")


def test_what_cant_be_read_is_left_out_and_said(source: Path, target: Path) -> None:
    with closing(open_database(source)) as connection:
        key = key_of(1)
        connection.execute("UPDATE installation SET row = x'ff00000001' WHERE key = ?", (key,))
    status, printed, said = copies.copy(source, target)
    assert (status, said, written(printed)) == (0, "", (39, 0))
    assert "Rows that can't be read, and are left out: 1\n" in printed
    with reading(target) as kept:
        assert not kept.get([key])


def freed_code(path: Path) -> None:
    with closing(open_database(path)) as connection:
        connection.execute("DELETE FROM name WHERE kind = 'integrations' AND name = '\"hue\"'")


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        (broken_row, "40 of 40 rows can't be read"),
        (freed_code, "1 codes in rows stand for no name"),
    ],
)
def test_what_is_wrong_with_it_is_said(
    source: Path, harm: Callable[[Path], None], finding: str
) -> None:
    harm(source)
    said: list[str] = []
    assert not check(options(source), said.append)
    assert finding in said[0]


def test_a_damaged_file_is_said_to_be(tmp_path: Path) -> None:
    (path := tmp_path / "analytics.db").write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StorageError):
        check(options(path), print)
