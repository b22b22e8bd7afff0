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
from receiver.storage.valkey.writing import ClusterStore, naming
from receiver.storage.valkey.writing.names import Names
from receiver.storage.valkey.writing.store import Pace
from scripts.valkey_servers import AnswerError, Servers
from tests.receiver.stores.engines import Valkey
from tests.receiver.waiting import at_most

# In minutes, of which a test says when they pass.
LEASE = 6
MINUTE = 60
NEVER = 10**12
KEYS = tuple(bytes([number]) * 16 for number in range(3))
NAMES = "abcdef"
OF_NAMES = (
    *(keys.CODES, keys.NAMES, keys.RETIRED, keys.FREE, keys.LAST, keys.SIZE, keys.FREED),
    *(keys.MINUTE, keys.MINUTE_AT, keys.AT),
)
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
        # All since time has passed, and longer ago nobody gave a code back.
        st.tuples(st.just("loses")),
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
    saved: dict[bytes, bytes] = field(default_factory=dict)
    lost: bool = False

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
        await asyncio.to_thread(self._at_names, "INCRBY", keys.MINUTE, minutes)
        await self.save()

    async def save(self) -> None:
        """Note what the node with the names has."""
        dumps = [await asyncio.to_thread(self._at_names, "DUMP", key) for key in OF_NAMES]
        self.saved = {key: dump for key, dump in zip(OF_NAMES, dumps, strict=True) if dump}

    async def loses(self, how: str = "restarted") -> None:
        """Let that node have only what was noted."""
        self.lost = True
        for key in OF_NAMES:
            await asyncio.to_thread(self._at_names, "DEL", key)
            if key in self.saved and how != "emptied":
                await asyncio.to_thread(self._at_names, "RESTORE", key, 0, self.saved[key])
        if how == "restarted" and keys.AT in self.saved:
            # It has written this in an earlier run.
            await asyncio.to_thread(self._at_names, "SETRANGE", keys.AT, 41, "0" * 40)

    def _at_names(self, command: str, key: bytes, *values: Any) -> Any:
        """Have something done where the names are."""
        for node in self.engine.primaries or self.engine.servers.primaries():
            with suppress(AnswerError):
                return node.call(command, key, *values)
        raise AssertionError("Nobody has the names")

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

    async def told_at_last(self, who: int, key: bytes, names: list[str]) -> None:
        """Report until that is kept."""
        while True:
            with suppress(StorageUnavailable):
                return await self.report(who, key, names)

    async def assert_tells_nothing_else(self) -> None:
        """Make sure that no row tells what was not told, and all of it where nothing is lost."""
        tells = await self.tells()
        if not self.lost:
            assert tells == self.homes
        assert tells.keys() == self.homes.keys()
        assert all({*(tells[key] or ())} <= {*names} for key, names in self.homes.items()), tells

    async def told_again(self) -> None:
        """Let all report again that are there."""
        for key, names in self.homes.items():
            await self.report(0, key, names)

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
            if name in {"report", "sweep", "loses"}:
                await scene.assert_tells_nothing_else()
        # In the end all is told, and goes that nobody tells.
        for who in RECEIVERS:
            await scene.ask(who)
        await scene.told_again()
        assert await scene.tells() == scene.homes
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
    codes = sorted(await scene.engine.uses())
    assert codes == [*range(codes[0], codes[0] + len(names))]


async def test_a_code_is_given_anew_only_after_the_lease(scene: Scene) -> None:
    await scene.report(0, KEYS[0], ["a"])
    gone = await code_of(scene, "a")
    await scene.delete(0, KEYS[0])
    for minutes in (1, LEASE - 2, 1):
        await scene.count(0)
        await scene.report(0, KEYS[1], [f"after_{minutes}_{scene.now}"])
        assert gone not in await scene.engine.uses()
        await scene.passes(minutes)
    # Its name is gone, and it rests for as long again.
    for minutes in (1, LEASE - 2, 1):
        await scene.count(0)
        assert "a" not in await scene.engine.names()
        await scene.report(0, KEYS[1], [f"rests_{minutes}_{scene.now}"])
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
        if command[1] == naming.GIVE:
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
        await scene.told_at_last(who, KEYS[who], [name])
    assert await scene.tells() == {KEYS[1]: ["b"], KEYS[2]: ["a"], KEYS[0]: ["c"]}


