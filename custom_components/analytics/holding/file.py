"""What waits for approval, on disk and bounded."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from .. import changes
from ..const import DOMAIN, LOGGER
from ..files import SerialStoreFile, async_once
from ..models import Message
from .held import Held
from .schema import ATTR_MADE_BY, ATTR_SINCE, ATTR_WAITING, SCHEMA

KEY: Final = "analytics.held"
LOSS: Final = "what waited in it to be approved is lost, and is not sent"
# Of these only the newest is worth a look, for one destination.
ALONE: Final = (Message.REPORT, Message.SNAPSHOT)
# Of events, and of crash reports, beside each other.
MOST_WAITING: Final = 50


class HeldFile(SerialStoreFile):
    """What waits, oldest first; changes count at once, `async_save` puts them on disk."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        super().__init__(
            hass, KEY, SCHEMA, loss=LOSS, items=(ATTR_WAITING,), dated={ATTR_WAITING: ATTR_SINCE}
        )
        self._made_by = ""
        self._held: tuple[Held, ...] = ()
        # Whom to tell of each change: the one who is loaded.
        self.follower: Callable[[], None] | None = None
        self._changed = False
        # How often something changed in this run: what waits can be others that are as many.
        self.changes = 0

    async def async_load(self) -> None:
        """Read the file, without what another version of this integration made."""
        await super().async_load()
        self._made_by = str((await async_get_integration(self._hass, DOMAIN)).version)
        self._held = tuple(map(_item, self.data.get(ATTR_WAITING, [])))
        if self._held and self.data.get(ATTR_MADE_BY) != self._made_by:
            LOGGER.info(
                "What another version of Open Analytics made, and nobody has approved, is not "
                "sent: %d are dropped",
                len(self._held),
            )
            self.keep([])
            await self.async_save()

    @property
    def items(self) -> tuple[Held, ...]:
        """Return what waits, whatever its age."""
        return self._held

    def age(self, item: Held) -> float:
        """Return for how many seconds of running something has waited."""
        return self.now - item.since

    def holds(self, item: Held) -> bool:
        """Tell whether something still waits with these bytes."""
        return any(each.key == item.key and each.body == item.body for each in self._held)

    def add(self, new: Held) -> None:
        """Let something wait; what is older makes room, and gives its place to what renews it."""
        if new.kind in ALONE:
            old = [each for each in self._held if (each.kind, each.url) == (new.kind, new.url)]
            new = replace(new, key=old[0].key) if old else new
            self.keep([*(each for each in self._held if each not in old), new])
            return
        rivals = [
            each for each in self._held if each.matter is new.matter and each.kind not in ALONE
        ]
        gone = rivals[: max(0, len(rivals) + 1 - MOST_WAITING)]
        self.keep([*(each for each in self._held if each not in gone), new])

    def put(self, item: Held) -> None:
        """Change what is known of something that waits, or its bytes; its age stays."""
        self.keep([item if each.key == item.key else each for each in self._held])

    def drop(self, item: Held) -> None:
        """Take something out, unless it has other bytes by now."""
        self.keep([each for each in self._held if (each.key, each.body) != (item.key, item.body)])

    def keep(self, items: Iterable[Held]) -> bool:
        """Keep these and no others; False where that changes nothing."""
        kept = tuple(items)
        if kept == self._held:
            return False
        self._held = kept
        self.data = {ATTR_MADE_BY: self._made_by, ATTR_WAITING: [*map(_line, kept)]}
        self._changed = True
        self.changes += 1
        if self.follower:
            self.follower()
        changes.async_tell(self._hass)
        return True

    async def async_save_changes(self) -> None:
        """Put changes on disk, if there are any since the last time."""
        if self._changed:
            await self.async_save()

    async def async_save(self, data: dict[str, Any] | None = None) -> bool:
        """Write the file, also if whoever waits for it is cancelled."""
        self._changed = False
        return await super().async_save(data)

    async def async_remove(self) -> None:
        """Delete the file, and what is in it."""
        self._held = ()
        await super().async_remove()


def _line(item: Held) -> dict[str, Any]:
    return {**asdict(item), "kind": str(item.kind)}


def _item(line: dict[str, Any]) -> Held:
    return Held(**{**line, "kind": Message(line["kind"])})


async def async_held(hass: HomeAssistant) -> HeldFile:
    """Return what waits in this run of the host."""
    return await async_once(hass, HELD, HeldFile)


HELD: Final[HassKey[HeldFile]] = HassKey(KEY)
