"""Run the receiver as a process of its own, for the demo and for tests against a real one."""

import asyncio
import hashlib
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import aiohttp

from scripts.child import Child
from scripts.home_assistant import ROOT
from scripts.kept_rows import Tells, kept_rows
from scripts.ports import LOOPBACK, free_port

TIMEOUT = 60
STOP_TIMEOUT = 30
POLL_INTERVAL = 0.2
HOMES_A_SECOND = 500  # of a fleet, whose figures are so many seconds old at most
LISTENS = "Listening on "

REQUESTS = re.compile(r'^open_analytics_requests_total\{outcome="(\w+)"\} (\d+)$', re.MULTILINE)


class ReceiverError(Exception):
    """The receiver does not run, or does not publish."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What the receiver keeps of one installation; the time is in seconds since 1970."""

    key: str
    last_seen: int
    tells: Tells


class ReceiverProcess:
    """A receiver with its database in a folder; it counts all at once, exactly, and often."""

    def __init__(
        self, folder: Path, *, port: int | None = None, fleet: int = 0, store: str = ""
    ) -> None:
        """Describe it, on any free port where none is named; nothing is started yet.

        `fleet` is how many made-up homes are in its database, once they were made; `store` names
        the servers of a cluster that it has in the place of a database.
        """
        self.fleet = fleet
        self._store = store
        self._database = folder.absolute() / "analytics.db"
        self._log = folder.absolute() / "receiver.log"
        self._child = Child()
        self.port = port or free_port()

    @property
    def url(self) -> str:
        """Return the address of the dashboard."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def destination(self) -> str:
        """Return the address to configure as a destination."""
        return f"{self.url}/v1"

    @property
    def fleet_is_missing(self) -> bool:
        """Tell whether there should be a fleet, and is no database yet."""
        return self.fleet > 0 and not self._database.exists()

    async def make_fleet(self) -> None:
        """Make the database of a receiver that a fleet has reported to; raises ReceiverError."""
        self._database.parent.mkdir(parents=True, exist_ok=True)
        # Under another name, so that an interruption leaves no half of it.
        unfinished = self._database.with_name("fleet.db")
        for file in unfinished.parent.glob(f"{unfinished.name}*"):
            file.unlink()
        command = ("-m", "scripts.fleet", str(unfinished), str(self.fleet))
        with self._log.open("wb") as log:
            making = await asyncio.create_subprocess_exec(
                str(await asyncio.to_thread(_python)), *command, cwd=ROOT, stdout=log, stderr=log
            )
            try:
                if await making.wait():
                    raise ReceiverError(f"The fleet could not be made:\n{self._log.read_text()}")
            finally:
                await _ended(making)
        unfinished.rename(self._database)

    async def __aenter__(self) -> Self:
        """Start, and wait until it answers; stop again where it does not."""
        python = await asyncio.to_thread(_python)
        if self._database.exists():
            _continue(self._database)
        self._spawn(python)
        try:
            await self.figures_since(0)
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop it."""
        await self.stop()

    async def stop(self) -> None:
        """Stop the process, if it runs; one that will not is killed."""
        self._child.terminate()
        try:
            await asyncio.to_thread(self._child.wait, STOP_TIMEOUT)
        finally:
            self._child.kill()

    async def figures_since(self, moment: float) -> dict[str, Any]:
        """Return figures made after this, in seconds since 1970; raises ReceiverError."""
        deadline = time.monotonic() + TIMEOUT
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < deadline:
                if not self._child.running:
                    raise ReceiverError(f"The receiver stopped:\n{self._log.read_text()}")
                figures = await self._figures(session)
                if figures is not None and figures["last_updated"] >= moment * 1000:
                    return figures
                await asyncio.sleep(POLL_INTERVAL)
        raise ReceiverError(f"The receiver does not publish, see {self._log}")

    async def get(self, path: str) -> dict[str, Any]:
        """Return one of the files of figures; raises aiohttp.ClientError."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.get(f"{self.url}{path}") as response,
        ):
            figures: dict[str, Any] = await response.json()
            return figures

    async def requests(self) -> dict[str, int]:
        """Return how many reports and deletions came since the start, by what became of them."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.get(f"{self.url}/metrics") as response,
        ):
            return {name: int(count) for name, count in REQUESTS.findall(await response.text())}

    async def get_page(self, path: str) -> str:
        """Return one of the pages; raises aiohttp.ClientError."""
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.get(f"{self.url}{path}") as response,
        ):
            return await response.text()

    def kept_snapshot(self, identifier: str) -> Kept | None:
        """Return the row of a snapshot of devices, as `kept`."""
        return self.kept(f"snapshot:{identifier}")

    def kept(self, uuid: str) -> Kept | None:
        """Return the row of an installation, from the database file itself; None without one."""
        key = key_of(uuid)
        for row in kept_rows(self._database, key):
            if row.report:
                return Kept(key=key.hex(), last_seen=row.stored.last_seen, tells=row.report)
        return None

    def _spawn(self, python: Path) -> None:
        self._database.parent.mkdir(parents=True, exist_ok=True)
        options = {
            "--port": self.port,
            "--store": self._store or self._database,
            "--title": "Demo",
            "--smallest-group": 1,
            "--count-after": 0,
            # Counting takes about a tenth of a second for 1,000: a small part of the time.
            "--publish-every": 1 + self.fleet // HOMES_A_SECOND,
            # The fleet tells its countries as a proxy would.
            "--trusted-proxy": f"{LOOPBACK}/32",
        }
        flags = [str(word) for option in options.items() for word in option]
        self._child.spawn([python, "-m", "receiver", *flags], folder=ROOT, log=self._log)

    async def _figures(self, session: aiohttp.ClientSession) -> dict[str, Any] | None:
        """Return the newest; None before it listens, when another program may answer there."""
        if LISTENS not in self._log.read_text():
            return None
        try:
            async with session.get(f"{self.url}/current_data.json") as response:
                figures: dict[str, Any] = await response.json()
                return figures
        except aiohttp.ClientError:
            return None


def key_of(uuid: str) -> bytes:
    """Return what a receiver knows an installation by."""
    return hashlib.sha256(uuid.encode()).digest()[:16]


def _continue(database: Path) -> None:
    """Let a kept database be of now: after days off, a receiver waits for a day to publish."""
    # What is none of ours the receiver itself tells.
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(database)) as connection,
        connection,
    ):
        connection.execute("UPDATE published SET time = ?", (int(time.time()),))


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Make sure that a process has ended, also where nobody waits for it any more."""
    if process.returncode is None:
        process.kill()
        await process.wait()


def _python() -> Path:
    """Return the Python of the receiver's environment, which is made where it is missing."""
    made = subprocess.run(
        [sys.executable, "-P", ROOT / "scripts" / "environments.py", "--receiver"],
        check=False,
        stdout=subprocess.PIPE,
        text=True,
    )
    if made.returncode:
        raise ReceiverError("The receiver's environment could not be made, see above.")
    return ROOT / made.stdout.strip() / "bin" / "python"
