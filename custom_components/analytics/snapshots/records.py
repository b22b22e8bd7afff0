"""What is kept of snapshots: the yes to their destination, its identifier, and the time of day.

Of the built-in integration's device database all of it is in the keys that the built-in
integration has, so that each goes on where the other was. Of any other the yes and the identifier
are in our own store, for a yes under Labs names the built-in one's. When the last one was sent is
there for each.
"""

import random
from typing import Final

from .. import clock
from ..consent import (
    ATTR_CONFIRMED,
    ATTR_DECLINED,
    ATTR_SENT,
    ATTR_SUBMISSION_IDENTIFIER,
    ATTR_SUBMISSION_TIME,
    ConsentStore,
    Record,
    is_identifier,
)
from ..models import Destination
from ..settings import shares_keys

DAY: Final = 86400.0
# Between two, also where a suspended machine or a clock that was set has shifted the time of one:
# in seconds for which the host has run.
SHORTEST_PAUSE: Final = DAY / 2
_RANDOM: Final = random.SystemRandom()


class Records:
    """The keys of one destination; what changes counts at once, the store's owner saves it."""

    def __init__(self, store: ConsentStore, destination: Destination) -> None:
        """Bind the store to the destination."""
        self._store = store
        self._url = destination.url
        self._shares_keys = shares_keys(destination)

    @property
    def agreed(self) -> bool:
        """Tell whether the user said yes to this destination."""
        if self._shares_keys:
            return self._store.snapshots_chosen is True
        return self._store.snapshots(self._url).get(ATTR_CONFIRMED) is True

    @property
    def asked(self) -> bool:
        """Tell whether the user has said anything about this destination."""
        if self._shares_keys:
            return self._store.snapshots_chosen is not None
        record = self._store.snapshots(self._url)
        return bool(record.get(ATTR_CONFIRMED) or record.get(ATTR_DECLINED))

    def toggled(self, on: bool) -> None:
        """Take what was chosen under Labs: of another destination a no counts, a yes asks anew."""
        self._store.choose_snapshots(on)
        if not self._shares_keys:
            known = self._store.snapshots(self._url)
            agreed = on and known.get(ATTR_CONFIRMED, False)
            self._store.put_snapshots(
                self._url, {**known, ATTR_CONFIRMED: agreed, ATTR_DECLINED: not on}
            )

    def answered(self, yes: bool) -> None:
        """Take the answer to the question about this destination, by its address.

        A no is one to sharing at all, so that it ends an older yes under Labs, too.
        """
        if self._shares_keys or (not yes and self._store.snapshots_chosen):
            self._store.choose_snapshots(yes)
        if not self._shares_keys:
            known = self._store.snapshots(self._url)
            self._store.put_snapshots(
                self._url, {**known, ATTR_CONFIRMED: yes, ATTR_DECLINED: not yes}
            )

    @property
    def identifier(self) -> str | None:
        """Return what the destination knows this installation by; None where that is no use."""
        known = self._record.get(ATTR_SUBMISSION_IDENTIFIER)
        return known if is_identifier(known) else None

    @property
    def _record(self) -> Record:
        return self._store.shared if self._shares_keys else self._store.snapshots(self._url)

    def keep_identifier(self, identifier: str | None) -> None:
        """Keep another identifier, or none."""
        known = self._record
        if identifier is None and ATTR_SUBMISSION_IDENTIFIER not in known:
            return
        changed = {ATTR_SUBMISSION_IDENTIFIER: identifier}
        if self._shares_keys:
            self._store.put_shared(changed)
        else:
            self._store.put_snapshots(self._url, {**known, **changed})

    @property
    def time(self) -> float | None:
        """Return the second of the day at which snapshots are sent; None before it was drawn."""
        known = self._store.shared.get(ATTR_SUBMISSION_TIME)
        if isinstance(known, bool) or not isinstance(known, int | float):
            return None
        return float(known) if 0 <= known <= DAY else None

    def delay(self) -> float:
        """Return the seconds until the next one, at a time of day that is drawn once."""
        if self.time is None:
            self._store.put_shared({ATTR_SUBMISSION_TIME: _RANDOM.uniform(0, DAY)})
        wait = ((self.time or 0.0) - clock.wall()) % DAY
        return wait + DAY if self._too_soon(wait) else wait

    def sent(self) -> None:
        """Note that one was sent now."""
        known = self._store.snapshots(self._url)
        self._store.put_snapshots(self._url, {**known, ATTR_SENT: self._store.now})

    def _too_soon(self, wait: float) -> bool:
        """Tell whether the last one was sent shortly before the time in so many seconds."""
        sent = self._store.snapshots(self._url).get(ATTR_SENT)
        return sent is not None and self._store.is_recent(sent, SHORTEST_PAUSE - wait)
