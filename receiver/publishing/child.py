"""The process that counts, as the receiver's event loop sees it."""

import asyncio
import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..clock import CORRECTED
from ..options import Options
from ..storage import layout

LOGGER = logging.getLogger(__name__)

# A million installations take seconds: whoever needs that long hangs.
PATIENCE: Final = 900
_PACKAGE: Final = Path(__file__).parents[1]
# Not by way of the command line's module: that imports the whole receiver.
COMMAND: Final = (sys.executable, "-m", f"{_PACKAGE.name}.aggregate")


class ChildError(Exception):
    """The process did not do its work; the message is what it said."""


class Uses(Mapping[int, int]):
    """How often each code is in a row, by code: as it was printed, for there may be millions."""

    def __init__(self, printed: bytes) -> None:
        """Name what was printed, a word for each code."""
        self._words = layout.words(printed)

    def __getitem__(self, code: int) -> int:
        """Return how often a code is in a row."""
        if not 0 <= code < len(self._words):
            raise KeyError(code)
        return self._words[code]

    def __iter__(self) -> Iterator[int]:
        """Yield all codes."""
        return iter(range(len(self._words)))

    def __len__(self) -> int:
        """Return how many codes there are."""
        return len(self._words)


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """What the process that counts has found."""

    figures: bytes
    """As JSON."""
    uses: Uses | None
    """None where it did not print any."""


class Child:
    """Runs one process at a time."""

    def __init__(self, options: Options, command: Sequence[str] = COMMAND) -> None:
        """Name the program; it gets what is to be counted, and how, as options."""
        self._command = (*command, *options.counted, "--uses")
        self._environment = os.environ | options.secrets
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, now: float) -> Printed:
        """Return what the process prints, or raise ChildError; it has ended in any case.

        `now` is when the figures are of, in seconds since 1970.
        """
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                *self._command,
                *("--time", str(round(now * 1000))),
                # A clock that was put right by a little has left what is a little ahead.
                *("--until", str(round(now) + CORRECTED)),
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                # Wherever the receiver was started: the child has to find this package.
                cwd=_PACKAGE.parent,
            )
        except OSError as error:
            raise ChildError(f"counting can't be started: {error}") from error
        try:
            async with asyncio.timeout(PATIENCE):
                printed, said = await process.communicate()
        except TimeoutError as error:
            raise ChildError(f"counting took more than {PATIENCE} seconds") from error
        finally:
            self.kill()
            await process.wait()
            self._process = None
        return _parted(_checked(process.returncode, printed, said))

    def kill(self) -> None:
        """End the process, if there is one."""
        # While it was not waited for, its number belongs to nobody else.
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()


def _checked(status: int | None, printed: bytes, said: bytes) -> bytes:
    """Return what was printed by a process that ended well; log what else it had to say."""
    *_, last = said.decode(errors="replace").strip().splitlines() or [""]
    if status:
        raise ChildError(last or f"counting ended with status {status}")
    if last:
        LOGGER.warning("The figures are incomplete: %s", last)
    return printed


def _parted(printed: bytes) -> Printed:
    # JSON is one line.
    figures, _, uses = printed.partition(b"\n")
    return Printed(figures=figures, uses=Uses(uses) if uses else None)
