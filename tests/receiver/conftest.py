"""A receiver on a real socket, a clock that a test can move, and a cluster for all of a process."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import CodeType
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer
from jinja2 import Environment

from receiver import app
from receiver import clock as receivers
from receiver.intake import Patience
from receiver.options import Options
from receiver.publishing import Publisher
from scripts.valkey_servers import Servers
from tests.receiver.counting_forks import counting_forks, wait_until_ended
from tests.receiver.running import Clock, Receiver, StartReceiver


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    """Compile each template for one receiver and not for each: it took half of the pages' time."""
    codes: dict[tuple[str, ...], CodeType] = {}
    compile_template = Environment.compile

    def compiled(self: Environment, source: str, name: str, filename: str) -> CodeType:
        if (key := (source, name, filename)) not in codes:
            codes[key] = compile_template(self, source, name, filename)
        return codes[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compiled)
        yield


@pytest.fixture(scope="session")
def counted_by_forks() -> Iterator[None]:
    """Import what counts once, and not for each publication: it took most of these tests' time."""
    with counting_forks() as command, pytest.MonkeyPatch.context() as patch:

        class CountedByForks(Publisher):
            async def stop(self) -> None:
                await super().stop()
                # As if it was the fork itself that was killed: nobody reads the file any more.
                await asyncio.to_thread(wait_until_ended, command)

        patch.setattr(app, "Publisher", partial(CountedByForks, command=command))
        yield


@pytest.fixture
async def start_receiver(tmp_path: Path, counted_by_forks: None) -> AsyncIterator[StartReceiver]:
    """Return what starts receivers with options, and with a clock if it is to be moved before."""
    async with AsyncExitStack() as stack:

        async def start(
            *, clock: Clock | None = None, patience: Patience | None = None, **options: Any
        ) -> Receiver:
            # What waiting is for has its own tests, which name their days.
            usual = Options(store=tmp_path / "analytics.db", port=0, count_after=0)
            chosen = replace(usual, **options)
            clock = clock or Clock()
            believed = receivers.Clock(wall=clock, steady=clock.steady)
            made = app.make_app(chosen, clock=believed, patience=patience or Patience())
            server = TestServer(made, host="127.0.0.1")
            await server.start_server()
            stack.push_async_callback(server.close)
            session = await stack.enter_async_context(aiohttp.ClientSession())
            return Receiver(server=server, app=made, options=chosen, session=session, clock=clock)

        yield start


@pytest.fixture
async def receiver(start_receiver: StartReceiver) -> Receiver:
    """Return a receiver that counts whoever reports at once, and with an empty database."""
    return await start_receiver()


@pytest.fixture(scope="session")
def started() -> Iterator[Servers]:
    """Start three primaries with two replicas each, so that one node may be gone; once."""
    with Servers(replicas=2) as servers:
        yield servers


@pytest.fixture
async def servers(started: Servers) -> AsyncIterator[Servers]:
    """Return them, all running and empty."""
    yield started
    await asyncio.to_thread(mend, started)


def mend(servers: Servers) -> None:
    """Let everything run again that a test has killed or paused, and forget what it wrote."""
    servers.mend()
    for node in servers.primaries():
        node.call("FLUSHALL")
