"""What is asked of one node over one connection: all that waits goes out at once.

A loop takes what waits, sends it as one pipeline, and answers. A lane whose node is gone, or hangs,
answers what was not sent with Unsent, so that it may be asked elsewhere, and tries again in a
while. How much waits is bounded, and for how long.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from ..errors import StorageUnavailable
from .faults import GRAVE, Lost, Refused, Unsent
from .link import Command, Link

# Of one pipeline.
MOST: Final = 512
MOST_BYTES: Final = 1 << 20
# Of what waits for one connection: more can't be sent in the time that anybody waits.
MAX_WAITING: Final = 10_000
MAX_WAITING_BYTES: Final = 32 << 20
# Seconds that a pipeline takes with nothing in its way: so many, or twice as many as recent ones.
SLOW: Final = 0.005
RECENT: Final = 16
# Between attempts to connect, in seconds, doubled up to the second.
PAUSES: Final = (0.05, 1.0)
# A bound on what a part of a command is beside its bytes.
_BESIDE: Final = 16

# Given the replies to the tail, why what was sent before it does not hold, None where it does.
type Verdict = Callable[[Sequence[Any]], StorageUnavailable | None]


class Request:
    """Commands that go out together, and who waits for their replies."""

    __slots__ = ("bytes", "commands", "done", "until")

    def __init__(self, commands: Sequence[Command], until: float) -> None:
        self.commands = commands
        self.until = until
        self.bytes = sum(_size(part) for command in commands for part in command)
        self.done: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()


def _size(part: bytes | str | int) -> int:
    return _BESIDE + (len(part) if isinstance(part, bytes | str) else 0)


class Lane:
    """One connection to one node, and what waits for it."""

    def __init__(
        self,
        link: Link,
        *,
        limit: float,
        tail: Sequence[Command] = (),
        verdict: Verdict = lambda _replies: None,
        slow: Callable[[], None] | None = None,
    ) -> None:
        """Give a pipeline so many seconds; each ends with `tail`, whose replies `verdict` reads.

        `slow` is called once for each that takes longer than usual.
        """
        self._link = link
        self._limit = limit
        self._tail = tail
        self._verdict = verdict
        self._slow = slow
        self._waiting: deque[Request] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        # When it may connect again.
        self._retry_at = 0.0
        self._pause = 0.0
        # Seconds that recent pipelines took.
        self._usual = 0.0
        self.trouble: Exception | None = Unsent(f"{link} was not asked yet")
        """Why the last pipeline failed; None where it did not."""
        self.since = _now()
        """When the pipeline under way was begun, or the last one ended."""
        self.busy = False
        """Whether one is under way."""

    def ask(self, commands: Sequence[Command], until: float) -> asyncio.Future[list[Any]]:
        """Have commands sent until then, and return their replies as they come, faults among them.

        Fails, at once or later, with Unsent, Lost, or where too much waits StorageUnavailable.
        """
        if self._closed or _now() < self._retry_at:
            raise Unsent(str(self.trouble or f"{self._link} is not used any more"))
        request = Request(commands, until)
        if len(self._waiting) >= MAX_WAITING or self._bytes + request.bytes > MAX_WAITING_BYTES:
            raise StorageUnavailable(f"{self._link} does not keep up")
        self._waiting.append(request)
        self._bytes += request.bytes
        self._wake.set()
        # A reply that nobody understands ends one pipeline, and not the lane.
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name=f"lane to {self._link}")
        return request.done

    def stuck(self, seconds: float) -> bool:
        """Tell whether a pipeline has been under way for longer."""
        return self.busy and _now() - self.since > seconds

    async def close(self) -> None:
        """End it: what was sent is lost, and what was not may be asked elsewhere."""
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._give_up(Unsent(f"{self._link} is not used any more"))
        self._link.close()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._drop_late()
            if not self._link.open:
                await self._connect()
            elif batch := self._take():
                await self._send(batch)
            if not self._waiting:
                self._wake.clear()

    async def _connect(self) -> None:
        self.busy, self.since = True, _now()
        try:
            await self._link.connect()
        except Unsent as error:
            self.trouble = error
            self._pause = min(max(self._pause * 2, PAUSES[0]), PAUSES[1])
            self._retry_at = _now() + self._pause
            self._give_up(error)
        else:
            self._pause = self._retry_at = 0.0
        finally:
            self.busy, self.since = False, _now()

    async def _send(self, batch: Sequence[Request]) -> None:
        commands = [command for request in batch for command in request.commands]
        commands += self._tail
        self.busy, self.since = True, _now()
        # Also where it is cancelled.
        ended: Exception = Lost(f"{self._link} was given up in the midst of it")
        loop = asyncio.get_running_loop()
        timer = self._slow and loop.call_later(max(SLOW, 2 * self._usual), self._slow)
        try:
            replies = await self._link.exchange(commands, self._limit)
        except (Lost, Unsent) as error:
            self.trouble = ended = error
        else:
            self._answer(batch, replies)
        finally:
            if timer:
                timer.cancel()
            self._usual += (_now() - self.since - self._usual) / RECENT
            self.busy, self.since = False, _now()
            for request in batch:
                _fail(request, ended)

    def _answer(self, batch: Sequence[Request], replies: Sequence[Any]) -> None:
        problem = self._verdict(replies[len(replies) - len(self._tail) :])
        grave: Exception | None = problem
        place = 0
        for request in batch:
            told = list(replies[place : place + len(request.commands)])
            place += len(request.commands)
            if isinstance(last := told[-1], Refused) and last.code in GRAVE:
                grave = last
            # What was not done is told as that: it needs no copies.
            if problem is not None and not isinstance(last, Exception):
                _fail(request, problem)
            elif not request.done.done():
                request.done.set_result(told)
        self.trouble = grave

    def _take(self) -> list[Request]:
        """Return what goes out at once."""
        batch: list[Request] = []
        commands = size = 0
        while self._waiting and commands < MOST and size < MOST_BYTES:
            request = self._waiting.popleft()
            self._bytes -= request.bytes
            # Who does not wait any more was disconnected.
            if not request.done.done():
                batch.append(request)
                commands += len(request.commands)
                size += request.bytes
        return batch

    def _drop_late(self) -> None:
        """Answer those that waited too long: they came in about that order."""
        now = _now()
        while self._waiting and self._waiting[0].until < now:
            request = self._waiting.popleft()
            self._bytes -= request.bytes
            _fail(request, Unsent(f"{self._link} does not keep up"))

    def _give_up(self, error: Exception) -> None:
        waiting, self._waiting, self._bytes = self._waiting, deque(), 0
        for request in waiting:
            _fail(request, error)


def _fail(request: Request, error: Exception) -> None:
    if not request.done.done():
        # One for each: whoever raises it adds to its traceback.
        request.done.set_exception(type(error)(*error.args))


def _now() -> float:
    return time.monotonic()
