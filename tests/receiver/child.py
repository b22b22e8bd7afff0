"""The receiver as operators run it: a process of its own, which a test can kill or starve."""

import resource
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

ROOT = Path(__file__).parents[2]
TIMEOUT = 30


def run(*arguments: str | Path, within: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command of the receiver to its end, by way of another command where one is named."""
    return subprocess.run(
        [*within, sys.executable, "-m", "receiver", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


class Child:
    """A running receiver."""

    def __init__(self, process: subprocess.Popen[str], url: str, output: str) -> None:
        self._process = process
        self.url = url
        self.output = output

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """End it as a power cut or the kernel would."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(TIMEOUT)

    def stop(self) -> tuple[int, str]:
        """Ask it to stop; return exit status and what it logged."""
        self._process.send_signal(signal.SIGTERM)
        _, log = self._process.communicate(timeout=TIMEOUT)
        return self._process.returncode, log

    def limit_files(self, size: int) -> None:
        """Let no file grow beyond this size: to the database, that is a full disk."""
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def unlimit_files(self) -> None:
        """Make room again."""
        self.limit_files(resource.RLIM_INFINITY)


@contextmanager
def receiver(store: Path | str, *arguments: str) -> Iterator[Child]:
    """Run a receiver on a free port, and kill it in the end."""
    command = [sys.executable, "-m", "receiver", "--port", "0", "--store", str(store)]
    with subprocess.Popen(
        [*command, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield _listening(process)
        finally:
            process.kill()


def _listening(process: subprocess.Popen[str]) -> Child:
    assert process.stdout is not None
    output = ""
    # Its end ends the reading.
    limit = Timer(TIMEOUT, process.kill)
    limit.start()
    try:
        for line in process.stdout:
            output += line
            if line.startswith("Listening on "):
                return Child(process, line.removeprefix("Listening on ").strip(), output)
    finally:
        limit.cancel()
    _, log = process.communicate(timeout=TIMEOUT)
    raise AssertionError(f"No receiver listened within {TIMEOUT} seconds: {output}{log}")
