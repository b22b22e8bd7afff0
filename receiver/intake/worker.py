"""A process that unpacks snapshots, as the event loop sees it: one snapshot at a time.

It is begun with the first snapshot, and anew where it ended. What is handed over and taken back
goes in small parts, so that the loop is never held up for longer than any of them takes.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from ..schema import Name, Told
from ..unpacking import END, HEAD, Answer, BodyError, length_of, read_names, request
from .body import BusyError, Room

LOGGER: Final = logging.getLogger(__name__)

_PACKAGE: Final = Path(__file__).parents[1]
COMMAND: Final = (sys.executable, "-m", f"{_PACKAGE.name}.unpacking")
# Seconds that one snapshot may take, also beside whatever else the machine does.
PATIENCE: Final = 9.0
# Seconds for which one waits for those before it, two of which may take all that they may. Whoever
# sent it waits for 30.
TURN: Final = 2 * PATIENCE


class WorkerError(Exception):
    """The process did not do its work."""


class Worker:
    """Runs the process."""

    def __init__(
        self, command: Sequence[str] = COMMAND, *, what: str, patience: float = PATIENCE
    ) -> None:
        """Name the program, what it unpacks, and how many seconds one of these may take."""
        self._command = command
        self._what = what
        self._patience = patience
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._failing = False

    async def unpack(
        self, body: Sequence[bytearray], room: Room, *, packed: bool
    ) -> tuple[Told, tuple[str, ...]]:
        """Return what is to be kept of a body, which is in parts, and what of it was dropped.

        Raise BodyError; BusyError where others take too long, or too much waits; WorkerError.
        """
        try:
            async with asyncio.timeout(TURN):
                await self._turn.acquire()
        except TimeoutError:
            raise BusyError from None
        try:
            # What comes back is not refused, or all that work was for nothing. So there is never
            # more than one that is too much.
            room.ask(0)
            answer, told = await self._exchanged(body, room, packed=packed)
        finally:
            self._turn.release()
        if answer.status != 200:
            raise BodyError(answer.status, answer.error)
        return told, answer.dropped

    async def stop(self) -> None:
        """End the process."""
        if (process := self._process) is not None:
            self._process = None
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _exchanged(
        self, body: Sequence[bytearray], room: Room, *, packed: bool
    ) -> tuple[Answer, Told]:
        """Hand a body over, and take back what it says; end a process that did not do that."""
        try:
            async with asyncio.timeout(self._patience):
                process = await self._running()
                await _send(process, body, packed=packed)
                answer, told = await _receive(process, room)
        except (OSError, EOFError, TimeoutError, ValueError) as error:
            failed = self._process
            await self.stop()
            self._say(error, failed)
            raise WorkerError from error
        except BaseException:
            # The next one would be told what this one was to be.
            await self.stop()
            raise
        self._failing = False
        return answer, told

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, cwd=_PACKAGE.parent
            )
        return self._process

    def _say(self, error: Exception, process: Process | None) -> None:
        """Say once that it does not work, and nothing of what it was given."""
        if not self._failing:
            reason = self._reason(error, process)
            LOGGER.error("%s can't be unpacked, and get 503: the process %s", self._what, reason)
        self._failing = True

    def _reason(self, error: Exception, process: Process | None) -> str:
        match error:
            case TimeoutError():
                return f"did not answer within {self._patience:g} seconds"
            case OSError() if process is None:
                return f"can't be started: {error}"
            # What it wrote itself is not shown, for it may be of a snapshot.
            case OSError() | EOFError():
                status = process.returncode if process else None
                return f"ended with status {status}: see what {COMMAND[-1]} says by itself"
            case _:
                return "said what can't be read"


async def _send(process: Process, body: Sequence[bytearray], *, packed: bool) -> None:
    stdin = cast("asyncio.StreamWriter", process.stdin)
    stdin.write(request(sum(map(len, body)), packed=packed))
    for part in body:
        stdin.write(part)
        await stdin.drain()
        # Where the process takes it at once, nothing would be waited for.
        await asyncio.sleep(0)


async def _receive(process: Process, room: Room) -> tuple[Answer, Told]:
    answer = Answer.read(await _frame(process))
    names: dict[str, list[Name]] = {}
    while (frame := await _frame(process)) != END:
        room.take(len(frame))
        read_names(frame, names)
        # What has come already is read without waiting.
        await asyncio.sleep(0)
    return answer, Told(names, {})


async def _frame(process: Process) -> bytes:
    stdout = cast("asyncio.StreamReader", process.stdout)
    length = length_of(await stdout.readexactly(HEAD))
    return await stdout.readexactly(length)
