"""What left, as the panel shows it: in pages, one by one, and as a file."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.analytics.outbound.journal_file import FILE_NAME, JournalFile
from custom_components.analytics.tiers import encode
from scripts.sink import Answer, Sink

from ..conftest import ALL_TIERS, Command, CommandError, Start

LIST = "analytics/journal/list"
ENTRY = "analytics/journal/entry"
EXPORT = "analytics/journal/export"
ID = "0123456789abcdef" * 2
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\u202egnp.exe",
    "${alert(1)}{{7*7}}",
    "a\x00b\x1b[2J\u2028",
    "__proto__",
    "😀" * 100,
]


def line(**other: Any) -> dict[str, Any]:
    return {
        "time": "2026-11-21T12:00:00+00:00",
        "destination": "There",
        "url": "https://there.example.com/v1",
        "tiers": {"base": 1},
        **other,
    }


def write(file: JournalFile, payload: Any, outcome: str | None = "sent", **other: Any) -> int:
    """Write an entry as the journal does, with its end unless there is none."""
    body = encode(payload)
    number = file.open(line(**{"size": len(body), **other}), payload, body)
    if outcome is not None:
        file.append({"number": number, "ended": "2026-11-21T12:00:01+00:00", "outcome": outcome})
    return number


@pytest.fixture
def file(storage_folder: Path) -> JournalFile:
    """Return the journal's file, to be filled before the plugin reads it."""
    return JournalFile(storage_folder)


async def test_nothing_left_yet(start: Start, command: Command) -> None:
    await start()
    assert await command(LIST) == {
        "entries": [],
        "total": 0,
        "kinds": {},
        "destinations": [],
        "outcomes": {},
        "days": [],
    }
    assert json.loads((await command(EXPORT))["text"])["entries"] == []


