"""Run a real Home Assistant as a child process that never outlives its parent."""

import asyncio
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import Self

import aiohttp
import psutil  # the host needs it, too
import yaml

from scripts.child import Child
from scripts.installation import VARIABLES
from scripts.ports import LOOPBACK, free_port, port_is_free

ROOT = Path(__file__).resolve().parent.parent
PLUGIN = ROOT / "custom_components" / "analytics"
LAUNCHER = ROOT / "scripts" / "hass.py"
HTTP_STORE = ".storage/http"  # recent hosts take settings of their web server from YAML once
LOG_NAME = "home-assistant.log"
CONSOLE_LOG_NAME = "console.log"

START_TIMEOUT = 120
STOP_TIMEOUT = 60
POLL_INTERVAL = 0.1

# The smallest configuration that opens the whole front end.
SMALL_CONFIGURATION: Mapping[str, object] = {
    "homeassistant": {"name": "Demo home", "time_zone": "UTC"},
    "frontend": {},
    "config": {},
    "history": {},
    "energy": {},
    "automation": [],
}

# Since 2026.11 with the offset of the time.
LOG_ENTRY = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+(?:[+-]\d\d:\d\d)? (?P<level>[A-Z]+) ", re.MULTILINE
)

# What somebody wants of all programs on this machine: a home of a demo or a test has its own.
NOT_INHERITED = (*VARIABLES, "SSL_CERT_FILE", "PYTHONPATH")

COMPLAINTS = {"WARNING", "ERROR", "CRITICAL"}
OURS = re.compile(r"\[custom_components\.analytics|custom_components/analytics")


class HomeAssistantError(Exception):
    """Home Assistant did not start, stopped by itself, or would not stop."""


