"""A copy gets an id of its own, and one home does not become many, whatever its machine changes."""

import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.analytics.consent import fingerprint
from custom_components.analytics.consent.fingerprint import (
    BOARD,
    CHANGED,
    INODE,
    MACHINE_ID,
    MARKER_NAME,
    PRODUCT,
    SETTLED,
)
from custom_components.analytics.outbound.opt_out import FILE_NAME
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, Start

type Restart = Callable[..., Awaitable[None]]

KEEPS, NEW = False, True
PLACE = (INODE, CHANGED)
MACHINE = (MACHINE_ID, PRODUCT)
NOTHING: tuple[str, ...] = ()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run on a machine that shows all its numbers."""
    for name in fingerprint.MACHINE:
        file = tmp_path / name
        file.write_text(f"the {name}")
        monkeypatch.setitem(fingerprint.MACHINE, name, file)


@pytest.fixture
async def entry(storage_folder: Path, start: Start, section: dict[str, Any]) -> ConfigEntry:
    """Return the entry of a host whose stores are real files."""
    return await start(section)


@pytest.fixture
def restart(hass: HomeAssistant, entry: ConfigEntry, storage_folder: Path) -> Restart:
    """Start again where these parts are others than those that were kept, or after a change."""
    file = storage_folder / "analytics.destinations"

    async def restart(*parts: str, change: Callable[[Path], object] | None = None) -> None:
        await hass.config_entries.async_unload(entry.entry_id)
        stored = json.loads(file.read_text())
        stored["data"]["fingerprint"].update(dict.fromkeys(parts, "another"))
        file.write_text(json.dumps(stored))
        if change:
            change(storage_folder)
        await hass.config_entries.async_setup(entry.entry_id)
        await hass.async_block_till_done(wait_background_tasks=True)

    return restart


async def send(command: Command, receiver: Sink) -> str:
    """Send a report, and return the id that it has."""
    assert (await command("analytics/send"))["outcome"] == "sent"
    uuid: str = receiver.reports[-1].report["uuid"]
    return uuid


def deleted(receiver: Sink) -> set[str]:
    """Return the ids whose deletion was asked for."""
    return {
        arrival.path.rpartition("/")[2]
        for arrival in receiver.arrivals
        if arrival.method == "DELETE"
    }


def copied(folder: Path) -> None:
    """Put a copy of the folder in its place."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    shutil.rmtree(folder)
    copy.rename(folder)


# Each row: at each start after the first the parts that are others, and whether that is a copy.
CASES = {
    "the same files on the same machine": [(NOTHING, KEEPS)] * 4,
    "a drive that numbers its files anew": [((INODE,), KEEPS)] * 4,
    "a container that changes owners at each start": [((CHANGED,), KEEPS)] * 4,
    "a system that makes its machine-id anew at each boot": [((MACHINE_ID,), KEEPS)] * 4,
    "a restored backup": [(PLACE, NEW), (NOTHING, KEEPS), (NOTHING, KEEPS)],
    "a folder that was copied to another machine": [((*PLACE, *MACHINE), NEW), (NOTHING, KEEPS)],
    "a copied disk in another computer": [((PRODUCT,), NEW), (NOTHING, KEEPS)],
    "a copied card in another board": [((BOARD,), NEW), (NOTHING, KEEPS)],
    "a copied disk with its file in the same place": [((CHANGED, MACHINE_ID), NEW)],
    "a volume that moves from machine to machine": [
        (MACHINE, NEW),
        (NOTHING, KEEPS),
        (MACHINE, NEW),
        (MACHINE, KEEPS),
        (NOTHING, KEEPS),
        (MACHINE, KEEPS),
        (MACHINE, KEEPS),
    ],
    "files that are put in place anew at each start": [(PLACE, NEW)] * 2 + [(PLACE, KEEPS)] * 5,
    "such files, restored on another computer": [(PLACE, NEW)] * 2
    + [(PLACE, KEEPS), ((*PLACE, PRODUCT), NEW), (PLACE, KEEPS)],
    "a drive that numbers its files anew, restored": [((INODE,), KEEPS)] * 3 + [(PLACE, NEW)],
    "a container that changes owners, restored": [((CHANGED,), KEEPS)] * 3 + [(PLACE, NEW)],
    "owners and machine-id that are others at each start": [((CHANGED, MACHINE_ID), NEW)] * 2
    + [((CHANGED, MACHINE_ID), KEEPS)] * 4,
    "a machine-id that is new at each boot, once with another owner": [((MACHINE_ID,), KEEPS)] * 2
    + [((CHANGED, MACHINE_ID), KEEPS)],
    "a volume that has stayed for a while": [(MACHINE, NEW)] * 2
    + [(NOTHING, KEEPS)] * SETTLED
    + [(MACHINE, NEW)],
    "the backup of a restored backup that has run for a while": [(PLACE, NEW), (NOTHING, KEEPS)] * 2
    + [(NOTHING, KEEPS)] * SETTLED
    + [(PLACE, NEW)],
}