async def test_one_report_is_shown_byte_for_byte(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    listed = await command(LIST)
    [entry] = listed["entries"]
    assert (entry["number"], entry["kind"], entry["outcome"], entry["status"]) == (
        1,
        "report",
        "sent",
        200,
    )
    assert "payload" not in entry
    destination = {"url": receiver.url, "name": "Test receiver", "count": 1}
    assert listed["destinations"] == [destination]
    assert (listed["total"], listed["kinds"], listed["outcomes"]) == (
        1,
        {"report": 1},
        {"sent": 1},
    )
    today = dt_util.now().date().isoformat()
    assert listed["days"] == [{"day": today, "sent": 1, "failed": 0, "bytes": entry["size"]}]
    shown = await command(ENTRY, number=1)
    assert shown == {
        **entry,
        "payload": receiver.reports[0].report,
        "body": receiver.reports[0].body.decode(),
        "previous": None,
    }


async def test_an_entry_is_compared_with_what_arrived_there_before_it(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await command("analytics/send")
    await command("analytics/preferences", preferences=ALL_TIERS)
    receiver.answer_next(Answer(status=500))
    await command("analytics/send")
    await command("analytics/send")
    newest = await command(ENTRY, number=3)
    assert newest["previous"]["number"] == 1
    assert newest["previous"]["payload"] == receiver.reports[0].report
    assert newest["attempt"] == 2
    failed = await command(LIST, outcomes=["retryable"])
    assert [entry["number"] for entry in failed["entries"]] == [2]
    assert failed["outcomes"] == {"sent": 2, "retryable": 1}
    assert [day["failed"] for day in failed["days"]] == [1]


async def test_a_hundred_large_ones_come_in_pages_without_what_was_sent(
    file: JournalFile, start: Start, command: Command
) -> None:
    for number in range(1, 101):
        write(file, {"uuid": ID, "n": number, "text": f"{number} " * 16_000})
    await start()
    first = await command(LIST)
    assert [entry["number"] for entry in first["entries"]] == [*range(100, 50, -1)]
    assert len(json.dumps(first)) < 40_000
    rest = await command(LIST, offset=50, limit=100)
    assert [entry["number"] for entry in rest["entries"]] == [*range(50, 0, -1)]
    assert (await command(LIST, offset=100))["entries"] == []
    assert first["total"] == rest["total"] == 100
    shown = await command(ENTRY, number=7)
    assert shown["payload"]["n"] == 7
    assert len(shown["body"]) == shown["size"]
    assert shown["previous"]["payload"]["n"] == 6
    [found] = (await command(LIST, search=" 77 77 "))["entries"]
    assert found["number"] == 77
    exported = json.loads((await command(EXPORT, search=" 77 77 "))["text"])
    assert [entry["payload"]["n"] for entry in exported["entries"]] == [77]


KINDS: dict[str, tuple[Any, dict[str, Any]]] = {
    "report": ({"uuid": ID}, {"base": 1}),
    "start": ({"uuid": ID, "event": "start"}, {"base": 1, "lifecycle": 1}),
    "stop": ({"uuid": ID, "event": "stop"}, {"base": 1, "lifecycle": 1}),
    "fault": ({"uuid": ID, "event": "fault"}, {"base": 1, "lifecycle": 1}),
    "crash": ([{"event_id": "e"}, {"type": "event"}, {"user": {"id": ID}}], {"diagnostics": 1}),
    "snapshot": ({"hue": {"devices": [], "entities": []}}, {"snapshots": 1}),
}


@pytest.fixture(params=["noted", "of a version that noted none"])
def one_of_each(request: pytest.FixtureRequest, file: JournalFile) -> None:
    """Leave an entry of each kind in the journal."""
    for kind, (payload, tiers) in KINDS.items():
        write(file, payload, tiers=tiers, **({"kind": kind} if request.param == "noted" else {}))


@pytest.mark.usefixtures("one_of_each")
async def test_each_entry_has_a_kind_by_which_it_is_found(start: Start, command: Command) -> None:
    await start()
    listed = await command(LIST)
    assert [entry["kind"] for entry in listed["entries"]] == [*KINDS][::-1]
    assert listed["kinds"] == dict.fromkeys(KINDS, 1)
    for kind in KINDS:
        found = await command(LIST, kinds=[kind])
        assert [entry["kind"] for entry in found["entries"]] == [kind]
        assert (found["total"], found["kinds"]) == (1, listed["kinds"])
    assert (await command(LIST, kinds=[]))["total"] == 0
    assert (await command(LIST, kinds=["start", "stop"]))["total"] == 2


@pytest.mark.parametrize("size", [10, 100_000])
async def test_an_envelope_is_shown_as_it_left_however_large_it_is(
    storage_folder: Path, start: Start, command: Command, size: int
) -> None:
    lines = [{"event_id": "e"}, {"type": "event"}, {"text": "x" * size}]
    body = b"".join(encode(each) + b"\n" for each in lines)
    told = line(kind="crash", tiers={"diagnostics": 1}, size=len(body))
    JournalFile(storage_folder).open(told, lines, body)
    await start()
    shown = await command(ENTRY, number=1)
    assert (shown["payload"], shown["body"]) == (lines, body.decode())


async def test_what_is_on_its_way_or_was_cut_short_is_open(
    file: JournalFile, start: Start, command: Command
) -> None:
    write(file, {"uuid": ID}, outcome=None)
    write(file, {"uuid": ID}, outcome="stopped")
    await start()
    found = await command(LIST, outcomes=["open"])
    assert [entry["number"] for entry in found["entries"]] == [1]
    assert [(day["sent"], day["failed"]) for day in found["days"]] == [(0, 0)]
    assert (await command(LIST))["outcomes"] == {"open": 1, "stopped": 1}


async def test_destinations_and_words_are_searched_for(
    file: JournalFile, start: Start, command: Command
) -> None:
    write(file, {"uuid": ID, "board": "Grüne Straße"})
    write(file, {"uuid": ID}, url="https://other.example.com/v1", destination="Other")
    write(file, {"uuid": ID}, destination="Now called so")
    await start()
    listed = await command(LIST)
    assert [(each["name"], each["count"]) for each in listed["destinations"]] == [
        ("Now called so", 2),
        ("Other", 1),
    ]

    async def numbers(**filters: Any) -> list[int]:
        return [entry["number"] for entry in (await command(LIST, **filters))["entries"]]

    assert await numbers(url="https://other.example.com/v1") == [2]
    assert await numbers(search="STRASSE") == [1]
    assert await numbers(search="other.EXAMPLE") == [2]
    assert await numbers(search=f'"uuid":"{ID}"') == [3, 2, 1]
    assert await numbers(search=ID, url="https://nowhere.example.com") == []
    exported = json.loads((await command(EXPORT, search="strasse"))["text"])
    assert [entry["number"] for entry in exported["entries"]] == [1]


async def test_a_file_of_it_has_four_digits_of_an_id_unless_asked_for(
    file: JournalFile, start: Start, command: Command
) -> None:
    for payload, tiers in KINDS.values():
        write(file, payload, tiers=tiers)
    await start()
    exported = await command(EXPORT)
    assert ID not in exported["text"]
    assert f"{ID[:4]}…" in exported["text"]
    assert json.loads(exported["text"])["ids"] is False
    assert exported["name"] == f"analytics-journal-{dt_util.now().date().isoformat()}.json"
    whole = json.loads((await command(EXPORT, ids=True))["text"])
    assert [entry["payload"] for entry in whole["entries"]][::-1] == [
        payload for payload, _ in KINDS.values()
    ]


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_stays_what_it_is(
    storage_folder: Path, start: Start, command: Command, text: str
) -> None:
    told = line(kind=text, destination=text, url=text, tiers={text: 1}, dropped={text: 1})
    entry = {**told, "number": 5, "time": text, "size": 2, "payload": {text: text, "event": [text]}}
    ended = {"number": 5, "ended": text, "outcome": text, "reason": text}
    written = b"".join(orjson.dumps(each) + b"\n" for each in (entry, ended))
    (storage_folder / FILE_NAME).write_bytes(written)
    await start()
    listed = await command(LIST)
    assert (listed["total"], listed["days"], listed["kinds"]) == (1, [], {"report": 1})
    assert listed["destinations"] == [{"url": text, "name": text, "count": 1}]
    assert listed["entries"][0]["reason"] == text
    shown = await command(ENTRY, number=5)
    assert shown["payload"] == entry["payload"]
    # It is not what left: that had another size.
    assert shown["body"] is None
    assert (await command(LIST, search=text[:200]))["total"] == 1
    assert text in json.loads((await command(EXPORT))["text"])["entries"][0]["payload"]


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+00:00", "2026-99-99T99:99:99", ""])
async def test_a_time_that_is_none_is_of_no_day(
    hass: HomeAssistant, file: JournalFile, start: Start, command: Command, time: str
) -> None:
    await hass.config.async_set_time_zone("America/New_York")
    write(file, {}, time=time, size=2**53)
    await start()
    listed = await command(LIST)
    assert (listed["entries"][0]["time"], listed["days"]) == (time, [])


async def test_a_day_is_one_of_the_homes_calendar(
    hass: HomeAssistant, file: JournalFile, start: Start, command: Command
) -> None:
    await hass.config.async_set_time_zone("Asia/Tokyo")
    write(file, {}, time="2026-11-21T14:59:59+00:00", size=10)
    write(file, {}, time="2026-11-21T15:00:00+00:00", size=20)
    write(file, {}, "refused", time="2026-11-21T16:00:00+00:00", size=30)
    await start()
    assert (await command(LIST))["days"] == [
        {"day": "2026-11-21", "sent": 1, "failed": 0, "bytes": 10},
        {"day": "2026-11-22", "sent": 1, "failed": 1, "bytes": 50},
    ]


async def test_what_is_not_there_any_more_is_told_so(
    file: JournalFile, start: Start, command: Command
) -> None:
    write(file, {"uuid": ID})
    await start()
    assert (await command(ENTRY, number=1))["payload"] == {"uuid": ID}
    await command("analytics/journal/delete")
    with pytest.raises(CommandError) as refused:
        await command(ENTRY, number=1)
    assert refused.value.translation_key == "journal_entry_gone"


async def test_what_lies_beside_it_and_was_changed_is_not_shown_as_what_left(
    storage_folder: Path, file: JournalFile, start: Start, command: Command
) -> None:
    write(file, {"text": "x" * 100_000})
    [beside] = storage_folder.glob("*.gz")
    beside.write_bytes(b"no gzip")
    await start()
    shown = await command(ENTRY, number=1)
    assert (shown["payload"], shown["body"]) == (None, None)
    assert (await command(LIST, search="xxx"))["total"] == 0
    assert json.loads((await command(EXPORT))["text"])["entries"][0]["payload"] is None


async def test_a_pipe_or_a_flood_beside_it_holds_up_nothing(
    storage_folder: Path, file: JournalFile, start: Start, command: Command
) -> None:
    write(file, {"text": "x" * 100_000})
    write(file, {"text": "y" * 100_000})
    write(file, {"text": "z" * 100_000})
    first, second, third = sorted(storage_folder.glob("*.gz"))
    first.unlink()
    os.mkfifo(first)
    second.write_bytes(gzip.compress(b"1" * 2**26))
    third.write_bytes(b"".join(map(gzip.compress, [b'{"text":"', b"z" * 100_000, b'"}'])))
    await start()
    assert [(await command(ENTRY, number=number))["body"] for number in (1, 2)] == [None, None]
    assert (await command(ENTRY, number=3))["payload"] == {"text": "z" * 100_000}
    assert (await command(LIST, search="xxx"))["total"] == 0
    [last, *others] = json.loads((await command(EXPORT))["text"])["entries"]
    assert last["payload"] == {"text": "z" * 100_000}
    assert [each["payload"] for each in others] == [None, None]


@pytest.mark.parametrize("name", [LIST, EXPORT])
async def test_one_that_can_not_be_read_is_told(
    storage_folder: Path, start: Start, command: Command, name: str
) -> None:
    (storage_folder / FILE_NAME).mkdir()
    (storage_folder / f"{FILE_NAME}.unreadable" / "full").mkdir(parents=True)
    await start()
    with pytest.raises(CommandError) as refused:
        await command(name)
    assert refused.value.translation_key == "journal_unreadable"


ASKED = [(LIST, {}), (ENTRY, {"number": 1}), (EXPORT, {"ids": True})]


@pytest.mark.parametrize(("name", "arguments"), ASKED)
async def test_the_journal_is_for_administrators(
    start: Start,
    command: Command,
    hass_read_only_access_token: str,
    name: str,
    arguments: dict[str, Any],
) -> None:
    await start()
    with pytest.raises(CommandError) as refused:
        await command(name, hass_read_only_access_token, **arguments)
    assert refused.value.code == "unauthorized"


@pytest.mark.parametrize(("name", "arguments"), ASKED)
async def test_there_is_no_journal_while_nothing_is_loaded(
    hass: HomeAssistant, start: Start, command: Command, name: str, arguments: dict[str, Any]
) -> None:
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as refused:
        await command(name, **arguments)
    assert refused.value.code == "not_found"


@pytest.mark.parametrize(
    "arguments",
    [
        {"offset": -1},
        {"limit": 0},
        {"limit": 101},
        {"kinds": ["other"]},
        {"kinds": "report"},
        {"search": "x" * 201},
        {"url": 1},
    ],
)
async def test_what_is_no_filter_is_refused(
    start: Start, command: Command, arguments: dict[str, Any]
) -> None:
    await start()
    with pytest.raises(CommandError) as refused:
        await command(LIST, **arguments)
    assert refused.value.code == "invalid_format"
