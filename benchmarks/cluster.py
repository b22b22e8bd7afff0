"""Compare receivers on a Valkey cluster with one on a file: reports, counting, bytes of a row.

How: `.venv/receiver/bin/python -m benchmarks.cluster` in the repository's folder. All servers run
on this machine, beside receivers and load, so what is lost there by sharing it is in the figures.
"""

import argparse
import asyncio
import os
import platform
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from statistics import median

from benchmarks.aggregation import line, measure
from benchmarks.http_load import Load, load
from benchmarks.ingest import HOST, SIZE, new_ids, requests, server
from benchmarks.kept import fill
from receiver.options import parse
from receiver.publishing.child import COMMAND
from receiver.storage import Stored, layout
from receiver.stores import filling, reading
from scripts.valkey_servers import Servers

TAKING = ("kept in", "durability", "receivers", "reports/s", "p50, ms", "p99, ms")
COUNTING = ("kept in", "processes", "time, s", "CPU, s", "memory, MB")
DURABILITIES = ("disk", "memory")
# Of a node's memory: what clients, replicas and the append-only file wait for.
PASSING = ("mem_clients_normal", "mem_clients_slaves", "mem_replication_backlog", "mem_aof_buffer")
FILE = "a file"
CLUSTER = "a cluster"


def empty(servers: Servers) -> None:
    """Forget all that is kept."""
    for node in servers.primaries():
        node.call("FLUSHALL")


def used(servers: Servers) -> int:
    """Return how many bytes of memory all primaries use, without what is on its way."""
    told = [node.info("memory") for node in servers.primaries()]
    return sum(int(one["used_memory"]) - sum(int(one[name]) for name in PASSING) for one in told)


def put(database: Path, servers: Servers) -> None:
    """Put what a file has into the cluster, which is empty and so gives out codes in a row."""
    place = parse(("--store", servers.url, "--durability", "memory"), {}).place
    # However old the rows are that are made up.
    with reading(database) as kept, filling(place, retention_days=3_650) as filled:
        names = sorted(kept.names(), key=lambda one: one[0])
        given = filled.codes_of([(table, name) for _, table, name in names])
        by = given[0] - names[0][0]
        if given != [code + by for code, _, _ in names]:
            raise SystemExit("The cluster does not give out codes in a row")
        for rows in kept.entries():
            filled.put({key: shifted(row, by) for key, row in rows.items()})


def shifted(row: bytes, by: int) -> bytes:
    """Return a row with codes that are higher by so much."""
    stored = Stored.unpack(row)
    codes = [stored.report, *(event.codes for event in stored.events)]
    for some in codes:
        for place, word in enumerate(some):
            if word < layout.NUMBER:
                some[place] = word + by
    return stored.pack()


@contextmanager
def receivers(many: int, *arguments: str) -> Iterator[list[int]]:
    """Run receivers, and return their ports."""
    with ExitStack() as stack:
        command = ("receiver", "--port", "0", *arguments)
        yield [stack.enter_context(server(*command)) for _ in range(many)]


async def taken(ports: Sequence[int], options: argparse.Namespace) -> Load:
    """Send new reports to all receivers at once."""
    source = requests(new_ids())
    each = options.connections // len(ports)
    loads = await asyncio.gather(
        *(load(HOST, port, source, each, seconds=options.seconds) for port in ports)
    )
    if refused := sum(one.refused for one in loads):
        raise SystemExit(f"{refused} requests were not answered with 200")
    return Load(
        requests=sum(one.requests for one in loads),
        seconds=max(one.seconds for one in loads),
        latencies=[*chain.from_iterable(one.latencies for one in loads)],
        refused=0,
    )


def taking(options: argparse.Namespace, servers: Servers) -> Iterator[list[str]]:
    """Yield the rows of the table of what is taken, medians of some rounds."""
    with tempfile.TemporaryDirectory() as folder:
        yield row_of((FILE, "disk"), 1, ("--store", f"{folder}/reports.db"), options)
    for durability in DURABILITIES:
        for many in options.receivers:
            place = ("--store", servers.url, "--durability", durability)
            yield row_of((CLUSTER, durability), many, place, options)
            empty(servers)


def row_of(
    name: Sequence[str], many: int, place: Sequence[str], options: argparse.Namespace
) -> list[str]:
    """Return a row of what so many receivers take."""
    with receivers(many, *place) as ports:
        loads = [asyncio.run(taken(ports, options)) for _ in range(options.rounds)]
    rate = median(one.rate for one in loads)
    p50, p99 = (median(one.percentile(percent) for one in loads) * 1e3 for percent in (50, 99))
    return [*name, str(many), f"{rate:,.0f}", f"{p50:.1f}", f"{p99:.1f}"]


def counting(options: argparse.Namespace, servers: Servers) -> Iterator[list[str]]:
    """Yield the rows of the table of counting; before them the bytes of each row."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "reports.db"
        fill(database, options.installations)
        size = database.stat().st_size / options.installations
        before = used(servers)
        put(database, servers)
        memory = (used(servers) - before) / options.installations
        print(
            f"{options.installations:,} installations: {size:,.0f} bytes each in a file, "
            f"{memory:,.0f} in the memory of each server that has them\n"
        )
        print(line(COUNTING), f"|{'---:|' * len(COUNTING)}", sep="\n")
        yield counted(FILE, str(database), 1, options)
        for many in options.processes:
            yield counted(CLUSTER, servers.url, many, options)


def counted(name: str, place: str, processes: int, options: argparse.Namespace) -> list[str]:
    """Return a row of what counting takes."""
    command = (*COMMAND, "--store", place, "--counting-processes", str(processes))
    runs = [measure(*command) for _ in range(options.rounds)]
    return [
        name,
        str(processes),
        f"{median(one.seconds for one in runs):.2f}",
        f"{median(one.processor for one in runs):.2f}",
        f"{max(one.megabytes for one in runs):.0f}",
    ]


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cluster", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=192)
    parser.add_argument("--receivers", type=int, nargs="+", default=(1, 2, 3))
    parser.add_argument("--processes", type=int, nargs="+", default=(1, 2, 3))
    parser.add_argument("--installations", type=int, default=1_000_000)
    options = parser.parse_args()
    with Servers() as servers:
        version = servers.nodes[0].info("server")["valkey_version"]
        print(
            f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Valkey "
            f"{version}, 3 primaries with a replica each, {os.cpu_count()} cores, "
            f"{options.connections} connections, reports of {SIZE} bytes\n",
            line(TAKING),
            f"|{'---|' * 2}{'---:|' * (len(TAKING) - 2)}",
            sep="\n",
            flush=True,
        )
        for row in taking(options, servers):
            print(line(row), flush=True)
        print(flush=True)
        for row in counting(options, servers):
            print(line(row), flush=True)


if __name__ == "__main__":
    main()
