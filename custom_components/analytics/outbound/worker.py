"""One piece of work that is done now, or later, and never twice at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from .. import changes

type Work[T] = Callable[[], Coroutine[Any, Any, T]]


class Worker[T]:
    """Owns one timer and one task; the timer is not armed while the task is at work."""

    def __init__(self, hass: HomeAssistant, name: str, work: Work[T]) -> None:
        """Name the work that is done when the timer is due; nothing is done yet."""
        self._hass = hass
        self._name = name
        self._work = work
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._task: asyncio.Task[T] | None = None
        # When the timer is due, in the loop's time.
        self.due: float | None = None

    @property
    def task(self) -> asyncio.Task[T] | None:
        """Return the work that is under way."""
        return self._task if self._task and not self._task.done() else None

    @property
    def busy(self) -> bool:
        """Tell whether the work is under way."""
        return self.task is not None

    @property
    def is_current(self) -> bool:
        """Tell whether the work that is running asks, and was not stopped since."""
        return self._task is asyncio.current_task()

    @property
    def due_time(self) -> datetime | None:
        """Return when the timer is due, by the clock on the wall; None where it is not armed."""
        if self.due is None:
            return None
        return dt_util.utcnow() + timedelta(seconds=self.due - self._hass.loop.time())

    @callback
    def async_arm(self, delay: timedelta) -> None:
        """Do the work after this time, instead of whenever it was to be done."""
        self.async_disarm()
        self.due = self._hass.loop.time() + delay.total_seconds()
        job = HassJob(self._due, self._name, cancel_on_shutdown=True)
        self._cancel_timer = async_call_later(self._hass, delay, job)
        changes.async_tell(self._hass)

    @callback
    def async_disarm(self) -> None:
        """Do the work at no time; what is under way goes on."""
        if self._cancel_timer is not None:
            self._cancel_timer()
        self._cancel_timer = self.due = None

    @callback
    def async_run(self, work: Work[T] | None = None) -> asyncio.Task[T]:
        """Do the work now, or another in its place."""
        self.async_disarm()
        self._task = self._hass.async_create_background_task(
            (work or self._work)(), self._name, eager_start=False
        )
        return self._task

    @callback
    def async_cancel(self) -> asyncio.Task[T] | None:
        """Cancel the task and return it; the timer stays."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    @callback
    def async_stop(self) -> asyncio.Task[T] | None:
        """Leave neither timer nor task; returns the task, which was cancelled."""
        self.async_disarm()
        return self.async_cancel()

    @callback
    def _due(self, _now: datetime) -> None:
        self.async_run()
