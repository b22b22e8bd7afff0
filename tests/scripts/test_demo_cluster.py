"""What stands before the receivers of a cluster in the demo: one at a time gets what comes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest

from scripts.demo_cluster import Balancer
from scripts.sink import Answer, Sink

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("socket_enabled")]

TELLS = {"uuid": "12" * 16}


@pytest.fixture
async def sinks() -> AsyncIterator[tuple[Sink, Sink]]:
    """Return two that stand in for receivers."""
    async with Sink() as first, Sink() as second:
        yield first, second


async def test_what_comes_is_handed_on_to_the_one_that_is_named(sinks: tuple[Sink, Sink]) -> None:
    first, second = sinks
    first.answer_next(Answer(status=503, headers={"Retry-After": "7"}))
    async with AsyncExitStack() as stack:
        balancer = await stack.enter_async_context(Balancer(0, base_of(first)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        async with session.post(balancer.destination, json=TELLS) as answer:
            assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
        balancer.target = base_of(second)
        async with session.post(balancer.destination, json=TELLS) as answer:
            assert answer.status == 200
    for sink in sinks:
        assert [arrival.report for arrival in sink.reports] == [TELLS]


def base_of(sink: Sink) -> str:
    """Return the address below which all of its paths are."""
    return sink.url.removesuffix("/v1")
