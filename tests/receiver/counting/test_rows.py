"""Counting rows of codes: what it finds is what reading each report as it came would find."""

import pickle
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import zip_longest
from operator import add
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.counting import Counts
from receiver.counting.counts import merge
from receiver.counting.rows import ChangedError, Counted, Sums, latest_of, named, tally
from receiver.schema import STATISTICS, TABLES, Told, devices
from receiver.storage import layout
from receiver.storage.layout import Moment, Stored, words
from receiver.storage.sqlite.dictionary import Dictionary
from tests.receiver import counted, reference
from tests.receiver.counted import Life, Member, count_rows, packed
from tests.receiver.fleets import fleets, life, lives, member
from tests.receiver.reports import base_report, fault_event, start_event, valid_report

DAY = 24 * 3600
WEEK = 7 * DAY
NOW = counted.TIME

times = st.integers(NOW - 9 * DAY, NOW + DAY)


def same(counts: Counts, expected: reference.Counts) -> None:
    """Compare field by field."""
    assert counts.installations == expected.installations
    for table in TABLES:
        # No report tells of devices.
        names = Counter() if table in devices.TABLES else getattr(expected, table)
        # Adding 0 of a name leaves it there.
        assert counts[table] == +names, table
    for name in STATISTICS:
        assert list(counts.statistics[name]) == sorted(expected.statistics[name])
    assert not counts.crowded


@given(fleets(), lives())
def test_rows_of_codes_count_as_reports_did(fleet: list[Member], events: list[Life]) -> None:
    expected = reference.count(fleet)
    reference.count_lives(expected, events)
    same(counted.count_all(fleet, events), expected)


@given(fleets(), lives(), st.lists(st.tuples(times, times, times), min_size=70, max_size=70))
def test_who_is_new_and_what_is_to_come_does_not_count(
    fleet: list[Member], events: list[Life], seen: Sequence[tuple[int, int, int]]
) -> None:
    dictionary = Dictionary()
    rows: list[bytes] = []
    reports: list[Member] = []
    told: list[Life] = []
    for (first, last, time), (report, of_one) in zip(
        seen, zip_longest(fleet, events), strict=False
    ):
        stored = Stored.unpack(packed(dictionary, report, of_one))
        if report:
            stored.first_seen, stored.last_seen = min(first, last), last
        stored.events = [Moment(time, False, one.codes) for one in stored.events]
        rows.append(stored.pack())
        old = stored.last_seen - stored.first_seen >= WEEK
        if report and old and last <= NOW:
            reports.append(report)
        if of_one and old and time <= NOW:
            told.append(of_one)
    expected = reference.count(reports)
    reference.count_lives(expected, told)
    found = count_rows([rows[:30], rows[30:]], dictionary.names, WEEK, NOW)
    same(found.counts, expected)


@given(fleets(), lives(), st.randoms(use_true_random=False))
def test_halves_make_a_whole(fleet: list[Member], events: list[Life], random: Random) -> None:
    dictionary = Dictionary()
    rows = [packed(dictionary, one) for one in fleet]
    rows += [packed(dictionary, None, one) for one in events]
    halves: tuple[list[bytes], list[bytes]] = ([], [])
    for row in rows:
        random.choice(halves).append(row)
    one, other, whole = (count_rows([some], dictionary.names) for some in (*halves, rows))
    assert merge(one.counts, other.counts) == whole.counts
    assert count_rows(halves, dictionary.names).counts == whole.counts
    assert uses(one) + uses(other) == uses(whole)


