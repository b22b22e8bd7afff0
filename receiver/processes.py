"""Work that is done in several processes at once, none of which outlives the one that began it."""

import os
import pickle
import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from typing import IO, Any, Final

type Work[T] = Callable[[], T]

_ENDED: Final = 1


class ProcessError(Exception):
    """A process ended without a result; the message says how."""


class _Process:
    """A process that was begun, and where it writes what it gives back."""

    def __init__(self, number: int, given: IO[bytes]) -> None:
        self._number = number
        self.given = given
        self._status: int | None = None

    def result(self) -> Any:
        """Wait for its result, or raise what it raised; ProcessError where it gave neither."""
        try:
            outcome, error = pickle.load(self.given)  # noqa: S301 - of a copy of this one
        except (EOFError, pickle.UnpicklingError) as broken:
            raise ProcessError(self._ended()) from broken
        if error is not None:
            raise error
        return outcome

    def end(self) -> None:
        """End it, if it has not ended."""
        self.given.close()
        if self._status is None:
            # Nobody else has its number before it was waited for.
            os.kill(self._number, signal.SIGKILL)
            self._wait()

    def _ended(self) -> str:
        status = self._wait()
        how = f"by signal {-status}" if status < 0 else f"with status {status}"
        return f"a process that counts ended {how}"

    def _wait(self) -> int:
        self._status = os.waitstatus_to_exitcode(os.waitpid(self._number, 0)[1])
        return self._status


def each[T](works: Sequence[Work[T]]) -> list[T]:
    """Do all works, each in a process that is a copy of this one, and return what they return.

    What one raises is raised here, and the others end. A work has to open for itself what it reads.
    """
    with ExitStack() as stack:
        # Its end says that this process is gone, however it went: a kill closes it, too.
        beside, going = os.pipe()
        stack.callback(os.close, going)
        with os.fdopen(beside, "rb"):
            begun = [_begin(work, stack, beside, going) for work in works]
        return _results(begun)


def _results(begun: Sequence[_Process]) -> list[Any]:
    """Take what each gives as it comes: one that failed is not told after those that take long."""
    results: dict[int, Any] = {}
    with DefaultSelector() as waiting:
        for place, process in enumerate(begun):
            waiting.register(process.given, EVENT_READ, place)
        while waiting.get_map():
            for ready, _ in waiting.select():
                waiting.unregister(ready.fileobj)
                results[ready.data] = begun[ready.data].result()
    return [results[place] for place in range(len(begun))]


def _begin(work: Work[Any], stack: ExitStack, beside: int, going: int) -> _Process:
    taken, given = os.pipe()
    number = os.fork()
    if number == 0:
        os.close(going)
        os.close(taken)
        _work(work, beside, given)
    os.close(given)
    process = _Process(number, os.fdopen(taken, "rb"))
    stack.callback(process.end)
    return process


def _work(work: Work[Any], beside: int, given: int) -> None:
    """Do it, give the outcome back, and end, whatever happens."""
    try:
        Thread(target=_end_with, args=(beside,), daemon=True).start()
        outcome: tuple[Any, Exception | None]
        try:
            outcome = work(), None
        except Exception as error:  # noqa: BLE001 - raised where it was begun
            outcome = None, error
        with suppress(OSError), os.fdopen(given, "wb") as file:
            pickle.dump(outcome, file, pickle.HIGHEST_PROTOCOL)
        os._exit(0)
    finally:
        os._exit(_ENDED)


def _end_with(beside: int) -> None:
    """End this process when the one that began it has ended."""
    with suppress(OSError):
        os.read(beside, 1)
    os._exit(_ENDED)
