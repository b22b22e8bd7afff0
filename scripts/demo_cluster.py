"""Show a cluster: a home reports to one receiver, a node is killed, it reports to another one."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final, Self

import aiohttp
from aiohttp import web

from scripts import demo_life
from scripts.demo_receiver import latest_report
from scripts.demo_state import DemoError
from scripts.host_api import HostApi, WebSocketClient
from scripts.logged_report import ID_KEY
from scripts.ports import LOOPBACK, free_port
from scripts.receiver_process import ReceiverProcess, key_of
from scripts.valkey_servers import Servers

# So that a report finds two disks although a node is gone.
REPLICAS: Final = 2
ROW: Final = b"i:"  # before what a receiver knows an installation by
TIMEOUT: Final = 60
POLL_INTERVAL: Final = 0.5
# What only the second report tells, since more was shared by then.
FIGURES: Final = "/environment.json"
TOLD: Final = "reports_environment"
HANDED_ON: Final = ("Content-Type", "Retry-After")

type Section = tuple[str, list[str]]


class Balancer:
    """What stands before receivers: it hands each request on to the address of one, `target`."""

    def __init__(self, port: int, target: str) -> None:
        """Describe it, at any free port where it is 0; nothing listens yet."""
        self.port = port or free_port()
        self.target = target
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Listen."""
        self._session = await self._stack.enter_async_context(aiohttp.ClientSession())
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._hand_on)
        runner = web.AppRunner(app, access_log=None)
        self._stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, LOOPBACK, self.port).start()
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Listen no longer."""
        await self._stack.aclose()

    @property
    def destination(self) -> str:
        """Return the address to configure as a destination."""
        return f"http://{LOOPBACK}:{self.port}/v1"

    async def _hand_on(self, request: web.Request) -> web.Response:
        address = f"{self.target}{request.rel_url}"
        headers = _some(request.headers)
        async with self._session.request(
            request.method, address, data=await request.read(), headers=headers
        ) as answer:
            return web.Response(
                status=answer.status, body=await answer.read(), headers=_some(answer.headers)
            )


class DemoCluster:
    """A cluster, two receivers on it, and a balancer before these."""

    def __init__(self, folder: Path, *, port: int) -> None:
        """Describe it, at a port of the balancer; nothing is started yet."""
        self._folder = folder
        self._port = port
        self._stack = AsyncExitStack()
        self.servers = Servers(replicas=REPLICAS)

    async def __aenter__(self) -> Self:
        """Start all of it."""
        try:
            self._stack.callback(self.servers.stop)
            await asyncio.to_thread(self.servers.start)
            self.first, self.second = [await self._receiver(name) for name in ("first", "second")]
            self.balancer = Balancer(self._port, self.first.url)
            await self._stack.enter_async_context(self.balancer)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Stop all of it."""
        await self._stack.aclose()

    async def _receiver(self, name: str) -> ReceiverProcess:
        receiver = ReceiverProcess(self._folder / name, store=self.servers.url)
        return await self._stack.enter_async_context(receiver)


async def sections(
    cluster: DemoCluster, api: HostApi, client: WebSocketClient
) -> AsyncIterator[Section]:
    """Yield what to print; raises DemoError where one of the reports gets lost."""
    report = (await latest_report(client))["payload"]
    place = ROW + key_of(report[ID_KEY])
    lost = await asyncio.to_thread(cluster.servers.primary_of, place)
    copies = await asyncio.to_thread(cluster.servers.replicas_of, lost)
    yield (
        "Where the report is",
        [
            f"The first receiver, {cluster.first.url}, took it. The row is on the disk of a",
            f"primary, {lost.address}, and on at least one of its replicas,",
            f"{' and '.join(node.address for node in copies)}.",
            await _published(cluster.second, "active_installations", "versions"),
        ],
    )
    before = time.monotonic()
    lost.kill()
    cluster.balancer.target = cluster.second.url
    await demo_life.share_more(api, client)
    refused = await _send(client)
    took = time.monotonic() - before
    successor = await asyncio.to_thread(cluster.servers.primary_of, place)
    yield (
        "The primary was killed, and the home reports again",
        [
            f"The second receiver, {cluster.second.url}, took it {took:.1f} s after the kill, once",
            f"{successor.address} had taken over.{_before(refused)}",
        ],
    )
    yield (
        "Both reports in the figures",
        [
            await _published(cluster.first, "active_installations", "versions"),
            await _told_second(cluster.first),
        ],
    )


async def _send(client: WebSocketClient) -> int:
    """Send until it is taken, and return how often it was refused before."""
    deadline = time.monotonic() + TIMEOUT
    refused = 0
    while time.monotonic() < deadline:
        ended = await client.command("analytics/send")
        if ended["outcome"] == "sent":
            return refused
        refused += 1
        await asyncio.sleep(POLL_INTERVAL)
    raise DemoError(f"No report was taken after the kill: {ended}")


async def _published(receiver: ReceiverProcess, *names: str) -> str:
    """Return some of the figures that one receiver publishes, which have to have the home."""
    figures = await receiver.figures_since(time.time())
    if not figures["active_installations"]:
        raise DemoError(f"{receiver.url} does not count the home: {figures}")
    return _line(receiver, "/current_data.json", {name: figures[name] for name in names})


async def _told_second(receiver: ReceiverProcess) -> str:
    figures = await receiver.get(FIGURES)
    if not figures[TOLD]:
        raise DemoError(f"{receiver.url} does not count the second report: {figures}")
    return _line(receiver, FIGURES, {TOLD: figures[TOLD], "kernels": figures["kernels"]})


def _line(receiver: ReceiverProcess, path: str, shown: dict[str, Any]) -> str:
    return f"{receiver.url}{path}: {json.dumps(shown)}"


def _before(refused: int) -> str:
    return f" Until then the answer was 503 ({refused})." if refused else ""


def _some(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in HANDED_ON if name in headers}
