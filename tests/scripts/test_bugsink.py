"""A real Bugsink in a process of its own. The envelopes are made by hand."""

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from scripts import bugsink
from scripts.bugsink import DATABASE_NAME, Bugsink, BugsinkMissingError
from scripts.home_assistant import ROOT
from scripts.ports import port_is_free
from tests.bugsink import require_bugsink
from tests.limits import limited

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("socket_enabled")]

PARENT = """
import asyncio, sys
from pathlib import Path
from scripts.bugsink import Bugsink

async def main():
    server = Bugsink(Path(sys.argv[1]))
    await server.start()
    print(server.pid, server.port, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bugsink]:
    require_bugsink()
    server = Bugsink(tmp_path_factory.mktemp("bugsink"))
    yield server
    server.kill()


@pytest.fixture
async def server(process: Bugsink) -> Bugsink:
    if not process.running:
        await process.start()
    await process.begin_project()
    return process


def an_event(**more: object) -> dict[str, Any]:
    frame = {"module": "a.b", "filename": "a/b.py", "function": "c", "lineno": 3, "in_app": True}
    exception = {"type": "ValueError", "value": "x", "stacktrace": {"frames": [frame]}}
    return {
        "event_id": uuid.uuid4().hex,
        "timestamp": time.time(),
        "platform": "python",
        "level": "error",
        "tags": {"integration": "a"},
        "exception": {"values": [exception]},
        **more,
    }


def an_envelope(event: dict[str, Any]) -> bytes:
    lines = ({"event_id": event["event_id"]}, {"type": "event"}, event)
    return "\n".join(map(json.dumps, lines)).encode()


async def post(dsn: str, body: bytes, *, key: str | None = None, encoding: str = "") -> int:
    parts = urlsplit(dsn)
    headers = {"X-Sentry-Auth": f"Sentry sentry_version=7, sentry_key={key or parts.username}"}
    if encoding:
        headers["Content-Encoding"] = encoding
    url = f"http://{parts.hostname}:{parts.port}/api{parts.path}/envelope/"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body, headers=headers) as response,
    ):
        return response.status


async def log_in(session: aiohttp.ClientSession, server: Bugsink) -> None:
    page = f"{server.url}/accounts/login/"
    async with session.get(page) as response:
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', await response.text())
    assert found
    form = {"username": server.username, "password": server.password}
    headers = {"Referer": page}
    form["csrfmiddlewaretoken"] = found[1]
    async with session.post(page, data=form, headers=headers) as response:
        assert response.status == 200


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_an_event_is_kept_as_it_came_and_becomes_an_issue(server: Bugsink) -> None:
    event = an_event()
    assert await post(server.dsn, an_envelope(event)) == 200
    assert await server.wait_for_events(timeout=5) == [event]
    [issue] = await server.issues()
    assert (issue["calculated_type"], issue["calculated_value"]) == ("ValueError", "x")
    assert server.envelopes() == [an_envelope(event)]
    assert server.complaints() == []


async def test_the_same_fault_is_the_same_issue_and_events_stay_in_order(server: Bugsink) -> None:
    events = [an_event(), an_event(fingerprint=["other"]), an_event()]
    for event in events:
        assert await post(server.dsn, an_envelope(event)) == 200
    assert await server.events() == events
    assert [issue["stored_event_count"] for issue in await server.issues()] == [2, 1]


async def test_what_came_compressed_is_shown_uncompressed(server: Bugsink) -> None:
    body = an_envelope(an_event())
    assert await post(server.dsn, gzip.compress(body), encoding="gzip") == 200
    assert server.envelopes() == [body]


async def test_a_wrong_key_is_refused(server: Bugsink) -> None:
    assert await post(server.dsn, an_envelope(an_event()), key="0" * 32) == 403
    assert await server.events() == []
    with pytest.raises(TimeoutError):
        await server.wait_for_events(timeout=0.2)


async def test_an_event_against_the_protocol_is_complained_of(server: Bugsink) -> None:
    assert await post(server.dsn, an_envelope(an_event(level="grave"))) == 200
    [complaint] = server.complaints()
    assert "level" in complaint
    await server.begin_project()
    assert server.complaints() == []


async def test_a_restart_keeps_everything_and_the_address(server: Bugsink) -> None:
    event, dsn = an_event(), server.dsn
    await post(server.dsn, an_envelope(event))
    await server.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(dsn, an_envelope(an_event()))
    await server.start()
    assert server.dsn == dsn
    assert await server.events() == [event]


async def test_the_page_of_an_issue_is_for_who_logs_in_and_nobody_is_told(server: Bugsink) -> None:
    await post(server.dsn, an_envelope(an_event()))
    [issue] = await server.issues()
    cookies = aiohttp.CookieJar(unsafe=True)  # as a browser takes them from an address too
    async with aiohttp.ClientSession(cookie_jar=cookies) as session:
        async with session.get(server.issue_url(issue)) as response:
            assert "/accounts/login/" in str(response.url)
        await log_in(session, server)
        async with session.get(server.issue_url(issue)) as response:
            assert response.status == 200
            assert "ValueError" in await response.text()
    with closing(sqlite3.connect(server.folder / DATABASE_NAME)) as connection:
        # Each visit of that page is an occasion on which Bugsink would phone home.
        assert connection.execute("SELECT * FROM phonehome_outboundmessage").fetchall() == []


async def test_nothing_is_left_afterwards() -> None:
    require_bugsink()
    async with Bugsink() as server:
        pid, folder = server.pid, server.folder
        assert pid
        assert folder.is_dir()
        assert not port_is_free(server.port)
    assert not is_alive(pid)
    assert port_is_free(server.port)
    assert not folder.exists()


def test_nothing_is_left_when_the_parent_is_killed(tmp_path: Path) -> None:
    require_bugsink()
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        try:
            with limited(parent, "process and port"):
                pid, port = map(int, parent.stdout.readline().split())
            assert is_alive(pid)
        finally:
            parent.kill()
    deadline = time.monotonic() + 30
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not is_alive(pid)
    assert port_is_free(port)


def test_where_it_can_not_be_installed_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = tmp_path / "scripts" / "setup"
    setup.parent.mkdir()
    setup.write_text("#!/bin/sh\nexit 1\n")
    setup.chmod(0o755)
    monkeypatch.setattr(bugsink, "ROOT", tmp_path)
    with pytest.raises(BugsinkMissingError, match="can't be installed here"):
        bugsink.environment.__wrapped__()
