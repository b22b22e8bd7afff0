"""Whatever a device database answers and wherever settings point, no identifier goes astray."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.analytics.host import DEVICE_DATABASE_URL
from scripts.sink import SNAPSHOT_PATH, Answer, Sink

from ..conftest import Command, Start, Wait
from .conftest import DAY, IDENTIFIER, Toggle, answered, only_where_there_are_snapshots
from .test_taking_back import DELETION, OFFER, OWN, QUESTION, asked, says, settled, told

type Parts = Callable[[asyncio.Event], AsyncIterator[bytes]]

SHARED = "core.analytics"
VENDOR = "https://devices.vendor.example/db"
OTHER = "https://other.example"
UUID = "0123456789abcdef0123456789abcdef"
NEVER_ENDS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def known(**databases: Any) -> dict[str, Any]:
    """Return a store of ours with what is kept of device databases."""
    return {"version": 1, "minor_version": 1, "key": OWN, "data": {"snapshots": databases}}


def shared(identifier: str) -> dict[str, Any]:
    """Return the built-in integration's store, with a yes and an identifier."""
    data = {"onboarded": True, "preferences": {"snapshots": True}, "uuid": None}
    data["submission_identifier"] = identifier
    return {"version": 1, "minor_version": 1, "key": SHARED, "data": data}


def requests(mock: AiohttpClientMocker) -> list[tuple[str, str]]:
    """Return what was asked for, and where, as it is on the wire."""
    return [(method.upper(), str(url)) for method, url, _data, _headers in mock.mock_calls]


@pytest.fixture
def offering(aioclient_mock: AiohttpClientMocker) -> AiohttpClientMocker:
    """Return two device databases that are far away, and delete."""
    for url in (VENDOR, OTHER):
        aioclient_mock.get(f"{url}/v1", text=OFFER.body)
    return aioclient_mock


@only_where_there_are_snapshots
async def test_each_is_asked_with_its_own_identifier_and_no_other(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    labs: None,
    start: Start,
    command: Command,
    offering: AiohttpClientMocker,
) -> None:
    for url, identifier in ((VENDOR, "of-vendor"), (OTHER, "of-other")):
        offering.delete(f"{url}{SNAPSHOT_PATH}/{identifier}", status=204)
    kept = {"sent": 1.0, "confirmed": True}
    hass_storage[SHARED] = shared("of-home-assistant")
    hass_storage[OWN] = known(
        **{
            VENDOR: {**kept, "submission_identifier": "of-vendor"},
            OTHER: {**kept, "submission_identifier": "of-other"},
        }
    )
    await start({"snapshots_url": OTHER})
    assert requests(offering) == []
    await command("analytics/forget", destination=VENDOR)
    await settled(hass)
    first = [("GET", f"{VENDOR}/v1"), ("DELETE", f"{VENDOR}{SNAPSHOT_PATH}/of-vendor")]
    assert requests(offering) == first
    await command("analytics/forget", destination=DEVICE_DATABASE_URL)
    await settled(hass)
    # What settles is asked for once more, and the Open Home Foundation's for nothing.
    assert requests(offering) == first * 2
    await command("analytics/forget")
    await settled(hass)
    last = [("GET", f"{OTHER}/v1"), ("DELETE", f"{OTHER}{SNAPSHOT_PATH}/of-other")]
    assert requests(offering) == first * 3 + last
    assert {item["id_kept"] for item in told(hass)} == {False}


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_former_one_is_asked_about_by_its_address(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    offering: AiohttpClientMocker,
    confirmed: bool,
) -> None:
    record = {"sent": 1.0, "confirmed": confirmed, "submission_identifier": "of-vendor"}
    hass_storage[OWN] = known(**{VENDOR: record})
    await start({"snapshots_url": OTHER})
    issue = ir.async_get(hass).async_get_issue("analytics", "delete_sent")
    assert issue is not None
    assert issue.translation_placeholders == {"url": VENDOR, "destinations": f"- `{VENDOR}`"}
    assert requests(offering) == []