@given(fleets(), lives(), st.lists(st.integers(0, 3), min_size=70, max_size=70))
def test_who_is_counted_in_several_processes_is_counted_as_in_one(
    fleet: list[Member], events: list[Life], chosen: list[int]
) -> None:
    dictionary = Dictionary()
    rows = [packed(dictionary, *both) for both in zip_longest(fleet, events)]
    parts: list[list[bytes]] = [[] for _ in range(4)]
    for row, part in zip(rows, chosen, strict=False):
        parts[part].append(row)
    latest = latest_of(dictionary.names())
    each = [pickle.loads(pickle.dumps(tally([part], latest, 0, NOW))) for part in parts]
    alone: list[Sums] = [one + tally([], latest, 0, NOW) for one in each]
    found = named(reduce(add, each), dictionary.names(), latest)
    whole = count_rows([rows], dictionary.names, 0, NOW)
    assert found.counts == whole.counts
    assert uses(found) == uses(whole)
    # A sum has nothing of what it was made of: each of these is as it was.
    assert [one.installations for one in each] == [one.installations for one in alone]
    assert [one.uses.tolist() for one in each] == [one.uses.tolist() for one in alone]


def uses(found: Counted) -> Counter[int]:
    return Counter({code: times for code, times in enumerate(found.uses.tolist()) if times})


def test_halves_with_too_many_names_make_a_whole_with_no_more() -> None:
    dictionary = Dictionary()
    halves = [
        [
            packed(
                dictionary, member(base_report(integrations=["hue", f"made_up_{half}_{number}"]))
            )
            for number in range(90)
        ]
        for half in range(2)
    ]
    one, other = (count_rows([half], dictionary.names, max_names=100).counts for half in halves)
    assert not one.crowded
    assert not other.crowded
    merged = merge(one, other, max_names=100)
    assert merged.crowded
    assert len(merged["integrations"]) <= 100
    assert merged["integrations"]["hue"] == 180
    again = merge(merged, Counts(), max_names=100)
    assert again == merged
    assert merge(one, other, max_bytes=5_000).crowded


def test_every_row_tells_which_codes_are_used_whether_it_counts_or_not() -> None:
    dictionary = Dictionary()
    row = packed(dictionary, member(valid_report(), "US", "CA"), life(start_event(), fault_event()))
    stored = Stored.unpack(row)
    found = count_rows([[row], [row, row]], dictionary.names, over=1)
    assert found.counts == Counts()
    told = [code for one in (stored.report, *(one.codes for one in stored.events)) for code in one]
    assert uses(found) == {
        code: 3 * told.count(code) for code, _, _ in dictionary.names() if code in told
    }
    assert {code for code, _, _ in dictionary.names()} == uses(found).keys()


def test_a_code_that_stands_for_nothing_any_more_counts_nowhere() -> None:
    dictionary = Dictionary()
    rows = [packed(dictionary, member(valid_report(integrations=["hue", "mqtt"])))]

    def without_hue() -> list[Any]:
        return [one for one in dictionary.names() if one[2] != "hue"]

    found = count_rows([rows], without_hue)
    assert found.counts["integrations"] == {"mqtt": 1}
    (hue,) = (code for code, _, name in dictionary.names() if name == "hue")
    assert uses(found)[hue] == 1


def test_a_name_that_came_while_rows_were_read_counts() -> None:
    dictionary = Dictionary()
    packed(dictionary, member(base_report()), life(start_event()))
    known = [[*dictionary.names()]]

    def parts() -> Iterator[list[bytes]]:
        yield [packed(dictionary, member(base_report(integrations=["new"])))]
        known.append([*dictionary.names()])

    assert count_rows(parts(), lambda: known[-1]).counts["integrations"] == {"new": 1}


def test_a_word_of_which_the_latest_counts_has_to_be_known_before() -> None:
    dictionary = Dictionary()
    known: list[Any] = []

    def parts() -> Iterator[list[bytes]]:
        yield [packed(dictionary, None, life(start_event(cloud="connected")))]
        known[:] = dictionary.names()

    with pytest.raises(ChangedError):
        count_rows(parts(), lambda: known)
    assert count_rows(parts(), lambda: known).counts["cloud"] == {"connected": 1}


