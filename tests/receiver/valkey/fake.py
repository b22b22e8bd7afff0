"""A node that says what a test wants, for what real ones say rarely, or only when they fail."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import libvalkey

from receiver.storage.servers import Servers

type Words = list[bytes]
# Returns the answer as it goes over the wire, None for the usual one.
type Says = Callable[[Words], Awaitable[bytes | None]]

USUAL = {
    b"WAIT": b":1\r\n",
    b"WAITAOF": b"*2\r\n:1\r\n:1\r\n",
    b"CONFIG": b"-NOPERM not for you\r\n",
}
INFO = b"valkey_version:8.0.0\r\naof_enabled:1\r\nmaxmemory:100\r\nmaxmemory_policy:noeviction\r\n"


def bulk(text: bytes) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text), text)


async def nothing(_words: Words) -> None:
    return None


class Fake:
    """A cluster of one node, which has all slots and says that it has a replica."""

    def __init__(
        self,
        says: Says = nothing,
        *,
        host: bytes = b"127.0.0.1",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.says = says
        self.told: list[Words] = []
        self.port = 0
        # Where all slots are, if not here.
        self.elsewhere: Fake | None = None
        self._host = host
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Fake":
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        assert self._server is not None
        self._server.close()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    async def hang_up(self) -> None:
        """End all connections."""
        talks = [*self._talks]
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0.05)

    @property
    def servers(self) -> Servers:
        return Servers(hosts=(("127.0.0.1", self.port),))

    def count(self, command: bytes) -> int:
        return sum(words[0] == command for words in self.told)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        parser = libvalkey.Reader(notEnoughData=Ellipsis)
        try:
            while data := await reader.read(65536):
                parser.feed(data)
                for words in requests(parser):
                    self.told.append(words)
                    writer.write(await self.says(words) or self._usual(words))
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()
            self._talks.discard(task)

    def _usual(self, words: Words) -> bytes:
        port = (self.elsewhere or self).port
        slots = b"*1\r\n*4\r\n:0\r\n:16383\r\n" + b"".join(
            b"*4\r\n%b:%d\r\n%b*0\r\n" % (bulk(self._host), port, bulk(name))
            for name in (b"primary", b"replica")
        )
        address = b"%b:%d@1" % (self._host, port)
        nodes = (
            b"primary %b myself,master - 0 0 1 connected 0-16383\n" % address
            + b"replica %b slave primary 0 0 1 connected\n" % address
        )
        about = {
            b"INFO": b"cluster_state:ok\r\ncluster_current_epoch:1\r\n",
            b"NODES": nodes,
        }
        match [word.upper() for word in words]:
            case [b"CLUSTER", b"SLOTS"]:
                return slots
            case [b"CLUSTER", what, *_]:
                return bulk(about[what])
            case [b"INFO", *_]:
                return bulk(INFO)
            case [command, *_] if command in USUAL:
                return USUAL[command]
        return b"+OK\r\n"


def requests(parser: libvalkey.Reader) -> Iterable[Words]:
    """Yield what was asked whole."""
    while (words := parser.gets()) is not Ellipsis:
        yield words


def times(number: int, answer: bytes, command: bytes) -> Says:
    """Return what answers a command so the first times, and then as usual."""
    left = number

    async def says(words: Words) -> bytes | None:
        nonlocal left
        if words[0] == command and words[1:2] != [b"pulse"] and left:
            left -= 1
            return answer
        return None

    return says


async def hang(*_: Any) -> None:
    await asyncio.Event().wait()