@pytest.mark.parametrize(
    ("identifier", "written"),
    [
        ("../../../v1/" + UUID, "..%2F..%2F..%2Fv1%2F" + UUID),
        ("a/b?c=d#e", "a%2Fb%3Fc=d%23e"),
        ("%2e%2e%2f", "%252e%252e%252f"),
        ("//evil.example", "%2F%2Fevil.example"),
        ("@evil.example:1", "@evil.example:1"),
        (";{}\\", ";%7B%7D%5C"),
        ("...x", "...x"),
    ],
)
async def test_an_identifier_is_one_part_of_a_path_whatever_it_is_made_of(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    offering: AiohttpClientMocker,
    identifier: str,
    written: str,
) -> None:
    hass_storage[OWN] = known(**{VENDOR: {"sent": 1.0, "submission_identifier": identifier}})
    offering.delete(f"{VENDOR}{SNAPSHOT_PATH}/{written}", status=204)
    await start()
    await command("analytics/forget")
    await settled(hass)
    assert [url for method, url in requests(offering) if method == "DELETE"] == [
        f"{VENDOR}{SNAPSHOT_PATH}/{written}"
    ]


@pytest.mark.parametrize("identifier", [".", "..", "...", "", "a b", "a\nb", "\u00e4", "x" * 256])
async def test_what_can_be_no_identifier_is_dropped_and_nobody_asked(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    offering: AiohttpClientMocker,
    identifier: str,
) -> None:
    hass_storage[OWN] = known(**{VENDOR: {"sent": 1.0, "submission_identifier": identifier}})
    await start()
    [item] = (await command("analytics/forget"))["taken_back"]
    await settled(hass)
    assert (item["id_kept"], item["deletes_on_request"]) == (False, False)
    assert item["id_dropped"] is not None
    assert requests(offering) == []


@pytest.mark.parametrize("address", [DEVICE_DATABASE_URL, DEVICE_DATABASE_URL.upper() + ":8443/x"])
async def test_the_open_home_foundations_device_database_is_not_asked_whatever_waits(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    aioclient_mock: AiohttpClientMocker,
    address: str,
) -> None:
    deletion = {"url": address, "uuid": "known", "since": 0.0, "matter": "snapshots"}
    hass_storage[OWN] = known()
    hass_storage[OWN]["data"]["deletions"] = [deletion]
    await start()
    await settled(hass)
    assert aioclient_mock.mock_calls == []
    [item] = told(hass)
    assert (item["deletions_pending"], item["deletes_on_request"]) == (0, False)
    assert item["id_dropped"] is not None


@only_where_there_are_snapshots
async def test_the_open_home_foundations_identifier_goes_to_no_program_on_this_machine(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    labs: None,
    start: Start,
    section: dict[str, Any],
    command: Command,
    database: Sink,
) -> None:
    """Both are kept under one key, as by the built-in integration."""
    database.offer_answer = OFFER
    hass_storage[SHARED] = shared("of-home-assistant")
    await start(section)
    await command("analytics/forget")
    await settled(hass)
    assert database.arrivals == []
    assert "of-home-assistant" not in json.dumps(hass_storage)


@only_where_there_are_snapshots
@pytest.mark.parametrize("path", ["{elsewhere}/api/v1/snapshot/1", "//x.example/api/v1/snapshot/1"])
async def test_an_answer_that_names_another_place_sends_nothing_there(
    hass: HomeAssistant, sent: None, command: Command, database: Sink, receiver: Sink, path: str
) -> None:
    path = path.format(elsewhere=receiver.device_database)
    database.offer_answer = says({"path": path, "deletes": True})
    await command("analytics/forget")
    await settled(hass)
    assert asked(database) == [QUESTION, DELETION]
    assert receiver.arrivals == []


@only_where_there_are_snapshots
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_neither_question_nor_deletion_follows_a_redirect(
    hass: HomeAssistant,
    sent: None,
    command: Command,
    wait: Wait,
    database: Sink,
    receiver: Sink,
    freezer: FrozenDateTimeFactory,
    status: int,
) -> None:
    receiver.offer_answer = OFFER
    elsewhere = {"Location": f"{receiver.device_database}/v1"}
    database.offer_answer = Answer(status=status, headers=elsewhere)
    await command("analytics/forget")
    await settled(hass)
    assert asked(database) == [QUESTION]
    database.offer_answer = OFFER
    database.deletion_status = status
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert asked(database) == [QUESTION, QUESTION, DELETION]
    assert receiver.arrivals == []
    [item] = told(hass)
    assert item["deletions_pending"] == 1


