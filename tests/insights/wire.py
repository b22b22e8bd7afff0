"""The wire of a host that means Home Assistant's servers, and gets servers on this machine."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

LOOPBACK = "127.0.0.1"


class Resolver(AbstractResolver):
    """Knows some names, each at a port of this machine, and no others."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where a name is; raises OSError for one that is not known."""
        if host not in self._ports:
            raise OSError(f"{host} is none of the names of this test")
        return [
            ResolveResult(
                hostname=host,
                host=LOOPBACK,
                port=self._ports[host],
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Keep nothing."""

    real_close = close  # what newer hosts call


class Authority:
    """Signs certificates, and makes clients that believe it and nobody else."""

    def __init__(self) -> None:
        self._authority = trustme.CA()

    @property
    def certificate(self) -> bytes:
        """Return what clients have to know, as PEM."""
        return self._authority.cert_pem.bytes()

    def server(self, name: str) -> ssl.SSLContext:
        """Return what a server of this name needs."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert(name).configure_cert(context)
        return context

    def client(self) -> ssl.SSLContext:
        """Return what a client needs."""
        context = ssl.create_default_context()
        self._authority.configure_trust(context)
        return context


@asynccontextmanager
async def tls_before(port: int, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Take TLS off what comes, pass the bytes on to a port, and back; yield the port before."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, port)
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    server = await asyncio.start_server(pass_on, LOOPBACK, 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while content := await reader.read(2**16):
            writer.write(content)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def serving(path: str, content: object, context: ssl.SSLContext) -> AsyncIterator[int]:
    """Serve one JSON file over TLS; yield the port."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(content)

    app = web.Application()
    app.router.add_get(path, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0, ssl_context=context).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
