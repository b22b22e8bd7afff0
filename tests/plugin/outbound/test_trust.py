"""Trusting an authority of the home's own, by a file that may change, or never answer."""

import json
import logging
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import certifi
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from custom_components.analytics.const import LOGGER
from custom_components.analytics.outbound import trust
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.status import status
from scripts.sink import Answer, Sink
from tests.insights.wire import Authority

from ..conftest import ALL_TIERS, Command, Start, Wait
from ..crash.conftest import SETTLE
from ..crash.faulty import installed
from .way import problem, sent

UNTRUSTED = "no connection (ClientConnectorCertificateError)"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
GARBAGE = b"-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----\n"


async def test_a_private_authority_is_trusted_once_it_is_named(
    hass: HomeAssistant, start: Start, command: Command, here: Sink, ca_file: Path
) -> None:
    entry = await start({"destination": {"url": here.url}})
    assert (await sent(command))["reason"] == UNTRUSTED
    # Beside the configuration, as the host names files there.
    hass.config_entries.async_update_entry(entry, options={"ca_file": ca_file.name})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await sent(command))["outcome"] == "sent"
    assert len(here.reports) == 1


async def test_a_file_counts_beside_what_the_host_trusts(
    start: Start, command: Command, here: Sink, ca_file: Path
) -> None:
    entry = await start({"destination": {"url": here.url}, "ca_file": str(ca_file)})
    await sent(command)
    trusted = entry.runtime_data.pipeline.gate._way._trust.context
    usual = ssl.create_default_context(
        cafile=os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()
    )
    assert trusted.cert_store_stats()["x509"] == usual.cert_store_stats()["x509"] + 1
    assert trusted.verify_mode is ssl.CERT_REQUIRED
    assert trusted.check_hostname is True


