"""All that a cluster keeps, read while it stands still, while slots move and while a node dies."""

import asyncio
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import zip_longest
from operator import add
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from valkey.crc import key_slot

from receiver.counting.rows import latest_of, named, tally
from receiver.schema import Told
from receiver.storage import FOREVER, Source, StorageError, StorageUnavailable
from receiver.storage.servers import Servers
from receiver.storage.sqlite import reading as reading_file
from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.valkey import keys
from receiver.storage.valkey.reading import chart, reading, wires
from receiver.storage.valkey.reading import kept as kept_module
from receiver.storage.valkey.reading.slots import Slots
from scripts.valkey_servers import Node as Real
from scripts.valkey_servers import Servers as RealServers
from tests.receiver import child
from tests.receiver.counted import Life, Member, count_all, packed
from tests.receiver.fleets import fleets, lives
from tests.receiver.homes import device, home, told_by
from tests.receiver.reports import valid_report
from tests.receiver.rows import keep_all, row, told
from tests.receiver.valkey.certificates import Certificates, authority
from tests.receiver.valkey.clients import options
from tests.receiver.valkey.fake import Fake, times
from tests.receiver.valkey.filled import fill, send

# More than one is read at once, and no node has all of them.
TAGS = 40
# Of each of these slots.
ROWS = 30
READER = ("user", "reader", "on", ">secret", "~*", "+@read", "+cluster|info", "+cluster|nodes")
READS = ("+cluster|slots", "+cluster|countkeysinslot", "+cluster|getkeysinslot", "+asking")


def key_of(number: int) -> bytes:
    return number.to_bytes(16, "little")


def crowded() -> dict[bytes, bytes]:
    """Return rows of which many share a slot, each of its own key."""
    found = {}
    for tag in range(TAGS):
        for number in range(ROWS):
            key = b"{%02d}" % tag + number.to_bytes(12)
            found[key] = key
    return found


@pytest.fixture
def rows(servers: RealServers) -> dict[bytes, bytes]:
    rows = crowded()
    fill(servers, Dictionary(), rows)
    return rows


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return authority(tmp_path_factory.mktemp("certificates"))


def read(servers: Servers) -> list[bytes]:
    with reading(servers) as kept:
        return sorted(row for part in kept.rows() for row in part)


