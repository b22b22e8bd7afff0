"""The rest of the way of what was approved: exactly these bytes, or none."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..models import Kind, Matter, Outcome
from .file import HeldFile
from .held import Held
from .origin import ChangedError, Origin, UnfitError

# Why something is shown anew.
CHANGED: Final = "changed"


class Leaving:
    """Owns the tasks that send what was approved; `permit` is asked right before each request."""

    def __init__(
        self,
        hass: HomeAssistant,
        file: HeldFile,
        origins: Mapping[Matter, Origin],
        permit: Callable[[Held], bool],
    ) -> None:
        """Keep the collaborators; nothing is on its way."""
        self._hass = hass
        self._file = file
        self._origins = origins
        self._permit = permit
        # By name and digest: an approval is of these bytes.
        self._tasks: dict[tuple[str, str], asyncio.Task[Outcome]] = {}

    async def async_send(self, item: Held) -> Outcome:
        """Send something, or wait for that where it is on its way, and tell how it ended."""
        name = item.key, item.digest
        task = self._tasks.get(name)
        if task is None:
            task = self._hass.async_create_background_task(
                self._async_leave(item), "analytics approved", eager_start=False
            )
            self._tasks[name] = task
            task.add_done_callback(lambda _: self._tasks.pop(name, None))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not task.cancelled():
                raise
            return Outcome(kind=Kind.STOPPED, reason="stopped on its way")

    def stop(self, item: Held) -> None:
        """Stop something that is on its way."""
        if task := self._tasks.get((item.key, item.digest)):
            task.cancel()

    async def async_stop(self) -> None:
        """Stop all that is on its way."""
        if tasks := [*self._tasks.values()]:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _async_leave(self, item: Held) -> Outcome:
        """Send something, which waits on unless it was sent.

        It is not tried again by itself: whoever looks at it sees how it ended, and decides.
        """
        # Also where the host ends meanwhile: it may have arrived by then, and is not sent again
        # by somebody who can't know.
        self._noted(item, Outcome(kind=Kind.STOPPED, reason="stopped on its way"))
        await self._file.async_save()
        try:
            outcome = await self._async_sent(item)
            self._noted(item, outcome)
        finally:
            await self._file.async_save()
        return outcome

    async def _async_sent(self, item: Held) -> Outcome:
        origin = self._origins.get(item.matter)
        if origin is None or not self._permit(item):
            return Outcome(kind=Kind.BLOCKED, reason="no longer allowed")
        try:
            outcome = await origin.async_send(
                item, partial(self._permit, item), partial(self._noted, item)
            )
        except ChangedError as changed:
            return self._renewed(item, changed)
        except UnfitError as error:
            self._file.drop(item)
            outcome = Outcome(kind=Kind.INVALID, reason=str(error))
        except OSError as error:
            reason = f"secrets.yaml can't be read ({type(error).__name__})"
            outcome = Outcome(kind=Kind.RETRYABLE, reason=reason)
        except Exception:  # noqa: BLE001 - whoever approved it is told, and it waits on
            LOGGER.exception("What was approved can't be sent, a fault of Open Analytics")
            outcome = Outcome(kind=Kind.INVALID, reason="unexpected fault, see the log")
        origin.ended(item, outcome)
        return outcome

    def _renewed(self, item: Held, changed: ChangedError) -> Outcome:
        """Let what the guard lets pass by now wait in its place, until somebody has seen that."""
        if self._file.holds(item):
            report = changed.report
            dropped = {
                name: item.dropped.get(name, 0) + report.dropped.get(name, 0)
                for name in {**item.dropped, **report.dropped}
            }
            body = changed.body.decode()
            self._file.put(replace(item, body=body, dropped=dropped, reason=CHANGED, last=None))
            LOGGER.info("What was approved for %s waits again: the guard has changed it", item.url)
        return Outcome(kind=Kind.HELD, reason=CHANGED)

    def _noted(self, item: Held, outcome: Outcome) -> None:
        """Note how an attempt ended, at once, so that nothing can send it twice."""
        if outcome.kind is Kind.SENT:
            self._file.drop(item)
        elif self._file.holds(item):
            last = {
                "time": dt_util.utcnow().isoformat(),
                "outcome": str(outcome.kind),
                "reason": outcome.reason or None,
                "status": outcome.status,
                "attempt": item.attempt,
            }
            self._file.put(replace(item, last=last))
