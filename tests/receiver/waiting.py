"""No test waits for ever: what did not come in time is named."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


@asynccontextmanager
async def at_most(seconds: float, awaited: Callable[[], str]) -> AsyncIterator[None]:
    """Fail after so long, and say what was waited for, as it is then."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise AssertionError(f"Waited {seconds:g} seconds for {awaited()}") from None