class Counted:
    """What is done each time that a node was asked something."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, steps: Iterator[Any]) -> None:
        self.times = 0
        ask = wires.Wires.ask

        def asked(these: wires.Wires, *arguments: Any) -> list[Any]:
            replies = ask(these, *arguments)
            # Who has what is asked for by connections that have less patience.
            if these._patience != chart.LOOK:
                self.times += 1
                next(steps, None)
            return replies

        monkeypatch.setattr(wires.Wires, "ask", asked)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fleets(), lives())
def test_a_fleet_counts_as_it_does_elsewhere_in_any_number_of_shares(
    servers: RealServers, fleet: list[Member], events: list[Life]
) -> None:
    for node in servers.primaries():
        node.call("FLUSHALL")
    dictionary = Dictionary()
    both = zip_longest(fleet, events)
    fill(servers, dictionary, {key_of(n): packed(dictionary, *one) for n, one in enumerate(both)})
    expected = count_all(fleet, events)
    with reading(options(servers)) as kept:
        latest = latest_of(kept.names())
        for many in (1, 3):
            shares = kept.shares(many)
            assert len(shares) == many
            sums = [tally(kept.rows(share), latest, 0, FOREVER) for share in shares]
            found = named(reduce(add, sums), kept.names(), latest).counts
            assert (found.installations, found.tables) == (
                expected.installations,
                expected.tables,
            )
            assert found.statistics == expected.statistics


def test_only_rows_are_rows(servers: RealServers, rows: dict[bytes, bytes]) -> None:
    send(servers, {b"other:{01}": [(b"SET", b"other:{01}", b"1")]})
    assert read(options(servers)) == sorted(rows.values())


def test_who_may_only_read_can_count(servers: RealServers, rows: dict[bytes, bytes]) -> None:
    for node in servers.nodes:
        node.call("ACL", "SETUSER", *READER[1:], *READS)
    reader = options(servers, user="reader", password="secret")
    assert read(reader) == sorted(rows.values())
    with reading(reader) as kept:
        assert (kept.swept(), [*kept.names()]) == (0, [])
    with pytest.raises(StorageError, match="does not know the receiver's user"):
        read(options(servers, user="reader", password="wrong"))
    for node in servers.nodes:
        node.call("ACL", "SETUSER", "reader", "-get", "-mget")
    with pytest.raises(StorageError, match="does not let the receiver's user read"):
        read(reader)
    for node in servers.nodes:
        node.call("ACL", "DELUSER", "reader")


def test_names_are_read_once_each_however_many_there_are(servers: RealServers) -> None:
    dictionary = Dictionary()
    dictionary.encode(told_of(5_000))
    fill(servers, dictionary, {})
    send(
        servers,
        {
            keys.NAMES: [
                (b"HSET", keys.NAMES, 9_999, b""),
                (b"HSET", keys.NAMES, 9_998, b'no_table\0"x"'),
            ],
            keys.FREED: [(b"SET", keys.FREED, 7)],
        },
    )
    with reading(options(servers)) as kept:
        assert sorted(kept.names()) == sorted(dictionary.names())
        assert kept.swept() == 7


def test_names_are_read_while_their_slot_moves(
    servers: RealServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_module, "_AT_ONCE", 100)
    monkeypatch.setattr(chart, "PAUSE", 0.01)
    dictionary = Dictionary()
    dictionary.encode(told_of(3_000))
    fill(servers, dictionary, {})
    slot = key_slot(keys.NAMES)
    source = servers.primary_of_slot(slot)
    move = servers.move(slot, next(one for one in servers.primaries() if one is not source))

    def steps() -> Iterator[None]:
        yield
        move.begin()
        for _ in range(5):
            yield
        move.keys()
        for _ in range(5):
            yield
        move.end(servers.primaries())

    with reading(options(servers)) as kept:
        Counted(monkeypatch, steps())
        assert sorted(kept.names()) == sorted(dictionary.names())
        assert kept.swept() == 0


def moves(servers: RealServers, random: Random) -> Iterator[None]:
    """Move slots that have rows to another node, a step at a time, some of them to and fro."""
    for _ in range(TAGS):
        slot = key_slot(b"{%02d}" % random.randrange(TAGS))
        primaries = servers.primaries()
        source = servers.primary_of_slot(slot)
        target = random.choice([node for node in primaries if node is not source])
        move = servers.move(slot, target)
        move.begin()
        yield
        while move.keys(random.randrange(1, 20)):
            yield
        move.end(primaries)
        if random.random() < 0.5:
            yield


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_while_slots_move_each_row_is_read_once(
    servers: RealServers, rows: dict[bytes, bytes], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(chart, "PAUSE", 0.01)
    monkeypatch.setattr(Slots, "_learn", lambda self, _size: setattr(self, "_many", 5))
    steps = moves(servers, Random(seed))
    asked = Counted(monkeypatch, steps)
    with reading(options(servers)) as kept:
        share = [key_slot(b"{%02d}" % tag) for tag in range(TAGS)]
        found = [row for part in kept.rows(tuple(share)) for row in part]
    for _ in steps:
        pass
    assert asked.times > TAGS
    assert sorted(found) == sorted(rows.values())


def test_a_slot_that_stays_on_its_way_is_read_from_both(
    servers: RealServers, rows: dict[bytes, bytes]
) -> None:
    slot = key_slot(b"{01}")
    source = servers.primary_of_slot(slot)
    move = servers.move(slot, next(one for one in servers.primaries() if one is not source))
    with reading(options(servers)) as kept:
        move.begin()
        assert_whole(kept, rows)
        move.keys(7)
        assert_whole(kept, rows)
        while move.keys():
            pass
        assert_whole(kept, rows)
        move.end(servers.primaries())
        assert_whole(kept, rows)


def assert_whole(kept: Source, rows: dict[bytes, bytes]) -> None:
    """Fail unless all is read, a part after the other and one by one."""
    assert {key: row for part in kept.entries() for key, row in part.items()} == rows
    assert kept.get([*rows, bytes(16)]) == rows


@pytest.mark.long
@pytest.mark.parametrize("fail", [Real.kill, Real.pause], ids=["killed", "paused"])
def test_a_primary_that_is_gone_is_waited_for(
    servers: RealServers,
    rows: dict[bytes, bytes],
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[[Real], None],
) -> None:
    victim = servers.primary_of_slot(key_slot(b"{01}"))

    def steps() -> Iterator[None]:
        for _ in range(3):
            yield
        fail(victim)

    Counted(monkeypatch, steps())
    assert read(options(servers)) == sorted(rows.values())
    assert servers.primary_of_slot(key_slot(b"{01}")) is not victim


def test_a_connection_that_was_ended_while_others_counted_is_made_anew(
    servers: RealServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    clock = SimpleNamespace(monotonic=lambda: now, sleep=lambda _: None)
    monkeypatch.setattr(chart, "time", clock)
    with reading(options(servers)) as kept:
        assert kept.swept() == 0
        now = 10 * chart.PATIENCE
        for node in servers.nodes:
            node.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        assert kept.swept() == 0


def test_where_nobody_takes_its_place_that_is_said_after_a_while(
    servers: RealServers, rows: dict[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chart, "PATIENCE", 0.5)
    primary = servers.primary_of_slot(key_slot(b"{01}"))
    primary.kill()
    with pytest.raises(StorageUnavailable, match=rf"can't be read: .*:{primary.port} refuses"):
        read(options(servers))


async def test_tls_is_by_the_authorities_that_were_named(certificates: Certificates) -> None:
    def swept(**more: Any) -> int:
        with reading(certificates.of_receiver(fake.port, **more)) as kept:
            return kept.swept()

    async with Fake(tls=certificates.of_server("node")) as fake:
        fake.says = times(1, b"$1\r\n7\r\n", b"GET")
        assert await asyncio.to_thread(swept) == 7
        with pytest.raises(StorageError, match="has a certificate that does not hold"):
            await asyncio.to_thread(swept, ca=None)


def test_nobody_there_is_said_at_once() -> None:
    nobody = Servers(hosts=(("127.0.0.1", 1),))
    with pytest.raises(StorageUnavailable, match=r"tells where all are: .* refuses connections"):
        read(nobody)


def told_of(many: int) -> Any:
    return Told({"integrations": tuple(f"name_{number}" for number in range(many))}, {})


def test_counting_in_processes_prints_what_a_file_does(
    servers: RealServers, tmp_path: Path
) -> None:
    database = tmp_path / "analytics.db"
    report = valid_report()
    reports = [row(key_of(n), n, told=told(**report)) for n in range(50)]
    devices = [told_by(home(device(), device(model=f"{n}"))) for n in range(3)]
    homes = [row(key_of(n), n, told=devices[n % 3]) for n in range(50, 80)]
    keep_all(database, [*reports, *homes])
    with reading_file(database) as kept:
        dictionary = Dictionary()
        for code, table, name in sorted(kept.names()):
            assert [*dictionary.encode(Told({table: (name,)}, {}), few=False)] == [code]
        rows = {key_of(n): one for n, one in enumerate(one for part in kept.rows() for one in part)}
    fill(servers, dictionary, rows)
    printed = [
        child.run("aggregate", "--count-after", "0", "--time", "1", "--uses", "--store", *more)
        for more in (
            (database,),
            (options(servers),),
            (options(servers), "--counting-processes", "3"),
        )
    ]
    assert [one.stderr for one in printed] == ["", "", ""]
    assert len({one.stdout for one in printed}) == 1
    figures = orjson.loads(printed[0].stdout.splitlines()[0])
    assert (figures["active_installations"], figures["devices"]["installations"]) == (50, 30)
    assert figures["devices"]["models"]["aqara"].keys() == {"0", "1", "2", "LWB010"}