@pytest.mark.parametrize("how", ["restarted", "emptied"])
async def test_no_code_stands_for_another_name_where_the_last_ones_are_lost(
    scene: Scene, how: str
) -> None:
    await scene.report(0, KEYS[0], ["a"])
    await scene.save()
    await scene.report(0, KEYS[1], ["b"])
    await scene.loses(how)
    # By now the first one does not know that.
    await scene.report(1, KEYS[2], ["c"])
    await scene.report(0, KEYS[1], ["b"])
    await scene.assert_tells_nothing_else()
    await scene.ask(0)
    await scene.told_again()
    assert await scene.tells() == scene.homes


async def test_who_knows_more_than_the_node_makes_all_load_anew(scene: Scene) -> None:
    """What was put back under a node that goes on shows by the codes that receivers know."""
    await scene.report(0, KEYS[0], ["a"])
    await scene.save()
    await scene.report(0, KEYS[1], ["b"])
    await scene.loses("put back")
    await scene.ask(0)
    await scene.report(1, KEYS[2], ["c"])
    await scene.told_again()
    assert await scene.tells() == scene.homes


async def test_a_node_that_was_killed_and_is_back_with_less_is_not_believed(scene: Scene) -> None:
    servers = scene.engine.servers
    await scene.report(0, KEYS[0], ["a"])
    await scene.save()
    await scene.report(0, KEYS[1], ["b"])
    node = await asyncio.to_thread(servers.primary_of, keys.NAMES)
    await asyncio.to_thread(node.kill)
    await asyncio.to_thread(servers.restart, node)
    await asyncio.to_thread(servers.wait_until_whole)
    await scene.loses("put back")
    await scene.told_at_last(1, KEYS[2], ["c"])
    await scene.assert_tells_nothing_else()
    assert (await scene.tells())[KEYS[2]] == ["c"]
    await scene.ask(0)
    await scene.told_again()
    assert await scene.tells() == scene.homes


async def rests(scene: Scene) -> None:
    """Let a code rest that no name has any more, for long enough."""
    await retired_by_others(scene)
    await scene.waits(0, LEASE + 1)
    await scene.count(1)
    await scene.waits(0, LEASE + 1)


async def test_a_code_that_was_free_is_given_to_one_name_where_that_is_lost(scene: Scene) -> None:
    await rests(scene)
    await scene.count(1)
    await scene.save()
    await scene.report(0, KEYS[1], ["d"])
    await scene.loses()
    await scene.report(1, KEYS[2], ["c"])
    await scene.assert_tells_nothing_else()


async def test_a_code_that_rested_before_the_loss_rests_for_as_long_again(scene: Scene) -> None:
    await rests(scene)
    await scene.count(1)
    await scene.report(0, KEYS[1], ["d"])
    await scene.delete(0, KEYS[1])
    await scene.loses()
    await scene.count(1)
    await scene.report(1, KEYS[2], ["c"])
    # It knows "d", and did not ask since.
    await scene.report(0, KEYS[1], ["d"])
    await scene.assert_tells_nothing_else()


async def test_a_mark_of_before_the_loss_lets_no_code_go(scene: Scene) -> None:
    """That a name was taken back may be lost, and a sweep may have begun before."""
    await retired_by_others(scene)
    await scene.waits(0, LEASE + 1)
    await scene.report(0, KEYS[1], ["a"])
    await scene.delete(0, KEYS[1])
    await scene.begin(1)
    await scene.look(1)
    await scene.loses()
    await scene.sweep(1)
    # It knows "a" by now, and did not ask since.
    await scene.report(0, KEYS[1], ["a"])
    await scene.report(1, KEYS[2], ["c"])
    assert await scene.tells() == {KEYS[0]: ["b"], KEYS[1]: ["a"], KEYS[2]: ["c"]}


class Held:
    """Lets a receiver ask for names only when so many have read their rows, and wait for that."""

    def __init__(self, store: ClusterStore) -> None:
        """Stand between it and its cluster."""
        self.asked = 0
        self.works = True
        self._cluster = store._cluster
        self._left = 0
        self._all_wait = asyncio.Event()
        self._read, self._write = self._cluster.read, self._cluster.write
        self._cluster.read = self.read  # type: ignore[method-assign]
        self._cluster.write = self.write  # type: ignore[method-assign]

    def until(self, many: int) -> None:
        """Say how many are to wait."""
        self._left = many
        self._all_wait.clear()

    async def read(self, key: bytes, *command: Any) -> Any:
        """Count who has read a row."""
        found = await self._read(key, *command)
        if key.startswith(keys.ROW):
            self._left -= 1
            if self._left == 0:
                self._all_wait.set()
        return found

    async def write(self, key: bytes, *command: Any, again: bool = False) -> Any:
        """Count who asks for names, and hold them."""
        if command[1] == naming.ASK:
            self.asked += 1
            await self._all_wait.wait()
            if not self.works:
                raise StorageUnavailable("not now")
        return await self._write(key, *command, again=again)


