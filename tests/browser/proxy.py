"""A proxy that keeps to whom a browser speaks: pages, workers and all else that it runs."""

import asyncio
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
# Chromium itself asks its makers, for one how forms are filled, whatever page is open.
OF_THE_BROWSER = (".google.com", ".googleapis.com", ".gvt1.com")


class Proxy:
    """Passes on what is for this machine, refuses all else, and keeps each address asked for.

    Answers get a header beside their own.
    """

    def __init__(self, header: str = "") -> None:
        """Listen once entered."""
        self._header = f"{header}\r\n".encode() if header else b""
        self.asked: list[str] = []
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Start listening on a free port."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK)
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop listening, and close what is open."""
        if self._server:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    @property
    def url(self) -> str:
        """Return the address for a browser's settings."""
        assert self._server
        return f"http://{LOOPBACK}:{self._server.sockets[0].getsockname()[1]}"

    def elsewhere(self, url: str) -> list[str]:
        """Return what was asked of anybody but this address, by pages and their workers."""
        own = urlsplit(url).netloc
        return [
            asked
            for asked in self.asked
            if (place := urlsplit(asked)).netloc != own
            and not (place.hostname or "").endswith(OF_THE_BROWSER)
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._open.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, ValueError):
                await self._pass_on(reader, writer)
        finally:
            self._open.discard(task)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on one request, or one tunnel: each connection is closed after it."""
        head = await reader.readuntil(b"\r\n\r\n")
        line, _, fields = head.partition(b"\r\n")
        method, target, version = line.decode().split(" ")
        address = f"//{target}" if method == "CONNECT" else target
        self.asked.append(address)
        place = urlsplit(address)
        if place.hostname != LOOPBACK:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n")
            return
        there_reader, there_writer = await asyncio.open_connection(LOOPBACK, place.port or 80)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = place.path + (f"?{place.query}" if place.query else "")
            kept = [
                field
                for field in fields.split(b"\r\n")
                if field and not field.lower().startswith((b"connection:", b"proxy-connection:"))
            ]
            lines = [f"{method} {path} {version}".encode(), *kept, b"Connection: close"]
            there_writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
            writer.write(await there_reader.readuntil(b"\r\n") + self._header)
        try:
            await asyncio.gather(_pump(reader, there_writer), _pump(there_reader, writer))
        finally:
            there_writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on bytes until one side has no more."""
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
