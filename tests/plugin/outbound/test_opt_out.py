"""Off means off: variables, the file, the setting."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from custom_components.analytics.outbound.journal_file import JournalFile
from custom_components.analytics.outbound.opt_out import FILE_NAME, VARIABLES, SwitchKind, read
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, CommandError, Start, Wait

FIRST_REPORT = timedelta(minutes=15)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("value", ["", "0", "false", "no", "off", "False", "NO", " off "])
def test_falsy_values_switch_nothing_off(tmp_path: Path, name: str, value: str) -> None:
    assert read({name: value}, tmp_path, enabled=True) is None


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "y", "2", "none", "disabled"])
def test_anything_else_switches_off(tmp_path: Path, name: str, value: str) -> None:
    switch = read({name: value}, tmp_path, enabled=True)
    assert switch is not None
    assert (switch.kind, switch.name) == (SwitchKind.VARIABLE, name)


@pytest.mark.parametrize("make", ["file", "folder", "dangling link"])
def test_the_file_switches_off_whatever_it_is(tmp_path: Path, make: str) -> None:
    path = tmp_path / FILE_NAME
    if make == "file":
        path.touch()
    elif make == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "nowhere")
    switch = read({}, tmp_path, enabled=True)
    assert switch is not None
    assert switch.kind is SwitchKind.FILE


def test_a_folder_that_can_not_be_looked_into_counts_as_off(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert read({}, tmp_path / "file", enabled=True) is not None


def test_the_setting_switches_off(tmp_path: Path) -> None:
    switch = read({}, tmp_path, enabled=False)
    assert switch is not None
    assert switch.kind is SwitchKind.SETTING


@pytest.fixture
def file(storage_folder: Path) -> Path:
    """Return the path of the opt-out file in the host's configuration folder."""
    return storage_folder.parent / FILE_NAME


async def allow(start: Start, section: dict[str, Any]) -> Any:
    """Have everything allowed, and return the entry's data."""
    data = (await start(section)).runtime_data
    await data.async_choose(ALL_TIERS)
    return data


def issue(hass: HomeAssistant) -> str | None:
    """Return the key of the text of the issue that names a switch."""
    found = ir.async_get(hass).async_get_issue("analytics", "off")
    return found.translation_key if found else None


@pytest.mark.parametrize("name", VARIABLES)
async def test_a_variable_stops_everything(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv(name, "1")
    data = await allow(start, section)
    assert data.scheduler.next_due is None
    await wait(FIRST_REPORT)
    assert (await command("analytics/send"))["outcome"] == "blocked"
    status = await command("analytics/status")
    assert status["blocked"] == {"reason": "switch", "detail": name}
    assert status["effective"] == {"base": False, "usage": False, "statistics": False}
    assert issue(hass) == "off_variable"
    preferences = (await command("analytics"))["preferences"]
    assert preferences["base"] is True
    assert receiver.arrivals == []


async def test_a_file_is_noticed_within_a_minute_and_so_is_its_end(
    hass: HomeAssistant, file: Path, start: Start, wait: Wait, receiver: Sink, section: Any
) -> None:
    data = await allow(start, section)
    assert data.scheduler.next_due is not None
    file.touch()
    await wait(MINUTE)
    assert data.scheduler.next_due is None
    assert issue(hass) == "off_file"
    await wait(FIRST_REPORT)
    assert receiver.arrivals == []
    file.unlink()
    await wait(MINUTE)
    assert issue(hass) is None
    await wait(FIRST_REPORT)
    assert len(receiver.reports) == 1


async def test_a_file_made_while_a_report_is_collected_stops_it(
    hass: HomeAssistant, file: Path, start: Start, receiver: Sink, section: Any
) -> None:
    data = await allow(start, section)
    real = hass.auth.async_get_users

    async def make_file_then_answer() -> Any:
        file.touch()
        return await real()

    hass.auth.async_get_users = make_file_then_answer  # type: ignore[method-assign]
    outcome = await data.pipeline.async_send()
    assert outcome.kind == "blocked"
    assert receiver.arrivals == []
    assert await data.journal.async_entries() == []


async def test_a_file_made_while_a_report_is_written_down_stops_it(
    file: Path, start: Start, receiver: Sink, section: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = await allow(start, section)
    real = JournalFile.open

    def make_file_then_write(journal: JournalFile, *what: Any) -> int:
        file.touch()
        return real(journal, *what)

    monkeypatch.setattr(JournalFile, "open", make_file_then_write)
    outcome = await data.pipeline.async_send()
    assert outcome.kind == "blocked"
    assert receiver.arrivals == []
    [entry] = await data.journal.async_entries()
    assert entry.outcome == "blocked"


async def test_a_file_made_while_a_request_is_under_way_ends_it_within_a_minute(
    hass: HomeAssistant, file: Path, start: Start, wait: Wait, receiver: Sink, section: Any
) -> None:
    receiver.answer = Answer(delay=3600)
    data = await allow(start, section)
    sending = hass.async_create_task(data.async_send())
    await receiver.wait_for_report()
    file.touch()
    await data.async_watch_switches()
    assert (await sending).kind == "stopped"
    assert data.scheduler.next_due is None


async def test_status_notices_a_file_at_once(
    file: Path, start: Start, command: Command, section: Any
) -> None:
    await allow(start, section)
    assert (await command("analytics/status"))["blocked"] is None
    file.touch()
    assert (await command("analytics/status"))["blocked"]["detail"] == FILE_NAME


async def test_no_deletion_is_asked_for_while_off(
    file: Path, start: Start, command: Command, wait: Wait, receiver: Sink, section: Any
) -> None:
    data = await allow(start, section)
    await data.async_send()
    file.touch()
    answer = await command("analytics/forget")
    assert answer["deletions_pending"] == 1
    await wait(timedelta(days=2))
    assert [arrival.method for arrival in receiver.arrivals] == ["POST"]
    file.unlink()
    await wait(MINUTE)
    assert [arrival.method for arrival in receiver.arrivals] == ["POST", "DELETE"]


async def test_only_administrators_may_ask_about_reports(
    start: Start, command: Command, hass_read_only_access_token: str
) -> None:
    await start()
    for name in ("status", "preview", "journal", "send", "forget"):
        with pytest.raises(CommandError) as refused:
            await command(f"analytics/{name}", hass_read_only_access_token)
        assert refused.value.code == "unauthorized"
