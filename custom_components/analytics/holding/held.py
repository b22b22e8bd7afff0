"""One thing that waits for approval: the bytes that would leave, and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

import orjson

from ..models import EVENTS, JsonValue, Matter, Message, Report

MATTERS: Final[Mapping[Message, Matter]] = {
    Message.REPORT: Matter.REPORTS,
    **dict.fromkeys(EVENTS, Matter.REPORTS),
    Message.CRASH: Matter.CRASH_REPORTS,
    Message.SNAPSHOT: Matter.SNAPSHOTS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """What waits, for one destination; `since` by the age of its file, `time` as it is shown.

    `body` is all that leaves; `integration` is what a crash report is about, which may not be in
    it: a no to reports of that one is to this one, too. `reason` says why it is shown anew, `last`
    how the latest attempt to send it ended.
    """

    key: str
    kind: Message
    since: float
    time: str
    name: str
    url: str
    body: str = field(repr=False)
    tiers: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    integration: str | None = field(default=None, repr=False)
    reason: str | None = None
    last: Mapping[str, Any] | None = None

    @property
    def digest(self) -> str:
        """Return what the bytes are known by: an approval is of these and no others."""
        return sha256(self.body.encode()).hexdigest()

    @property
    def matter(self) -> Matter:
        """Return what it is about."""
        return MATTERS[self.kind]

    @property
    def attempt(self) -> int:
        """Return the number of the next attempt."""
        return 1 + (self.last["attempt"] if self.last else 0)

    @property
    def payload(self) -> JsonValue:
        """Return what the bytes say."""
        return parsed(self.kind, self.body)

    @property
    def report(self) -> Report:
        """Return it as what the guard let pass."""
        return Report(
            message=self.kind, payload=self.payload, tiers=self.tiers, dropped=self.dropped
        )


def parsed(kind: Message, body: str) -> JsonValue:
    """Return what bytes say: of a crash report each of its lines. Raises ValueError."""
    if kind is Message.CRASH:
        return [orjson.loads(line) for line in body.removesuffix("\n").split("\n")]
    return orjson.loads(body)