class HomeAssistantProcess:
    """One Home Assistant in one configuration folder, startable again after it stopped."""

    def __init__(
        self,
        config_dir: Path,
        *,
        configuration: Mapping[str, object] | str = SMALL_CONFIGURATION,
        port: int | None = None,
        plugin: Path | None = PLUGIN,
        copy_plugin: bool = False,
        python: Path | str = sys.executable,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Describe the process; nothing is written or started yet.

        `configuration` may leave `http` out, it is added. `plugin` is linked into the folder, or
        copied; None removes it, which leaves the built-in integration. `environ` is added to this
        process's environment, of which what switches the plugin off is left out.
        """
        self.config_dir = config_dir.absolute()
        self.configuration = configuration
        self.port = port or free_port()
        self.plugin = plugin
        self.copy_plugin = copy_plugin
        self.python = str(python)
        self.environ = dict(environ or {})
        self._child = Child()

    async def __aenter__(self) -> Self:
        """Start, and wait until it answers."""
        await self.start()
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop, whatever happened."""
        await self.stop()

    @property
    def url(self) -> str:
        """Return the address of the front end."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the id of the process, None where it does not run."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Tell whether the process is alive."""
        return self._child.running

    @property
    def returncode(self) -> int | None:
        """Return how the last process ended, None where none ended."""
        return self._child.returncode

    @property
    def log_path(self) -> Path:
        """Return the host's own log file."""
        return self.config_dir / LOG_NAME

    def log(self) -> str:
        """Return the host's log since the last start."""
        return _read(self.log_path)

    def console(self) -> str:
        """Return what the process wrote to its standard streams since the last start."""
        return _read(self.config_dir / CONSOLE_LOG_NAME)

    def errors(self) -> list[str]:
        """Return the errors in the log, tracebacks included; without a log, the console's end."""
        if log := self.log():
            return [entry for entry, level in log_entries(log) if level in {"ERROR", "CRITICAL"}]
        return [console] if (console := self.console()[-4000:].strip()) else []

    def complaints(self) -> list[str]:
        """Return the warnings and errors in the log that are of the plugin's making."""
        return [
            entry
            for entry, level in log_entries(self.log())
            if level in COMPLAINTS and OURS.search(entry)
        ]

    async def start(self, *, timeout: float = START_TIMEOUT) -> None:
        """Start and wait until the front end answers; stops again where it does not."""
        self.spawn()
        try:
            await self.wait_until_answering(timeout=timeout)
        except BaseException:
            await self.stop()
            raise

    def spawn(self) -> None:
        """Write the configuration and start the process without waiting."""
        if self.running:
            raise HomeAssistantError("Home Assistant is running already")
        if not port_is_free(self.port):
            raise HomeAssistantError(self._port_in_use)
        self.kill()  # what is left of a process that ended by itself
        self._write_folder()
        self._child.spawn(
            # Every requirement is in the environment: nothing is installed at run time.
            [self.python, "-P", LAUNCHER, "-c", self.config_dir, "--skip-pip"],
            folder=self.config_dir,
            log=self.config_dir / CONSOLE_LOG_NAME,
            environ=self._environment(),
        )

    async def wait_until_answering(self, *, timeout: float = START_TIMEOUT) -> None:
        """Wait until the front end is served; raises HomeAssistantError where it is not."""
        deadline = time.monotonic() + timeout
        async with aiohttp.ClientSession() as session:
            while not await self._answers(session):
                if not self.running:
                    raise HomeAssistantError(self._describe(f"stopped, code {self.returncode}"))
                if time.monotonic() > deadline:
                    raise HomeAssistantError(self._describe(f"gave no answer in {timeout:.0f} s"))
                await asyncio.sleep(POLL_INTERVAL)

    async def stop(self, *, timeout: float = STOP_TIMEOUT) -> int | None:
        """Ask the process to stop and return its exit code; one that will not is killed."""
        self._child.terminate()
        try:
            await self.wait_until_stopped(timeout=timeout)
        finally:
            self.kill()
        return self.returncode

    async def wait_until_stopped(self, *, timeout: float = STOP_TIMEOUT) -> None:
        """Wait until the process ended by itself; raises HomeAssistantError where it does not."""
        deadline = time.monotonic() + timeout
        while self.running:
            if time.monotonic() > deadline:
                raise HomeAssistantError(self._describe(f"did not stop in {timeout:.0f} s"))
            await asyncio.sleep(POLL_INTERVAL)

    def kill(self) -> None:
        """Kill the process, as a power cut would, and everything that it started."""
        self._child.kill()

    def _write_folder(self) -> None:
        self.config_dir.mkdir(parents=True, exist_ok=True)
        self.log_path.unlink(missing_ok=True)
        (self.config_dir / "configuration.yaml").write_text(self._configuration_text())
        place = self.config_dir / "custom_components" / "analytics"
        _remove(place)
        if self.plugin:
            place.parent.mkdir(exist_ok=True)
            _place_plugin(self.plugin, place, copy=self.copy_plugin)

    def _configuration_text(self) -> str:
        own = {"server_host": [LOOPBACK], "server_port": self.port}
        http = {} if self._keeps_http_settings() else {"http": own}
        if isinstance(self.configuration, str):
            needs_http = http and not re.search(r"^http:", self.configuration, re.MULTILINE)
            return self.configuration + ("\n" + yaml.safe_dump(http) if needs_http else "")
        return yaml.safe_dump({**http, **self.configuration}, sort_keys=False)

    def _keeps_http_settings(self) -> bool:
        """Tell whether the host has taken the port over from YAML, and asks to remove it there."""
        try:
            store = json.loads((self.config_dir / HTTP_STORE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return False
        data = store["data"]
        kept = data.get("stable", {}).get("server_port") == self.port
        return kept and bool(data.get("yaml_migration_done"))

    def _environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if key not in NOT_INHERITED}
        return {**inherited, **self.environ}

    async def _answers(self, session: aiohttp.ClientSession) -> bool:
        """Tell whether it answers; raises HomeAssistantError where another program does."""
        try:
            async with session.get(f"{self.url}/manifest.json") as response:
                answered = response.status == 200
        except aiohttp.ClientError:
            return False
        # A port that was free may be taken before the host listens, by another demo for instance.
        if answered and self.running and not self._listens():
            raise HomeAssistantError(self._port_in_use)
        return answered

    def _listens(self) -> bool:
        """Tell whether it is this process that listens on the port."""
        with suppress(psutil.Error):
            return any(
                (connection.status, connection.laddr.port) == (psutil.CONN_LISTEN, self.port)
                for connection in psutil.Process(self.pid).net_connections("tcp")
                if connection.laddr
            )
        return False

    @property
    def _port_in_use(self) -> str:
        return f"Port {self.port} is in use by another program"

    def _describe(self, what: str) -> str:
        return "\n".join([f"Home Assistant {what}", *self.errors()[-3:]])


def log_entries(log: str) -> list[tuple[str, str]]:
    """Split a host's log into entries, each with its level; a traceback belongs to its entry.

    What is before the first one is critical: what can't be read must not pass for no complaint.
    """
    starts = list(LOG_ENTRY.finditer(log))
    before = log[: starts[0].start() if starts else None].strip()
    return [
        *([(before, "CRITICAL")] if before else []),
        *(
            (log[start.start() : following.start() if following else None].rstrip(), start["level"])
            for start, following in zip_longest(starts, starts[1:])
        ),
    ]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _remove(place: Path) -> None:
    if place.is_symlink() or place.is_file():
        place.unlink()
    elif place.exists():
        shutil.rmtree(place)


def _place_plugin(plugin: Path, place: Path, *, copy: bool) -> None:
    if copy:
        shutil.copytree(plugin, place, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        place.symlink_to(plugin.resolve(), target_is_directory=True)
