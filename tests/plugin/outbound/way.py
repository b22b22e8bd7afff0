"""Another way than the direct one: a proxy, what is behind it, and names that nobody knows."""

import asyncio
import base64
import ssl
from collections.abc import Mapping
from contextlib import suppress
from socket import AddressFamily
from typing import Any, Self

from aiohttp.abc import AbstractResolver, ResolveResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from ..conftest import ALL_TIERS, Command

LOOPBACK = "127.0.0.1"
FAR_HOST = "receiver.vendor.example"
USER = "ninas-house"
PASSWORD = "pässword:4711"


class NoNames(AbstractResolver):
    """A resolver that knows no name, and keeps those that it was asked for, and their ports."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ports: set[int] = set()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        """Answer that there is no such name."""
        self.asked.append(host)
        self.ports.add(port)
        raise OSError

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


class HomeProxy:
    """A proxy that makes tunnels to the places that it knows, and keeps what it was told.

    With a `status` it makes none, and answers that.
    """

    def __init__(self, places: Mapping[str, int], *, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        self.status: int | None = None
        self._places = places
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, ssl=self._tls)
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop listening, and close what is open."""
        assert self._server
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def address(self) -> str:
        """Return host and port."""
        assert self._server
        return f"{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    @property
    def url(self) -> str:
        """Return the address for the settings, without a login."""
        return f"{'https' if self._tls else 'http'}://{self.address}"

    @property
    def asked(self) -> list[str]:
        """Return the first lines of what it was told."""
        return [head.partition("\r\n")[0] for head in self.heads]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        method, place, _ = head.split(" ", 2)
        status = self.status or (200 if method == "CONNECT" and place in self._places else 502)
        writer.write(f"HTTP/1.1 {status} As it is\r\n\r\n".encode())
        if status == 200:
            there_reader, there_writer = await asyncio.open_connection(
                LOOPBACK, self._places[place]
            )
            try:
                await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
            finally:
                there_writer.close()


def login() -> str:
    """Return the line by which the proxy knows this home."""
    return f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"


async def sent(command: Command) -> Any:
    """Choose everything, send, and return how that ended."""
    await command("analytics/preferences", preferences=ALL_TIERS)
    return await command("analytics/send")


def problem(hass: HomeAssistant) -> str | None:
    """Return what the repair issue says about the settings."""
    issue = ir.async_get(hass).async_get_issue("analytics", "settings")
    assert issue is None or issue.translation_placeholders
    return issue.translation_placeholders["problem"] if issue else None  # type: ignore[index]


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on bytes until one side has no more."""
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
