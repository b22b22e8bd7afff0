"""The command line: run the receiver, or do something with what it keeps."""

import asyncio
import logging
import os
import resource
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final

from aiohttp import web

from .app import make_app
from .intake import GeoError
from .options import Options, parse, parse_backup, parse_check, parse_copy
from .paths import PathError
from .processes import ProcessError
from .storage import StorageError, StorageUnavailable

# A thread that needs the interpreter waits so long for it, not 5 ms as usual: the database's thread
# asks for it several times in each commit, and reports wait for that.
SWITCH_INTERVAL: Final = 0.0005
# Each connection takes one, and slow ones keep it for a minute.
OPEN_FILES: Final = 65_536
# A report takes a fraction of that; containers are killed after ten seconds.
SECONDS_TO_STOP: Final = 5


class ListenError(Exception):
    """The address can't be listened on; the message says why, and what to do."""


def run(argv: Sequence[str]) -> int:
    """Run the receiver until it is told to stop."""
    options = parse(argv, os.environ)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    sys.setswitchinterval(SWITCH_INTERVAL)
    _allow_connections()
    print(options, flush=True)
    asyncio.run(_serve(options))
    return 0


def _allow_connections() -> None:
    """Open as many files as needed, where the system allows it."""
    with suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(most, OPEN_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


async def _serve(options: Options) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    runner = web.AppRunner(make_app(options), access_log=None, shutdown_timeout=SECONDS_TO_STOP)
    try:
        await runner.setup()
        await _listen(runner, options)
        for address in runner.addresses:
            print(f"Listening on {_url(address)}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, options: Options) -> None:
    """Listen on all addresses, on the same port."""
    port = options.port
    for host in options.host:
        await _listen_on(runner, host, port)
        port = port or runner.addresses[0][1]


async def _listen_on(runner: web.AppRunner, host: str, port: int) -> None:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        # Of what can't be bound asyncio leaves only its own words.
        why = error.strerror or "this machine has no such address"
        raise ListenError(
            f"Can't listen on {host}, port {port} ({why}): name others with --host and --port"
        ) from error


def _url(address: tuple[str, int]) -> str:
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"http://{host}:{address[1]}"


# What commands need besides is loaded by them: the receiver has no use for it.


def backup(argv: Sequence[str]) -> int:
    """Copy all that is kept into a new file."""
    options, target = parse_backup(argv, os.environ)
    from .copying import backup as back_up

    back_up(options, target, _say)
    return 0


def copy(argv: Sequence[str]) -> int:
    """Copy all that is kept to another place, and compare the figures of both."""
    source, target = parse_copy(argv, os.environ)
    from .copying import CopyError
    from .copying import copy as copy_all

    try:
        copy_all(source, target, _say)
    except CopyError as error:
        return _fail(error)
    return 0


def check(argv: Sequence[str]) -> int:
    """Tell whether what is kept can be read."""
    options = parse_check(argv, os.environ)
    from .copying import check as check_all

    return 0 if check_all(options, _say) else 1


def aggregate(argv: Sequence[str]) -> int:
    """Print the sums of all that is kept as JSON."""
    from .aggregate import main as print_sums

    return print_sums(argv)


def _say(what: str) -> None:
    print(what, flush=True)


def _fail(why: Exception) -> int:
    print(why, file=sys.stderr)
    return 1


# What says by itself what is wrong, and what to do.
TOLD: Final = (
    StorageError,
    StorageUnavailable,
    ProcessError,
    GeoError,
    PathError,
    ListenError,
)
COMMANDS: Final[Mapping[str, Callable[[Sequence[str]], int]]] = {
    "run": run,
    "backup": backup,
    "copy": copy,
    "check": check,
    "aggregate": aggregate,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, `run` where none is named, and return its exit status."""
    arguments = sys.argv[1:] if argv is None else argv
    name, rest = (arguments[0], arguments[1:]) if arguments[:1] else ("run", arguments)
    if name not in COMMANDS:
        name, rest = "run", arguments
    try:
        return COMMANDS[name](rest)
    except (*TOLD, OSError) as error:
        return _fail(error)


if __name__ == "__main__":
    sys.exit(main())
