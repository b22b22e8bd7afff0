"""Run the receiver as a process of its own, for the demo."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import aiohttp

from scripts.home_assistant import LOOPBACK, ROOT, free_port

TIMEOUT = 60
POLL_INTERVAL = 0.2


class ReceiverError(Exception):
    """The receiver does not run, or does not publish."""


class ReceiverProcess:
    """A receiver with its database in a folder; it publishes each second, and exact figures."""

    def __init__(self, folder: Path) -> None:
        """Choose a free port; nothing is started yet."""
        self._folder = folder.absolute()
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()

    @property
    def url(self) -> str:
        """Return the address of the dashboard."""
        return f"http://{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> Self:
        """Start, and wait until it answers."""
        self._spawn(_environment() / "bin" / "python")
        await self.wait_for_installations(0)
        return self

    def _spawn(self, python: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = {
            "--port": self.port,
            "--database": self._folder / "analytics.db",
            "--title": "Demo",
            "--smallest-group": 1,
            "--publish-every": 1,
            # The fleet tells its countries as a proxy would.
            "--trusted-proxy": "127.0.0.1/32",
        }
        flags = [str(word) for option in options.items() for word in option]
        with (self._folder / "receiver.log").open("wb") as log:
            self._process = subprocess.Popen(
                [python, "-m", "receiver", *flags],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the parent only, which stops the child
            )

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(self._process.wait, 30)

    async def wait_for_installations(self, number: int) -> dict[str, Any]:
        """Return the published figures once they count so many; raises ReceiverError."""
        deadline = time.monotonic() + TIMEOUT
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < deadline:
                figures = await self._figures(session)
                if figures is not None and figures["active_installations"] >= number:
                    return figures
                await asyncio.sleep(POLL_INTERVAL)
        raise ReceiverError(f"The receiver does not publish, see {self._folder}/receiver.log")

    async def _figures(self, session: aiohttp.ClientSession) -> dict[str, Any] | None:
        try:
            async with session.get(f"{self.url}/current_data.json") as response:
                figures: dict[str, Any] = await response.json()
                return figures
        except aiohttp.ClientError:
            return None


def _environment() -> Path:
    """Return the receiver's environment, made now where it is missing."""
    made = subprocess.run(
        [sys.executable, "-P", ROOT / "scripts" / "environments.py", "--receiver"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return ROOT / made.stdout.strip()
