"""The life of a code: whoever comes and goes, no row ever tells a name that nobody has told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.schema import Told
from receiver.storage import Row, StorageUnavailable
from receiver.storage.bounds import FEW, Bounds
from receiver.storage.valkey import keys
from receiver.storage.valkey.writing import ClusterStore, scripts
from receiver.storage.valkey.writing.store import Pace
from scripts.valkey_servers import AnswerError, Servers
from tests.receiver.stores.engines import Valkey

# In minutes, of which a test says when they pass.
LEASE = 6
MINUTE = 60
NEVER = 10**12
KEYS = tuple(bytes([number]) * 16 for number in range(3))
NAMES = "abcdef"
NOW = 1_800_000_000
RECEIVERS = range(3)
WHO = st.sampled_from(RECEIVERS)
REPORTS = st.tuples(
    st.just("report"),
    WHO,
    st.sampled_from(KEYS),
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True).map(sorted),
)
STEPS = st.lists(
    st.one_of(
        REPORTS,
        REPORTS,
        REPORTS,
        st.tuples(st.just("delete"), WHO, st.sampled_from(KEYS)),
        st.tuples(st.just("ask"), WHO),
        # Nobody asks meanwhile, or one does all the time.
        st.tuples(st.just("passes"), st.sampled_from((1, LEASE // 2 - 1, LEASE + 1))),
        st.tuples(st.just("waits"), WHO, st.just(LEASE + 1)),
        st.tuples(st.just("count"), WHO),
        st.tuples(st.just("count"), WHO),
        # Also what comes in between.
        *(st.tuples(st.just(step), WHO) for step in ("begin", "look", "sweep", "restart")),
    ),
    min_size=15,
    max_size=50,
)


def told(names: list[str]) -> Told:
    return Told({"versions": tuple(names)}, {})


@dataclass(slots=True)
class Scene:
    """Some receivers, what rows have to tell, and a clock that all of them go by."""

    engine: Valkey
    now: float = 0
    receivers: list[ClusterStore] = field(default_factory=list)
    seen: dict[int, Counter[int]] = field(default_factory=dict)
    homes: dict[bytes, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.engine.pace = Pace(
            lease=LEASE, minute=NEVER, upkeep=NEVER, steady=lambda: self.now, rewrite=NEVER
        )

    async def start(self) -> None:
        self.receivers = [await self.engine.receiver() for _ in RECEIVERS]

    async def report(self, who: int, key: bytes, names: list[str]) -> None:
        await self.receivers[who].put(Row(key=key, time=NOW, told=told(names)))
        self.homes[key] = names

    async def delete(self, who: int, key: bytes) -> None:
        await self.receivers[who].delete(key)
        self.homes.pop(key, None)

    async def ask(self, who: int) -> None:
        await self.receivers[who].tell()

    async def passes(self, minutes: int) -> None:
        """Let time pass in which nobody asks."""
        self.now += MINUTE * minutes
        nodes = self.engine.primaries
        for node in nodes or tuple(await asyncio.to_thread(self.engine.servers.primaries)):
            with suppress(AnswerError):
                await asyncio.to_thread(node.call, "INCRBY", keys.MINUTE, minutes)

    async def waits(self, who: int, minutes: int) -> None:
        """Let time pass in which one asks each minute."""
        for _ in range(minutes):
            await self.passes(1)
            await self.ask(who)

    async def count(self, who: int) -> None:
        """Begin, look and sweep, with nothing in between."""
        for step in (self.begin, self.look, self.sweep):
            await step(who)

    async def begin(self, who: int) -> None:
        await self.receivers[who].begin_sweep()
        self.seen.pop(who, None)

    async def look(self, who: int) -> None:
        """Read all rows, as whoever counts does, once."""
        if who not in self.seen:
            self.seen[who] = await self.engine.uses()

    async def sweep(self, who: int) -> None:
        if who in self.seen:
            await self.receivers[who].sweep(self.seen.pop(who))

    async def restart(self, who: int) -> None:
        await self.receivers[who].close()
        self.receivers[who] = await self.engine.receiver()

    async def tells(self) -> dict[bytes, Any]:
        return {key: row.report.get("versions") for key, row in (await self.engine.rows()).items()}


@pytest.mark.long
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(STEPS)
async def test_every_row_tells_what_was_told_whoever_was_away(
    servers: Servers, steps: list[Any]
) -> None:
    await asyncio.to_thread(flush, servers)
    async with AsyncExitStack() as stack:
        scene = Scene(Valkey(stack, several=True, servers=servers))
        scene.engine.primaries = tuple(servers.primaries())
        await scene.start()
        for name, *values in steps:
            await getattr(scene, name)(*values)
            if name in {"report", "sweep"}:
                assert await scene.tells() == scene.homes
        # In the end all goes that nobody tells.
        for _ in range(2):
            await scene.count(0)
            await scene.passes(LEASE + 1)
        assert await scene.tells() == scene.homes
        assert await scene.engine.names() == {
            name for names in scene.homes.values() for name in names
        }


def flush(servers: Servers) -> None:
    for node in servers.primaries():
        node.call("FLUSHALL")


@pytest.fixture
async def scene(servers: Servers) -> AsyncIterator[Scene]:
    """Return three receivers, for whom no time passes by itself."""
    async with AsyncExitStack() as stack:
        scene = Scene(Valkey(stack, several=True, servers=servers))
        await scene.start()
        yield scene


async def retired_by_others(scene: Scene) -> None:
    """Let "a" be in no row any more, and be retired, while the first receiver knows it."""
    await scene.report(0, KEYS[0], ["a"])
    await scene.report(1, KEYS[0], ["b"])
    await scene.count(1)


async def code_of(scene: Scene, name: str) -> int:
    codes = await asyncio.to_thread(scene.engine.hash, keys.CODES)
    (code,) = [
        int(code) for text, code in codes.items() if text.endswith(b'\0"%s"' % name.encode())
    ]
    return code


async def test_names_are_given_out_once_for_all_receivers(scene: Scene) -> None:
    names = [f"2026.{number}" for number in range(50)]
    puts = [
        receiver.put(Row(key=bytes([who, number]) * 8, time=NOW, told=told([name])))
        for who, receiver in enumerate(scene.receivers)
        for number, name in enumerate(names)
    ]
    await asyncio.gather(*puts)
    rows = await scene.engine.rows()
    assert len(rows) == len(puts)
    assert {key: row.report["versions"] for key, row in rows.items()} == {
        bytes([who, number]) * 8: [name] for who in RECEIVERS for number, name in enumerate(names)
    }
    assert sorted(await scene.engine.uses()) == [*range(1, len(names) + 1)]


async def test_a_code_is_given_anew_only_after_the_lease(scene: Scene) -> None:
    await scene.report(0, KEYS[0], ["a"])
    gone = await code_of(scene, "a")
    await scene.delete(0, KEYS[0])
    for minutes in (1, LEASE - 2, 1):
        await scene.count(0)
        await scene.report(0, KEYS[1], [f"after_{minutes}_{scene.now}"])
        assert gone not in await scene.engine.uses()
        await scene.passes(minutes)
    await scene.count(0)
    await scene.report(0, KEYS[1], ["new"])
    assert await code_of(scene, "new") == gone


async def test_who_did_not_ask_yet_may_write_what_was_retired(scene: Scene) -> None:
    await retired_by_others(scene)
    await scene.report(0, KEYS[1], ["a"])
    await scene.passes(LEASE + 1)
    await scene.count(1)
    await scene.report(1, KEYS[2], ["c"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"], KEYS[2]: ["c"]}


async def test_who_was_away_for_long_knows_nothing_any_more(scene: Scene) -> None:
    await retired_by_others(scene)
    await scene.passes(LEASE + 1)
    await scene.count(1)
    await scene.report(1, KEYS[2], ["c"])
    await scene.report(0, KEYS[1], ["a"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"], KEYS[2]: ["c"]}


async def test_who_asks_forgets_what_was_retired(scene: Scene) -> None:
    await retired_by_others(scene)
    # It is never away.
    await scene.waits(0, LEASE + 1)
    await scene.count(1)
    await scene.report(1, KEYS[2], ["c"])
    await scene.report(0, KEYS[1], ["a"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"], KEYS[2]: ["c"]}


async def test_a_name_that_is_told_after_the_count_has_passed_its_row_stays(scene: Scene) -> None:
    await retired_by_others(scene)
    await scene.waits(0, LEASE + 1)
    await scene.begin(1)
    await scene.look(1)
    await scene.report(0, KEYS[1], ["a"])
    await scene.sweep(1)
    await scene.report(1, KEYS[2], ["c"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"], KEYS[2]: ["c"]}


async def test_a_name_that_was_given_while_it_was_retired_is_not_learned(scene: Scene) -> None:
    """The answer to who asks for a name may come after it was retired, and that was told."""
    first = scene.receivers[0]
    await scene.report(1, KEYS[0], ["a"])
    give = first._cluster.write

    async def late(key: bytes, *command: Any, again: bool = False) -> Any:
        found = await give(key, *command, again=again)
        if command[1] == scripts.GIVE:
            first._cluster.write = give  # type: ignore[method-assign]
            await scene.report(1, KEYS[0], ["b"])
            await scene.count(1)
            await scene.passes(1)
            await scene.ask(0)
        return found

    first._cluster.write = late  # type: ignore[method-assign]
    await scene.report(0, KEYS[1], ["a"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"]}
    await scene.delete(0, KEYS[1])
    await scene.waits(0, LEASE + 1)
    await scene.count(1)
    await scene.report(1, KEYS[2], ["c"])
    await scene.report(0, KEYS[1], ["a"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"], KEYS[2]: ["c"]}


async def test_a_name_that_is_told_again_is_taken_back(scene: Scene) -> None:
    await retired_by_others(scene)
    before = await code_of(scene, "a")
    await scene.ask(0)
    await scene.report(0, KEYS[1], ["a"])
    assert await code_of(scene, "a") == before
    await scene.passes(LEASE + 1)
    await scene.count(1)
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"]}


async def test_a_clock_that_leaps_ends_no_lease(scene: Scene) -> None:
    """However far the clock of a node leaps, it makes one minute of all that."""
    store = scene.receivers[0]
    store._dictionary._minute = 60
    node = await asyncio.to_thread(scene.engine.servers.primary_of, keys.MINUTE)
    minutes = []
    for leap in (0, 10**6, -(10**6), 0):
        began = int(await asyncio.to_thread(node.call, "GET", keys.MINUTE_AT) or 0)
        await asyncio.to_thread(node.call, "SET", keys.MINUTE_AT, began + leap)
        await store.tell()
        minutes.append(int(await asyncio.to_thread(node.call, "GET", keys.MINUTE) or 0))
    assert minutes == sorted(minutes)
    assert minutes[-1] <= 3


async def test_known_names_go_on_where_the_node_that_has_them_is_gone(scene: Scene) -> None:
    servers = scene.engine.servers
    primary = await asyncio.to_thread(servers.primary_of, keys.NAMES)
    elsewhere = map(bytes, ([n] * 16 for n in range(99)))
    mine = next(key for key in elsewhere if servers.primary_of(keys.row_key(key)) != primary)
    await scene.report(0, mine, ["a"])
    replicas = await asyncio.to_thread(servers.replicas_of, primary)
    for node in (primary, *replicas):
        node.pause()
    await scene.report(0, mine, ["a"])
    with pytest.raises(StorageUnavailable):
        await scene.report(0, mine, ["new"])
    for node in (primary, *replicas):
        node.resume()


async def test_a_failover_loses_no_name(scene: Scene) -> None:
    servers = scene.engine.servers
    await scene.report(0, KEYS[0], ["a"])
    primary = await asyncio.to_thread(servers.primary_of, keys.NAMES)
    primary.kill()
    await asyncio.to_thread(servers.wait_for_successor, primary)
    for who, name in ((1, "b"), (2, "a"), (0, "c")):
        while True:
            try:
                await scene.report(who, KEYS[who], [name])
            except StorageUnavailable:
                continue
            break
    assert await scene.tells() == {KEYS[1]: ["b"], KEYS[2]: ["a"], KEYS[0]: ["c"]}


async def test_floods_of_made_up_names_are_bounded(servers: Servers) -> None:
    async with AsyncExitStack() as stack:
        pace = Pace(bounds=Bounds(most=100), lease=1, minute=0)
        engine = Valkey(stack, several=True, servers=servers, pace=pace)
        one, other = await engine.receiver(), await engine.receiver()
        flood = [
            Row(key=bytes([n] * 16), time=NOW, told=told([f"{n}_{i}" for i in range(30)]))
            for n in range(5)
        ]
        common = Row(key=b"common" * 2, time=NOW, told=told(["0_0"]))
        await one.put(common)
        for row in flood:
            await one.put(row)
        # Two that come before it is half full, and then few each.
        assert len(await engine.names()) == 60 + 2 * FEW
        for crowded in (True, False, False, False):
            await one.begin_sweep()
            assert await one.sweep(await engine.uses()) == crowded
            await other.leave_nameless_out()
            await one.leave_nameless_out()
        assert len(await engine.names()) == len(await engine.uses()) == 50
        assert "0_0" in await engine.names()
        await other.tell()
        await other.put(Row(key=common.key, time=NOW, told=told(["new"])))
        assert (await engine.rows())[common.key].report == {"versions": ["new"]}
