"""What was noticed is shown with what became of it, and "never from this integration" holds."""

import json
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.analytics.crash.outbox import KEY, OUTBOX
from custom_components.analytics.crash.record import MAX_EVENTS, MAX_SEEN, Because
from scripts.sink import Answer

from ..conftest import Command, CommandError, Start
from ..panel.conftest import Page
from ..panel.test_journal import HOSTILE
from .conftest import OFF, Scene
from .faulty import SECRETS

CRASHES = "analytics/crashes"
NEVER = "analytics/crashes/never"
WHERE = "custom_components/faulty/__init__.py"
TEXTS = Path(__file__).parents[3] / "custom_components/analytics/translations/en.json"


async def noticed(scene: Scene) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await scene.command(CRASHES))["noticed"]
    return found


async def ends(scene: Scene) -> list[tuple[str, str | None]]:
    """Return what became of each fault, the oldest first."""
    return [(each["state"], each["why"]) for each in reversed(await noticed(scene))]


async def never(scene: Scene, integration: str = "faulty", *, on: bool = True) -> list[str]:
    answer: dict[str, list[str]] = await scene.command(NEVER, integration=integration, never=on)
    return answer["never"]


async def again(scene: Scene) -> None:
    """Load the entry anew: what was known before is noticed as if it were new."""
    assert await scene.hass.config_entries.async_reload(scene.entry.entry_id)


@cache
def noisy(number: int) -> CodeType:
    """Return code that fails for want of a network, the same object for the same number."""
    source = "\n" * number + "raise TimeoutError('hunter2-hunter2')"
    return compile(source, "/config/noise.py", "exec")


def log_noise(number: int = 0) -> None:
    """Log what is no fault of the code, at a place of its own."""
    try:
        exec(noisy(number))
    except TimeoutError:
        logging.getLogger("noise").exception("anna@example.com")


async def test_without_a_server_there_is_nothing(start: Start, command: Command) -> None:
    await start()
    assert await command(CRASHES) == {"server": None, "noticed": [], "never": []}


async def test_a_fault_is_shown_from_when_it_is_noticed_until_it_has_arrived(scene: Scene) -> None:
    scene.faulty.log()
    scene.faulty.log()
    [waits] = await noticed(scene)
    assert waits["kind"] == "FaultyError"
    assert waits["where"] == [f"{WHERE}:10 fail", f"{WHERE}:29 log"]
    assert (waits["integration"], waits["count"], waits["event"]) == ("faulty", 2, None)
    assert (waits["state"], waits["why"]) == ("waiting", None)
    assert waits["first"] <= waits["last"]
    await scene.settle()
    [sent] = await noticed(scene)
    assert (sent["state"], sent["count"]) == ("sent", 2)
    event = scene.receiver.events[0]
    assert {**sent["event"], "user": event["user"]} == event
    scene.faulty.log()
    assert [each["count"] for each in await noticed(scene)] == [3]
    assert (await scene.command(CRASHES))["server"][
        "url"
    ] == scene.entry.runtime_data.settings.crash_server.destination.url


async def test_no_value_is_in_it(scene: Scene) -> None:
    scene.faulty.log()
    log_noise()
    await scene.settle()
    answer = json.dumps(await scene.command(CRASHES), ensure_ascii=False)
    assert [secret for secret in SECRETS if secret in answer] == []


async def test_what_is_no_fault_of_the_code_is_shown_and_not_sent(scene: Scene) -> None:
    log_noise()
    log_noise()
    await scene.settle()
    [noise] = await noticed(scene)
    assert (noise["state"], noise["why"]) == ("dropped", "crash.why_noise")
    assert (noise["kind"], noise["count"], noise["event"]) == ("TimeoutError", 2, None)
    assert scene.receiver.arrivals == []


async def test_an_open_page_follows_what_is_no_fault_and_how_often(
    scene: Scene, hass_ws_client: WebSocketGenerator
) -> None:
    page = Page(scene.hass, await hass_ws_client(scene.hass))
    await page.subscribe()
    known = [(await page.state())["crashes"]]
    for _ in range(2):
        log_noise()
        await scene.command("analytics/status")  # as within a minute by itself
        known.append((await page.state())["crashes"])
    assert known == sorted(set(known))


async def test_noise_takes_no_room_from_faults_and_there_is_a_bound(scene: Scene) -> None:
    scene.faulty.log()
    for number in range(MAX_SEEN + 20):
        log_noise(number)
    found = await noticed(scene)
    assert len(found) == MAX_SEEN
    assert found[-1]["kind"] == "FaultyError"


async def test_the_same_again_and_too_many_are_dropped_and_say_so(scene: Scene) -> None:
    scene.faulty.log()
    await scene.settle()
    await again(scene)
    scene.faulty.log()
    await scene.settle()
    assert await ends(scene) == [("dropped", "crash.why_today")]
    for number in range(20):
        try:
            scene.faulty.fail_somewhere(number)
        except ValueError:
            logging.getLogger("x").exception("Oh")
        await scene.settle()
    found = await ends(scene)
    assert found.count(("sent", None)) == 19
    assert found[-1] == ("dropped", "crash.why_limit")
    assert sum(each["event"] is not None for each in await noticed(scene)) <= MAX_EVENTS


