"""What would leave, exactly; what was sent last; and what stays, on this page and nowhere else."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics
from custom_components.analytics.panel.plain import plain
from custom_components.analytics.preview import previewed_kinds
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, CommandError, Start
from ..crash.conftest import ON
from ..crash.faulty import installed
from ..host_state import HostState, Module, populate
from ..snapshots.conftest import have_lamp, only_where_there_are_snapshots
from ..supervisor import Supervisor
from .test_journal import HOSTILE

NEXT = "analytics/next"
NINA = "nina_mueller"


@pytest.fixture
def home(hass: HomeAssistant, supervisor: Supervisor, tmp_path: Path) -> None:
    """Have a home with a custom integration that is called after somebody."""
    (tmp_path / "secrets.yaml").write_text("name: Nina Müller\n", encoding="utf-8")
    populate(hass, supervisor, HostState(modules=(Module(domain=NINA, built_in=False),)))


async def test_what_is_shown_is_byte_for_byte_what_is_sent(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    first = await command(NEXT)
    assert (first["kind"], first["last"], first["held"]) == ("report", None, [])
    assert first["destination"]["url"] == receiver.url
    await command("analytics/send")
    [sent] = receiver.reports
    assert first["json"].replace("0" * 32, sent.report["uuid"]) == sent.body.decode()
    assert (first["bytes"], json.loads(first["json"])) == (len(sent.body), first["payload"])
    again = await command(NEXT)
    assert again["last"]["number"] == 1
    assert again["last"]["payload"] == sent.report
    assert "devices" not in again


async def test_the_last_is_of_the_same_kind_and_destination(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    entry = await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command(NEXT))["last"] is None
    hass.config_entries.async_update_entry(
        entry, options={"destination": {"url": receiver.url, "name": "Other"}}
    )
    await hass.async_block_till_done()
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    assert (await command(NEXT))["last"]["number"] == 1
    assert (await command(NEXT, kind="start"))["last"] is None


async def test_what_a_switch_would_make_of_it_is_shown_before_it_is_turned(
    start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    section["destination"]["extended"] = True
    await start(section)
    assert (await command(NEXT))["payload"] == {}
    assert (await command(NEXT))["json"] == ""
    base = (await command(NEXT, preferences={"base": True}))["payload"]
    more = (await command(NEXT, preferences={"base": True, "environment": True}))["payload"]
    assert set(base) < set(more)
    assert (await command("analytics"))["onboarded"] is False
    assert receiver.arrivals == []


@pytest.mark.usefixtures("home")
async def test_what_is_held_back_is_on_this_page_and_nowhere_else(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    storage_folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    entry = await start(section, nina_mueller={})
    await command("analytics/preferences", preferences=ALL_TIERS)
    shown = await command(NEXT)
    assert shown["held"] == [
        {"field": "custom_integrations.domain", "rule": "own", "value": NINA, "instead": None}
    ]
    assert (await command("analytics/preview"))["dropped"] == {"custom_integrations": 1}
    await command("analytics/send")
    others = [
        receiver.reports[0].body.decode(),
        str(await async_get_config_entry_diagnostics(hass, entry)),
        json.dumps(await command("analytics/status")),
        json.dumps(await command("analytics/preview")),
        *[line for line in caplog.text.splitlines() if "custom_components.analytics" in line],
        *[path.read_text() for path in storage_folder.glob("analytics.*")],
    ]
    assert [text for text in others if "nina" in text.lower() or "Müller" in text] == []


@pytest.mark.parametrize("text", HOSTILE)
async def test_a_hostile_name_is_shown_as_it_is(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    supervisor: Supervisor,
    section: dict[str, Any],
    text: str,
) -> None:
    version = f"1.0/{text}/x"
    module = Module(domain="cellar", built_in=False, version=version)
    populate(hass, supervisor, HostState(modules=(module,)))
    await start(section, cellar={})
    [held] = (await command(NEXT, preferences=ALL_TIERS))["held"]
    assert (held["field"], held["value"]) == ("custom_integrations.version", version)


@pytest.mark.parametrize("value", [2**80, float("nan"), "half a pair \udcff", {1: (object(),)}])
def test_whatever_is_held_back_can_be_shown(value: object) -> None:
    assert orjson.dumps(plain(value))
    assert orjson.dumps(plain([{"x": value}]))


async def test_a_fault_is_shown_with_the_places_that_are_not_told(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    tmp_path: Path,
) -> None:
    await start({**section, "crash_reports": {"dsn": receiver.dsn}})
    nothing = await command(NEXT, kind="crash")
    assert (nothing["payload"], nothing["json"], nothing["held"]) == (None, "", [])
    await command("analytics/preferences", preferences=ON)
    with installed(tmp_path) as faulty:
        faulty.log()
        shown = await command(NEXT, kind="crash")
        assert shown["json"].count("\n") == len(shown["payload"]) == 3
        assert shown["bytes"] == len(shown["json"].encode())
        script = tmp_path / "python_scripts" / "ninas.py"
        _run_as(script, faulty)
        shown = await command(NEXT, kind="crash")
    assert str(script) not in shown["json"]
    held = [part for part in shown["held"] if part["value"].startswith(str(script))]
    assert [(part["field"], part["rule"]) for part in held] == [
        ("exception.values[].stacktrace.frames[]", "not_published"),
        ("logentry.message", "not_in_source"),
    ]


def _run_as(script: Path, faulty: ModuleType) -> None:
    """Let a script of the home's own fail, and log it."""
    script.parent.mkdir()
    source = (
        "import logging\n"
        "try:\n"
        "    faulty.fail()\n"
        "except Exception:\n"
        "    logging.getLogger('x').exception('Oh')\n"
    )
    script.write_text(source)
    exec(compile(source, str(script), "exec"), {"faulty": faulty})


