"""How long, how often and how full: told after a yes to the tier's second version, and not before.

Each part of it is told by itself, and of nothing that was before a yes.
"""

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component

from custom_components.analytics.collect import Source
from custom_components.analytics.collect.machine import Machine
from custom_components.analytics.lifecycle.stop import async_stop_event
from custom_components.analytics.run.current import Run, async_begin
from custom_components.analytics.run.previous import BOOT_ID
from custom_components.analytics.run.traces import VMSTAT, read_kills

from ..conftest import ALL_TIERS
from ..consent.test_consent import answer, issue
from .conftest import SAVED, Life, started
from .test_events import SETTLED, of, stop
from .test_valid_yes import left, wait_on_disk

ADDED = {
    "start": {"stop_duration"},
    "stop": {"run_duration", "memory_nearly_full", "disk_nearly_full"},
    "fault": {"run_duration", "unclean_ends", "memory_nearly_full", "disk_nearly_full"},
}
ALL_ADDED = set().union(*ADDED.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Earlier:
    """The run before, as it is on the disk of a machine that was not booted since."""

    path: Path

    def ended(self, *phases: str, **more: Any) -> None:
        """Let it have come so far, with ten seconds in each phase."""
        boot_id = BOOT_ID.read_text().strip()
        run = {
            "boot_id": boot_id,
            "version": "2025.1.1",
            "marks": [[phase, 1.0] for phase in phases],
            "ticks": {phase: 10.0 * number for number, phase in enumerate(phases)},
            "unclean": 0,
            "kills": read_kills(VMSTAT),
        }
        self.path.write_text(json.dumps({**run, **more}))

    def kept(self) -> dict[str, Any]:
        """Return what is on disk now."""
        kept: dict[str, Any] = json.loads(self.path.read_text())
        return kept


@pytest.fixture
async def repairs(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
def earlier(tmp_path: Path) -> Earlier:
    return Earlier(path=tmp_path / ".storage" / "analytics.run")


async def live(life: Life) -> None:
    """Let the host start, tell of it, and stop."""
    await life.start_up()
    await life.wait(SETTLED)
    await end(life)


async def end(life: Life) -> None:
    """Let the host stop, and its last messages arrive."""
    await stop(life.hass)
    await life.hass.async_block_till_done(wait_background_tasks=True)


def told(life: Life) -> dict[str, dict[str, Any]]:
    """Return the new fields of what arrived, by the kind of event."""
    return {
        event["event"]: {name: one for name, one in event.items() if name in ALL_ADDED}
        for event in life.receiver.life
    }


async def test_a_stop_tells_how_long_the_run_was_and_what_is_full(life: Life) -> None:
    life.agree(version=2)
    await live(life)
    events = told(life)
    assert events.keys() == {"start", "stop"}
    assert events["start"] == {}  # no stop before it is known
    assert events["stop"].keys() == ADDED["stop"]
    assert events["stop"]["run_duration"] == 0
    assert {type(events["stop"][name]) for name in events["stop"] if "full" in name} == {bool}


async def test_a_start_tells_how_long_the_stop_before_it_took(life: Life, earlier: Earlier) -> None:
    earlier.ended("starting", "running", "stopping", "stopped")
    life.agree(version=2, diagnostics=True)
    await live(life)
    assert told(life)["start"] == {"stop_duration": 10}
    assert "unclean_ends" not in told(life)["stop"]


@pytest.mark.parametrize(
    ("before", "word"), [(0, "first"), (1, "repeated"), (3, "repeated"), (4, "loop"), (70, "loop")]
)
async def test_unclean_ends_in_a_row_are_told_until_a_stop_recovers(
    life: Life, earlier: Earlier, before: int, word: str
) -> None:
    earlier.ended("starting", "running", unclean=before)
    life.agree(version=2, diagnostics=True)
    await live(life)
    events = told(life)
    assert events["fault"].keys() == ADDED["fault"]
    assert events["fault"]["unclean_ends"] == word
    assert events["fault"]["memory_nearly_full"] is False
    assert events["stop"]["unclean_ends"] == "recovered"
    assert events["start"] == {}


async def test_what_the_kernel_ended_for_lack_of_memory_is_told(
    life: Life, earlier: Earlier
) -> None:
    kills = read_kills(VMSTAT)
    earlier.ended("starting", "running", kills=None if kills is None else kills - 1)
    life.agree(version=2, diagnostics=True)
    await live(life)
    # A count of less than none was never written.
    expected = None if not kills else True
    assert told(life)["fault"].get("memory_nearly_full") is expected


async def test_after_another_boot_only_that_is_told_which_needs_no_clock(
    life: Life, earlier: Earlier
) -> None:
    earlier.ended("starting", "running", boot_id="an earlier one")
    life.agree(version=2, diagnostics=True)
    await live(life)
    assert told(life)["fault"].keys() == {"unclean_ends", "disk_nearly_full"}
    assert of(life.receiver, "fault")[0]["previous_end"] == "power_loss"


@pytest.mark.parametrize("phases", [("starting", "running"), ("starting", "stopping", "stopped")])
async def test_a_yes_to_the_first_version_goes_on_as_it_was(
    life: Life, earlier: Earlier, phases: tuple[str, ...]
) -> None:
    earlier.ended(*phases, unclean=3)
    life.agree(diagnostics=True)
    entry = await life.start_up()
    await life.wait(SETTLED)
    await end(life)
    assert not any(told(life).values())
    assert of(life.receiver, "stop")[0].keys() == {"uuid", "version", "event"}
    entries = await entry.runtime_data.journal.async_entries()
    assert {entry.tiers["lifecycle"] for entry in entries} == {1}


async def test_the_new_fields_wait_for_a_yes_in_a_repair_issue(life: Life, repairs: None) -> None:
    life.agree()
    await life.start_up()
    question = issue(life.hass, "new_fields")
    assert question is not None
    asked = (question.translation_placeholders or {})["fields"]
    assert {name for name in ALL_ADDED if f"`{name}`" in asked} == ALL_ADDED
    assert "previous_end" not in asked
    await answer(life.hass, "new_fields", "accept")
    assert issue(life.hass, "new_fields") is None
    await end(life)
    assert told(life)["stop"].keys() == ADDED["stop"]


async def test_a_no_to_the_new_fields_keeps_the_old_ones(life: Life, repairs: None) -> None:
    life.agree()
    await life.start_up()
    await answer(life.hass, "new_fields", "keep")
    assert issue(life.hass, "new_fields") is None
    await life.wait(SETTLED)
    await end(life)
    assert {event["event"] for event in life.receiver.life} == {"start", "stop"}
    assert not any(told(life).values())


async def test_what_was_noted_under_a_yes_leaves_without_it_no_more(life: Life) -> None:
    life.agree()
    line = left(life.receiver.url)
    line["payload"] |= {"run_duration": 60, "unclean_ends": "recovered", "disk_nearly_full": True}
    wait_on_disk(life.storage, line)
    await life.start_up()
    assert told(life)["stop"] == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"run_duration": 61},
        {"run_duration": True},
        {"unclean_ends": "annas_house"},
        {"unclean_ends": 3},
        {"memory_nearly_full": "yes"},
        {"disk_nearly_full": 0.93},
        {"stop_duration": 10},  # of another event
    ],
)
async def test_the_guard_lets_pass_only_what_the_table_has(
    life: Life, wrong: dict[str, Any]
) -> None:
    life.agree(version=2)
    line = left(life.receiver.url)
    line["payload"] |= {"run_duration": 60, **wrong}
    wait_on_disk(life.storage, line)
    await life.start_up()
    [event] = of(life.receiver, "stop")
    assert wrong.keys().isdisjoint(event)
    assert event["version"] == "2025.1.1"


