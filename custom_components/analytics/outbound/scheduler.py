"""Says when a report is sent: once the host has settled, daily, and again after a failure."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..models import Kind, Outcome
from ..part import Part
from . import retry
from .worker import Worker

type Send = Callable[[int], Coroutine[Any, Any, Outcome]]


class Scheduler(Part):
    """Sends once the host has started and `initial_delay` has passed, then every `interval`.

    `send` sends a report, given the number of the attempt; `allowed` tells whether one may be sent
    now; `ended` is told how one ended. `initial_delay` is asked for the seconds until the first.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        send: Send,
        allowed: Callable[[], bool],
        ended: Callable[[Outcome], None],
        initial_delay: Callable[[], float],
        interval: timedelta,
        name: str = "report",
    ) -> None:
        """Keep the collaborators; nothing is armed before async_start."""
        self._hass = hass
        self._send = send
        self._allowed = allowed
        self._ended = ended
        self._name = name
        self._initial_delay = initial_delay
        self._interval = interval.total_seconds()
        self._started = self._stopped = False
        self._regular = 0.0
        self._failures = 0
        self._worker = Worker(hass, f"analytics {name}", self._async_due)

    @callback
    def async_start(self) -> None:
        """Begin, now that the host has started."""
        self._started = True
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Follow a change of what is allowed: stop what is on its way, arm or disarm the timer."""
        self._worker.async_cancel()
        if not self._started or self._hass.is_stopping or not self._allowed():
            self._worker.async_disarm()
        elif self.next_due is None:
            self._failures = 0
            self._regular = self._hass.loop.time() + self._initial_delay()
            self._arm(self._regular)

    @callback
    def async_begin_again(self) -> None:
        """Ask anew how long it is until the next, for a clock was set."""
        self._worker.async_disarm()
        self.async_update()

    @property
    def next_due(self) -> float | None:
        """Return when the timer is due, in the loop's time; None where it is not armed."""
        return self._worker.due

    @property
    def next_time(self) -> datetime | None:
        """Return the same by the clock on the wall."""
        return self._worker.due_time

    @property
    def busy(self) -> bool:
        """Tell whether a report is on its way."""
        return self._worker.busy

    @property
    def retrying(self) -> bool:
        """Tell whether the timer is armed for a retry."""
        return self._failures > 0 and self.next_due is not None

    async def async_stop(self) -> None:
        """Stop what is on its way, and leave neither timer nor task."""
        self._started, self._stopped = False, True
        if task := self._worker.async_stop():
            await asyncio.wait([task])

    async def async_send_now(self) -> Outcome:
        """Send at once, or wait for what is on its way; the schedule goes on as it was."""
        if self._stopped:
            return Outcome(kind=Kind.STOPPED, reason="unloaded")
        task = self._worker.task or self._worker.async_run(self._async_report)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            return Outcome(kind=Kind.STOPPED, reason="stopped on its way")

    def _arm(self, when: float) -> None:
        wait = max(0.0, when - self._hass.loop.time())
        self._worker.async_arm(timedelta(seconds=wait))

    async def _async_due(self) -> Outcome:
        """Send what is due; unless it is a retry, the next one is due an interval from now."""
        if self._failures == 0:
            self._regular = self._hass.loop.time() + self._interval
        return await self._async_report()

    async def _async_report(self) -> Outcome:
        """Send, and arm the timer for a retry or for the next regular report."""
        try:
            outcome = await self._send(self._failures + 1)
        except Exception:  # noqa: BLE001 - a fault must not end the daily reports
            LOGGER.exception("A %s failed in a way that is a fault of Open Analytics", self._name)
            outcome = Outcome(kind=Kind.INVALID, reason="unexpected fault, see the log")
        if not self._worker.is_current:
            return outcome  # stopped, and perhaps followed by another
        self._ended(outcome)
        if self._started and self._allowed():
            self._arm(self._next(outcome))
        return outcome

    def _next(self, outcome: Outcome) -> float:
        """Return the time of the next attempt, in the loop's time."""
        if outcome.kind is Kind.RETRYABLE:
            self._failures += 1
            wait = retry.delay(self._failures, outcome.retry_after, random.random)
            again = retry.next_attempt(self._hass.loop.time(), wait, self._regular)
            if again is not None:
                return again
        self._failures = 0
        return self._regular
