"""What was begun and has to end before the entry is unloaded, since it saves."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class UnderWay:
    """Counts it. A save that comes after the next load has read the file would undo its changes."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._many = 0
        self._over = asyncio.Event()

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Count what is done within."""
        self._many += 1
        self._over.clear()
        try:
            yield
        finally:
            self._many -= 1
            if not self._many:
                self._over.set()

    async def async_over(self) -> None:
        """Wait until all of it is over."""
        if self._many:
            await self._over.wait()
