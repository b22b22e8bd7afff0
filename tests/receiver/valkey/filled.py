"""A fleet put into a cluster, as a receiver would have kept it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from valkey.crc import key_slot

from receiver.storage.sqlite.dictionary import Dictionary
from receiver.storage.valkey import keys
from receiver.storage.valkey.keys import row_key
from receiver.storage.valkey.reading.chart import Chart
from receiver.storage.valkey.reading.wires import Wires
from receiver.storage.valkey.texts import text_in
from receiver.storage.valkey.topology import Node
from scripts.valkey_servers import Servers as RealServers
from tests.receiver.valkey.clients import options


def fill(servers: RealServers, dictionary: Dictionary, rows: Mapping[bytes, bytes]) -> None:
    """Put rows there, and the names that they have."""
    commands: dict[bytes, list[tuple[bytes | int, ...]]] = defaultdict(list)
    for code, table, name in dictionary.names():
        commands[keys.NAMES].append((b"HSET", keys.NAMES, code, text_in(table, name)))
    for key, row in rows.items():
        commands[row_key(key)].append((b"SET", row_key(key), row))
    send(servers, commands)


def send(servers: RealServers, commands: Mapping[bytes, Iterable[tuple[bytes | int, ...]]]) -> None:
    """Send commands to the nodes that have their keys, to each at once."""
    given = options(servers)
    wires = Wires(given)
    chart = Chart(given, wires)
    by_node: dict[Node, list[Any]] = defaultdict(list)
    for key, some in commands.items():
        by_node[chart.owner(key_slot(key))] += some
    for node, those in by_node.items():
        faults = [one for one in wires.ask(node, those) if isinstance(one, Exception)]
        assert not faults
    wires.close()
