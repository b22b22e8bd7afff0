"""Ports of this machine that servers of demos and tests listen on."""

import random
import socket
from collections.abc import Iterator
from typing import Final

LOOPBACK: Final = "127.0.0.1"
# Below those that systems give to connections: no connection gets one that is free, and a server
# finds its own again after a kill.
PORTS: Final = range(10_000, 20_000)


def free_port() -> int:
    """Return a port that nothing listens on at the moment, and that no connection will get."""
    return next(free_ports())


def free_ports(ports: range = PORTS) -> Iterator[int]:
    """Yield such ports, each once, in any order."""
    return filter(port_is_free, random.sample(ports, len(ports)))


def port_is_free(port: int) -> bool:
    """Tell whether a server could listen on this port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