async def test_the_variable_takes_the_place_of_the_usual_list(
    start: Start, command: Command, here: Sink, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    entry = await start({"destination": {"url": here.url}})
    assert (await sent(command))["outcome"] == "sent"
    context = entry.runtime_data.pipeline.gate._way._trust.context
    assert context.cert_store_stats()["x509"] == 1


async def test_another_authority_in_the_file_counts_at_the_next_request(
    start: Start, command: Command, here: Sink, ca_file: Path
) -> None:
    right = ca_file.read_bytes()
    ca_file.write_bytes(Authority().certificate)
    await start({"destination": {"url": here.url}, "ca_file": str(ca_file)})
    assert (await sent(command))["reason"] == UNTRUSTED
    ca_file.write_bytes(right)
    assert (await sent(command))["outcome"] == "sent"


async def test_an_authority_that_is_taken_out_of_the_file_counts_no_more(
    start: Start, command: Command, here: Sink, ca_file: Path
) -> None:
    await start({"destination": {"url": here.url}, "ca_file": str(ca_file)})
    assert (await sent(command))["outcome"] == "sent"
    ca_file.write_bytes(Authority().certificate)
    assert (await sent(command))["reason"] == UNTRUSTED
    assert len(here.reports) == 1


def missing(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def garbage(path: Path) -> None:
    path.write_bytes(GARBAGE)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes() * 2 + GARBAGE)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def mended(path: Path, content: bytes) -> None:
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
    path.write_bytes(content)


NONE_FOUND = "there is no certificate (PEM) in the file"
DAMAGED = "the file is damaged or cut short (PEM)"
BREAKS = [
    (missing, "the file can't be read (FileNotFoundError)"),
    (emptied, NONE_FOUND),
    (garbage, DAMAGED),
    (cut_short, DAMAGED),
    (folder, "not a file"),
    (pipe, "not a file"),
]


@pytest.mark.parametrize(("spoil", "said"), BREAKS)
@pytest.mark.parametrize("setting", ["ca_file", "SSL_CERT_FILE"])
async def test_a_file_without_certificates_stops_all_and_is_named_until_it_is_mended(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    ca_file: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    spoil: Callable[[Path], None],
    said: str,
) -> None:
    good = ca_file.read_bytes()
    spoil(ca_file)
    section: dict[str, Any] = {"destination": {"url": receiver.url}}
    if setting == "ca_file":
        section["ca_file"] = str(ca_file)
    else:
        monkeypatch.setenv(setting, str(ca_file))
    await start(section)
    assert (await sent(command))["outcome"] == "blocked"
    blocked = (await command("analytics/status"))["blocked"]
    assert blocked == {"reason": "settings", "detail": f"{setting}: {said}"}
    assert (problem(hass) or "").startswith(setting.replace("_", r"\_"))
    [error] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert setting in error.getMessage()
    assert ca_file.name not in caplog.text
    assert (await command("analytics/status"))["next_report"] is None
    await wait(DAY)
    assert receiver.arrivals == []

    mended(ca_file, good)
    await wait(MINUTE)
    assert not problem(hass)
    assert (await command("analytics/status"))["next_report"] is not None
    assert (await command("analytics/send"))["outcome"] == "sent"


@pytest.fixture
async def trusting(
    storage_folder: Path, start: Start, command: Command, receiver: Sink, ca_file: Path
) -> ConfigEntry:
    """Return the entry of a home that has chosen all on its disk, and trusts a file of its own."""
    entry = await start({"destination": {"url": receiver.url}, "ca_file": str(ca_file)})
    await command("analytics/preferences", preferences=ALL_TIERS)
    return entry


async def test_a_file_that_is_gone_stops_a_deletion_which_is_made_up_for(
    trusting: ConfigEntry,
    command: Command,
    wait: Wait,
    receiver: Sink,
    ca_file: Path,
) -> None:
    assert (await sent(command))["outcome"] == "sent"
    good = ca_file.read_bytes()
    ca_file.unlink()
    await command("analytics/forget")
    await wait(DAY)
    assert [arrival.method for arrival in receiver.arrivals] == ["POST"]
    assert (await command("analytics/status"))["deletions_pending"] == 1
    ca_file.write_bytes(good)
    await wait(MINUTE)
    assert [arrival.method for arrival in receiver.arrivals] == ["POST", "DELETE"]


async def test_a_file_that_is_gone_keeps_crashes_and_events_which_leave_once_it_is_mended(
    hass: HomeAssistant,
    start: Start,
    wait: Wait,
    receiver: Sink,
    ca_file: Path,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """For days there is no word of it but one in the log, and no pause after it."""
    monkeypatch.setattr(trust, "LIMIT", DAY.total_seconds())  # time leaps here
    section = {"url": receiver.url, "extended": True}
    crashes = {"dsn": receiver.dsn}
    entry = await start({"destination": section, "crash_reports": crashes, "ca_file": str(ca_file)})
    data = entry.runtime_data
    await data.async_choose({**ALL_TIERS, "diagnostics": True})
    await data.async_choose_more({"lifecycle": True})
    good = ca_file.read_bytes()
    ca_file.unlink()
    with installed(tmp_path) as faulty:
        faulty.log()
        await hass.async_block_till_done()
        await wait(SETTLE)
    await data.lifecycle.async_end()  # as at a stop of the host
    for _ in range(48):
        freezer.tick(timedelta(hours=1))
        await wait(timedelta(0))
    now = status(data)
    assert (now["crash_reports"]["waiting"], now["events_waiting"]) == (1, 1)
    assert now["crash_reports"]["effective"] is False
    assert await data.journal.async_entries() == []
    ours = [record for record in caplog.records if record.name == LOGGER.name]
    assert len([record for record in ours if "mended" in record.getMessage()]) == 1

    ca_file.write_bytes(good)
    for _ in range(2):
        freezer.tick(MINUTE)
        await wait(timedelta(0))
    await receiver.wait_until(lambda: bool(receiver.events and receiver.life))
    assert len(receiver.events) == 1
    assert [event["event"] for event in receiver.life] == ["stop"]


async def test_a_file_that_is_replaced_while_it_is_read_is_told_as_what_it_is(
    start: Start,
    command: Command,
    here: Sink,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between the look at what is in it, and the load."""
    real = ssl.create_default_context

    def replaced_meanwhile(**arguments: Any) -> ssl.SSLContext:
        ca_file.write_bytes(GARBAGE)
        return real(**arguments)

    monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
    monkeypatch.setattr(ssl, "create_default_context", replaced_meanwhile)
    await start({"destination": {"url": here.url}})
    assert (await sent(command))["outcome"] == "blocked"
    assert (await command("analytics/status"))["blocked"] == {
        "reason": "settings",
        "detail": f"SSL_CERT_FILE: {DAMAGED}",
    }
    assert here.arrivals == []


@dataclass(kw_only=True)
class Drive:
    """A network drive with the file of certificates on it; gone, it never answers.

    Of each look that was begun it is noted what the choices on the disk were.
    """

    choices: Path
    begun: threading.Event = field(default_factory=threading.Event)
    back: threading.Event = field(default_factory=threading.Event)
    looks: list[bool] = field(default_factory=list)

    def look(self, *_what: Any) -> trust.CertificateFile:
        """Never return while the drive is gone."""
        destinations = json.loads(self.choices.read_text())["data"]["destinations"]
        self.looks += [record["preferences"]["base"] for record in destinations.values()]
        self.begun.set()
        self.back.wait()
        raise trust.UnusableError("no_answer", "ca_file", "gone")


@pytest.fixture
def drive(storage_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drive]:
    """Return a drive that is gone from the next time on that somebody waits for it."""
    drive = Drive(choices=storage_folder / "analytics.destinations")
    yield drive
    drive.back.set()


def vanish(drive: Drive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the drive be gone, and nobody's patience last longer than a turn of the loop."""
    monkeypatch.setattr(trust, "LIMIT", 0)
    monkeypatch.setattr(trust, "_seen", drive.look)


async def test_a_no_is_saved_before_anything_waits_for_a_drive_that_is_gone(
    hass: HomeAssistant,
    trusting: ConfigEntry,
    command: Command,
    drive: Drive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert (await sent(command))["outcome"] == "sent"
    vanish(drive, monkeypatch)
    await command("analytics/preferences", preferences=dict.fromkeys(ALL_TIERS, False))
    await command("analytics/status")
    await hass.async_add_executor_job(drive.begun.wait)
    assert drive.looks == [False]


async def test_a_drive_that_is_gone_keeps_no_switch_from_being_seen(
    hass: HomeAssistant,
    trusting: ConfigEntry,
    command: Command,
    wait: Wait,
    receiver: Sink,
    drive: Drive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does it hold up anything: of threads that hang there is one, however long it lasts."""
    receiver.answer = Answer(delay=3600)
    sending = hass.async_create_task(trusting.runtime_data.async_send())
    await receiver.wait_for_report()
    vanish(drive, monkeypatch)
    (drive.choices.parent.parent / FILE_NAME).touch()
    await wait(MINUTE)
    assert (await sending).kind == "stopped"
    assert (await command("analytics/status"))["blocked"]["reason"] == "switch"
    assert (problem(hass) or "").endswith("does not answer")
    assert await hass.config_entries.async_unload(trusting.entry_id)
    await hass.async_add_executor_job(drive.begun.wait)
    assert len(drive.looks) == 1


async def test_a_host_starts_without_a_drive_and_sends_when_it_is_back(
    hass: HomeAssistant,
    trusting: ConfigEntry,
    command: Command,
    wait: Wait,
    drive: Drive,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as gone:
        vanish(drive, gone)
        assert await hass.config_entries.async_reload(trusting.entry_id)
        assert (await command("analytics/send"))["outcome"] == "blocked"
        blocked = (await command("analytics/status"))["blocked"]
        assert blocked["detail"] == "ca_file: the disk of the file does not answer"
        drive.back.set()
    await wait(MINUTE)
    await wait(MINUTE)
    assert (await command("analytics/send"))["outcome"] == "sent"