async def test_what_a_server_refuses_is_dropped(scene: Scene) -> None:
    scene.receiver.envelope_answer = Answer(status=400)
    scene.faulty.log()
    await scene.settle()
    assert await ends(scene) == [("dropped", "crash.why_refused")]


async def test_what_waits_when_a_yes_ends_is_dropped(scene: Scene) -> None:
    scene.receiver.envelope_answer = Answer(status=500)
    scene.faulty.log()
    await scene.settle()
    assert await ends(scene) == [("waiting", None)]
    await scene.command("analytics/preferences", preferences=OFF)
    [dropped] = await noticed(scene)
    assert (dropped["why"], dropped["event"]) == ("crash.why_consent", None)


async def test_what_waits_from_an_earlier_run_is_shown(scene: Scene, hass_storage: Any) -> None:
    scene.receiver.envelope_answer = Answer(status=500)
    scene.faulty.log()
    scene.faulty.log()
    await scene.settle()
    [before] = await noticed(scene)
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    scene.hass.data.pop(OUTBOX)
    line = hass_storage[KEY]["data"]["waiting"][0]
    line["event"]["tags"] = ["<script>"]
    line["event"]["<script>"] = "<script>"
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    [after] = await noticed(scene)
    same = ("digest", "kind", "where", "integration", "count", "state")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert "<script>" not in json.dumps(after)
    assert await never(scene) == ["faulty"]
    assert await noticed(scene) == []


async def test_what_waits_for_approval_from_an_earlier_run_is_shown(scene: Scene) -> None:
    options = {**scene.entry.options, "hold": True}
    scene.hass.config_entries.async_update_entry(scene.entry, options=options)
    await scene.hass.async_block_till_done()
    scene.faulty.log()
    await scene.settle()
    [before] = await noticed(scene)
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    scene.hass.data.pop(OUTBOX)
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    [after] = await noticed(scene)
    assert after["state"] == before["state"] == "held"
    same = ("digest", "kind", "integration", "count", "event")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    await never(scene)
    assert await noticed(scene) == []


@pytest.mark.parametrize("name", [*HOSTILE, "half a pair \udcff"])
async def test_hostile_names_of_places_are_text(scene: Scene, name: str) -> None:
    name = name.replace("\x00", "")
    code = noisy(0).replace(co_filename=name, co_name=name, co_qualname=name)
    try:
        exec(code)
    except TimeoutError:
        logging.getLogger("noise").exception("Oh")
    [found] = await noticed(scene)
    shown = name.encode(errors="replace").decode()
    assert found["where"][0] == f"{shown}:1 {shown}"


async def test_never_holds_for_what_is_noticed_later_over_restarts_and_destinations(
    scene: Scene, hass_storage: Any
) -> None:
    assert await never(scene) == ["faulty"]
    scene.faulty.log()
    assert (await scene.command("analytics/next", kind="crash"))["payload"] is None
    await scene.settle()
    assert await ends(scene) == [("dropped", "crash.why_never")]
    await scene.hass.config_entries.async_unload(scene.entry.entry_id)
    scene.hass.data.pop(OUTBOX)
    assert hass_storage[KEY]["data"]["never"] == ["faulty"]
    await scene.hass.config_entries.async_setup(scene.entry.entry_id)
    scene.faulty.log()
    await scene.settle()
    assert (await scene.command(CRASHES))["never"] == ["faulty"]
    # To another server, which is one of this machine, too.
    data = scene.entry.runtime_data
    data.crash_reporter.outbox.allow("https://other.example.com/api/1/envelope/")
    assert (await scene.command(CRASHES))["never"] == ["faulty"]
    assert scene.receiver.arrivals == []
    assert await never(scene, on=False) == []
    await again(scene)
    scene.faulty.log()
    await scene.settle()
    assert len(scene.receiver.events) == 1


async def test_a_no_that_is_taken_back_holds_for_the_same_fault_no_more(scene: Scene) -> None:
    await never(scene)
    scene.faulty.log()
    await scene.settle()
    await never(scene, on=False)
    assert await ends(scene) == [("dropped", "crash.why_never")]
    scene.faulty.log()
    scene.faulty.log()
    await scene.settle()
    assert await ends(scene) == [("sent", None)]
    assert len(scene.receiver.events) == 1


async def test_never_drops_what_waits_and_nothing_of_others(scene: Scene) -> None:
    scene.receiver.envelope_answer = Answer(status=500)
    scene.faulty.log()
    await scene.settle()
    await never(scene, "hue")
    assert await ends(scene) == [("waiting", None)]
    await never(scene)
    assert await ends(scene) == [("dropped", "crash.why_never")]
    assert (await scene.command("analytics/status"))["crash_reports"]["waiting"] == 0
    arrived = len(scene.receiver.arrivals)
    scene.receiver.envelope_answer = Answer()
    await again(scene)
    await scene.settle()
    assert len(scene.receiver.arrivals) == arrived
    assert await never(scene, "hue", on=False) == ["faulty"]


