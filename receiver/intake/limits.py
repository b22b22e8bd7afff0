"""Hold back whoever sends too much, without keeping who that is.

An address is counted under a hash whose salt changes daily and is never written down, in memory,
until the first request after two minutes, or as long as something of it is under way.
"""

import hashlib
import math
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address
from typing import Final

from .geo import Address

MINUTE: Final = 60
DAY: Final = 24 * 60 * MINUTE
# Whoever comes when so many are counted passes: memory is bounded, and nobody can lock others out.
MAX_SENDERS: Final = 100_000
# Who gets an IPv6 address gets at least such a network of them.
_NETWORK_BYTES: Final = 8


class RateLimiter:
    """Counts requests of an address over the last minute.

    This minute's count is exact. Of the minute before counts the part that is still in the window,
    as if its requests had come evenly: two numbers for each address instead of a list of times.
    """

    def __init__(self, limit: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Allow so many a minute; 0 allows everything."""
        self._limit = limit
        self._clock = clock
        self._minute = 0
        self._now: dict[bytes, int] = {}
        self._before: dict[bytes, int] = {}
        self._day = -1
        self._salt = b""
        self._busy: set[bytes] = set()

    def wait(self, address: Address | None) -> int:
        """Count a request, and return 0, or the seconds after which to try again."""
        if address is None or self._is_free(address):
            return 0
        second = self._clock()
        self._turn(second)
        sender = self._sender(address)
        passed = second % MINUTE
        count = self._now.get(sender, 0)
        fading = self._before.get(sender, 0) * (1 - passed / MINUTE)
        if count + fading >= self._limit:
            return math.ceil(MINUTE - passed)
        if count or len(self._now) < MAX_SENDERS:
            self._now[sender] = count + 1
        return 0

    @contextmanager
    def alone(self, address: Address | None) -> Iterator[bool]:
        """Tell whether nothing else is under way of an address that takes long; now this is."""
        if address is None or self._is_free(address):
            yield True
            return
        sender = self._sender(address)
        if sender in self._busy:
            yield False
            return
        self._busy.add(sender)
        try:
            yield True
        finally:
            self._busy.discard(sender)

    def _is_free(self, address: Address) -> bool:
        return not self._limit or address.is_loopback

    def _turn(self, second: float) -> None:
        """Begin a new minute and a new day when it is time."""
        minute, day = int(second // MINUTE), int(second // DAY)
        if day != self._day:
            self._day, self._salt = day, secrets.token_bytes(16)
            self._now, self._before = {}, {}
        if minute != self._minute:
            self._before = self._now if minute == self._minute + 1 else {}
            self._minute, self._now = minute, {}

    def _sender(self, address: Address) -> bytes:
        whole = address.packed
        part = whole[:_NETWORK_BYTES] if isinstance(address, IPv6Address) else whole
        return hashlib.blake2b(part, digest_size=16, key=self._salt).digest()
