"""Take back what was sent: ids wait here until their destination has deleted what it knows."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..consent import ConsentStore, end_deletion, may_delete
from ..const import LOGGER
from ..models import Deletion, Kind, Matter, Outcome
from ..part import Part
from ..settings import usable
from ..texts import excerpt
from .gate import LIMIT, Gate
from .offer import NO_DELETION, WHERE, offered, path_of
from .worker import Worker

AGAIN: Final = timedelta(hours=24)
# A receiver may go on with a report that was stopped on its way here, and store it after it has
# answered the deletion. This long after its id was dropped it has surely done with it.
SETTLED_AFTER: Final = timedelta(seconds=LIMIT + 60)
# By then a receiver has dropped a report by itself.
LONGEST: Final = timedelta(days=60)


class Forgetter(Part):
    """Owns the queue of deletions, its timer and its task: at once, at each start, then daily."""

    def __init__(self, hass: HomeAssistant, store: ConsentStore, gate: Gate) -> None:
        """Keep the collaborators; nothing is armed before async_start."""
        self._store = store
        self._gate = gate
        self._started = False
        # One that was cancelled ends before the next asks.
        self._lock = asyncio.Lock()
        self._worker = Worker(hass, "analytics deletion", self._async_run)

    @property
    def waiting(self) -> int:
        """Return how many ids wait for being deleted."""
        return len(self._store.deletions)

    @callback
    def async_start(self) -> None:
        """Begin, now that the host has started."""
        self._started = True
        self.async_update()

    @callback
    def async_update(self) -> None:
        """Follow a change of the queue, of a switch or of the way out: ask now, or stop asking."""
        if not self._gate.is_open:
            self._worker.async_stop()
        elif not self._worker.busy:
            self._worker.async_disarm()
            if self._may_ask:
                self._worker.async_run()

    @property
    def _may_ask(self) -> bool:
        return self._started and self._gate.is_open and self.waiting > 0

    async def async_stop(self) -> None:
        """Leave neither timer nor task."""
        self._started = False
        self._worker.async_stop()
        async with self._lock:
            pass

    async def async_delete(self) -> None:
        """Ask for every deletion that waits, and keep those that may yet be answered with 204."""
        async with self._lock:
            asked: set[Deletion] = set()
            # What is queued meanwhile is asked for as well.
            while waiting := [item for item in self._store.deletions if item not in asked]:
                item = waiting[0]
                asked.add(item)
                if (deleted := await self._async_deleted(item)) is not None:
                    end_deletion(self._store, item, deleted=deleted)
                    await self._store.async_save()

    async def _async_run(self) -> None:
        try:
            await self.async_delete()
        except Exception:  # noqa: BLE001 - a fault must not end the daily requests
            LOGGER.exception("A deletion failed in a way that is a fault of Open Analytics")
        if self._worker.is_current and self._may_ask:
            settling = any(map(self._is_settling, self._store.deletions))
            self._worker.async_arm(SETTLED_AFTER if settling else AGAIN)

    async def _async_deleted(self, item: Deletion) -> bool | None:
        """Ask a destination to delete what it has under an id; None while it is to be asked on."""
        outcome = await self._async_ask(item)
        named = excerpt(item.url)
        if outcome.kind is Kind.SENT:
            if self._is_settling(item):
                return None
            LOGGER.info("%s has deleted what this installation had sent", named)
            return True
        if outcome == NO_DELETION:
            LOGGER.info("%s offers no deletion: what this installation had sent stays", named)
            return False
        LOGGER.debug("%s has not deleted yet: %s", named, outcome.reason)
        waited = not self._store.is_recent(item.since, LONGEST.total_seconds())
        if outcome.kind is Kind.BLOCKED or not waited:
            return None
        LOGGER.info("Gave up asking %s for a deletion after 60 days", named)
        return False

    async def _async_ask(self, item: Deletion) -> Outcome:
        """Ask once; an address that was kept may be none any more that can be asked."""
        url = usable(item.url)
        if url is None:
            return Outcome(kind=Kind.REFUSED, reason="nothing can be sent to this address")
        url, path = url.rstrip("/"), f"/{item.uuid}"
        if item.matter is Matter.SNAPSHOTS:
            offer = await self._async_offer(url, item)
            if offer.kind is not Kind.SENT:
                return offer
            path = path_of(item.uuid)
        return await self._gate.async_request(
            "DELETE",
            url + path,
            lambda: item in self._store.deletions,
            success=HTTPStatus.NO_CONTENT,
        )

    async def _async_offer(self, url: str, item: Deletion) -> Outcome:
        """Ask a device database whether it deletes; one that is known not to is not asked."""
        if may_delete(url) is False:
            return NO_DELETION
        return await self._gate.async_request(
            "GET", url + WHERE, lambda: item in self._store.deletions, answered=offered
        )

    def _is_settling(self, item: Deletion) -> bool:
        """Tell whether a report with this id may yet be stored."""
        return self._store.is_recent(item.since, SETTLED_AFTER.total_seconds())
