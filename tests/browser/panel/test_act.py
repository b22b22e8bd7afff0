"""What one does at once: sending, deleting what was sent, a new id."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from scripts.sink import Answer, Sink

from ..home import Home, running_home
from ..waiting import becomes
from .panel import TEXTS, Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")

ACT, OUTCOME = TEXTS["act"], TEXTS["outcome"]
IDENTIFIER = "secret-identifier"
OWN = "analytics.destinations"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant that shares basic analytics with the receiver.

    The same is a device database that has a snapshot of it.
    """
    folder = tmp_path_factory.mktemp("act")
    knows(folder, receiver.device_database)
    async with running_home(folder) as home:
        await home.onboard()
        await home.redirect(receiver.url)
        await home.choose("base")
        yield home


def knows(folder: Path, database: str) -> None:
    """Let a device database know the home that is about to start in a folder."""
    known = {"submission_identifier": IDENTIFIER, "sent": 0.0, "confirmed": True}
    store = {"version": 1, "minor_version": 1, "key": OWN, "data": {"snapshots": {database: known}}}
    (folder / ".storage").mkdir()
    (folder / ".storage" / OWN).write_text(json.dumps(store), encoding="utf-8")


@pytest_asyncio.fixture(loop_scope="session")
async def panel(opened: Panel, receiver: Sink) -> Panel:
    """Return the page, opened where one acts."""
    receiver.answer = Answer()
    receiver.deletion_status = 204
    await opened.visit("act")
    return opened


def sent(receiver: Sink) -> list[str]:
    """Return the ids of the reports that arrived."""
    return [report.report["uuid"] for report in receiver.reports]


async def deleted(receiver: Sink) -> list[str]:
    """Return the ids that were asked to be deleted."""
    return [one.path.rpartition("/")[2] for one in receiver.arrivals if one.method == "DELETE"]


async def test_sending_tells_how_it_ended(panel: Panel, home: Home, receiver: Sink) -> None:
    before = len(receiver.reports)
    await panel.button("act", "send_now").click()
    await expect(panel.root.locator(".result")).to_have_text(OUTCOME["sent"])
    assert len(receiver.reports) == before + 1
    receiver.answer = Answer(status=400)
    await panel.button("act", "send_now").click()
    await expect(panel.root.locator(".result")).to_contain_text("400")
    await home.choose()
    await panel.button("act", "send_now").click()
    await expect(panel.root.locator(".result")).to_contain_text("Nothing was sent")
    await home.choose("base")


async def test_a_new_id_takes_the_place_of_the_old_one(
    panel: Panel, home: Home, receiver: Sink
) -> None:
    await home.command("analytics/send")
    old = sent(receiver)[-1]
    await panel.button("act", "id_new").click()
    await expect(panel.dialog).to_contain_text(ACT["id_deletes"])
    await panel.cancel()
    await home.command("analytics/send")
    assert sent(receiver)[-1] == old
    await panel.button("act", "id_new").click()
    await panel.confirm(ACT["id_new"])
    await expect(panel.button("act", "id_new")).to_be_disabled()
    await home.command("analytics/send")
    assert sent(receiver)[-1] != old
    await becomes(lambda: _is_deleted(receiver, old), expected=True)


async def _is_deleted(receiver: Sink, uuid: str) -> bool:
    return uuid in await deleted(receiver)


async def test_what_was_sent_is_deleted_after_it_was_said_what_that_does(
    panel: Panel, home: Home, receiver: Sink
) -> None:
    receiver.deletion_status = 503
    await home.command("analytics/send")
    uuid = sent(receiver)[-1]
    row = panel.root.locator(".told li").filter(has_text=receiver.url)
    await row.get_by_role("button").click()
    await expect(panel.dialog).to_contain_text(receiver.url)
    await expect(panel.dialog).to_contain_text(ACT["deletes"])
    await expect(panel.dialog).to_contain_text(ACT["not_undone"])
    await panel.confirm(ACT["ask"])
    await expect(row).to_contain_text(ACT["is_asked"])
    await becomes(lambda: _is_deleted(receiver, uuid), expected=True)


async def test_a_device_database_is_asked_whether_it_deletes_after_that_was_said(
    panel: Panel, receiver: Sink
) -> None:
    receiver.offer_answer = Answer(status=503)
    about = panel.page.get_by_text(TEXTS["now"]["matter_snapshots"], exact=True)
    row = panel.root.locator(".told li").filter(has=about)
    await expect(row).to_contain_text(ACT["may_delete"])
    await row.get_by_role("button", name=ACT["ask"]).click()
    await expect(panel.dialog).to_contain_text(receiver.device_database)
    await expect(panel.dialog).to_contain_text(ACT["may_delete"])
    await panel.confirm(ACT["ask"])
    await expect(row).to_contain_text(ACT["is_asked"])
    await receiver.wait_until(lambda: any(each.method == "GET" for each in receiver.arrivals))
    assert IDENTIFIER not in await panel.root.inner_text()
    assert IDENTIFIER not in await deleted(receiver)
