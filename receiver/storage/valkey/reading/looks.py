"""Looks at a cluster, for whoever is no receiver: whether it is as it should be, and in use."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

from valkey.exceptions import ResponseError

from ...errors import StorageError, StorageUnavailable
from ...servers import Servers
from ..checks import look
from ..link import LIBRARY, Command
from ..topology import Node
from .chart import Chart
from .wires import GoneError, Wires

_CLIENTS: Final[Command] = (b"CLIENT", b"LIST")


def faults_of(servers: Servers) -> list[str]:
    """Return what of a cluster does not hold what a receiver promises, in words."""
    with closing(Wires(servers)) as wires:
        topology = Chart(servers, wires).topology

        async def ask(node: Node, commands: Sequence[Command]) -> list[Any]:
            try:
                return wires.ask(node, commands)
            except GoneError as error:
                raise StorageUnavailable(str(error)) from error

        return [str(one) for one in asyncio.run(look(topology, servers.durability, ask))]


def in_use(servers: Servers) -> None:
    """Raise StorageError where a receiver is connected, as far as this user may know."""
    mark = b"lib-name=%b " % LIBRARY.encode()
    with closing(Wires(servers)) as wires:
        chart = Chart(servers, wires)
        for node in chart.topology.primaries:
            try:
                (clients,) = wires.ask(node, [_CLIENTS])
            except GoneError as error:
                raise StorageUnavailable(f"The cluster can't be written: {error}") from error
            if not isinstance(clients, ResponseError) and mark in clients:
                raise StorageError(f"{servers} is in use: stop all of its receivers first")
