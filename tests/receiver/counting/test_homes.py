"""Counting snapshots of devices beside reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.counting.rows import Sums, latest_of, named, tally
from receiver.schema import REPORTED, Told
from receiver.schema import devices as tables
from receiver.storage import FOREVER, Stored
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.writing import changes
from tests.receiver.counted import TIME, Member, count, count_rows, packed
from tests.receiver.fleets import fleets, member
from tests.receiver.homes import Snapshot, count_homes, device, home, homes, told_by
from tests.receiver.reports import valid_report

DAY = 24 * 3600
HOME = home(device(), device(model="TS0601"), domain="zha")


def row_of(dictionary: Dictionary, told: Told, *, lasting: int = 0) -> bytes:
    """Return the row of who has told the same for so many seconds."""
    stored = Stored()
    for time in (TIME - lasting, TIME):
        changes.keep_report(stored, dictionary.encode(told), time, doubted=False)
    return stored.pack()


@given(fleets(), homes())
def test_snapshots_change_nothing_of_what_reports_count(
    fleet: list[Member], some: list[Snapshot]
) -> None:
    dictionary = Dictionary()
    reports = [packed(dictionary, one) for one in fleet]
    snapshots = [row_of(dictionary, told_by(one)) for one in some]
    found = count_rows([reports, snapshots], dictionary.names).counts
    alone, devices = count(fleet), count_homes(some)
    assert found.installations == alone.installations == len(fleet)
    assert devices.installations == 0
    assert found[REPORTED][tables.SHARED] == len(some)
    assert found.statistics == alone.statistics
    for table, names in found.tables.items():
        assert names == alone[table] + devices[table]


@given(homes(), st.integers(1, 4))
def test_shares_that_are_counted_apart_make_the_whole(some: list[Snapshot], many: int) -> None:
    dictionary = Dictionary()
    rows = [row_of(dictionary, told_by(one)) for one in some]
    rows.append(packed(dictionary, member(valid_report())))
    latest = latest_of(dictionary.names())
    first, *others = [tally([rows[part::many]], latest, 0, FOREVER) for part in range(many)]
    sums: Sums = sum(others, first)
    apart, whole = named(sums, dictionary.names(), latest), count_rows([rows], dictionary.names)
    assert apart.counts == whole.counts
    assert apart.counts.installations == 1
    assert apart.uses.tolist() == whole.uses.tolist()


@pytest.mark.parametrize(("lasting", "counts"), [(0, False), (6 * DAY, False), (7 * DAY, True)])
def test_who_is_new_does_not_count(lasting: int, counts: bool) -> None:
    dictionary = Dictionary()
    rows = [row_of(dictionary, told_by(HOME), lasting=lasting)]
    found = count_rows([rows], dictionary.names, over=7 * DAY).counts
    assert found.installations == 0
    assert found[REPORTED][tables.SHARED] == counts
    assert found[tables.MODELS] == dict.fromkeys(
        [("aqara", "LWB010"), ("aqara", "TS0601")] if counts else [], 1
    )


def test_made_up_models_do_not_fill_the_memory() -> None:
    made_up = [home(*[device(model=f"{n} {m}") for m in range(20)]) for n in range(200)]
    fleet = [home(device()), *made_up] + [home(device())] * 199
    counts = count_homes(fleet, max_names=1_000)
    assert counts.crowded
    assert len(counts[tables.MODELS]) <= 1_000
    assert counts[tables.MODELS]["aqara", "LWB010"] == 200
    assert counts.installations == 0