@asynccontextmanager
async def serving(parts: Parts) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve this to each request, part by part; yields the address, and what was asked."""
    heads: list[bytes] = []
    done = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            async for part in parts(done):
                writer.write(part)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heads
    finally:
        done.set()
        server.close()


async def endless(done: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield an answer that has no end."""
    yield NEVER_ENDS
    while not done.is_set():
        yield b"10000\r\n" + b" " * 65536 + b"\r\n"


async def stalling(done: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield an answer that stops in the middle."""
    yield NEVER_ENDS + b"d\r\n" + b'{"snapshots":' + b"\r\n"
    await done.wait()


async def mute(done: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield no answer, and don't end."""
    await done.wait()
    yield b""


async def breaking_off(_done: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield half of a yes."""
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + OFFER.body.encode()


async def other_bytes(_done: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield what is no answer of HTTP."""
    yield b"\x00\xff" * 99


@pytest.mark.parametrize("parts", [endless, stalling, mute, breaking_off, other_bytes])
async def test_an_answer_without_an_end_is_none_and_holds_nothing_up(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    parts: Parts,
) -> None:
    monkeypatch.setattr("custom_components.analytics.outbound.gate.LIMIT", 0.3)
    async with serving(parts) as (url, heads):
        hass_storage[OWN] = known(**{url: {"sent": 1.0, "submission_identifier": "secret"}})
        await start()
        await command("analytics/forget")
        await settled(hass)
        [item] = told(hass)
        assert (item["deletes_on_request"], item["deletions_pending"]) == (None, 1)
        assert [head.split()[:2] for head in heads] == [[b"GET", b"/v1"]]
        assert not any(b"secret" in head for head in heads)


@only_where_there_are_snapshots
async def test_what_earlier_versions_kept_is_asked_for_and_kept_as_by_them(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    sent: None,
    command: Command,
    wait: Wait,
    receiver: Sink,
    database: Sink,
    freezer: FrozenDateTimeFactory,
) -> None:
    """They would set aside what they don't know, and go on with what they do."""
    [entry] = hass.config_entries.async_entries("analytics")
    await hass.config_entries.async_unload(entry.entry_id)
    data = hass_storage[OWN]["data"]
    of_reports = {"url": receiver.url, "uuid": UUID, "since": data["ran"]}
    data["deletions"] = [of_reports]
    receiver.deletion_status = 500
    await hass.config_entries.async_setup(entry.entry_id)
    database.offer_answer = Answer(status=500)
    await command("analytics/forget")
    await settled(hass)
    first, second = hass_storage[OWN]["data"]["deletions"]
    assert first == of_reports
    assert set(second) == {*of_reports, "matter"}
    assert {each.path for each in receiver.arrivals} == {f"/v1/{UUID}"}
    receiver.deletion_status = 204
    freezer.tick(DAY)
    await wait(timedelta(0))
    assert hass_storage[OWN]["data"]["deletions"] == [second]


@only_where_there_are_snapshots
@pytest.mark.parametrize("agreed", [True, False])
async def test_a_copy_takes_back_what_is_still_shared_and_nothing_else(
    hass: HomeAssistant,
    labs: None,
    devices: dr.DeviceEntry,
    storage_folder: Path,
    start: Start,
    section: dict[str, Any],
    toggle: Toggle,
    wait: Wait,
    database: Sink,
    agreed: bool,
) -> None:
    database.offer_answer = OFFER
    entry = await start(section)
    await toggle(True)
    database.snapshot_answer = answered(f'{{"submission_identifier": "{IDENTIFIER}"}}')
    await wait(DAY)
    if not agreed:
        await toggle(False)
    await restarted_as_a_copy(hass, entry, storage_folder)
    assert asked(database) == ([QUESTION, DELETION] if agreed else [])
    shared = json.loads((storage_folder / SHARED).read_text())["data"]
    assert shared["submission_identifier"] is None
    [item] = told(hass)
    assert item["id_kept"] is False
    assert (item["id_dropped"] is None) is agreed


async def restarted_as_a_copy(hass: HomeAssistant, entry: ConfigEntry, folder: Path) -> None:
    """Start again with files that were copied."""
    await hass.config_entries.async_unload(entry.entry_id)
    copy = folder.with_name("copy")
    copy.mkdir()
    for file in folder.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
        file.unlink()
    folder.rmdir()
    copy.rename(folder)
    await hass.config_entries.async_setup(entry.entry_id)
    await settled(hass)