def test_many_codes_of_one_installation_in_the_same_slot_count_once_each() -> None:
    """Codes that differ by the number of slots meet there, over and over."""
    codes = range(1, 20_000, 128)
    names = [(code, "integrations", f"name_{code}") for code in codes]
    events = [Moment(9 - time, False, words(codes)) for time in range(9)]
    rows = [Stored(events=events).pack(), Stored(events=events[:1]).pack()] * 3
    found = count_rows([rows], lambda: names)
    assert found.counts["integrations"] == {name: 6 for _, _, name in names}
    assert uses(found) == dict.fromkeys(codes, 30)


def test_the_largest_numbers_are_numbers_and_the_largest_times_are_none() -> None:
    dictionary = Dictionary()
    told = dict.fromkeys(STATISTICS, (1 << 24) - 1)
    report = dictionary.encode(Told({}, told))
    latest = (1 << 32) - 1
    stored = Stored(report=report, first_seen=latest, last_seen=latest)
    stored.first_doubted = stored.last_doubted = True
    stored.events = [Moment(latest, True, words())]
    alone = Stored(events=[Moment(latest, True, words())])
    found = count_rows([[stored.pack(), alone.pack()]], dictionary.names)
    assert found.counts.installations == 1
    assert {name: list(found.counts.statistics[name]) for name in STATISTICS} == {
        name: [value] for name, value in told.items()
    }


def test_nothing_is_counted_as_nothing() -> None:
    assert count_rows([], list).counts == count_rows([[]], list).counts == Counts()


def test_rows_are_counted_in_larger_pieces_where_there_are_very_many_codes() -> None:
    names = [(code, "integrations", f"name_{code}") for code in (1, 2, 150_000)]
    events = [Moment(9, False, words([1, 2])), Moment(8, False, words([2]))]
    rows = [Stored(events=events).pack()] * 2_500
    found = count_rows([[Stored(report=words([150_000])).pack()], rows], lambda: names)
    assert found.counts["integrations"] == {"name_1": 2_500, "name_2": 2_500, "name_150000": 1}
    assert uses(found) == {1: 2_500, 2: 5_000, 150_000: 1}


damaged = st.one_of(
    st.binary(max_size=400),
    st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 9), max_size=60).map(
        lambda told: layout.packed(words(told))
    ),
)


@given(
    fleets(),
    lives(),
    st.lists(damaged, max_size=5),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4000), st.booleans()), max_size=5),
    st.randoms(use_true_random=False),
)
def test_damaged_rows_cost_no_others(
    fleet: list[Member],
    events: list[Life],
    strange: list[bytes],
    spoilt: list[tuple[int, int, bool]],
    random: Random,
) -> None:
    dictionary = Dictionary()
    rows = [packed(dictionary, *one) for one in zip_longest(fleet, events)]
    for which, bit, cut in spoilt if rows else ():
        row = bytearray(rows[which % len(rows)])
        place = bit // 8 % len(row)
        row[place] ^= 1 << bit % 8
        strange.append(bytes(row[:place] if cut else row))
    # What can be read is another report, as far as anybody can tell.
    sound = [*rows, *filter(layout.is_sound, strange)]
    both = [*rows, *strange]
    random.shuffle(both)
    found = count_rows([both], dictionary.names)
    expected = count_rows([sound], dictionary.names)
    assert found.damaged == len(both) - len(sound)
    assert not expected.damaged
    assert found.counts == expected.counts
    assert found.uses.tolist() == expected.uses.tolist()


@given(fleets(), lives())
def test_all_that_is_kept_is_sound(fleet: list[Member], events: list[Life]) -> None:
    dictionary = Dictionary()
    rows = [packed(dictionary, *one) for one in zip_longest(fleet, events)]
    assert all(map(layout.is_sound, rows))


@given(damaged)
def test_a_sound_row_is_what_it_says(row: bytes) -> None:
    assert not layout.is_sound(row) or Stored.unpack(row).pack() == row
