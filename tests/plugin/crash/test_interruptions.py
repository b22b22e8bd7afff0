"""Crash reports that are interrupted: nothing is lost, sent twice, or sent after an off."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState
from homeassistant.helpers.storage import Store

from custom_components.analytics.crash import workshop
from custom_components.analytics.crash.build import build
from custom_components.analytics.crash.client import EventMaker
from custom_components.analytics.crash.outbox import OUTBOX
from custom_components.analytics.crash.surroundings import async_surroundings
from custom_components.analytics.outbound.journal_file import JournalFile
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.run.previous import Phase, RunFile
from scripts.sink import Answer

from . import faulty as ways
from .conftest import OFF, ON, Scene
from .faulty import ours

DOWN = Answer(status=503)


class Held:
    """A blocking function that waits in its thread until it is let go."""

    def __init__(self, real: Callable[..., Any]) -> None:
        self._real = real
        self._began = threading.Event()
        self._go = threading.Event()

    def __call__(self, *arguments: Any) -> Any:
        """Wait, then do what the function does."""
        self._began.set()
        assert self._go.wait(20)
        return self._real(*arguments)

    async def wait_until_called(self) -> None:
        """Wait until a thread is in it."""
        await asyncio.get_running_loop().run_in_executor(None, self._began.wait, 20)

    def let_go(self) -> None:
        """Let it go on, now and for good."""
        self._go.set()


async def test_a_fault_of_two_days_without_a_server_is_sent_once(
    scene: Scene, freezer: FrozenDateTimeFactory
) -> None:
    scene.receiver.envelope_answer = DOWN
    for _day in range(2):
        scene.faulty.log()
        await scene.settle()
        freezer.tick(timedelta(hours=25))
    scene.receiver.envelope_answer = Answer()
    before = len(scene.receiver.events)
    for _ in range(5):
        freezer.tick(timedelta(hours=7))
        await scene.settle()
    assert len(scene.receiver.events) - before == 1
    assert scene.entry.runtime_data.crash_reporter.waiting == 0


async def test_an_off_before_the_host_has_started_drops_what_waits(scene: Scene) -> None:
    scene.receiver.envelope_answer = DOWN
    scene.faulty.log()
    await scene.settle()
    scene.hass.set_state(CoreState.starting)
    await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    await scene.command("analytics/preferences", preferences=OFF)
    await scene.command("analytics/preferences", preferences=ON)
    scene.hass.set_state(CoreState.running)
    scene.hass.bus.async_fire("homeassistant_started")
    await scene.settle()
    assert len(scene.receiver.events) == 1


async def test_a_native_crash_of_a_run_with_a_switch_on_is_never_reported(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashed(text: str) -> None:
        """Leave what a process leaves that crashes while it is running."""
        (tmp_path / "home-assistant.log.fault").write_text(text)
        file = RunFile(tmp_path / ".storage" / "analytics.run")
        file.begin()
        file.mark(Phase.RUNNING)
        scene.hass.data.pop("analytics_run")

    async def start_anew() -> None:
        await scene.hass.config_entries.async_setup(scene.entry.entry_id)
        await scene.settle()
        await scene.hass.config_entries.async_unload(scene.entry.entry_id)

    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    crashed("")
    monkeypatch.setenv("DO_NOT_TRACK", "1")
    await start_anew()
    crashed(f'Fatal Python error: Aborted\n\nCurrent thread 0x7f:\n  File "{json.__file__}"\n')
    monkeypatch.delenv("DO_NOT_TRACK")
    await start_anew()
    assert scene.receiver.events == []


async def test_an_older_write_does_not_bring_back_what_was_dropped(
    storage_folder: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.receiver.envelope_answer = DOWN
    real = Store._async_write_data
    held = Held(lambda: None)

    async def write(self: Store[Any], *arguments: Any) -> None:
        if self.key == "analytics.crashes":
            await self.hass.async_add_executor_job(held)
        await real(self, *arguments)

    monkeypatch.setattr(Store, "_async_write_data", write)
    scene.faulty.log()
    settling = asyncio.ensure_future(scene.settle())
    await held.wait_until_called()
    await scene.command("analytics/preferences", preferences=OFF)
    held.let_go()
    await settling
    await scene.hass.async_block_till_done()
    stored = json.loads((storage_folder / "analytics.crashes").read_text())["data"]
    assert (stored["waiting"], stored["since"]) == ([], None)


async def test_loading_again_does_not_bring_back_a_drop_that_could_not_be_written(
    storage_folder: Path, scene: Scene
) -> None:
    scene.receiver.envelope_answer = DOWN
    scene.faulty.log()
    await scene.settle()
    file = storage_folder / "analytics.crashes"
    aside = file.rename(file.with_name("aside"))
    file.mkdir()
    await scene.command("analytics/preferences", preferences=OFF)
    await scene.hass.config_entries.async_reload(scene.entry.entry_id)
    file.rmdir()
    aside.rename(file)
    await scene.wait(timedelta(minutes=1))
    assert json.loads(file.read_text())["data"]["waiting"] == []


async def test_a_copy_does_not_send_what_waits_at_the_original(
    scene: Scene, tmp_path: Path
) -> None:
    """The same report under two ids would tell that both are of one home."""
    scene.receiver.envelope_answer = DOWN
    scene.faulty.log()
    await scene.settle()
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    scene.hass.data.pop(OUTBOX)
    marker = tmp_path / ".storage" / "analytics.installation"
    salt = marker.read_text()
    marker.rename(marker.with_name("original"))
    marker.write_text(salt)
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    await scene.settle()
    assert len(scene.receiver.events) == 1


async def test_forgetting_drops_what_may_have_arrived_under_the_old_id(
    scene: Scene, freezer: FrozenDateTimeFactory
) -> None:
    scene.receiver.envelope_answer = DOWN
    scene.faulty.log()
    await scene.settle()
    await scene.command("analytics/forget")
    scene.receiver.envelope_answer = Answer()
    freezer.tick(timedelta(hours=8))
    await scene.settle()
    assert len(scene.receiver.events) == 1
    assert len(ours()) == 1


async def reload_while(scene: Scene, held: Held) -> None:
    """Load the entry again while a fault is held on its way, and let all be sent."""
    scene.faulty.log()
    settling = asyncio.ensure_future(scene.settle())
    await held.wait_until_called()
    reloading = asyncio.ensure_future(scene.hass.config_entries.async_reload(scene.entry.entry_id))
    held.let_go()
    await reloading
    await settling
    await scene.settle()


async def test_a_reload_during_a_build_loses_no_fault(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(build)
    monkeypatch.setattr(workshop, "build", held)
    await reload_while(scene, held)
    assert len(scene.receiver.events) == 1


async def test_a_reload_right_after_the_answer_sends_nothing_twice(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(JournalFile.append)
    monkeypatch.setattr(JournalFile, "append", lambda *arguments: held(*arguments))
    await reload_while(scene, held)
    assert len(scene.receiver.events) == 1


async def test_a_disk_that_hangs_does_not_hold_up_the_stop(
    listening: Any, faulty: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_arguments: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(workshop, "async_surroundings", hang)
    faulty.log()
    async with asyncio.timeout(30):
        await listening.runtime_data.async_stop()
    assert ours() == []


async def test_when_the_days_reports_are_used_up_nothing_more_is_made(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(*arguments: Any) -> Any:
        made.append(1)
        return build(*arguments)

    monkeypatch.setattr(workshop, "build", counted)
    for number in range(60):
        try:
            scene.faulty.fail_somewhere(number)
        except ValueError:
            logging.getLogger("homeassistant").exception("Failed")
        if number % 20 == 19:
            await scene.settle()
    assert (len(made), len(scene.receiver.events)) == (20, 20)


async def test_a_cancellation_from_elsewhere_does_not_end_crash_reports(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    async def cancelled_once(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise asyncio.CancelledError
        return await async_surroundings(*arguments)

    monkeypatch.setattr(workshop, "async_surroundings", cancelled_once)
    scene.faulty.log()
    await scene.settle()
    await ways.in_a_callback(scene.hass, scene.faulty)
    await scene.settle()
    assert len(scene.receiver.events) == 2


async def test_what_can_not_be_read_of_what_waits_holds_up_nothing(
    storage_folder: Path, scene: Scene
) -> None:
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    scene.hass.data.pop(OUTBOX)
    file = storage_folder / "analytics.crashes"
    stored = json.loads(file.read_text())
    stored["data"]["waiting"] = [{"digest": "x", "since": 1e12, "event": {"secret": "hunter2"}}]
    file.write_text(json.dumps(stored))
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    scene.faulty.log()
    await scene.settle()
    assert len(scene.receiver.events) == 1
    assert "hunter2" not in json.dumps(scene.receiver.events)


async def test_a_switch_that_is_on_already_makes_nothing(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).touch()
    scene.faulty.log()
    await scene.settle()
    data = scene.entry.runtime_data
    assert await data.journal.async_entries() == []
    assert data.store.uuid(data.settings.crash_server.destination) is None


async def test_a_moment_without_a_disk_drops_nothing(storage_folder: Path, scene: Scene) -> None:
    """That is no withdrawal; until the choices are saved nothing is sent."""
    scene.receiver.envelope_answer = DOWN
    scene.faulty.log()
    await scene.settle()
    own = storage_folder / "analytics.destinations"
    aside = own.rename(own.with_name("aside"))
    own.mkdir()
    with pytest.raises(Exception, match="could not be saved"):
        await scene.command("analytics/preferences", preferences={"usage": True})
    own.rmdir()
    aside.rename(own)
    await scene.wait(timedelta(minutes=1))
    status = (await scene.command("analytics/status"))["crash_reports"]
    assert (status["effective"], status["waiting"]) == (True, 1)


async def test_a_preview_that_is_overtaken_by_an_off_leaves_no_client(
    listening: Any, faulty: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(EventMaker)
    monkeypatch.setattr(workshop, "EventMaker", held)
    faulty.log()
    data = listening.runtime_data
    showing = asyncio.ensure_future(data.crash_reporter.async_newest())
    await held.wait_until_called()
    await data.async_choose(OFF)
    held.let_go()
    assert await showing is None
    assert data.crash_reporter.workshop._maker is None
