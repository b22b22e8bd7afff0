"""A real receiver in a process of its own, which the demo reports to."""

import asyncio
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from pytest_socket import enable_socket

from scripts.demo_devices import pages
from scripts.kept_rows import told_by_snapshot
from scripts.ports import port_is_free
from scripts.receiver_process import ReceiverError, ReceiverProcess

pytestmark = [
    pytest.mark.once,
    pytest.mark.long,
    pytest.mark.usefixtures("socket_enabled"),
]

UUID = "12" * 16
REPORT = {
    "uuid": UUID,
    "version": "2026.10.4",
    "installation_type": "Home Assistant OS",
    "integrations": ["sun", "mqtt"],
}


async def test_what_it_keeps_counts_and_publishes_can_be_read(tmp_path: Path) -> None:
    before = int(time.time())
    async with ReceiverProcess(tmp_path) as receiver, aiohttp.ClientSession() as session:
        assert receiver.kept(UUID) is None
        assert not any((await receiver.requests()).values())
        async with session.post(receiver.destination, json=REPORT) as answer:
            assert answer.status == 200
        kept = receiver.kept(UUID)
        assert kept is not None
        assert kept.last_seen >= before
        assert kept.tells == {
            "versions": ["2026.10.4"],
            "types": ["Home Assistant OS"],
            "integrations": ["mqtt", "sun"],
            "filled": ["integrations"],
            "reported": ["integrations"],
        }
        figures = await receiver.figures_since(time.time())
        assert figures["integrations"] == {"mqtt": 1, "sun": 1}
        async with session.delete(f"{receiver.destination}/{UUID}") as answer:
            assert answer.status == 204
        assert receiver.kept(UUID) is None
        counted = await receiver.requests()
        assert (counted["accepted"], counted["deleted"], sum(counted.values())) == (1, 1, 2)
    assert port_is_free(receiver.port)


async def test_a_snapshot_of_devices_that_it_keeps_can_be_read_and_is_on_a_page(
    tmp_path: Path,
) -> None:
    device = {"manufacturer": "LG", "model": "TV 5/7", "entities": [{"domain": "media_player"}]}
    snapshot = {"lg_infrared": {"devices": [device], "entities": []}}
    async with ReceiverProcess(tmp_path) as receiver, aiohttp.ClientSession() as session:
        address = f"{receiver.url}/api/v1/snapshot/1"
        agent = {"User-Agent": "home-assistant/2026.11.0"}
        async with session.post(address, json=snapshot, headers=agent) as answer:
            identifier = (await answer.json())["submission_identifier"]
        kept = receiver.kept_snapshot(identifier)
        assert kept is not None
        assert kept.tells == told_by_snapshot(snapshot)
        assert kept.tells["models"] == [("lg", "TV 5/7")]
        await receiver.figures_since(time.time())
        for path in pages(kept.tells):
            assert "LG" in await receiver.get_page(path)
        with pytest.raises(aiohttp.ClientResponseError):
            await receiver.get_page("/devices/manufacturers/nobody")


async def test_it_listens_where_it_is_told_to_and_finds_its_database_again(tmp_path: Path) -> None:
    async with (
        ReceiverProcess(tmp_path) as first,
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(first.destination, json=REPORT),
    ):
        pass
    async with ReceiverProcess(tmp_path, port=first.port) as second:
        assert second.destination == first.destination
        assert second.kept(UUID)


async def test_a_demo_that_goes_on_weeks_later_does_not_wait_for_a_day(tmp_path: Path) -> None:
    async with (
        ReceiverProcess(tmp_path) as receiver,
        aiohttp.ClientSession(raise_for_status=True) as session,
        session.post(receiver.destination, json=REPORT),
    ):
        await receiver.figures_since(time.time())
    with closing(sqlite3.connect(tmp_path / "analytics.db")) as database, database:
        for column in ("published SET time", "installation SET latest"):
            database.execute(f"UPDATE {column} = ?", (int(time.time()) - 20 * 24 * 3600,))
    async with ReceiverProcess(tmp_path) as receiver:
        await receiver.figures_since(time.time())


async def test_one_that_can_not_start_says_why_at_once(tmp_path: Path) -> None:
    (tmp_path / "analytics.db").write_text("not a database" * 100)
    with pytest.raises(ReceiverError, match=r"analytics\.db"):
        async with ReceiverProcess(tmp_path):
            pass


async def test_another_receiver_at_its_port_is_not_taken_for_it(tmp_path: Path) -> None:
    async with ReceiverProcess(tmp_path / "first") as first:
        with pytest.raises(ReceiverError, match=f"{first.port}"):
            async with ReceiverProcess(tmp_path / "second", port=first.port):
                pass


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a fleet that was made after an interruption had left half of one."""
    enable_socket()
    folder = tmp_path_factory.mktemp("fleet")
    receiver = ReceiverProcess(folder, fleet=5)
    (folder / "fleet.db").write_text("half of it")
    (folder / "fleet.db-wal").write_text("half of it")
    assert receiver.fleet_is_missing
    asyncio.run(receiver.make_fleet())
    return folder


async def test_a_fleet_is_there_before_it_starts_and_is_made_once(
    fleet: Path, tmp_path: Path
) -> None:
    shutil.copytree(fleet, tmp_path, dirs_exist_ok=True)
    async with ReceiverProcess(tmp_path, fleet=5) as receiver:
        assert not receiver.fleet_is_missing
        assert (await receiver.figures_since(0))["active_installations"] == 5


def test_one_that_was_interrupted_is_made_anew(fleet: Path) -> None:
    assert [path.name for path in fleet.glob("*.db*")] == ["analytics.db"]
