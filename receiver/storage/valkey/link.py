"""One connection to one node: commands go out at once, and their replies come back in order."""

import asyncio
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from valkey.asyncio.connection import Connection, SSLConnection
from valkey.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    ResponseError,
    ValkeyError,
)

from ..errors import StorageError
from ..servers import Servers
from .faults import Barred, Lost, Unsent, fault

# How a receiver is named in a node's list of clients.
LIBRARY: Final = "open-analytics"
# Until there is a connection, TLS and the log-in included.
CONNECT: Final = 1.5
# Certificates are renewed while the receiver runs, and read again for a connection after so long.
RENEW: Final = 60.0
# Of an error that is nobody's own.
_LONGEST: Final = 120

type Part = bytes | str | int
type Command = tuple[Part, ...]


class Access:
    """How nodes are talked to: who asks, and by which certificates."""

    def __init__(self, servers: Servers) -> None:
        self._servers = servers
        self._tls: ssl.SSLContext | None = None
        self._loaded = 0.0

    async def load(self) -> None:
        """Read the certificates; raises StorageError."""
        if self._servers.tls:
            self._loaded = time.monotonic()
            self._tls = await asyncio.to_thread(certificates, self._servers)

    async def renew(self) -> None:
        """Read the certificates again if that was a while ago; what can't be read is as it was."""
        if self._tls and time.monotonic() - self._loaded > RENEW:
            with suppress(StorageError):
                await self.load()

    def connection(self, host: str, port: int) -> Connection:
        """Return a connection that is yet to be made."""
        kind = SSLConnection if self._tls else Connection
        made: Connection = kind(
            host=host,
            port=port,
            username=self._servers.user or None,
            password=self._servers.password or None,
            # Limits are those of whoever waits, once for all that is sent at once.
            socket_timeout=None,
            socket_keepalive=True,
            # A word and its answer, so that a node that hangs has no connection.
            lib_name=LIBRARY,
            lib_version=None,
        )
        if isinstance(made, SSLConnection):
            # One for all: the library would read the files for each, on the event loop.
            made.ssl_context.context = self._tls
        return made


def certificates(servers: Servers) -> ssl.SSLContext:
    """Return who is believed, and what is shown; raises StorageError."""
    try:
        context = ssl.create_default_context(cafile=servers.ca)
        # Authorities that openssl makes by itself don't say what their key is for.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if servers.certificate:
            context.load_cert_chain(servers.certificate, servers.key)
    except (OSError, ssl.SSLError) as error:
        files = ", ".join(str(one) for one in (servers.ca, servers.certificate, servers.key) if one)
        raise StorageError(
            f"The certificates of the cluster can't be read ({error}): look at {files}"
        ) from error
    return context


class Link:
    """A connection to a node, made when there is something to send."""

    def __init__(self, access: Access, host: str, port: int) -> None:
        self._access = access
        self._host = host
        self._port = port
        self._connection: Connection | None = None

    @property
    def open(self) -> bool:
        """Tell whether there is a connection that the other end has not closed meanwhile."""
        connection = self._connection
        if connection is None or not connection.is_connected:
            return False
        # The library asks by reading; what was sent into a closed one would be lost.
        reader = connection._reader
        return reader is not None and not reader.at_eof() and reader.exception() is None

    async def connect(self) -> None:
        """Connect; raises Unsent, in words."""
        self.close()
        try:
            async with asyncio.timeout(CONNECT):
                await self._access.renew()
                self._connection = self._access.connection(self._host, self._port)
                await self._connection.connect()
        except TimeoutError as error:
            self.close()
            raise Unsent(f"{self} does not answer") from error
        except (ValkeyError, OSError) as error:
            self.close()
            raise unconnected(str(self), error) from error
        except BaseException:
            self.close()
            raise

    async def exchange(self, commands: Sequence[Command], limit: float) -> list[Any]:
        """Send commands and return their replies, faults among them as exceptions.

        Raises Lost where the connection does not last for that, or the limit of seconds.
        """
        connection = self._connection
        if connection is None:
            raise Unsent(f"{self} is not connected")
        try:
            async with asyncio.timeout(limit):
                await connection.send_packed_command(
                    connection.pack_commands(commands), check_health=False
                )
                return [await self._reply(connection) for _ in commands]
        except TimeoutError as error:
            self.close()
            raise Lost(f"{self} did not answer within {limit:g} seconds") from error
        except (ValkeyError, OSError) as error:
            self.close()
            raise Lost(f"{self} ended the connection") from error
        except BaseException:
            # What was not read would be taken for the next one's replies.
            self.close()
            raise

    async def _reply(self, connection: Connection) -> Any:
        try:
            return await connection.read_response(disconnect_on_error=False)
        except (ResponseError, AuthenticationError, BusyLoadingError) as error:
            return fault(str(self), error)

    def close(self) -> None:
        """End the connection at once, whoever waits at its other end."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        # There is no public way that does not wait: with TLS the library lets the other end, which
        # may hang, answer for 30 seconds.
        writer = connection._writer
        if writer is not None:
            writer.transport.abort()
        connection._reader = connection._writer = None

    def __str__(self) -> str:
        return f"{self._host}:{self._port}"


def unconnected(node: str, error: Exception) -> Unsent:
    """Return why there is no connection, in words."""
    # The library's errors have what they come from in their context.
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    if isinstance(error, AuthenticationError):
        return Barred(f"{node} does not know the receiver's user, or its password, or wants one")
    if isinstance(error, NoPermissionError):
        return Barred(f"{node} does not let the receiver's user log in as it does")
    if isinstance(error, BusyLoadingError):
        return Unsent(f"{node} reads its files")
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Barred(f"{node} has a certificate that does not hold: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError):
        return Barred(f"{node} can't be talked to by TLS: {cause.reason or cause}")
    if isinstance(cause, ConnectionRefusedError):
        return Unsent(f"{node} refuses connections")
    if error is cause:
        # Without a fault of the system beneath: it was closed by the node.
        return Unsent(f"{node} ends the connection: it may want TLS, or another certificate")
    text = str(getattr(cause, "strerror", None) or cause).partition("\n")[0][:_LONGEST]
    return Unsent(f"{node} can't be reached: {text}")
