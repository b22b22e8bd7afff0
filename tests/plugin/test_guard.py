"""The schema that is enforced right before the wire."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.analytics.guard import GuardError, check
from scripts.sink import Sink

from .conftest import ALL_TIERS, Command, Start, Wait

TIERS = ("base", "usage", "statistics")
REPORT: dict[str, Any] = {
    "uuid": "0123456789abcdef0123456789abcdef",
    "version": "2026.10.4",
    "installation_type": "Home Assistant OS",
    "supervisor": {"healthy": True, "supported": False, "arch": "aarch64"},
    "operating_system": {"board": "rpi4-64", "version": "15.2"},
    "certificate": False,
    "integrations": ["hue", "zha"],
    "custom_integrations": [
        {"domain": "hacs", "version": "2.0.5"},
        {"domain": "x", "version": None},
    ],
    "addons": [{"slug": "core_ssh", "protected": True, "version": "9.1", "auto_update": False}],
    "energy": {"configured": True},
    "recorder": {"engine": "sqlite", "version": "3.48.0"},
    "state_count": 300,
    "automation_count": 12,
    "integration_count": 2,
    "addon_count": 1,
    "user_count": 3,
}


def test_a_full_report_passes() -> None:
    check(REPORT, TIERS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"uuid": "0123456789ABCDEF0123456789ABCDEF"}, "uuid"),
        ({"uuid": "0123456789abcdef0123456789abcdef\n"}, "uuid"),
        ({"version": "1"}, "version"),
        ({"version": "2" * 26}, "version"),
        ({"installation_type": "Mine"}, "installation_type"),
        ({"installation_type": "__proto__"}, "installation_type"),
        ({"supervisor": {"healthy": True, "supported": True, "host": "nas"}}, "supervisor.host"),
        ({"supervisor": {"supported": True}}, "supervisor.healthy"),
        ({"operating_system": {"board": None, "version": "1"}}, "operating_system.board"),
        ({"certificate": 1}, "certificate"),
        ({"integrations": ["hue"] * 1000}, "integrations"),
        ({"integrations": ["hue", 5]}, "integrations"),
        ({"integrations": "hue"}, "integrations"),
        ({"custom_integrations": [{"domain": "x"}]}, "custom_integrations.0.version"),
        ({"custom_integrations": [{"domain": "x" * 256, "version": None}]}, "custom_integrations"),
        ({"addons": [REPORT["addons"][0] | {"ip": "10.0.0.1"}]}, "addons.0.ip"),
        ({"energy": {"configured": "yes"}}, "energy.configured"),
        ({"recorder": {"engine": "sqlite", "version": None}}, "recorder.version"),
        ({"state_count": True}, "state_count"),
        ({"state_count": 1.5}, "state_count"),
        ({"user_count": -1}, "user_count"),
        ({"latitude": 52.1}, "latitude"),
    ],
)
def test_what_is_not_in_the_table_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(GuardError) as refused:
        check(REPORT | change, TIERS)
    assert refused.value.field.startswith(field)
    for value in change.values():
        assert repr(value) not in str(refused.value)


@pytest.mark.parametrize("name", ["uuid", "version", "installation_type"])
def test_required_fields_are_required(name: str) -> None:
    with pytest.raises(GuardError) as refused:
        check({key: value for key, value in REPORT.items() if key != name}, TIERS)
    assert refused.value.field == name


@pytest.mark.parametrize("tiers", [("base",), ("base", "usage"), ("base", "statistics")])
def test_fields_of_tiers_that_are_not_allowed_are_unknown(tiers: tuple[str, ...]) -> None:
    with pytest.raises(GuardError):
        check(REPORT, tiers)


async def test_a_violation_sends_nothing_and_names_the_field(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = "1." + "0" * 300
    module = MockModule("telling", partial_manifest={"version": secret})
    mock_integration(hass, module, built_in=False)
    hass.config.components.add("telling")
    await start(section, telling={})
    await command("analytics/preferences", preferences=ALL_TIERS)
    await wait(timedelta(minutes=15))
    assert receiver.arrivals == []
    [error] = [
        record.getMessage()
        for record in caplog.records
        if record.name == "custom_components.analytics" and record.levelname == "ERROR"
    ]
    assert "custom_integrations" in error
    assert secret not in error