@pytest.mark.parametrize("starts", CASES.values(), ids=CASES)
async def test_a_copied_installation_gets_an_id_of_its_own_and_one_home_stays_one(
    restart: Restart,
    command: Command,
    receiver: Sink,
    starts: list[tuple[tuple[str, ...], bool]],
) -> None:
    await command("analytics/preferences", preferences=ALL_TIERS)
    ids = [await send(command, receiver)]
    for parts, is_copy in starts:
        await restart(*parts)
        assert (await command("analytics"))["preferences"]["base"] is True
        uuid = await send(command, receiver)
        assert (uuid != ids[-1]) is is_copy
        if is_copy:
            assert uuid not in ids
            ids.append(uuid)
    # What was told under an id that is not used any more is not left there as another home.
    assert deleted(receiver) == set(ids[:-1])


async def test_copied_files_are_known_by_their_place_and_time(
    restart: Restart, command: Command, receiver: Sink
) -> None:
    await command("analytics/preferences", preferences=ALL_TIERS)
    original = await send(command, receiver)
    await restart()
    await restart(change=lambda folder: (folder / MARKER_NAME).chmod(0o640))
    assert await send(command, receiver) == original
    await restart(change=copied)
    assert await send(command, receiver) != original
    assert deleted(receiver) == {original}


@pytest.mark.parametrize("name", fingerprint.MACHINE)
async def test_a_number_that_is_not_shown_at_one_start_is_compared_at_the_next(
    restart: Restart,
    command: Command,
    receiver: Sink,
    name: str,
    tmp_path: Path,
) -> None:
    file, number = tmp_path / name, (tmp_path / name).read_bytes()
    await command("analytics/preferences", preferences=ALL_TIERS)
    original = await send(command, receiver)
    await restart(change=lambda _folder: file.unlink())
    await restart(change=lambda _folder: file.write_bytes(number))
    assert await send(command, receiver) == original
    await restart(change=lambda _folder: file.unlink())
    await restart(change=lambda _folder: file.write_bytes(b"of another\0"))
    assert (await send(command, receiver) != original) is (name != MACHINE_ID)


async def test_of_the_machine_only_hashes_are_kept(
    restart: Restart, command: Command, storage_folder: Path
) -> None:
    await command("analytics/preferences", preferences=ALL_TIERS)
    await restart()
    kept = (storage_folder / "analytics.destinations").read_text()
    assert [name for name in fingerprint.MACHINE if f"the {name}" in kept] == []
    assert (storage_folder / MARKER_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.write_bytes(b"x" * 5000)])
async def test_what_can_not_be_told_is_a_copy_once_and_not_at_each_start(
    restart: Restart,
    command: Command,
    receiver: Sink,
    make: Callable[[Path], object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def spoil(folder: Path) -> None:
        (folder / MARKER_NAME).unlink()
        make(folder / MARKER_NAME)

    await command("analytics/preferences", preferences=ALL_TIERS)
    original = await send(command, receiver)
    await restart(change=spoil)
    assert "can't be told" in caplog.text
    other = await send(command, receiver)
    assert other != original
    for _start in range(3):
        await restart()
        assert await send(command, receiver) == other
    assert deleted(receiver) == {original}


async def test_nobody_is_asked_for_a_deletion_who_is_not_told_anything_any_more(
    restart: Restart, command: Command, receiver: Sink
) -> None:
    await command("analytics/preferences", preferences=ALL_TIERS)
    original = await send(command, receiver)
    await command("analytics/preferences", preferences={"base": False})
    before = len(receiver.arrivals)
    await restart(*PLACE)
    assert len(receiver.arrivals) == before
    assert (await command("analytics/status"))["deletions_pending"] == 0
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert await send(command, receiver) != original
    assert deleted(receiver) == set()


async def test_the_deletion_waits_for_the_end_of_a_switch(
    hass: HomeAssistant,
    entry: ConfigEntry,
    restart: Restart,
    command: Command,
    receiver: Sink,
    tmp_path: Path,
) -> None:
    await command("analytics/preferences", preferences=ALL_TIERS)
    original = await send(command, receiver)
    before = len(receiver.arrivals)
    (tmp_path / FILE_NAME).touch()
    await restart(*PLACE)
    assert len(receiver.arrivals) == before
    (tmp_path / FILE_NAME).unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert deleted(receiver) == {original}