@only_where_there_are_snapshots
async def test_each_device_is_shown_with_what_became_nothing(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
) -> None:
    have_lamp(hass)
    [hue] = hass.config_entries.async_entries("hue")
    registry = dr.async_get(hass)
    for number in range(2):
        registry.async_get_or_create(
            config_entry_id=hue.entry_id,
            identifiers={("hue", f"another {number}")},
            manufacturer="Signify",
            model="Lamp of 192.168.1.5",
            hw_version="SN: AB123456",
        )
    other = MockConfigEntry(domain="my_own")
    other.add_to_hass(hass)
    registry.async_get_or_create(config_entry_id=other.entry_id, identifiers={("my_own", "1")})
    await start(section)
    shown = await command(NEXT, kind="snapshot")
    first, *others = [each for each in shown["devices"] if each["integration"] == "hue"]
    assert (first["told"]["model"], first["told"]["entities"]) == ("Hue white lamp", 1)
    assert first["nothing"] == []
    lost = [
        {"field": "model", "value": "Lamp of 192.168.1.5", "rule": "ip_address"},
        {"field": "hw_version", "value": "SN: AB123456", "rule": "serial_number"},
    ]
    key = lambda part: part["field"]  # noqa: E731
    assert [sorted(each["nothing"], key=key) for each in others] == [sorted(lost, key=key)] * 2
    assert {each["told"]["model"] for each in others} == {None}
    # Of many devices of a model it is said once.
    told = [(part["field"], part["value"]) for part in shown["held"] if part["field"] == "model"]
    assert told == [("model", "Lamp of 192.168.1.5")]
    assert "192.168.1.5" not in shown["json"]
    assert shown["last"] is None


@pytest.mark.parametrize("kind", previewed_kinds())
async def test_it_is_for_administrators_and_only_while_loaded(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    hass_read_only_access_token: str,
    kind: str,
) -> None:
    entry = await start()
    assert (await command(NEXT, kind=kind))["kind"] == kind
    with pytest.raises(CommandError) as refused:
        await command(NEXT, hass_read_only_access_token, kind=kind)
    assert refused.value.code == "unauthorized"
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as refused:
        await command(NEXT, kind=kind)
    assert refused.value.code == "not_found"


async def test_what_the_guard_can_not_look_for_is_not_shown(
    start: Start, command: Command, tmp_path: Path
) -> None:
    await start()
    (tmp_path / "secrets.yaml").mkdir()
    with pytest.raises(CommandError) as refused:
        await command(NEXT, preferences=ALL_TIERS)
    assert refused.value.translation_key == "secrets_unreadable"