async def test_ends_before_a_yes_are_not_counted(life: Life, earlier: Earlier) -> None:
    earlier.ended("starting", "running", unclean=3)
    entry = await life.start_up()
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert earlier.kept()["unclean"] == 0
    await entry.runtime_data.async_choose({**ALL_TIERS, "diagnostics": True})
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await end(life)
    assert "unclean_ends" not in told(life)["stop"]


async def test_a_yes_in_the_first_minute_tells_nothing_of_the_stop_before_it(
    life: Life, earlier: Earlier, repairs: None
) -> None:
    earlier.ended("starting", "running", "stopping", "stopped")
    life.agree()
    await life.start_up()
    await answer(life.hass, "new_fields", "accept")
    await life.wait(SETTLED)
    await end(life)
    assert told(life)["start"] == {}
    assert told(life)["stop"].keys() == ADDED["stop"]


async def test_a_yes_while_the_host_starts_tells_nothing_of_the_crash_before_it(
    life: Life, earlier: Earlier
) -> None:
    earlier.ended("starting", "running", unclean=3, kills=0)
    life.agree(diagnostics=True)
    data = (await life.set_up()).runtime_data
    data.choices.accept_new_fields()  # the question is there once the host has started
    await data.async_apply()
    await started(life.hass)
    await life.wait(SETTLED)
    await end(life)
    # How full the disk is now is of after the yes.
    assert told(life)["fault"].keys() == {"disk_nearly_full"}
    assert "unclean_ends" not in told(life)["stop"]


