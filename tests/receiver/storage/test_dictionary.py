"""The dictionary: which code stands for a name, from when on, and when it may stand for another."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.schema import STATISTICS, Told, validate
from receiver.storage.bounds import FEW, Bounds
from receiver.storage.layout import NUMBER, number_of
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.sqlite.tables import SCHEMA
from tests.receiver.fleets import usage
from tests.receiver.reports import base_report, valid_report


@pytest.fixture(name="database")
def database_fixture() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.executescript(SCHEMA)
        yield database


def told(*integrations: str) -> Told:
    return Told({"integrations": integrations}, {})


def known(dictionary: Dictionary) -> dict[int, Any]:
    return {code: (table, name) for code, table, name in dictionary.names()}


def decoded(words: Any, dictionary: Dictionary) -> tuple[Counter[Any], dict[str, int]]:
    """Return what words stand for."""
    names = known(dictionary)
    found = (number_of(word) for word in words if word & NUMBER)
    numbers = {STATISTICS[place]: value for place, value in found}
    return Counter(names[word] for word in words if not word & NUMBER), numbers


def swept(dictionary: Dictionary, database: sqlite3.Connection, uses: Mapping[int, int]) -> int:
    free, rare = dictionary.unused(uses)
    freed = dictionary.free(database, free)
    dictionary.give_up(database, rare)
    dictionary.end_sweep()
    return freed


@given(st.lists(st.fixed_dictionaries({}, optional=usage), max_size=5))
def test_what_a_row_holds_comes_back_as_what_was_told(changes: list[dict[str, Any]]) -> None:
    dictionary = Dictionary()
    tells = [validate(base_report(**change)).told.at("US", "CA") for change in changes]
    words = [dictionary.encode(one) for one in tells]
    for one, row in zip(tells, words, strict=True):
        names, numbers = decoded(row, dictionary)
        assert names == Counter((table, each) for table, of in one.names.items() for each in of)
        assert set(names.values()) <= {1}
        assert numbers == one.numbers


def test_the_same_report_makes_the_same_words() -> None:
    dictionary = Dictionary()
    report = valid_report()
    first = dictionary.encode(validate(report).told)
    dictionary.encode(told("another"))
    again = dict(reversed(report.items())) | {"integrations": report["integrations"][::-1]}
    assert dictionary.encode(validate(again).told) == first


def test_names_are_in_the_database_with_their_codes(database: sqlite3.Connection) -> None:
    dictionary = Dictionary()
    words = dictionary.encode(validate(valid_report()).told.at("DE", None))
    dictionary.write(database)
    loaded = Dictionary.load(database)
    assert known(loaded) == known(dictionary)
    assert loaded.encode(validate(valid_report()).told.at("DE", None)) == words
    loaded.write(database)
    assert known(Dictionary.load(database)) == known(dictionary)


def test_a_name_that_is_in_no_row_is_freed(database: sqlite3.Connection) -> None:
    dictionary = Dictionary()
    hue, gone = dictionary.encode(told("hue", "gone"))
    dictionary.write(database)
    dictionary.begin_sweep()
    assert swept(dictionary, database, {hue: 3}) == 1
    assert known(dictionary) == known(Dictionary.load(database)) == {hue: ("integrations", "hue")}
    assert dictionary.encode(told("new")).tolist() == [gone]
    assert Dictionary.load(database).encode(told("other")).tolist() == [gone]
    assert database.execute("SELECT times FROM swept").fetchone() == (1,)


def test_a_name_that_was_told_since_the_sweep_began_stays(database: sqlite3.Connection) -> None:
    dictionary = Dictionary()
    dictionary.encode(told("hue"))
    dictionary.write(database)
    dictionary.begin_sweep()
    dictionary.encode(told("hue", "new"))
    dictionary.write(database)
    before = known(dictionary)
    # Who read all rows had passed those of before.
    assert swept(dictionary, database, {}) == 0
    assert known(dictionary) == before == known(Dictionary.load(database))
    assert database.execute("SELECT times FROM swept").fetchone() == (0,)


def test_a_name_that_is_told_while_it_is_freed_stays(database: sqlite3.Connection) -> None:
    dictionary = Dictionary()
    hue, gone = dictionary.encode(told("hue", "gone"))
    dictionary.write(database)
    dictionary.begin_sweep()
    free, rare = dictionary.unused({})
    assert (sorted(free), rare) == (sorted((hue, gone)), [])
    dictionary.encode(told("hue"))
    assert dictionary.free(database, free) == 1
    assert known(dictionary) == {hue: ("integrations", "hue")}


def test_nothing_is_freed_by_a_look_at_what_was_another_dictionary(
    database: sqlite3.Connection,
) -> None:
    first = Dictionary()
    first.encode(told("hue"))
    first.write(database)
    first.begin_sweep()
    second = Dictionary.load(database)
    assert swept(second, database, {}) == 0
    assert known(second) == known(first)


def test_made_up_names_make_room_for_common_ones(database: sqlite3.Connection) -> None:
    dictionary = Dictionary(Bounds(most=10))
    common = dictionary.encode(told("hue", "mqtt"))
    made_up = dictionary.encode(told(*(f"made_up_{number}" for number in range(20))))
    assert len(made_up) == 8
    assert dictionary.crowded
    # No other table has less room for it.
    assert dictionary.encode(Told({"versions": ("2026.12.0",)}, {}))
    dictionary.write(database)
    dictionary.begin_sweep()
    assert swept(dictionary, database, dict.fromkeys(made_up, 1) | dict.fromkeys(common, 9)) == 1
    assert {"hue", "mqtt"} <= {name for table, name in known(dictionary).values()}
    assert len(known(dictionary)) == 5
    assert len(dictionary.encode(told("a", "b", "c", "d", "e", "f"))) == 5


def test_a_code_without_a_name_is_given_anew_only_when_no_row_has_it(
    database: sqlite3.Connection,
) -> None:
    dictionary = Dictionary(Bounds(most=4))
    codes = dictionary.encode(told("a", "b", "c", "d")).tolist()
    dictionary.write(database)
    dictionary.begin_sweep()
    uses = dict(zip(codes, (4, 3, 2, 1), strict=True))
    assert swept(dictionary, database, uses) == 0
    rest = set(codes[2:])
    assert not rest & known(dictionary).keys()
    for one in (dictionary, Dictionary.load(database)):
        assert not rest & {*one.encode(told("new", "newer"))}
    dictionary.write(database)
    dictionary.begin_sweep()
    assert swept(dictionary, database, dict.fromkeys((1, 2, 5, 6), 9)) == 2
    assert {*dictionary.encode(told("x", "y"))} == rest


def test_long_names_fill_a_table_sooner() -> None:
    dictionary = Dictionary(Bounds(most_bytes=1_000))
    words = dictionary.encode(told(*(f"{number}".rjust(198, "x") for number in range(9))))
    assert len(words) == 5
    assert dictionary.crowded


def test_few_reports_do_not_fill_a_table_that_is_half_full() -> None:
    dictionary = Dictionary(Bounds(most=1_000))
    for flood in range(10):
        dictionary.encode(told(*(f"{flood}_{number}" for number in range(600))))
    assert dictionary.crowded
    # Somebody tells of what is really new.
    assert len(dictionary.encode(told("0_1", "new", "newer"))) == 3


def test_wide_characters_fill_a_table_sooner(database: sqlite3.Connection) -> None:
    dictionary = Dictionary(Bounds(most_bytes=10_000))
    words = dictionary.encode(told(*(f"\N{HOT BEVERAGE}{number:x>197}" for number in range(99))))
    # Of each character the memory has up to four bytes then.
    assert len(words) == 12
    assert dictionary.crowded
    # None of it is left behind when names go.
    dictionary.begin_sweep()
    assert swept(dictionary, database, dict.fromkeys(words, 1)) == 0
    assert len(known(dictionary)) == 6
    assert len(dictionary.encode(told(*(f"{number:x>198}" for number in range(99))))) == 26


def test_the_names_of_a_table_that_is_gone_stand_for_nothing(database: sqlite3.Connection) -> None:
    database.execute("INSERT INTO name VALUES (1, 'no_table_any_more', '\"x\"')")
    dictionary = Dictionary.load(database)
    assert known(dictionary) == {}
    assert dictionary.encode(told("hue")).tolist() == [2]
    dictionary.begin_sweep()
    assert swept(dictionary, database, {2: 1}) == 1


def test_a_damaged_name_is_none_and_is_told_anew(database: sqlite3.Connection) -> None:
    first = Dictionary()
    hue, zha = first.encode(told("hue", "zha"))
    first.write(database)
    database.execute("UPDATE name SET name = ? WHERE code = ?", ('"hu', hue))
    loaded = Dictionary.load(database)
    assert known(loaded) == {zha: ("integrations", "zha")}
    assert loaded.nameless == {hue}
    assert loaded.encode(told("hue", "zha")).tolist() == [3, zha]


def test_what_is_brought_up_to_date_brings_all_its_names() -> None:
    dictionary = Dictionary(Bounds(most=100))
    dictionary.encode(told(*map(str, range(60))))
    new = told(*(f"new_{number}" for number in range(30)))
    assert len(dictionary.encode(new)) == FEW
    assert len(dictionary.encode(new, few=False)) == 30