async def test_all_that_wait_for_the_names_wait_for_one_answer(scene: Scene) -> None:
    """What fails, fails for all at once; what works is asked for once."""
    first = scene.receivers[0]
    await scene.report(0, KEYS[0], ["a"])
    await scene.passes(LEASE + 1)
    held = Held(first)
    rows = [Row(key=bytes([n] * 16), time=NOW, told=told(["a"])) for n in range(30)]
    held.works = False
    held.until(len(rows))
    found = await asyncio.gather(*map(first.put, rows), return_exceptions=True)
    assert [str(one) for one in found] == ["not now"] * len(rows)
    assert held.asked == 1
    held.works = True
    held.until(len(rows))
    await asyncio.gather(*map(first.put, rows))
    # Before and after all names were read.
    assert held.asked == 3


async def test_who_is_gone_before_the_answer_ends_it_for_nobody_else(scene: Scene) -> None:
    await scene.passes(LEASE + 1)
    first = scene.receivers[0]
    held = Held(first)
    rows = [Row(key=key, time=NOW, told=told(["a"])) for key in KEYS]
    held.until(len(rows) + 1)
    gone, *others = [asyncio.create_task(first.put(row)) for row in rows]
    while held._left > 1:
        await asyncio.sleep(0)
    gone.cancel()
    # The last one for whom that was held.
    others.append(asyncio.create_task(first.put(rows[1])))
    await asyncio.gather(*others)
    assert held.asked == 2
    assert await scene.tells() == {key: ["a"] for key in KEYS[1:]}


async def test_what_fails_in_one_minute_is_done_in_the_next(
    servers: Servers, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = asyncio.Event()
    times = []

    async def fails(_self: ClusterStore) -> None:
        times.append(1)
        if len(times) > 1:
            again.set()
        raise KeyError("what an installation told")

    monkeypatch.setattr(ClusterStore, "tell", fails)
    async with AsyncExitStack() as stack:
        await Valkey(stack, several=True, servers=servers, pace=Pace(upkeep=0)).receiver()
        async with at_most(60, lambda: "the next minute"):
            await again.wait()
    assert "What is done each minute failed: KeyError" in caplog.text
    assert "an installation told" not in caplog.text


def test_a_name_is_known_by_one_code() -> None:
    names = Names()
    named = ("versions", "a")
    names.learn(named, 1)
    names.learn(named, 2)
    assert (names.name_of(1), names.name_of(2)) == (None, named)
    names.forget([1])
    assert not [*names.unknown(told(["a"]))]
    # Of a code that another name has now.
    names.learn(("versions", "b"), 2)
    assert [*names.unknown(told(["a", "b"]))] == [named]
    names.forget([2])
    assert len(names) == 0


async def test_floods_of_made_up_names_are_bounded(servers: Servers) -> None:
    async with AsyncExitStack() as stack:
        pace = Pace(bounds=Bounds(most=100), lease=1, minute=0)
        engine = Valkey(stack, several=True, servers=servers, pace=pace)
        one, other = await engine.receiver(), await engine.receiver()
        flood = [
            Row(key=bytes([n] * 16), time=NOW, told=told([f"{n}_{i}" for i in range(30)]))
            for n in range(5)
        ]
        common = Row(key=b"common" * 2 + b"rows", time=NOW, told=told(["0_0"]))
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


async def test_a_row_of_many_names_is_bounded_as_one_of_few(servers: Servers) -> None:
    """It asks for them a part at a time, so that neither node nor event loop stands still."""
    async with AsyncExitStack() as stack:
        pace = Pace(bounds=Bounds(most=1_000))
        engine = Valkey(stack, several=True, servers=servers, pace=pace)
        store = await engine.receiver()
        known = []
        for number in range(3):
            names = [f"{number}_{place}" for place in range(450)]
            both = Told({"versions": names[:449], "models": [("a", names[0])]}, {})
            await store.put(Row(key=bytes([number] * 16), time=NOW, told=both))
            known.append(len(await engine.names()))
        # What comes while it gets half full, and afterwards, is few.
        assert known == [450, 450 + 201, 450 + 201 + FEW + 1]
        rows = await engine.rows()
        assert len(rows[bytes(16)].report["versions"]) == 449
        assert [rows[bytes([n] * 16)].report["models"] for n in range(3)] == [
            [("a", f"{n}_0")] for n in range(3)
        ]