async def test_ends_under_the_first_version_are_not_counted(
    life: Life, earlier: Earlier, repairs: None
) -> None:
    earlier.ended("starting", "running", unclean=3)
    life.agree(diagnostics=True)
    await life.start_up()
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert earlier.kept()["unclean"] == 0
    await answer(life.hass, "new_fields", "accept")
    await end(life)
    assert "unclean_ends" not in told(life)["stop"]


async def test_a_no_ends_the_row(life: Life, earlier: Earlier) -> None:
    earlier.ended("starting", "running", unclean=3)
    life.agree(version=2)
    entry = await life.start_up()
    assert earlier.kept()["unclean"] == 4
    await entry.runtime_data.async_choose_more({"lifecycle": False})
    await life.hass.async_block_till_done(wait_background_tasks=True)
    assert earlier.kept()["unclean"] == 0  # at once: this run may be killed, too
    await entry.runtime_data.async_choose_more({"lifecycle": True})
    await end(life)
    assert "unclean_ends" not in told(life)["stop"]


async def test_a_copy_counts_no_ends_of_the_original(life: Life, earlier: Earlier) -> None:
    earlier.ended("starting", "running", "stopping", unclean=3)
    life.agree(version=2, diagnostics=True)
    life.storage[SAVED]["data"]["fingerprint"] = {"inode": "x", "changed": "1"}
    await life.set_up()
    assert earlier.kept()["unclean"] == 0
    await started(life.hass)
    await life.wait(SETTLED)
    await end(life)
    assert told(life).keys() == {"start", "stop"}
    assert told(life)["start"] == {}
    assert "unclean_ends" not in told(life)["stop"]


async def test_a_stop_before_the_host_has_started_tells_it_too(
    life: Life, earlier: Earlier
) -> None:
    earlier.ended("starting")
    life.agree(version=2, diagnostics=True)
    await life.set_up()
    await end(life)
    assert told(life)["fault"]["unclean_ends"] == "first"
    assert told(life)["stop"]["unclean_ends"] == "recovered"


@pytest.fixture
async def run(hass: HomeAssistant) -> Run:
    return await async_begin(hass)


async def test_a_disk_that_hangs_costs_a_stop_no_more_than_itself(
    hass: HomeAssistant, run: Run, tmp_path: Path
) -> None:
    let_go = threading.Event()

    def free(_: Path) -> int:
        let_go.wait()
        return 0

    machine = Machine(root=tmp_path, free=free)
    source = Source(hass=hass, yaml_domains=frozenset(), machine=machine)
    try:
        event = await async_stop_event(source, run)
    finally:
        let_go.set()
    assert (event.run_duration, event.disk_nearly_full, event.memory_nearly_full) == (0, None, None)


async def test_a_disk_that_does_not_answer_costs_a_stop_no_more_than_itself(
    hass: HomeAssistant, run: Run
) -> None:
    def free(_: Path) -> int:
        raise PermissionError

    source = Source(hass=hass, yaml_domains=frozenset())
    source = replace(source, machine=replace(source.machine, free=free))
    event = await async_stop_event(source, run)
    assert event.disk_nearly_full is None
    assert type(event.memory_nearly_full) is bool
