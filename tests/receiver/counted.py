"""Reports and events counted as the receiver does it: taken, kept as rows of codes, counted."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import orjson

from receiver import counting
from receiver.counting import rows
from receiver.counting.counts import merge
from receiver.schema import (
    MAX_NAME_BYTES,
    MAX_NAMES,
    SETUP_FAILURES,
    Told,
    validate,
    validate_event,
)
from receiver.storage import FOREVER
from receiver.storage.layout import Stored
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.writing import changes
from tests.receiver.reports import new_id

# A report as it was taken, in JSON, and its place.
type Member = tuple[bytes, str | None, str | None]
# Time and JSON of each event of an installation.
type Life = Sequence[tuple[int, bytes]]

TIME = 1_795_608_000


class Counts(counting.Counts):
    """Counts whose tables are attributes as well."""

    __slots__ = ()

    def __getattr__(self, table: str) -> Any:
        return self[table]


def count(
    fleet: Iterable[Member], *, max_names: int = MAX_NAMES, max_bytes: int = MAX_NAME_BYTES
) -> Counts:
    """Count reports."""
    return count_all(fleet, (), max_names=max_names, max_bytes=max_bytes)


def count_lives(counts: counting.Counts, lives: Iterable[Life], **bounds: int) -> None:
    """Count the events of installations besides, those of each at once."""
    _become(counts, merge(counts, count_all((), lives, **bounds), **bounds))


def count_all(fleet: Iterable[Member], lives: Iterable[Life], **bounds: int) -> Counts:
    """Count installations, of which some have a report, some events, and some both."""
    dictionary = Dictionary()
    kept = [packed(dictionary, *one) for one in zip_longest(fleet, lives)]
    counts = Counts()
    _become(counts, count_rows([kept], dictionary.names, **bounds).counts)
    return counts


def count_rows(
    parts: Iterable[Sequence[bytes]],
    names: Callable[[], Iterable[Any]],
    over: int = 0,
    until: int = FOREVER,
    **bounds: int,
) -> rows.Counted:
    """Count rows, as the process does that counts."""
    latest = rows.latest_of(names())
    sums = rows.tally(parts, latest, over, until)
    return rows.named(sums, names(), latest, **bounds)


def packed(dictionary: Dictionary, member: Member | None, life: Life | None = None) -> bytes:
    """Return the row of an installation."""
    stored = Stored()
    if member is not None:
        body, country, region = member
        told = _report(body).at(country, region)
        changes.keep_report(stored, dictionary.encode(told), TIME, doubted=False)
    for time, event in sorted(life or ()):
        codes = dictionary.encode(_event(event))
        changes.keep_event(stored, codes, TIME + time, doubted=False)
    if life:
        names = {code: name for code, table, name in dictionary.names() if table == SETUP_FAILURES}
        changes.cut_failures(stored, names.get)  # type: ignore[arg-type]
    return stored.pack()


@lru_cache(4_096)
def _report(body: bytes) -> Told:
    return validate(orjson.loads(body) | {"uuid": new_id()}).told


@lru_cache(4_096)
def _event(body: bytes) -> Told:
    return validate_event(orjson.loads(body) | {"uuid": new_id()}).told


def _become(counts: counting.Counts, others: counting.Counts) -> None:
    counts.installations = others.installations
    counts.tables = others.tables
    counts.statistics = others.statistics
    counts.crowded = others.crowded
