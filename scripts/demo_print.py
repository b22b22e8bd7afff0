"""Print what a demo shows, as it happens."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress


async def show_sections(sections: AsyncIterator[tuple[str, list[str]]]) -> None:
    """Print a heading and lines for each."""
    async for title, lines in sections:
        heading(title)
        say("\n".join(lines))


class Step:
    """Announce what takes a while, and how long it took."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.started = 0.0

    def __enter__(self) -> None:
        """Announce it."""
        self.started = time.monotonic()
        print(f"{self.what} … ", end="", flush=True)

    def __exit__(self, kind: type[BaseException] | None, *_exc_info: object) -> None:
        """Say how long it took."""
        if kind:
            say("stopped" if issubclass(kind, asyncio.CancelledError) else "failed")
        else:
            say(f"{time.monotonic() - self.started:.1f} s")


def heading(text: str) -> None:
    """Print a heading."""
    say(f"\n{text}\n{'-' * len(text)}")


def say(text: str) -> None:
    """Print what the user is to see at once; a reader that went away is no reason to fail."""
    with suppress(BrokenPipeError):
        print(text, flush=True)
