"""Run a real Valkey cluster on this machine, for a receiver under development.

It stays until Ctrl-C, or until a command that is named after -- has ended, and leaves nothing.
Run by the shell script of the same name.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from scripts.environments import ROOT
from scripts.valkey_binary import ServerMissingError
from scripts.valkey_servers import NODE_TIMEOUT, Servers, ServersError

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
VARIABLE: Final = "OPEN_ANALYTICS_STORE"
LEAST_PRIMARIES: Final = 3  # of which two can vote when one is lost


class Stopped(BaseException):
    """A signal asked this program to stop."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def main(arguments: Sequence[str]) -> int:
    """Run a cluster, and return the status of the command, 0 where none is named."""
    options = parse(arguments)
    servers = Servers(
        options.nodes // (1 + options.replicas),
        options.replicas,
        server=options.server,
        node_timeout=options.node_timeout,
    )
    try:
        with stopped_by_signals(), servers:
            return run(options.command, servers) if options.command else stay(servers)
    except (ServerMissingError, ServersError) as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped as stopped:
        return 128 + stopped.number


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; `command` is what follows --."""
    parser = argparse.ArgumentParser(
        prog="scripts/cluster",
        description=__doc__,
        usage="%(prog)s [options] [-- COMMAND …]",
        epilog=f"A command has the address of the cluster in {VARIABLE}.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--nodes", type=int, metavar="N", help="in all (default: of three primaries)"
    )
    parser.add_argument(
        "--replicas", type=int, default=1, metavar="N", help="of each primary (default: 1)"
    )
    parser.add_argument("--server", type=Path, metavar="FILE", help="a valkey-server to run")
    parser.add_argument(
        "--node-timeout",
        type=int,
        default=NODE_TIMEOUT,
        metavar="MS",
        help=f"how long a node may be silent, in milliseconds (default: {NODE_TIMEOUT})",
    )
    end = arguments.index("--") if "--" in arguments else len(arguments)
    options = parser.parse_args(arguments[:end])
    options.command = arguments[end + 1 :]
    if options.replicas < 0:
        parser.error("--replicas: expected 0 or more")
    least = LEAST_PRIMARIES * (1 + options.replicas)
    options.nodes = options.nodes or least
    if options.nodes < least or options.nodes % (1 + options.replicas):
        parser.error(f"--nodes: expected {least} or more, so that each primary has its replicas")
    return options


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Raise Stopped at the first signal; a second one does not disturb what stops then."""

    def stop(number: int, _frame: object) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run(command: Sequence[str], servers: Servers) -> int:
    """Run a command that knows the cluster, and return its status."""
    with subprocess.Popen(command, env={**os.environ, VARIABLE: servers.url}) as process:
        try:
            status = process.wait()
        except Stopped as stopped:
            if stopped.number != signal.SIGINT:  # a terminal's Ctrl-C has reached it already
                process.send_signal(stopped.number)
            status = process.wait()
    return status if status >= 0 else 128 - status


def stay(servers: Servers) -> int:
    """Say where the cluster is, and wait to be stopped."""
    python = Path(sys.prefix).relative_to(ROOT) / "bin" / "python"
    print(
        f"{len(servers.nodes)} nodes, {len(servers.primaries())} of them primaries, for a receiver:"
    )
    print(f"\n  {python} -m receiver --store {servers.url}\n")
    print("Ctrl-C stops it and deletes what it has.", flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
