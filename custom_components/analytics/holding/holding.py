"""What somebody decides about what waits: it leaves as it was shown, in part, or never."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN, LOGGER
from ..models import Kind, Matter, Message, Obstacle, Outcome
from ..part import Part
from .file import HeldFile
from .held import Held
from .leaving import Leaving
from .notification import Notification
from .origin import Origin
from .origin_of_reports import Reports

# What is mended without a word about what may be told: nothing leaves, and it waits on.
PASSING: Final = {Obstacle.SETTINGS, Obstacle.NOT_SAVED}


class Holding(Part):
    """Owns what waits for approval, and the notification about it."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        file: HeldFile,
        origins: Mapping[Matter, Origin],
        hold: bool,
        hold_for: timedelta,
    ) -> None:
        """Keep the collaborators; without `hold` nothing waits."""
        self._hass = hass
        self._file = file
        self._origins = origins
        self.hold = hold
        self.hold_for = hold_for
        self._leaving = Leaving(hass, file, origins, self._may_leave)
        self._notification = Notification(hass)
        self._started = self._stopped = False

    @property
    def items(self) -> tuple[Held, ...]:
        """Return what waits, oldest first, and did not for too long."""
        return tuple(filter(self._is_recent, self._file.items))

    @property
    def waiting(self) -> int:
        """Return how many wait."""
        return len(self.items)

    @property
    def changes(self) -> int:
        """Return a number that is another one after each change of what waits."""
        return self._file.changes

    def left(self, item: Held) -> timedelta:
        """Return for how long something waits on."""
        return self.hold_for - timedelta(seconds=self._file.age(item))

    async def async_load(self, *, copied: bool) -> None:
        """Drop what is another home's, and what was to wait while nothing is to any more."""
        if (copied or not self.hold) and self._keep(()):
            LOGGER.info("What waited for approval is discarded, and not sent")
        self._discard_old()
        await self._file.async_save_changes()
        self._file.follower = self._tell
        self._tell()

    @callback
    def async_start(self) -> None:
        """Begin to ask what may still leave, now that everything that knows it is there."""
        self._started = True

    @callback
    def async_update(self) -> None:
        """Drop what may not leave any more, also where it is on its way."""
        if self._started and self._keep(filter(self._is_due, self._file.items)):
            LOGGER.info("What waited for approval, and may not be sent any more, is dropped")
            self._save()

    @callback
    def async_drop(self, matter: Matter) -> None:
        """Drop what waits of a matter that is taken back."""
        if self._keep(item for item in self._file.items if item.matter is not matter):
            self._save()

    async def async_watch(self) -> None:
        """Discard what waited for too long, and write again what could not be written."""
        self._discard_old()
        if self._file.outdated:
            await self._file.async_save()
        await self._file.async_save_changes()

    async def async_stop(self) -> None:
        """Stop what is on its way, and leave nothing that speaks of what waits."""
        self._started, self._stopped = False, True
        self._file.follower = None
        self._notification.dismiss()
        await self._leaving.async_stop()

    async def async_approve(self, key: str, digest: str) -> Outcome:
        """Send what was shown, and tell how that ended.

        Raises HomeAssistantError where nothing with these bytes waits.
        """
        if self._stopped:  # settings of before must send nothing
            return Outcome(kind=Kind.STOPPED, reason="unloaded")
        return await self._leaving.async_send(self._found(key, digest))

    async def async_trim(self, key: str, digest: str, without: tuple[str, ...]) -> Held:
        """Leave tiers out of what waits, and return what is left. Raises HomeAssistantError."""
        item = self._found(key, digest)
        origin = self._origins.get(item.matter)
        trimmed = origin.trimmed(item, without) if isinstance(origin, Reports) else None
        if trimmed is None:
            raise _error("held_nothing_left")
        self._leaving.stop(item)
        self._file.put(trimmed)
        await self._file.async_save()
        return trimmed

    async def async_trim_crash(self, key: str, digest: str, event_id: str) -> None:
        """Leave one crash out of what waits, which has no other. Raises HomeAssistantError."""
        item = self._found(key, digest)
        if item.kind is not Message.CRASH or item.payload[-1]["event_id"] != event_id:
            raise _error("held_gone")
        await self.async_discard(key, digest)

    async def async_discard(self, key: str, digest: str | None = None) -> None:
        """Let something never leave. Raises HomeAssistantError where it does not wait."""
        found = self._found(key, digest)
        self._keep(item for item in self._file.items if item.key != found.key)
        await self._file.async_save()

    def _found(self, key: str, digest: str | None) -> Held:
        for item in self.items:
            if item.key == key and digest in (None, item.digest):
                return item
            if item.key == key:
                raise _error("held_changed")
        raise _error("held_gone")

    def _may_leave(self, item: Held) -> bool:
        """Tell whether it still waits as it was approved, and nothing keeps it from leaving."""
        origin = self._origins.get(item.matter)
        return (
            self.hold
            and origin is not None
            and self._file.holds(item)
            and self._is_recent(item)
            and origin.blocked(item) is None
        )

    def _is_due(self, item: Held) -> bool:
        """Tell whether something may leave, or will once what keeps it from that is mended."""
        origin = self._origins.get(item.matter)
        blocked = origin.blocked(item) if origin else None
        return origin is not None and (blocked is None or blocked.obstacle in PASSING)

    def _is_recent(self, item: Held) -> bool:
        return self._file.is_recent(item.since, self.hold_for.total_seconds())

    def _discard_old(self) -> None:
        if self._keep(filter(self._is_recent, self._file.items)):
            LOGGER.info("What nobody has approved in time is discarded, and not sent")

    def _keep(self, items: Iterable[Held]) -> bool:
        """Keep these, and stop the others where they are on their way."""
        before, kept = self._file.items, tuple(items)
        for item in before:
            if item not in kept:
                self._leaving.stop(item)
        return self._file.keep(kept)

    def _save(self) -> None:
        self._hass.async_create_task(self._file.async_save(), "analytics held")

    @callback
    def _tell(self) -> None:
        self._notification.tell({(item.key, item.since) for item in self.items})


def _error(key: str) -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key=key)
