"""Names come and go with the rows that have them; a code given anew is nobody's old one."""

import json
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.keys import PUBLISHER
from receiver.schema import MAX_NAMES, Told
from receiver.storage import Event, Row
from receiver.storage.sqlite.writing import Writer
from scripts.kept_rows import kept_rows
from tests.receiver.disk import until_gone
from tests.receiver.reports import base_report, new_id
from tests.receiver.running import Receiver, StartReceiver

# Few keys, so that rows change, and so many names that most are told by one or by none.
KEYS = st.integers(0, 2).map(lambda number: bytes([number]) * 16)
NAMES = st.lists(st.sampled_from("abcdefghijklmnopqrst"), min_size=1, max_size=2, unique=True).map(
    sorted
)
STEPS = st.lists(
    st.tuples(st.just("report"), KEYS, NAMES)
    | st.tuples(st.just("event"), KEYS, NAMES)
    | st.tuples(st.just("delete"), KEYS)
    | st.tuples(st.just("look"))
    | st.tuples(st.just("sweep"))
    | st.tuples(st.just("restart")),
    min_size=10,
    max_size=30,
)
HOUR = 3600


def told(table: str, names: list[str]) -> Told:
    return Told({table: tuple(names)}, {})


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name) / "analytics.db"


def uses(database: Path) -> Counter[int]:
    """Return how often each code is in a row, as whoever counts sees it."""
    found: Counter[int] = Counter()
    for row in kept_rows(database):
        found.update(row.stored.report)
        for event in row.stored.events:
            found.update(event.codes)
    return found


def known(database: Path) -> set[str]:
    """Return the names that the dictionary has on the disk."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name FROM name WHERE name NOTNULL").fetchall()
    return {json.loads(name) for (name,) in found}


def rows_of_names(database: Path) -> int:
    """Return how many codes the dictionary has on the disk, also those without a name."""
    with closing(sqlite3.connect(database)) as connection:
        (found,) = connection.execute("SELECT count(*) FROM name").fetchone()
    return int(found)


def told_now(database: Path) -> dict[bytes, Any]:
    """Return what rows tell: of each installation its report, None without one, and its events."""
    return {
        row.key: (row.report.get("versions"), sorted(one["starts"] for one in row.events))
        for row in kept_rows(database)
    }


@dataclass(slots=True)
class Scene:
    """A database with its writer, and what was told and not deleted since."""

    database: Path
    writer: Writer
    homes: dict[bytes, tuple[list[str] | None, list[list[str]]]] = field(default_factory=dict)
    seen: Counter[int] = field(default_factory=Counter)
    time: int = 0

    async def report(self, key: bytes, names: list[str]) -> None:
        await self.writer.put(Row(key=key, time=self.time, told=told("versions", names)))
        _, events = self.homes.get(key, (None, []))
        self.homes[key] = names, events

    async def event(self, key: bytes, names: list[str]) -> None:
        await self.writer.put(Event(key=key, time=self.time, told=told("starts", names)))
        report, events = self.homes.get(key, (None, []))
        self.homes[key] = report, sorted([*(one for one in events if one != names), names])

    async def delete(self, key: bytes) -> None:
        await self.writer.delete(key)
        self.homes.pop(key, None)

    async def look(self) -> None:
        """Read all rows, as whoever counts does."""
        await self.writer.begin_sweep()
        self.seen = uses(self.database)

    async def sweep(self) -> None:
        """Hand over what was seen then, once."""
        await self.writer.sweep(self.seen)
        self.seen = Counter()

    async def restart(self) -> None:
        await self.writer.close()
        self.writer = Writer(self.database)
        await self.writer.start()


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
async def test_every_row_says_what_was_told_whatever_was_freed(steps: list[Any]) -> None:
    with folder() as database:
        scene = Scene(database, Writer(database))
        await scene.writer.start()
        for name, *values in [*steps, ("look",), ("sweep",)]:
            scene.time += HOUR
            await getattr(scene, name)(*values)
            assert told_now(database) == scene.homes
        await scene.writer.close()
        left = [one for report, events in scene.homes.values() for one in (report or [], *events)]
        assert known(database) == set(chain.from_iterable(left))


async def test_a_name_that_only_one_home_told_leaves_the_disk_with_it(receiver: Receiver) -> None:
    uuid = new_id()
    await receiver.post_all([base_report(uuid=uuid, integrations=["hue", "nobody_elses"])])
    await receiver.post_all([base_report(integrations=["hue"])])
    assert await receiver.publish()
    assert known(receiver.database) >= {"hue", "nobody_elses"}
    assert await receiver.delete(uuid) == 204
    assert await receiver.publish()
    await until_gone(receiver.database, "nobody_elses")
    assert "hue" in known(receiver.database)


async def test_a_flood_of_made_up_names_leaves_no_codes_in_its_rows(tmp_path: Path) -> None:
    database = tmp_path / "analytics.db"
    scene = Scene(database, Writer(database))
    await scene.writer.start()
    most, in_a_report = MAX_NAMES // 2, 999
    for number in range(most // in_a_report + 1):
        names = [f"{number}_{name}" for name in range(in_a_report)]
        await scene.report(number.to_bytes(16, "big"), names)
    assert len(known(database)) > most
    for _ in range(2):
        await scene.look()
        await scene.sweep()
        await scene.writer.leave_nameless_out()
    assert told_now(database).keys() == scene.homes.keys()
    assert len(known(database)) == len(uses(database)) == rows_of_names(database) == most
    await scene.writer.close()


async def test_figures_are_of_the_name_that_a_code_stands_for_now(
    start_receiver: StartReceiver,
) -> None:
    receiver = await start_receiver(smallest_group=1)
    uuid = new_id()
    await receiver.post_all([base_report(uuid=uuid, integrations=["old"]), base_report()])
    await receiver.delete(uuid)
    assert await receiver.publish()
    await receiver.post_all([base_report(integrations=["new"])])
    assert await receiver.publish()
    assert receiver.app[PUBLISHER].figures["integrations"] == {"new": 1}
    # The new name has the code of the old one.
    codes = sorted(uses(receiver.database))
    assert codes == [*range(1, len(codes) + 1)]
