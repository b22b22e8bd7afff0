"""The journal: bounded, private, and whole after a crash."""

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant

from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics
from custom_components.analytics.outbound.journal_entry import Entry
from custom_components.analytics.outbound.journal_file import (
    FILE_NAME,
    KEPT_ENTRIES,
    MAX_BESIDE,
    MAX_BYTES,
    MAX_ENTRIES,
    MAX_READ,
    JournalFile,
)
from custom_components.analytics.tiers.payload import encode
from scripts.sink import Answer, Sink
from tests.limits import limited

from ..conftest import ALL_TIERS, Command, CommandError, Start, Wait

ROOT = Path(__file__).parents[3]
LINE = {"time": "2026-11-21T12:00:00+00:00", "destination": "There", "url": "u", "tiers": {}}


def write(file: JournalFile, payload: dict[str, Any]) -> int:
    """Write an entry as the journal does, without its end."""
    body = encode(payload)
    return file.open({**LINE, "size": len(body)}, payload, body)


def damaged_entries() -> list[bytes]:
    """Return an entry for each part that it may have, that being of a type that it never is."""
    whole = {**LINE, "number": 1, "size": 2, "payload": {}}
    parts = {each.name for each in fields(Entry)} - {"payload"}
    deep = json.dumps(whole).encode().replace(b"{}}", b"[" * 300 + b"]" * 300 + b"}")
    return [json.dumps({**whole, part: [{}]}).encode() + b"\n" for part in sorted(parts)] + [
        deep + b"\n"
    ]


def close(file: JournalFile, number: int) -> None:
    """Write the end of an entry."""
    file.append({"number": number, "ended": "now", "outcome": "sent"})


