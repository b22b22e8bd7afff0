"""One part of a report that may not leave costs the report no more than itself."""

from collections.abc import Mapping
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from custom_components.analytics.collect import system
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, CommandError, Start
from ..host_state import Database, HostState, Module, populate
from ..supervisor import AddOn, Supervisor, Told

LONG = "1." + "0" * 300
CELLAR = Module(domain="cellar", built_in=False, version="1.0")
SSH = AddOn(slug="core_ssh")
HOME: dict[str, Any] = {
    "modules": (CELLAR,),
    "told": Told(addons=(SSH,)),
    "database": Database(),
}


def cellar(version: str | None) -> dict[str, Any]:
    return {"domain": "cellar", "version": version}


def ssh(version: str | None) -> dict[str, Any]:
    return {"slug": "core_ssh", "protected": True, "version": version, "auto_update": False}


# What is found, what of the field leaves, and what is told to have been left out.
OFFENDING: list[tuple[dict[str, Any], str, Any, str]] = [
    *(
        (
            {"database": Database(version=version)},
            "recorder",
            {"engine": "sqlite", "version": "Unknown"},
            "recorder.version",
        )
        for version in ("12.17-YB-2.19.0.0-b0", LONG)
    ),
    (
        {"told": Told(arch="nas.local", addons=(SSH,))},
        "supervisor",
        {"healthy": True, "supported": True},
        "supervisor.arch",
    ),
    (
        {"told": Told(board="nas.local", addons=(SSH,))},
        "operating_system",
        {"board": "Unknown", "version": "15.2"},
        "operating_system.board",
    ),
    (
        {"told": Told(os_version="15.2-nas.local", addons=(SSH,))},
        "operating_system",
        {"board": "generic-x86-64", "version": None},
        "operating_system.version",
    ),
    *(
        (
            {"told": Told(addons=(AddOn(slug="core_ssh", version=version),))},
            "addons",
            [ssh(None)],
            "addons.version",
        )
        for version in ("192.168.1.5", "2.0-nas.local", LONG)
    ),
    (
        {"told": Told(addons=(SSH, AddOn(slug="nas.local")))},
        "addons",
        [ssh("1.2.3")],
        "addons",
    ),
    *(
        (
            {"modules": (Module(domain="cellar", built_in=False, version=version),)},
            "custom_integrations",
            [cellar(None)],
            "custom_integrations.version",
        )
        for version in ("192.168.1.5", LONG, "1.0.0-feature.login", "0.0.1-master.abcdef0")
    ),
]


@pytest.fixture
def sent(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    supervisor: Supervisor,
    receiver: Sink,
    section: dict[str, Any],
) -> Any:
    """Return what becomes of a report of a home: the answer to sending it."""

    async def sent(changes: Mapping[str, Any]) -> dict[str, Any]:
        populate(hass, supervisor, HostState(**{**HOME, **changes}))
        await start(section, cellar={})
        await command("analytics/preferences", preferences=ALL_TIERS)
        answer: dict[str, Any] = await command("analytics/send")
        return answer

    return sent


def ours_aside(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without this integration, which lists itself."""
    custom = [each for each in report["custom_integrations"] if each["domain"] != "analytics"]
    return {**report, "custom_integrations": custom}


@pytest.mark.parametrize(("changes", "field", "kept", "told"), OFFENDING)
async def test_what_offends_is_left_out_and_the_rest_arrives(
    hass: HomeAssistant,
    sent: Any,
    command: Command,
    receiver: Sink,
    changes: dict[str, Any],
    field: str,
    kept: Any,
    told: str,
) -> None:
    answer = await sent(changes)
    assert (answer["outcome"], answer["dropped"]) == ("sent", {told: 1})
    report = ours_aside(receiver.reports[0].report)
    assert report.get(field) == kept
    whole = {
        "supervisor": {"healthy": True, "supported": True, "arch": "amd64"},
        "operating_system": {"board": "generic-x86-64", "version": "15.2"},
        "recorder": {"engine": "sqlite", "version": "3.49.2"},
        "custom_integrations": [cellar("1.0")],
        "addons": [ssh("1.2.3")],
    }
    assert {name: report.get(name) for name in whole} == {**whole, field: kept}
    assert {"uuid", "version", "installation_type", "state_count", "user_count"} <= set(report)
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["dropped"] == {told: 1}
    issue = ir.async_get(hass).async_get_issue("analytics", "dropped")
    assert issue is not None
    assert (issue.translation_placeholders or {})["dropped"].replace("\\", "") == f"{told}: 1"


@pytest.mark.parametrize(("changes", "field", "kept", "told"), OFFENDING[:1])
async def test_a_preview_is_without_it_as_well(
    sent: Any,
    command: Command,
    changes: dict[str, Any],
    field: str,
    kept: Any,
    told: str,
) -> None:
    await sent(changes)
    shown = await command("analytics/preview", preferences=ALL_TIERS)
    assert shown["payload"].get(field) == kept
    assert shown["dropped"] == {told: 1}


async def test_what_a_later_host_calls_its_installation_is_unknown(
    sent: Any, receiver: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def later(hass: HomeAssistant) -> dict[str, str]:
        return {"installation_type": "Home Assistant Appliance"}

    monkeypatch.setattr("homeassistant.helpers.system_info.async_get_system_info", later)
    answer = await sent({})
    assert (answer["outcome"], answer["dropped"]) == ("sent", {"installation_type": 1})
    assert receiver.reports[0].report["installation_type"] == "Unknown"


@pytest.mark.parametrize(
    "version", ["2026.11.0.dev202611290213+appliance", "2026", "2026.10.4-nas.local"]
)
async def test_a_version_that_can_not_be_told_costs_no_more_than_itself(
    sent: Any, command: Command, receiver: Sink, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(system, "HOST_VERSION", version)
    answer = await sent({})
    assert (answer["outcome"], answer["dropped"]) == ("sent", {"version": 1})
    report = receiver.reports[0].report
    assert report["version"] == "Unknown"
    assert {"recorder", "addons", "custom_integrations", "state_count"} <= set(report)
    assert version not in receiver.reports[0].body.decode()
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["dropped"] == {"version": 1}


async def test_what_no_report_can_do_without_stops_it_and_is_named(
    hass: HomeAssistant,
    sent: Any,
    command: Command,
    receiver: Sink,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(system, "HOST_VERSION", None)
    answer = await sent({})
    assert (answer["outcome"], receiver.arrivals) == ("invalid", [])
    [error] = [
        record.getMessage()
        for record in caplog.records
        if record.name == "custom_components.analytics" and record.levelname == "ERROR"
    ]
    assert "version is not as the table" in error
    assert ir.async_get(hass).async_get_issue("analytics", "stopped") is not None
    with pytest.raises(CommandError, match="the field version is not as it should be"):
        await command("analytics/preview", preferences=ALL_TIERS)
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call("analytics", "preview", blocking=True, return_response=True)
    assert refused.value.translation_key == "field_refused"
