"""Events that wait to be sent, on disk and bounded; each belongs to one destination."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from ..files import SerialStoreFile, async_once
from ..models import EVENTS, Message, Payload
from ..tiers import SECONDS

KEY: Final = "analytics.events"
LOSS: Final = "events that waited in it are lost"
KEPT: Final = 7 * 24 * 3600.0
MOST_WAITING: Final = 50

ATTR_MESSAGE: Final = "message"
ATTR_PAYLOAD: Final = "payload"
ATTR_SINCE: Final = "since"
ATTR_URL: Final = "url"
ATTR_WAITING: Final = "waiting"

SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_WAITING, default=list): [
            {
                vol.Required(ATTR_URL): str,
                vol.Required(ATTR_MESSAGE): vol.In(EVENTS),
                vol.Required(ATTR_SINCE): SECONDS,
                vol.Required(ATTR_PAYLOAD): {str: object},
            }
        ]
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An event for a destination, without the id that it will be sent under."""

    url: str
    message: Message
    since: float
    payload: Payload


class EventQueue(SerialStoreFile):
    """What waits, oldest first; changes count at once, `async_save` puts them on disk."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file; nothing is read yet."""
        super().__init__(
            hass, KEY, SCHEMA, loss=LOSS, items=(ATTR_WAITING,), dated={ATTR_WAITING: ATTR_SINCE}
        )

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Return what did not happen too long ago."""
        return tuple(
            Waiting(**{**line, ATTR_MESSAGE: Message(line[ATTR_MESSAGE])})
            for line in self._lines
            if self.is_recent(line[ATTR_SINCE], KEPT)
        )

    def add(self, url: str, message: Message, payload: Payload) -> None:
        """Let an event wait; the oldest make room."""
        new = Waiting(url=url, message=message, since=self.now, payload=payload)
        self.keep([*self.waiting, new])

    def drop(self, event: Waiting) -> None:
        """Take an event out."""
        self.keep([each for each in self.waiting if each != event])

    def keep_if(self, wanted: Callable[[Waiting], bool]) -> bool:
        """Drop what is not wanted, and what is not told any more; False where there is neither."""
        kept = [each for each in self.waiting if wanted(each)]
        if len(kept) == len(self._lines):
            return False
        self.keep(kept)
        return True

    def keep(self, events: list[Waiting]) -> None:
        """Keep these, and no others."""
        self.data = {
            ATTR_WAITING: [
                {
                    ATTR_URL: each.url,
                    ATTR_MESSAGE: each.message,
                    ATTR_SINCE: each.since,
                    ATTR_PAYLOAD: each.payload,
                }
                for each in events[-MOST_WAITING:]
            ]
        }

    @property
    def _lines(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = self.data.get(ATTR_WAITING, [])
        return lines[-MOST_WAITING:]


async def async_queue(hass: HomeAssistant) -> EventQueue:
    """Return the queue of this run of the host."""
    return await async_once(hass, QUEUE, EventQueue)


QUEUE: Final[HassKey[EventQueue]] = HassKey(KEY)
