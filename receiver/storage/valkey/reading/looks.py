"""Looks at a cluster, for whoever is no receiver: whether it is as it should be, and in use."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from math import ceil
from typing import Any

from valkey.crc import key_slot

from ...errors import StorageError, StorageUnavailable
from ...servers import Servers
from ..checks import look
from ..keys import HERE, KINDS, foreign
from ..link import Command
from ..topology import Node
from .chart import Chart
from .wires import GoneError, Wires


def faults_of(servers: Servers) -> list[str]:
    """Return what of a cluster does not hold what a receiver promises, in words."""
    with closing(Wires(servers)) as wires:
        chart = Chart(servers, wires)
        topology = chart.topology

        async def ask(node: Node, commands: Sequence[Command]) -> list[Any]:
            try:
                return wires.ask(node, commands)
            except GoneError as error:
                raise StorageUnavailable(str(error)) from error

        found = [str(one) for one in asyncio.run(look(topology, servers.durability, ask))]
        kinds = {key: chart.ask(key_slot(key), (b"TYPE", key))[1] for key in KINDS}
    return [*found, *filter(None, (foreign(*one) for one in kinds.items()))]


def in_use(servers: Servers) -> None:
    """Raise StorageError where a receiver is there, or was killed just now."""
    with closing(Wires(servers)) as wires:
        _, left = Chart(servers, wires).ask(key_slot(HERE), (b"PTTL", HERE))
    if left > 0:
        raise StorageError(
            f"{servers} is in use: stop all of its receivers first; where one was killed, wait "
            f"for {ceil(left / 1_000)} seconds"
        )