async def test_never_holds_for_what_is_on_its_way_to_be_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = scene.entry.runtime_data
    outbox = data.crash_reporter.outbox
    shown = data.crash_reporter.sender.delivery.log
    # Right before the request: the log line is the last thing that is written.
    real: Callable[..., None] = type(shown).sending

    def sending(*arguments: Any) -> None:
        outbox.exclude("faulty", never=True)
        real(*arguments)

    monkeypatch.setattr(type(shown), "sending", sending)
    scene.faulty.log()
    await scene.settle()
    assert scene.receiver.arrivals == []
    assert await ends(scene) == [("dropped", "crash.why_never")]


async def test_never_holds_for_what_waits_for_approval(
    scene: Scene, crash_section: dict[str, Any]
) -> None:
    options = {**scene.entry.options, "hold": True}
    scene.hass.config_entries.async_update_entry(scene.entry, options=options)
    await scene.hass.async_block_till_done()
    scene.faulty.log()
    await scene.settle()
    assert await ends(scene) == [("held", None)]
    [item] = (await scene.command("analytics/outbox"))["items"]
    await never(scene)
    assert (await scene.command("analytics/outbox"))["items"] == []
    assert await ends(scene) == [("dropped", "crash.why_never")]
    with pytest.raises(CommandError):
        await scene.command("analytics/outbox/approve", key=item["key"], digest=item["digest"])
    assert scene.receiver.arrivals == []


@pytest.mark.parametrize(
    ("decide", "end"),
    [("approve", ("sent", None)), ("discard", ("dropped", "crash.why_discarded"))],
)
async def test_what_was_decided_about_one_that_waited_is_shown(
    scene: Scene, decide: str, end: tuple[str, str | None]
) -> None:
    options = {**scene.entry.options, "hold": True}
    scene.hass.config_entries.async_update_entry(scene.entry, options=options)
    await scene.hass.async_block_till_done()
    scene.faulty.log()
    await scene.settle()
    [item] = (await scene.command("analytics/outbox"))["items"]
    await scene.command(f"analytics/outbox/{decide}", key=item["key"], digest=item["digest"])
    assert await ends(scene) == [end]


async def test_a_choice_that_can_not_be_saved_is_told_and_in_force(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = scene.entry.runtime_data.crash_reporter.outbox

    async def full_disk(*_: Any) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(outbox._store, "async_save", full_disk)
        with pytest.raises(CommandError) as refused:
            await never(scene)
        assert refused.value.translation_key == "not_saved"
        scene.faulty.log()
        await scene.settle()
    assert scene.receiver.arrivals == []


@pytest.mark.parametrize("folder", ["Lamp", "lamp-main", "lamp main (1)", "lämp"])
async def test_never_can_be_said_of_whatever_is_shown(
    scene: Scene, tmp_path: Path, folder: str
) -> None:
    """The host loads an integration from a folder of any name."""
    file = tmp_path / "custom_components" / folder / "__init__.py"
    file.parent.mkdir()
    file.write_text("def lamp():\n    raise KeyError\n")
    found: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), found)
    try:
        found["lamp"]()
    except KeyError:
        logging.getLogger("lamp").exception("Oh")
    [shown] = await noticed(scene)
    assert shown["integration"] == folder
    assert await never(scene, shown["integration"]) == [folder]
    await scene.settle()
    assert await ends(scene) == [("dropped", "crash.why_never")]
    assert scene.receiver.arrivals == []


@pytest.mark.parametrize("integration", ["", "<script>", "../x", "x/y", "x" * 256, "x\n", ".", 1])
async def test_what_is_no_integration_is_refused(scene: Scene, integration: Any) -> None:
    with pytest.raises(CommandError) as refused:
        await scene.command(NEVER, integration=integration, never=True)
    assert refused.value.code == "invalid_format"
    assert (await scene.command(CRASHES))["never"] == []


@pytest.mark.parametrize(
    ("name", "arguments"), [(CRASHES, {}), (NEVER, {"integration": "hue", "never": True})]
)
async def test_crash_reports_are_for_administrators_and_only_while_loaded(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    hass_read_only_access_token: str,
    name: str,
    arguments: dict[str, Any],
) -> None:
    entry = await start()
    with pytest.raises(CommandError) as refused:
        await command(name, hass_read_only_access_token, **arguments)
    assert refused.value.code == "unauthorized"
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as refused:
        await command(name, **arguments)
    assert refused.value.code == "not_found"


def test_each_reason_has_words_for_people() -> None:
    texts: dict[str, str] = json.loads(TEXTS.read_text())["config_panel"]["crash"]
    assert {f"why_{reason}" for reason in Because} <= set(texts)