async def test_what_was_sent_can_be_read_exactly(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    receiver.answer_next(Answer(status=500))
    await command("analytics/send")
    await command("analytics/send")
    newest, oldest = (await command("analytics/journal"))["entries"]
    assert newest["payload"] == receiver.reports[1].report
    assert newest["size"] == len(receiver.reports[1].body)
    assert newest["destination"] == "Test receiver"
    assert newest["url"] == receiver.url
    assert newest["tiers"] == {"base": 1, "usage": 1, "statistics": 1}
    assert (newest["outcome"], newest["status"], newest["attempt"]) == ("sent", 200, 2)
    assert (oldest["outcome"], oldest["status"], oldest["attempt"]) == ("retryable", 500, 1)
    assert newest["time"] <= newest["ended"]
    assert (await command("analytics/journal", limit=1))["entries"] == [newest]


async def test_the_entry_is_there_before_the_request(
    start: Start, wait: Wait, receiver: Sink, section: dict[str, Any], hass: HomeAssistant
) -> None:
    receiver.answer = Answer(delay=3600)
    data = (await start(section)).runtime_data
    await data.async_choose(ALL_TIERS)
    hass.async_create_task(data.async_send())
    arrival = await receiver.wait_for_report()
    [entry] = await data.journal.async_entries()
    assert entry.payload == arrival.report
    assert entry.outcome is None
    await data.async_choose({"base": False})
    await hass.async_block_till_done(wait_background_tasks=True)
    [entry] = await data.journal.async_entries()
    assert entry.outcome == "stopped"


async def test_what_can_not_be_written_down_is_not_sent(
    start: Start,
    command: Command,
    storage_folder: Path,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    (storage_folder / FILE_NAME).mkdir()
    (storage_folder / f"{FILE_NAME}.unreadable" / "full").mkdir(parents=True)
    answer = await command("analytics/send")
    assert answer["outcome"] == "retryable"
    assert "journal" in answer["reason"]
    assert receiver.arrivals == []


def test_only_the_hosts_user_can_read_it(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    close(file, write(file, {"uuid": "x"}))
    write(file, {"large": "x" * 300_000})
    modes = [path.stat().st_mode & 0o777 for path in tmp_path.glob(f"{FILE_NAME}*")]
    assert modes == [0o600, 0o600]


def test_it_keeps_the_last_entries(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    for number in range(1, 2 * MAX_ENTRIES + 1):
        close(file, write(file, {"n": number}))
        entries = file.newest(1000)
        assert min(number, KEPT_ENTRIES) <= len(entries) <= MAX_ENTRIES
        assert [entry.payload["n"] for entry in entries] == [*range(number, 0, -1)][: len(entries)]
    assert JournalFile(tmp_path).newest(1000) == entries
    assert {entry.outcome for entry in entries} == {"sent"}


def test_it_is_not_written_anew_for_each_entry(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    nodes = set()
    for number in range(MAX_ENTRIES + 2 * (MAX_ENTRIES - KEPT_ENTRIES)):
        close(file, write(file, {"n": number}))
        os.link(tmp_path / FILE_NAME, tmp_path / f"kept.{number}")  # so that no number comes again
        nodes.add((tmp_path / FILE_NAME).stat().st_ino)
    assert len(nodes) <= 3


def test_it_keeps_within_its_bytes(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    for number in range(80):
        close(file, write(file, {"n": number, "text": "x" * 16_000}))
        assert (tmp_path / FILE_NAME).stat().st_size <= MAX_BYTES + 1000
    assert JournalFile(tmp_path).newest(1)[0].payload["n"] == 79


def test_large_payloads_lie_beside_it_bounded_too(tmp_path: Path) -> None:
    file, noise = JournalFile(tmp_path), random.Random(1)
    close(file, write(file, {"n": 0}))
    for number in range(1, 12):
        close(file, write(file, {"n": number, "text": noise.randbytes(400_000).hex()}))
    entries = JournalFile(tmp_path).newest(100)
    found = [entry.payload["n"] for entry in entries]
    assert found == [*range(11, 11 - len(found) + 1, -1), 0]
    beside = [path.stat().st_size for path in tmp_path.iterdir() if path.suffix == ".gz"]
    assert len(beside) == len(found) - 1 < 11
    assert MAX_BESIDE // 2 < sum(beside) <= MAX_BESIDE
    assert (tmp_path / FILE_NAME).stat().st_size < 10_000


def test_a_hundred_of_64_kilobytes_are_kept(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    for number in range(MAX_ENTRIES):
        close(file, write(file, {"n": number, "text": f"{number} " * 16_000}))
    entries = JournalFile(tmp_path).newest(1000)
    assert [entry.payload["n"] for entry in entries] == [*range(MAX_ENTRIES - 1, -1, -1)]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= MAX_BYTES + MAX_BESIDE


@pytest.mark.parametrize(
    "damage",
    [
        b"not json\n",
        b"[]\n",
        b'"number"\n',
        b'{"number": "x"}\n',
        b'{"number": [1]}\n',
        b'{"number": 1, "surprise": 2}\n',
        b"\xff\n",
        *damaged_entries(),
    ],
)
def test_a_damaged_line_is_set_aside_and_the_rest_kept(tmp_path: Path, damage: bytes) -> None:
    file = JournalFile(tmp_path)
    close(file, write(file, {"n": 1}))
    path = tmp_path / FILE_NAME
    path.write_bytes(damage + path.read_bytes())
    again = JournalFile(tmp_path)
    assert [entry.payload["n"] for entry in again.newest(10)] == [1]
    assert (tmp_path / f"{FILE_NAME}.unreadable").read_bytes().startswith(damage)
    close(again, write(again, {"n": 2}))
    assert [entry.payload["n"] for entry in JournalFile(tmp_path).newest(10)] == [2, 1]


def test_a_line_cut_short_by_a_power_loss_is_dropped(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    close(file, write(file, {"n": 1}))
    path = tmp_path / FILE_NAME
    path.write_bytes(path.read_bytes() + b'{"number": 2, "time": "20')
    again = JournalFile(tmp_path)
    close(again, write(again, {"n": 2}))
    assert [entry.payload["n"] for entry in JournalFile(tmp_path).newest(10)] == [2, 1]
    assert not (tmp_path / f"{FILE_NAME}.unreadable").exists()


DAMAGED = {
    "no JSON": bytes(range(256)) * 20,
    "too large": b" " * (MAX_READ + 1),
    **{f"entry {number}": line for number, line in enumerate(damaged_entries())},
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
async def test_a_damaged_journal_stops_nothing(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    damage: bytes,
) -> None:
    (storage_folder / FILE_NAME).write_bytes(damage)
    entry = await start(section)
    assert (await command("analytics/journal"))["entries"] == []
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command("analytics/send"))["outcome"] == "sent"
    assert len((await command("analytics/journal"))["entries"]) == 1
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    assert len(diagnostics["last_reports"]) == 1
    assert (storage_folder / f"{FILE_NAME}.unreadable").read_bytes() == damage
    assert "was set aside as analytics.journal.unreadable" in caplog.text


def test_the_end_of_what_was_deleted_is_no_other_entrys(tmp_path: Path) -> None:
    file = JournalFile(tmp_path)
    on_its_way = write(file, {})
    file.delete()
    close(file, write(file, {}))
    file.append({"number": on_its_way, "ended": "later", "outcome": "stopped"})
    for journal in (file, JournalFile(tmp_path)):
        [entry] = journal.newest(2)
        assert (entry.outcome, entry.ended) == ("sent", "now")


async def test_what_can_not_be_deleted_is_still_shown(
    storage_folder: Path, start: Start, command: Command, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    (storage_folder / f"{FILE_NAME}.unreadable").mkdir()
    kept = storage_folder / "kept"
    os.link(storage_folder / FILE_NAME, kept)
    with pytest.raises(CommandError, match="Check the permissions") as refused:
        await command("analytics/journal/delete")
    assert refused.value.translation_key == "journal_not_deleted"
    # The folder may have been in the way before the file's turn, or after.
    kept.replace(storage_folder / FILE_NAME)
    assert len((await command("analytics/journal"))["entries"]) == 1


async def test_what_lies_beside_it_and_is_nested_too_deeply_is_not_shown(
    storage_folder: Path, start: Start, command: Command, section: dict[str, Any]
) -> None:
    file = JournalFile(storage_folder)
    write(file, {"large": "x" * 300_000})
    [beside] = storage_folder.glob("*.gz")
    beside.write_bytes(gzip.compress(b"[" * 300 + b"]" * 300))
    await start(section)
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["payload"] is None


async def test_one_that_can_not_be_read_is_told_and_breaks_no_diagnostics(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    section: dict[str, Any],
) -> None:
    (storage_folder / FILE_NAME).mkdir()
    (storage_folder / f"{FILE_NAME}.unreadable" / "full").mkdir(parents=True)
    entry = await start(section)
    with pytest.raises(CommandError, match="Check the permissions") as refused:
        await command("analytics/journal")
    assert refused.value.translation_key == "journal_unreadable"
    assert (await async_get_config_entry_diagnostics(hass, entry))["last_reports"] == []


async def test_it_survives_a_restart(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    before = await command("analytics/journal")
    await hass.config_entries.async_reload(entry.entry_id)
    assert await command("analytics/journal") == before


async def test_one_command_deletes_it(
    storage_folder: Path, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    await command("analytics/journal/delete")
    assert (await command("analytics/journal"))["entries"] == []
    assert list(storage_folder.glob(f"{FILE_NAME}*")) == []


# Imports once, which takes longer than all else, and has a copy of itself write into each folder.
WRITER = """
import os
import sys
from pathlib import Path
import tests.host_first
from custom_components.analytics.outbound.journal_file import JournalFile
from tests.plugin.outbound.test_journal import close, write
for folder in map(str.strip, sys.stdin):
    if pid := os.fork():
        os.waitpid(pid, 0)
        print("ended", flush=True)
        continue
    print(os.getpid(), flush=True)
    file = JournalFile(Path(folder))
    number = 0
    while True:
        number += 1
        entry = write(file, {"n": number, "text": "x" * (number * 977 % 30000)})
        close(file, entry)
        print(number, flush=True)
"""


@pytest.fixture(scope="module")
def writer() -> Iterator[subprocess.Popen[str]]:
    """Run a process to whose copies folders can be given."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    ) as process:
        yield process
        process.kill()


def kill_after(writer: subprocess.Popen[str], folder: Path, number: int) -> int:
    """Kill a copy after so many entries, and return the number of the last that it told."""
    assert writer.stdin
    assert writer.stdout
    with limited(writer, "the entry at which to kill, and the end"):
        print(folder, file=writer.stdin, flush=True)
        pid, last = int(writer.stdout.readline()), 0
        while last < number:
            last = int(writer.stdout.readline())
        os.kill(pid, signal.SIGKILL)
        while (line := writer.stdout.readline()) != "ended\n":
            last = int(line)
    return last


@pytest.mark.parametrize("seed", range(8))
def test_a_kill_loses_no_completed_entry(
    writer: subprocess.Popen[str], tmp_path: Path, seed: int
) -> None:
    last = kill_after(writer, tmp_path, random.Random(seed).randint(2, 220))
    entries = JournalFile(tmp_path).newest(1000)
    completed = [entry.payload["n"] for entry in entries if entry.outcome == "sent"]
    assert completed[0] >= last
    assert completed == list(range(completed[0], completed[-1] - 1, -1))
    assert len(completed) >= min(last, 30)
