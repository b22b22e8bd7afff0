"""Connections to nodes, by which commands go out at once, and which are waited for."""

import ssl
from collections.abc import Sequence
from typing import Any, Final

from valkey.connection import Connection, SSLConnection
from valkey.exceptions import BusyLoadingError, NoPermissionError, ResponseError, ValkeyError

from ...errors import StorageError
from ...servers import Servers
from ..faults import Barred
from ..link import Command, certificates, unconnected
from ..topology import Node

# Seconds without a word from a node that works.
PATIENCE: Final = 5.0


class GoneError(Exception):
    """A node does not answer, or not now; the message says which and why."""


class _Tls(SSLConnection):
    """A connection by certificates that were read before, as those of the writer are."""

    certificates: ssl.SSLContext

    def _wrap_socket_with_ssl(self, sock: Any) -> ssl.SSLSocket:
        return self.certificates.wrap_socket(sock, server_hostname=self.host)


class Wires:
    """A connection to each node that was asked something."""

    def __init__(self, servers: Servers, patience: float = PATIENCE) -> None:
        """Name who asks, and how long; raises StorageError where certificates can't be read."""
        self._servers = servers
        self._patience = patience
        self._tls = certificates(servers) if servers.tls else None
        self._open: dict[Node, Connection] = {}

    def ask(self, node: Node, commands: Sequence[Command]) -> list[Any]:
        """Return what a node answers, faults among the replies; raises GoneError."""
        connection = self._open.get(node) or self._connect(node)
        try:
            connection.send_packed_command(connection.pack_commands(commands), check_health=False)
            return [_reply(connection) for _ in commands]
        except (ValkeyError, OSError) as error:
            self.leave(node)
            raise GoneError(f"{node} does not answer") from error

    def leave(self, node: Node) -> None:
        """End the connection to a node."""
        if connection := self._open.pop(node, None):
            connection.disconnect()

    def close(self) -> None:
        """End all connections."""
        for node in [*self._open]:
            self.leave(node)

    def _connect(self, node: Node) -> Connection:
        connection = self._connection(node)
        try:
            connection.connect()
        except (ValkeyError, OSError) as error:
            why = unconnected(str(node), error)
            if isinstance(why, Barred):
                raise StorageError(f"The cluster can't be read: {why}") from error
            raise GoneError(str(why)) from error
        self._open[node] = connection
        return connection

    def _connection(self, node: Node) -> Connection:
        made = (_Tls if self._tls else Connection)(
            host=node.host,
            port=node.port,
            username=self._servers.user or None,
            password=self._servers.password or None,
            socket_timeout=self._patience,
            lib_name=None,
            lib_version=None,
        )
        if isinstance(made, _Tls) and self._tls:
            made.certificates = self._tls
        return made


def _reply(connection: Connection) -> Any:
    try:
        return connection.read_response(disconnect_on_error=False)
    except (ResponseError, NoPermissionError, BusyLoadingError) as error:
        return error
