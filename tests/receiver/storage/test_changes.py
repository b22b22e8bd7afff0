"""What becomes of a row: as a plain model says, for whatever comes in whatever order."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receiver.clock import CORRECTED
from receiver.schema import Told
from receiver.storage import Event, Row, Stored
from receiver.storage.layout import Moment, words
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.sqlite.tables import SCHEMA
from receiver.storage.sqlite.writing.ledger import Ledger, Old
from receiver.storage.sqlite.writing.statements import expire, put, redate
from receiver.storage.writing.changes import MAX_EVENTS, MAX_FAILURES, UNCHANGED_FOR

HOUR, DAY = 3600, 24 * 3600
NOW = 1_800_000_000
KEYS = tuple(bytes([number] * 16) for number in range(3))
REPORTS = tuple(Told({"versions": (version,)}, {"state_count": 7}) for version in ("1", "2"))
EVENTS = tuple(Told({"starts": ((f"2026.{number}", None),)}, {}) for number in range(60))


@contextmanager
def ledgers() -> Iterator[Ledger]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        yield Ledger(connection, Dictionary(), Old(left=False))


def kept(ledger: Ledger) -> dict[bytes, Stored]:
    """Return all rows, and make sure that what stands beside each is of it."""
    query = "SELECT key, due, latest, doubted, row FROM installation"
    found = {}
    for key, *beside, row in ledger.connection.execute(query):
        found[key] = stored = Stored.unpack(row)
        assert beside == [stored.due, stored.latest, stored.doubted]
    return found


@dataclass(slots=True)
class Home:
    """An installation as the model has it: what it told last, and its events, latest first."""

    told: Told | None = None
    first: int = 0
    last: int = 0
    first_doubted: bool = False
    last_doubted: bool = False
    events: list[tuple[int, bool, Told]] = field(default_factory=list)

    def reports(self, row: Row) -> None:
        doubted = self.first_doubted or self.last_doubted
        same = self.told is row.told and not doubted and not row.doubted
        # For as many whole days as it is known already.
        same &= (row.time - self.first) // DAY == (self.last - self.first) // DAY
        if same and 0 <= row.time - self.last < UNCHANGED_FOR:
            return
        if self.told is None:
            self.first, self.first_doubted = row.time, row.doubted
        elif self.first_doubted and not row.doubted:
            # Nobody knows when that was.
            self.first, self.first_doubted = row.time, False
        self.first = min(self.first, row.time)
        self.told, self.last, self.last_doubted = row.told, row.time, row.doubted

    def lives(self, event: Event) -> None:
        now = event.time
        times = [time for time, _, told in self.events if told is event.told]
        others = [one for one in self.events if one[2] is not event.told]
        latest = max([now, *times])
        if not event.doubted:
            others = dated_anew(others, now - 1, now + CORRECTED)
            latest = now if latest > now + CORRECTED else latest
        ordered = by_time([(latest, event.doubted, event.told), *others])
        self.events = ordered[:MAX_EVENTS]

    def expires(self, before: int) -> None:
        if self.last < before:
            self.told, self.first, self.last = None, 0, 0
            self.first_doubted = self.last_doubted = False
        self.events = [one for one in self.events if one[0] >= before]

    def is_dated_anew(self, now: int) -> None:
        if self.told and (self.last_doubted or self.last > now + CORRECTED):
            then = now if self.last % DAY else now // DAY * DAY
            self.first = then if self.first_doubted else min(self.first, then)
            self.last, self.first_doubted, self.last_doubted = then, False, False
        self.events = by_time(dated_anew(self.events, now, now + CORRECTED))

    def stored(self, dictionary: Dictionary) -> Stored:
        return Stored(
            report=dictionary.encode(self.told) if self.told else words(),
            first_seen=self.first,
            last_seen=self.last,
            first_doubted=self.first_doubted,
            last_doubted=self.last_doubted,
            events=[
                Moment(time, doubted, dictionary.encode(told))
                for time, doubted, told in self.events
            ],
        )


type Life = list[tuple[int, bool, Told]]


def dated_anew(events: Life, now: int, to_come: int) -> Life:
    """Return them with those of now that were doubted or to come: a second apart."""
    following = iter(range(now, 0, -1))
    return [
        (next(following), False, told) if doubted or time > to_come else (time, doubted, told)
        for time, doubted, told in events
    ]


def by_time(events: Life) -> Life:
    return sorted(events, key=lambda one: -one[0])


@dataclass(slots=True)
class Fleet:
    """Some homes, what time it is for them, and the database that is to have the same."""

    ledger: Ledger
    now: int = NOW
    homes: dict[bytes, Home] = field(default_factory=lambda: {key: Home() for key in KEYS})

    def take(self, batch: Sequence[tuple[bytes, Told, int, bool]]) -> None:
        records = list[Row | Event]()
        for key, told, passed, doubted in batch:
            self.now += passed
            if told in REPORTS:
                row = Row(key=key, time=self.now, told=told, doubted=doubted)
                self.homes[key].reports(row)
                records.append(row)
            else:
                event = Event(key=key, time=self.now, told=told, doubted=doubted)
                self.homes[key].lives(event)
                records.append(event)
        put(self.ledger, records)

    def expire(self) -> None:
        before = self.now - 60 * DAY
        while expire(self.ledger, before)[0]:
            pass
        for home in self.homes.values():
            home.expires(before)

    def date_anew(self) -> None:
        while redate(self.ledger, self.now, self.now + CORRECTED):
            pass
        for home in self.homes.values():
            home.is_dated_anew(self.now)

    def stored(self) -> dict[bytes, Stored]:
        found = {key: home.stored(self.ledger.dictionary) for key, home in self.homes.items()}
        return {key: one for key, one in found.items() if not one.empty}


passing = st.sampled_from((0, 1, HOUR, 11 * HOUR, 12 * HOUR, DAY, 40 * DAY, -HOUR // 2, -3 * DAY))
records = st.tuples(
    st.sampled_from(KEYS),
    st.sampled_from(REPORTS) | st.sampled_from(EVENTS[:5]) | st.sampled_from(EVENTS),
    passing,
    st.booleans(),
)
batches = st.lists(records, min_size=1, max_size=8)
steps = st.sampled_from((Fleet.expire, Fleet.date_anew)) | batches


@settings(max_examples=150)
@given(st.lists(steps, max_size=12))
def test_whatever_comes_rows_are_as_the_model_says(sequence: list[Any]) -> None:
    with ledgers() as ledger:
        fleet = Fleet(ledger)
        for step in sequence:
            if callable(step):
                step(fleet)
            else:
                fleet.take(step)
            assert kept(ledger) == fleet.stored()


def test_the_oldest_of_many_events_make_room() -> None:
    with ledgers() as ledger:
        events = [
            Event(key=KEYS[0], time=NOW + number, told=told) for number, told in enumerate(EVENTS)
        ]
        put(ledger, events[:30])
        put(ledger, events[30:])
        (stored,) = kept(ledger).values()
        latest = [ledger.dictionary.encode(told) for told in EVENTS[: -MAX_EVENTS - 1 : -1]]
        assert [one.codes for one in stored.events] == latest


failures = st.lists(
    st.tuples(st.integers(0, 150).map(str), st.sampled_from(("error", "not_ready", "other"))),
    unique_by=lambda one: one[0],
    min_size=50,
    max_size=150,
)


@settings(max_examples=15)
@given(st.lists(failures, max_size=6))
def test_of_failures_to_set_up_the_latest_that_differ_are_kept(
    starts: list[list[tuple[str, str]]],
) -> None:
    with ledgers() as ledger:
        for number, failed in enumerate(starts):
            names = (*failed, *((domain, None) for domain, _ in failed))
            told = Told({"starts": ((f"{number}", None),), "setup_failures": names}, {})
            put(ledger, [Event(key=KEYS[0], time=NOW + number, told=told)])
        life = [event.codes for one in kept(ledger).values() for event in one.events]
        found = [[ledger.dictionary.name_of(code) for code in codes] for codes in life]
        of_failures = {one[1] for one in chain.from_iterable(found) if one and one[0] != "starts"}
        latest = {*islice(dict.fromkeys(chain.from_iterable(reversed(starts))), MAX_FAILURES)}
        assert of_failures == latest | {(domain, None) for domain, _ in latest}
        assert [names[0] for names in found] == [
            ("starts", (f"{number}", None)) for number in reversed(range(len(starts)))
        ]


@pytest.mark.parametrize("time", [-5, 2**40])
def test_a_time_that_no_row_can_have_is_the_nearest_that_it_can(time: int) -> None:
    with ledgers() as ledger:
        put(ledger, [Row(key=KEYS[0], time=time, told=REPORTS[0])])
        put(ledger, [Event(key=KEYS[0], time=time, told=EVENTS[0])])
        (stored,) = kept(ledger).values()
        assert stored.latest == stored.due == min(max(time, 0), 2**32 - 1)
