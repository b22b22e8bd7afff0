"""Measure how long reports wait for their answer while snapshots of devices come in as well.

How: `.venv/receiver/bin/python -m benchmarks.snapshots` in the repository's folder. Reports and
snapshots come at a steady rate, each from a process of its own; http_load.py says from when on a
latency counts. The receiver notes how long its event loop could not run what was due.
"""

import argparse
import asyncio
import itertools
import json
import os
import platform
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time
from typing import Any
from unittest.mock import patch
from urllib.request import urlopen

from aiohttp import web

from benchmarks.http_load import Load, load
from benchmarks.ingest import HOST, SIZE, measure, new_ids, server
from receiver import __main__ as command
from receiver.app import make_app
from receiver.intake.snapshots import SNAPSHOTS
from receiver.options import Options
from receiver.schema.snapshots.taken import MAX_DEVICES
from receiver.unpacking import MOST_BODY
from scripts.fleet.devices import devices, snapshot
from scripts.fleet.home import home

ORDINARY = 60
# Homes of which devices are taken; snapshots that differ, which take turns.
HOMES, DIFFERENT = 3_000, 8
STALLS = "/stalls"
TICK = 0.001
TABLE = """
| meanwhile | taken/s | not/s | p50, ms | p99, ms | slowest, ms | stall, ms | callback, ms |
|---|---:|---:|---:|---:|---:|---:|---:|"""

type Device = dict[str, Any]


class Watch:
    """Notes how late the event loop runs what is due, and what of it takes longest."""

    def __init__(self) -> None:
        self._late = 0.0
        self._longest = 0.0

    async def run(self) -> None:
        """Be due every TICK seconds, for ever."""
        while True:
            due = perf_counter() + TICK
            await asyncio.sleep(TICK)
            self._late = max(self._late, perf_counter() - due)

    @contextmanager
    def timing(self) -> Iterator[None]:
        """Time each callback, by its thread's own clock: other work does not count."""
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            began = thread_time()
            run(handle)
            self._longest = max(self._longest, thread_time() - began)

        with patch.object(asyncio.Handle, "_run", timed):
            yield

    async def answer(self, _request: web.Request) -> web.Response:
        """Tell it, and begin anew."""
        found = self._late, self._longest
        self._late = self._longest = 0.0
        return web.json_response(found)


def serve(arguments: list[str]) -> None:
    """Run the receiver, which is watched."""
    watch = Watch()

    def watched(options: Options) -> web.Application:
        app = make_app(options)
        app.router.add_get(STALLS, watch.answer)

        async def watching(_app: web.Application) -> None:
            app["watching"] = asyncio.create_task(watch.run())

        app.on_startup.append(watching)
        return app

    with patch("receiver.__main__.make_app", watched), watch.timing():
        command.run(arguments)


def pool(homes: int) -> list[tuple[str, Device]]:
    """Return devices of made-up homes, each with its integration."""
    chance, today = random.Random(1), datetime.now(UTC).date()
    owned = (devices(home(chance, today), today) for _ in range(homes))
    told = (snapshot(one, today) for one in owned if one)
    return [
        (domain, device)
        for one in told
        for domain, facts in one.items()
        for device in facts["devices"]
    ]


def body_of(found: list[tuple[str, Device]]) -> bytes:
    """Return the snapshot of a home that has these."""
    told: dict[str, Any] = {}
    for domain, device in found:
        told.setdefault(domain, {"devices": [], "entities": []})["devices"].append(device)
    return json.dumps(told).encode()


def ordinary(known: list[tuple[str, Device]]) -> Iterator[bytes]:
    """Yield snapshots of ordinary homes."""
    chance = random.Random(2)
    while True:
        yield body_of(chance.sample(known, min(ORDINARY, len(known))))


def large(known: list[tuple[str, Device]]) -> Iterator[bytes]:
    """Yield the largest that are taken: each device has one entity, for all to fit."""
    chance = random.Random(3)
    few = [(domain, {**one, "entities": one["entities"][:1]}) for domain, one in known]
    while True:
        yield body_of(chance.choices(few, k=MAX_DEVICES)).ljust(MOST_BODY)


KINDS = {"ordinary": ordinary, "large": large}


