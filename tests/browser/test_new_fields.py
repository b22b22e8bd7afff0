"""A field that a later version adds is sent after a yes under Repairs, and not without."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from .home import RECEIVER, Home, later_version, running_home
from .pages import RepairIssue

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANSWERS = ("accept", "keep")
FIELD = "certificate"
DESCRIPTION = "Whether Home Assistant's web server has a TLS certificate of its own."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sinks() -> AsyncIterator[dict[str, Sink]]:
    """Return a receiver for each answer, since each has choices of its own."""
    enable_socket()
    async with Sink() as first, Sink() as second:
        yield dict(zip(ANSWERS, (first, second), strict=True))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(
    tmp_path_factory: pytest.TempPathFactory, sinks: dict[str, Sink]
) -> AsyncIterator[Home]:
    """Return a Home Assistant whose owner said yes before a version with another field came."""
    async with running_home(tmp_path_factory.mktemp("updated")) as home:
        await home.onboard()
        for sink in sinks.values():
            await home.redirect(sink.url)
            await home.choose("base", "usage")
        await home.restart(plugin=later_version(tmp_path_factory.mktemp("later"), FIELD))
        yield home


@pytest.mark.parametrize("answer", ANSWERS)
async def test_a_new_field_is_sent_after_a_yes_only(
    page: Page, home: Home, sinks: dict[str, Sink], answer: str
) -> None:
    sink = sinks[answer]
    await home.redirect(sink.url)
    issue = RepairIssue(page, "new_fields", name=RECEIVER)
    await issue.open(home.url)
    await expect(issue.text(RECEIVER)).to_be_visible()
    await expect(issue.text(f"{FIELD}: {DESCRIPTION}")).to_be_visible()
    before = await sent(home, sink)
    assert "integrations" in before
    assert FIELD not in before

    await issue.answer(answer)
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    assert await sent(home, sink) == (before | {FIELD} if answer == "accept" else before)


async def sent(home: Home, sink: Sink) -> set[str]:
    """Send a report now, and return the fields that arrived."""
    await home.command("analytics/send")
    return set(sink.reports[-1].report)
