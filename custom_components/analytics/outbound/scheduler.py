"""Says when a report is sent. The only owner of timers, of which it has one at a time."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from ..const import LOGGER
from ..models import Kind, Outcome
from . import retry

type Send = Callable[[int], Coroutine[Any, Any, Outcome]]


class Scheduler:
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
        # When the timer is due, in the loop's time.
        self.next_due: float | None = None
        self._failures = 0
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._task: asyncio.Task[Outcome] | None = None

    @callback
    def async_start(self) -> None:
        """Begin, now that the host has started."""
        self._started = True
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Follow a change of what is allowed: stop what is on its way, arm or disarm the timer."""
        self._stop_task()
        if not self._started or self._hass.is_stopping or not self._allowed():
            self._disarm()
        elif self._cancel_timer is None:
            self._failures = 0
            self._regular = self._hass.loop.time() + self._initial_delay()
            self._arm(self._regular)

    @property
    def busy(self) -> bool:
        """Tell whether a report is on its way."""
        return self._task is not None

    @property
    def retrying(self) -> bool:
        """Tell whether the timer is armed for a retry."""
        return self._failures > 0 and self.next_due is not None

    async def async_stop(self) -> None:
        """Stop what is on its way, and leave neither timer nor task."""
        self._started, self._stopped = False, True
        self._disarm()
        if task := self._stop_task():
            await asyncio.wait([task])

    def _arm(self, when: float) -> None:
        self._disarm()
        job = HassJob(self._due, f"analytics {self._name}", cancel_on_shutdown=True)
        self.next_due = when
        wait = max(0.0, when - self._hass.loop.time())
        self._cancel_timer = async_call_later(self._hass, wait, job)

    def _disarm(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
        self._cancel_timer = self.next_due = None

    def _stop_task(self) -> asyncio.Task[Outcome] | None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    async def async_send_now(self) -> Outcome:
        """Send at once, or wait for what is on its way; the schedule goes on as it was."""
        if self._stopped:
            return Outcome(kind=Kind.STOPPED, reason="unloaded")
        task = self._task or self._run()
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            return Outcome(kind=Kind.STOPPED, reason="stopped on its way")

    @callback
    def _due(self, _now: datetime) -> None:
        """Start a report; the next timer is armed when it has ended."""
        self._cancel_timer = self.next_due = None
        if self._failures == 0:
            self._regular = self._hass.loop.time() + self._interval
        self._run()

    def _run(self) -> asyncio.Task[Outcome]:
        self._disarm()
        self._task = self._hass.async_create_background_task(
            self._async_report(), f"analytics {self._name}", eager_start=False
        )
        return self._task

    async def _async_report(self) -> Outcome:
        """Send, and arm the timer for a retry or for the next regular report."""
        try:
            outcome = await self._send(self._failures + 1)
        except Exception:  # noqa: BLE001 - a fault must not end the daily reports
            LOGGER.exception("A %s failed in a way that is a fault of Open Analytics", self._name)
            outcome = Outcome(kind=Kind.INVALID, reason="unexpected fault, see the log")
        if self._task is not asyncio.current_task():
            return outcome  # stopped, and perhaps followed by another
        self._task = None
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
