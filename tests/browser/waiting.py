"""Wait for what a test expects, in place of sleeping for as long as that might take."""

import asyncio
from collections.abc import Awaitable, Callable

TIMEOUT = 30
POLL_INTERVAL = 0.05


async def becomes(ask: Callable[[], Awaitable[object]], expected: object) -> None:
    """Ask until the answer is the expected one; an AssertionError shows the last answer."""
    answer = await ask()
    deadline = asyncio.get_running_loop().time() + TIMEOUT
    while answer != expected and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(POLL_INTERVAL)
        answer = await ask()
    assert answer == expected
