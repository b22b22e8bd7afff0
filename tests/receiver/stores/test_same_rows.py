"""Whatever comes in whatever order: rows in a cluster of two receivers are those in a file."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.clock import CORRECTED
from receiver.schema import Told
from receiver.storage import Event, Row, Stored
from receiver.storage.errors import NotKeptError
from receiver.storage.writing import Store
from receiver.storage.writing.changes import UNCHANGED_FOR
from scripts.kept_rows import KeptRow
from scripts.valkey_servers import Servers
from tests.receiver.stores.engines import Engine, Sqlite, Valkey

HOUR, DAY = 3600, 24 * 3600
KEYS = st.sampled_from([bytes([number] * 16) for number in range(3)])
REPORTS = st.sampled_from([Told({"versions": (v,)}, {"state_count": 7}) for v in ("1", "2")])
EVENTS = st.sampled_from([Told({"starts": ((f"2026.{n}", None),)}, {}) for n in range(4)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("report"), KEYS, REPORTS, st.booleans()),
        st.tuples(st.just("report"), KEYS, REPORTS, st.just(False)),
        st.tuples(st.just("event"), KEYS, EVENTS, st.booleans()),
        st.tuples(st.just("coarse"), KEYS, REPORTS, st.booleans(), st.booleans()),
        st.tuples(st.just("delete"), KEYS),
        st.tuples(
            st.just("passes"), st.sampled_from((1, UNCHANGED_FOR, DAY, 9 * DAY, -HOUR, -2 * DAY))
        ),
        st.tuples(st.just("redate")),
        st.tuples(st.just("sweep")),
    ),
    min_size=5,
    max_size=25,
)


@asynccontextmanager
async def engines(servers: Servers) -> AsyncIterator[tuple[Engine, Engine]]:
    """Return a file and a cluster that keep nothing yet."""
    primaries = tuple(servers.primaries())
    for node in primaries:
        await asyncio.to_thread(node.call, "FLUSHALL")
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        file = Sqlite(stack, several=False, path=Path(folder) / "analytics.db")
        yield file, Valkey(stack, several=True, servers=servers, primaries=primaries)


def times(stored: Stored) -> Any:
    """Return all of a row but its codes."""
    events = [(one.time, one.doubted) for one in stored.events]
    return replace(stored, report=stored.report[:0], events=[]), events


def plain(rows: Mapping[bytes, KeptRow]) -> dict[bytes, Any]:
    return {key: (row.report, row.events, times(row.stored)) for key, row in rows.items()}


async def do(store: Store, now: int, step: str, *values: Any) -> None:
    if step in {"report", "event"}:
        key, told, doubted = values
        kind = Row if step == "report" else Event
        await store.put(kind(key=key, time=now, told=told, doubted=doubted))
    elif step == "coarse":
        key, told, doubted, known = values
        row = Row(key=key, time=now, told=told, doubted=doubted, coarse=True, known=known)
        # Where one engine keeps it and the other does not, their rows differ.
        with suppress(NotKeptError):
            await store.put(row)
    elif step == "delete":
        await store.delete(*values)
    elif step in {"redate", "sweep"}:
        await store.redate(now, to_come=now + CORRECTED, stop=lambda: False)
        if step == "sweep":
            await store.expire(now - 8 * DAY)


@pytest.mark.long
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS)
async def test_rows_are_the_same_on_both_engines(servers: Servers, steps: list[Any]) -> None:
    async with engines(servers) as (file, cluster):
        writer = await file.receiver()
        two = [await cluster.receiver() for _ in range(2)]
        now = int(time.time())
        for number, (step, *values) in enumerate(steps):
            if step == "passes":
                now += values[0]
                continue
            await do(writer, now, step, *values)
            # All that is looked for in all rows is done by one of them, or the other would wait.
            await do(two[number % 2 * (step not in {"redate", "sweep"})], now, step, *values)
        assert plain(await cluster.rows()) == plain(await file.rows())
