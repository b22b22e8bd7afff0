"""One piece of work that is done now, or later, and never twice at the same time."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later


class Worker:
    """Owns one timer and one task; the timer is not armed while the task is at work."""

    def __init__(
        self, hass: HomeAssistant, name: str, work: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """Name the work; nothing is done yet."""
        self._hass = hass
        self._name = name
        self._work = work
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def busy(self) -> bool:
        """Tell whether the work is under way."""
        return self._task is not None and not self._task.done()

    @property
    def is_current(self) -> bool:
        """Tell whether the work that is running asks, and was not stopped since."""
        return self._task is asyncio.current_task()

    @callback
    def async_arm(self, delay: timedelta) -> None:
        """Do the work after this time, instead of whenever it was to be done."""
        self._disarm()
        job = HassJob(self._due, self._name, cancel_on_shutdown=True)
        self._cancel_timer = async_call_later(self._hass, delay, job)

    @callback
    def async_stop(self) -> asyncio.Task[None] | None:
        """Leave neither timer nor task; returns the task, which was cancelled."""
        self._disarm()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task

    def _disarm(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
        self._cancel_timer = None

    @callback
    def _due(self, _now: datetime) -> None:
        self._disarm()
        self._task = self._hass.async_create_background_task(
            self._work(), self._name, eager_start=False
        )
