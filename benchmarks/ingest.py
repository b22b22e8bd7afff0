"""Compare the receiver with a handler that does nothing: reports per second, and latency.

How: `.venv/receiver/bin/python -m benchmarks.ingest` in the repository's folder, `--seconds 2` for
a first look. Both servers and the load run on this machine; they take turns, several times.
"""

import argparse
import asyncio
import itertools
import json
import os
import platform
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

from aiohttp import web

from benchmarks.http_load import Load, load
from tests.receiver.reports import valid_report

HOST = "127.0.0.1"
SIZE = 2048
KNOWN = 20_000
PLACEHOLDER = "0" * 32

TABLE = """
| | requests/s | of nothing | p50, ms | p99, ms |
|---|---:|---:|---:|---:|"""


async def nothing(request: web.Request) -> web.Response:
    """Read the body, and answer as the receiver does."""
    await request.read()
    return web.Response()


async def serve_nothing() -> None:
    """Run the handler that does nothing."""
    app = web.Application()
    app.router.add_post("/v1", nothing)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    print(f"Listening on http://{HOST}:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


@contextmanager
def server(*command: str) -> Iterator[int]:
    """Run a server as a child process, and return its port."""
    with subprocess.Popen(
        [sys.executable, "-m", *command], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            line = next(line for line in process.stdout if line.startswith("Listening on "))
            yield int(line.rpartition(":")[2])
        finally:
            process.terminate()


def template() -> bytes:
    """Return a request with a report of the size of a usual one, and a placeholder for its id."""
    report = valid_report(uuid=PLACEHOLDER)
    domains = (f"some_integration_{number}" for number in itertools.count())
    while len(json.dumps(report)) < SIZE:
        report["integrations"].append(next(domains))
    body = json.dumps(report).encode()
    head = (
        f"POST /v1 HTTP/1.1\r\nHost: {HOST}\r\nAccept: */*\r\nUser-Agent: test\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def requests(ids: Iterator[str]) -> Callable[[], bytes | None]:
    """Return the source of requests with these ids."""
    before, _, after = template().partition(PLACEHOLDER.encode())

    def next_request() -> bytes | None:
        uuid = next(ids, None)
        return None if uuid is None else before + uuid.encode() + after

    return next_request


async def measure(
    port: int, ids: Iterator[str], options: argparse.Namespace, rate: float | None = None
) -> Load:
    """Send reports with these ids for a while: so many a second, or as fast as it can."""
    result = await load(
        *(HOST, port, requests(ids), options.connections), rate=rate, seconds=options.seconds
    )
    if result.refused:
        raise SystemExit(f"{result.refused} requests were not answered with 200")
    return result


def new_ids() -> Iterator[str]:
    """Yield ids that were never seen."""
    while True:
        yield uuid.uuid4().hex


async def contest(options: argparse.Namespace) -> dict[str, list[Load]]:
    """Let both take turns."""
    results: dict[str, list[Load]] = {"nothing": [], "new reports": [], "unchanged reports": []}
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        command = ("receiver", "--port", "0", "--database", os.path.join(folder, "reports.db"))  # noqa: PTH118
        with server("benchmarks.ingest", "--nothing") as idle, server(*command) as port:
            known = list(itertools.islice(new_ids(), options.known))
            await load(HOST, port, requests(iter(known)), options.connections)
            again = itertools.cycle(known)
            for _ in range(options.rounds):
                results["nothing"].append(await measure(idle, new_ids(), options))
                results["new reports"].append(await measure(port, new_ids(), options))
                results["unchanged reports"].append(await measure(port, again, options))
    return results


def row(name: str, loads: list[Load], idle: float) -> str:
    """Return a row of the table: medians of the rounds."""
    rate = median(one.rate for one in loads)
    p50, p99 = (median(one.percentile(percent) for one in loads) * 1e3 for percent in (50, 99))
    return f"| {name} | {rate:,.0f} | {rate / idle:.0%} | {p50:.1f} | {p99:.1f} |"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--known", type=int, default=KNOWN, help="installations that report again")
    parser.add_argument("--folder", help="for the database, on the drive to measure")
    parser.add_argument("--nothing", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.nothing:
        asyncio.run(serve_nothing())
        return
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{options.connections} connections, reports of {SIZE} bytes",
        flush=True,
    )
    results = asyncio.run(contest(options))
    idle = median(one.rate for one in results["nothing"])
    print(TABLE)
    for name, loads in results.items():
        print(row(name, loads, idle))


if __name__ == "__main__":
    main()
