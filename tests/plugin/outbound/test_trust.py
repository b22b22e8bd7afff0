"""Trusting an authority of the home's own, by a file that may change or be damaged."""

import logging
import os
import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import certifi
import pytest
from homeassistant.core import HomeAssistant

from scripts.sink import Sink
from tests.insights.wire import Authority

from ..conftest import Command, Start, Wait
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


BREAKS = [missing, emptied, garbage, folder, pipe]


@pytest.mark.parametrize("spoil", BREAKS)
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
    assert blocked["reason"] == "settings"
    assert blocked["detail"].startswith(f"{setting}: ")
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


async def test_a_file_that_is_gone_stops_a_deletion_which_is_made_up_for(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    ca_file: Path,
) -> None:
    await start({"destination": {"url": receiver.url}, "ca_file": str(ca_file)})
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
