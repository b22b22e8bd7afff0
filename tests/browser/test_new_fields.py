"""A field that a later version adds is sent after a yes under Repairs, and not without."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from .home import Home, later_version, running_home
from .pages import MORE, TIERS, RepairIssue

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWERS = ("accept", "keep")
# By the tier that is shared, what its later version adds.
FIELDS = {
    "usage": "certificate: Whether Home Assistant's web server has a TLS certificate of its own.",
    "environment": "kernel: Name of the kernel, and the numbers of its version without what the "
    "build added to them.",
    "lifecycle": "cloud: Whether Home Assistant Cloud is used and connected, or why not.",
}
OLD_FIELDS = {"usage": "integrations", "environment": "system", "lifecycle": "previous_end"}
CASES = [(tier, answer) for tier in FIELDS for answer in ANSWERS]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sinks() -> AsyncIterator[dict[tuple[str, str], Sink]]:
    """Return a receiver for each tier and answer, since each has choices of its own."""
    enable_socket()
    async with AsyncExitStack() as stack:
        yield {case: await stack.enter_async_context(Sink()) for case in CASES}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(
    tmp_path_factory: pytest.TempPathFactory, sinks: dict[tuple[str, str], Sink]
) -> AsyncIterator[Home]:
    """Return a Home Assistant whose owner said yes before a version with another field came."""
    async with running_home(tmp_path_factory.mktemp("updated")) as home:
        await home.onboard()
        for (tier, _), sink in sinks.items():
            await home.redirect(sink.url, destination_extended=True)
            await home.choose("base", *{tier} & {*TIERS})
            await home.choose_more(*{tier} & {*MORE})
        fields = [text.partition(":")[0] for text in FIELDS.values()]
        await home.restart(plugin=later_version(tmp_path_factory.mktemp("later"), *fields))
        yield home


@pytest.mark.parametrize(("tier", "answer"), CASES)
async def test_a_new_field_is_sent_after_a_yes_only(
    page: Page, home: Home, sinks: dict[tuple[str, str], Sink], tier: str, answer: str
) -> None:
    sink = sinks[tier, answer]
    await home.redirect(sink.url, destination_extended=True)
    issue = RepairIssue(page, "new_fields")
    await issue.open(home.url)
    await expect(issue.text(sink.url)).to_be_visible()
    for asked, text in FIELDS.items():
        await expect(issue.text(text)).to_have_count(1 if asked == tier else 0)
    field = FIELDS[tier].partition(":")[0]
    before = await sent(home, sink, tier)
    assert OLD_FIELDS[tier] in before
    assert field not in before

    await issue.answer(answer)
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    assert await sent(home, sink, tier) == (before | {field} if answer == "accept" else before)


async def sent(home: Home, sink: Sink, tier: str) -> set[str]:
    """Send a report now, and return the fields that arrived; of a start those that would be."""
    if tier == "lifecycle":
        return set((await home.command("analytics/preview", kind="start"))["payload"])
    await home.command("analytics/send")
    return set(sink.reports[-1].report)
