"""A program that runs as a child of this one, in a group of its own, with a log."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


class Child:
    """One program at a time, startable again after it ended."""

    def __init__(self) -> None:
        """Begin with none."""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return the id of the process, None where it does not run."""
        return self._process.pid if self._process and self.running else None

    @property
    def running(self) -> bool:
        """Tell whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """Return how the last process ended, None where none ended."""
        return self._process.poll() if self._process else None

    def spawn(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path,
        log: Path,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        """Start it in a folder, and begin its log."""
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # held open: its end says that the parent is gone
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=environ,
                start_new_session=True,  # Ctrl-C reaches the parent only, which stops the child
            )

    def terminate(self) -> None:
        """Ask it to stop, if it runs."""
        if self._process and self.running:
            self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout: float) -> None:
        """Wait until it ended, if there is one; raises subprocess.TimeoutExpired."""
        if self._process is not None:
            self._process.wait(timeout)

    def kill(self) -> None:
        """Kill it, as a power cut would, and everything that it started; once."""
        process = self._process
        if process is None or process.stdin is None or process.stdin.closed:
            return
        # The group may be gone; for one of which only zombies are left macOS says EPERM.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdin.close()
