"""One server of a Valkey cluster on this machine: its folder, its process and what it answers."""

import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from scripts.ports import LOOPBACK, free_ports
from scripts.valkey_resp import Access, AnswerError, Connection, Part

CONFIGURATION: Final = "valkey.conf"
LOG: Final = "valkey.log"
# Others than those of all else here: each server takes two.
PORTS: Final = range(20_000, 32_000)
ADDRESS_TAKEN: Final = "Address already in use"
START_TIMEOUT: Final = 20.0
POLL_INTERVAL: Final = 0.02


class ServersError(Exception):
    """A server does not start, or a cluster does not become one; the message says which."""


class Node:
    """A server of a cluster; it keeps its folder and its ports when it is killed."""

    def __init__(
        self, server: Path, folder: Path, *, settings: Mapping[str, str], access: Access | None
    ) -> None:
        """Describe it; nothing is written or started yet."""
        self.folder = folder
        self.port = self.bus_port = 0
        self.id = ""
        self._server = server
        self._settings = settings
        self._access = access
        self.paused = False
        self._process: subprocess.Popen[bytes] | None = None

    def __repr__(self) -> str:
        """Return what tells it from others in a message."""
        return f"<{self.folder.name} at port {self.port}>"

    @property
    def address(self) -> str:
        """Return where clients reach it."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def pid(self) -> int | None:
        """Return the id of the process, None where it does not run."""
        return self._process.pid if self._process and self.running else None

    @property
    def running(self) -> bool:
        """Tell whether the process is there, paused ones as well."""
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        """Return what it wrote since its last start."""
        with suppress(FileNotFoundError):
            return (self.folder / LOG).read_text(encoding="utf-8", errors="replace")
        return ""

    # --- The process

    def start(self, *, group: int) -> None:
        """Start it in a group of processes, and wait until it answers; raises ServersError."""
        if self.running:
            raise ServersError(f"{self} runs already")
        ports = [(self.port, self.bus_port)] if self.port else pairs_of_ports()
        for self.port, self.bus_port in ports:
            self._spawn(group)
            if self._answers():
                self.id = self.call("CLUSTER", "MYID").decode()
                return
            self.kill()
            if ADDRESS_TAKEN not in self.log():
                break
        raise ServersError(f"{self} did not start:\n{self.log()[-2_000:]}")

    def kill(self) -> None:
        """Kill it, as a power cut would, paused or not."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self.paused = False

    def pause(self) -> None:
        """Let it hang: its connections stay open, and nothing is answered."""
        self._signal(signal.SIGSTOP)
        self.paused = True

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)
        self.paused = False

    def _signal(self, number: signal.Signals) -> None:
        if self._process is None or not self.running:
            raise ServersError(f"{self} does not run")
        self._process.send_signal(number)

    def _spawn(self, group: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        own = {
            "bind": LOOPBACK,
            "port": str(self.port),
            "cluster-port": str(self.bus_port),
            "dir": str(self.folder),
        }
        lines = [f"{name} {value}" for name, value in {**self._settings, **own}.items()]
        lines += _of_access(self._access)
        configuration = self.folder / CONFIGURATION
        configuration.touch(mode=0o600)
        configuration.write_text("\n".join([*lines, ""]), encoding="utf-8")
        with (self.folder / LOG).open("wb") as log:
            self._process = subprocess.Popen(
                [self._server, configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                # Also not this program's group: Ctrl-C reaches only this program, which stops it.
                process_group=group,
            )

    def _answers(self) -> bool:
        """Wait until it answers, and its data is loaded; tell whether it does."""
        deadline = time.monotonic() + START_TIMEOUT
        while self.running and time.monotonic() < deadline:
            with suppress(OSError, AnswerError):
                return bool(self.call("PING") == b"PONG")
            time.sleep(POLL_INTERVAL)
        return False

    # --- What it answers

    def connection(self) -> Connection:
        """Return a connection to it, to be closed by who asks; raises OSError."""
        return Connection(self.port, access=self._access)

    def call(self, *parts: Part) -> Any:
        """Return its answer to a command; raises AnswerError, and OSError where it gives none."""
        with self.connection() as connection:
            return connection.call(*parts)

    def meet(self, other: "Node") -> None:
        """Make it known to another, and by that to all that either knows."""
        self.call("CLUSTER", "MEET", LOOPBACK, other.port, other.bus_port)

    def info(self, section: str) -> dict[str, str]:
        """Return a section of what it says about itself."""
        lines = self.call("INFO", section).decode().splitlines()
        pairs = (line.partition(":") for line in lines if ":" in line)
        return {name: value for name, _, value in pairs}

    def cluster_info(self) -> dict[str, str]:
        """Return how it sees the cluster."""
        lines = self.call("CLUSTER", "INFO").decode().splitlines()
        return dict(line.split(":", 1) for line in lines if ":" in line)


def pairs_of_ports() -> Iterator[tuple[int, int]]:
    """Yield pairs of ports that nothing listens on at the moment."""
    free = free_ports(PORTS)
    for _ in range(10):
        yield next(free), next(free)


def _of_access(access: Access | None) -> list[str]:
    """Return the lines that let only one user in, and replicas by its name."""
    if access is None:
        return []
    allowed = f"user {access.user} on >{access.password} ~* &* +@all"
    others = [] if access.user == "default" else ["user default off"]
    return [*others, allowed, f"masteruser {access.user}", f"masterauth {access.password}"]