async def send(options: argparse.Namespace) -> Load:
    """Send snapshots for a while."""
    known = pool(options.homes)
    bodies = itertools.islice(KINDS[options.send](known), DIFFERENT)
    sent = [
        (
            f"POST {SNAPSHOTS} HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: home-assistant/2026.11.0\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        + body
        for body in bodies
    ]
    turns = itertools.cycle(sent)
    # Only now the load begins, and the measuring.
    print("Sending", flush=True)
    return await load(
        *(HOST, options.port, lambda: next(turns), options.senders),
        rate=options.snapshots,
        seconds=options.seconds,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What reports and snapshots were answered, and how long the event loop stood still."""

    reports: Load
    taken: float
    refused: float
    stalls: tuple[float, float]


def stalls_of(port: int) -> tuple[float, float]:
    """Return the longest stall and callback since this was asked last, in seconds."""
    with urlopen(f"http://{HOST}:{port}{STALLS}") as answer:
        late, longest = json.loads(answer.read())
    return late, longest


async def beside(port: int, kind: str | None, options: argparse.Namespace) -> Round:
    """Send reports for a while, and snapshots of a kind beside them."""
    sender = await _sender(port, kind, options) if kind else None
    await asyncio.to_thread(stalls_of, port)
    reports = await measure(port, new_ids(), options, options.rate)
    stalls = await asyncio.to_thread(stalls_of, port)
    taken, refused = 0.0, 0.0
    if sender:
        printed, _ = await sender.communicate()
        taken, refused = json.loads(printed)
    return Round(reports=reports, taken=taken, refused=refused, stalls=stalls)


async def _sender(port: int, kind: str, options: argparse.Namespace) -> asyncio.subprocess.Process:
    arguments = {
        "--send": kind,
        "--port": port,
        "--seconds": options.seconds,
        "--senders": options.senders,
        "--snapshots": options.snapshots,
        "--homes": options.homes,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.snapshots"),
        *map(str, itertools.chain.from_iterable(arguments.items())),
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None or not await process.stdout.readline():
        raise SystemExit("Snapshots could not be sent")
    return process


def contest(options: argparse.Namespace) -> dict[str, list[Round]]:
    """Let all kinds of company take turns."""
    kinds = {
        "nothing": None,
        f"{options.snapshots:g} snapshots/s of {ORDINARY} devices": "ordinary",
        f"{options.snapshots:g} snapshots/s of {MAX_DEVICES:,} devices, 4 MiB": "large",
    }
    results: dict[str, list[Round]] = {name: [] for name in kinds}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        database = str(Path(folder) / "reports.db")
        serving = ("benchmarks.snapshots", "--serve", "--port", "0", "--database", database)
        with server(*serving, "--publish-every", "604800") as port:
            for _, (name, kind) in itertools.product(range(options.rounds), kinds.items()):
                results[name].append(asyncio.run(beside(port, kind, options)))
    return results


def row(name: str, rounds: list[Round]) -> str:
    """Return a row of the table: medians of the rounds, and the slowest and longest of all."""
    taken, refused = median(one.taken for one in rounds), median(one.refused for one in rounds)
    loads = [one.reports for one in rounds]
    p50, p99 = (median(one.percentile(percent) for one in loads) * 1e3 for percent in (50, 99))
    slowest = max(one.percentile(100) for one in loads) * 1e3
    late, longest = (max(one.stalls[at] for one in rounds) * 1e3 for at in range(2))
    return (
        f"| {name} | {taken:.1f} | {refused:.1f} | {p50:.1f} | {p99:.1f} | {slowest:.0f} "
        f"| {late:.1f} | {longest:.1f} |"
    )


def main() -> None:
    """Measure, and print the table."""
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2:])
        return
    parser = argparse.ArgumentParser(prog="python -m benchmarks.snapshots", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, default=200, help="reports per second")
    parser.add_argument("--snapshots", type=float, default=20, help="of these per second")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--senders", type=int, default=20, help="connections of snapshots")
    parser.add_argument("--homes", type=int, default=HOMES, help="whose devices are told")
    parser.add_argument("--folder", help="for the database, on the drive to measure")
    parser.add_argument("--send", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.send:
        sent = asyncio.run(send(options))
        taken = (sent.requests - sent.refused) / sent.seconds
        print(json.dumps((taken, sent.refused / sent.seconds)))
        return
    print(
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{os.cpu_count()} cores, {options.rate:g} reports/s of {SIZE} bytes over "
        f"{options.connections} connections",
        flush=True,
    )
    results = contest(options)
    print(TABLE)
    for name, rounds in results.items():
        print(row(name, rounds))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
