"""A disk that can't be written to: no opt-out comes back, no deletion gets lost, and it is told."""

import os
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics.outbound.journal_file import FILE_NAME as JOURNAL
from scripts.sink import Sink

from .conftest import ALL_TIERS, Command, CommandError, Start, Wait

A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)
NOTHING = dict.fromkeys(ALL_TIERS, False)
OWN = "analytics.destinations"
FIX = "/api/repairs/issues/fix"


class Disk:
    """The file of our own store, and something in the way of writing it."""

    def __init__(self, storage: Path) -> None:
        self._file = storage / OWN

    def fail(self) -> None:
        """Let no new file take the place, as on a full disk."""
        self._aside = self._file.rename(self._file.with_name("aside"))
        self._file.mkdir()

    def mend(self) -> None:
        """Bring back what was there."""
        self._file.rmdir()
        self._aside.rename(self._file)


@pytest.fixture
def disk(storage_folder: Path) -> Disk:
    return Disk(storage_folder)


@pytest.mark.parametrize(
    "name",
    [
        "core.analytics",
        OWN,
        "analytics.crashes",
        "analytics.events",
        "analytics.fault_log",
        "analytics.held",
        "analytics.installation",
        JOURNAL,
        "analytics.panels",
        "analytics.run",
    ],
)
async def test_a_pipe_in_the_place_of_a_file_holds_up_nothing(
    storage_folder: Path,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    name: str,
) -> None:
    os.mkfifo(storage_folder / name)
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command("analytics/send"))["outcome"] == "sent"
    assert len(receiver.reports) == 1


@pytest.fixture
async def entry(
    storage_folder: Path, start: Start, command: Command, section: dict[str, Any]
) -> ConfigEntry:
    """Return the loaded entry; everything is shared, and a report was sent."""
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    return entry


async def test_a_choice_that_can_not_be_saved_is_told_and_saved_later(
    hass: HomeAssistant, entry: ConfigEntry, command: Command, wait: Wait, disk: Disk
) -> None:
    """A restart must not bring back in silence what the user had turned off."""
    disk.fail()
    with pytest.raises(CommandError, match="could not be saved"):
        await command("analytics/preferences", preferences={"usage": False})
    assert (await command("analytics"))["preferences"]["usage"] is False
    assert (await command("analytics/status"))["blocked"]["reason"] == "not_saved"
    assert (await command("analytics/send"))["outcome"] == "blocked"
    issues = ir.async_get(hass)
    assert issues.async_get_issue("analytics", "not_saved") is not None

    disk.mend()
    await wait(A_MINUTE)
    assert issues.async_get_issue("analytics", "not_saved") is None
    await hass.config_entries.async_reload(entry.entry_id)
    assert (await command("analytics"))["preferences"]["usage"] is False
    assert (await command("analytics/send"))["outcome"] == "sent"


async def test_loading_again_does_not_undo_what_could_not_be_saved(
    hass: HomeAssistant,
    entry: ConfigEntry,
    command: Command,
    wait: Wait,
    receiver: Sink,
    disk: Disk,
) -> None:
    disk.fail()
    with pytest.raises(CommandError):
        await command("analytics/preferences", preferences=NOTHING)
    await hass.config_entries.async_reload(entry.entry_id)
    assert (await command("analytics"))["preferences"]["base"] is False
    assert (await command("analytics/status"))["blocked"]["reason"] == "not_saved"
    disk.mend()
    await wait(A_DAY)
    assert len(receiver.reports) == 1
    await hass.config_entries.async_reload(entry.entry_id)
    assert (await command("analytics"))["preferences"]["base"] is False


async def test_loading_again_does_not_lose_a_deletion_that_could_not_be_saved(
    hass: HomeAssistant, entry: ConfigEntry, command: Command, receiver: Sink, disk: Disk
) -> None:
    receiver.deletion_status = 500
    disk.fail()
    with pytest.raises(CommandError):
        await command("analytics/forget")
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await command("analytics/status"))["deletions_pending"] == 1
    disk.mend()
    await command("analytics/send")
    first, *_others, last = receiver.reports
    assert first.report["uuid"] != last.report["uuid"] or len(receiver.reports) == 1


async def test_a_fault_of_less_than_a_minute_does_not_end_reports(
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    disk: Disk,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    disk.fail()
    # The report finds that its id, which is new, can't be saved: it could never be deleted.
    await wait(timedelta(minutes=15))
    assert receiver.arrivals == []
    disk.mend()
    await wait(A_MINUTE)
    assert (await command("analytics/status"))["next_report"] is not None
    await wait(A_DAY)
    assert len(receiver.reports) == 1


async def test_an_answer_to_a_question_that_can_not_be_saved_is_told(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    hass_client: ClientSessionGenerator,
    disk: Disk,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await start({"destination": {"name": "Example", "url": "https://analytics.example.com/v1"}})
    await command("analytics/preferences", preferences=ALL_TIERS)
    client = await hass_client()
    question = {"handler": "analytics", "issue_id": "confirm_destination"}
    flow = await (await client.post(FIX, json=question)).json()
    disk.fail()
    answer = await client.post(f"{FIX}/{flow['flow_id']}", json={"next_step_id": "confirm"})
    assert answer.status == 200
    assert (await answer.json())["reason"] == "not_saved"


async def test_removing_the_entry_leaves_no_old_yes_on_a_faulty_disk(
    hass: HomeAssistant, entry: ConfigEntry, command: Command, receiver: Sink, disk: Disk
) -> None:
    receiver.deletion_status = 500
    disk.fail()
    with pytest.raises(CommandError):
        await command("analytics/forget")
    disk.mend()
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.config_entries.flow.async_init("analytics", context={"source": "system"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await command("analytics"))["onboarded"] is False
    assert (await command("analytics/status"))["deletions_pending"] == 1
    assert ir.async_get(hass).async_get_issue("analytics", "not_saved") is None


async def test_a_journal_that_was_copied_without_its_mode_becomes_private(
    storage_folder: Path, start: Start, command: Command, section: dict[str, Any]
) -> None:
    journal = storage_folder / JOURNAL
    journal.touch()
    journal.chmod(0o644)
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600


async def test_an_absurd_number_in_the_journal_stops_nothing(
    storage_folder: Path, start: Start, command: Command, section: dict[str, Any]
) -> None:
    line = '{"number": 18446744073709551615, "time": "", "destination": "", "url": "", '
    (storage_folder / JOURNAL).write_text(line + '"tiers": {}, "size": 1}\n')
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command("analytics/send"))["outcome"] == "sent"
