"""What differs between hosts, newer ones included."""

import logging

import pytest
from homeassistant.core import HomeAssistant

from custom_components.analytics import host
from custom_components.analytics.host import preference_keys, untested, yaml_domains

from .conftest import Command, Start


@pytest.mark.parametrize("version", [(2025, 4), (2025, 12), (2026, 10), (2026, 11)])
def test_tested_hosts_go_without_a_word(version: tuple[int, int]) -> None:
    assert untested(version) is None


@pytest.mark.parametrize("version", [(2026, 12), (2027, 1)])
def test_newer_hosts_are_named(version: tuple[int, int]) -> None:
    word = untested(version)
    assert word is not None
    assert "newer than 2026.11" in word


async def test_a_newer_host_works_and_is_told_once(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(host.untested, "__defaults__", ((2099, 1),))
    entry = await start()
    await hass.config_entries.async_reload(entry.entry_id)
    assert (await command("analytics"))["onboarded"] is False
    told = [
        record
        for record in caplog.records
        if record.name == "custom_components.analytics" and "newer than" in record.getMessage()
    ]
    assert [record.levelno for record in told] == [logging.INFO]


@pytest.mark.parametrize(
    ("version", "keys"),
    [
        ((2025, 4), ("base", "diagnostics", "usage", "statistics")),
        ((2026, 11), ("base", "diagnostics", "usage", "statistics", "snapshots")),
    ],
)
def test_choices_by_host(version: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert preference_keys(version) == keys


@pytest.mark.parametrize(
    ("version", "domains"),
    [
        ((2025, 4), {"sensor", "light two", "automation"}),
        ((2026, 11), {"sensor", "light two", "automation", "template", "demo"}),
    ],
)
def test_platforms_in_yaml_count_as_on_the_host(
    version: tuple[int, int], domains: set[str]
) -> None:
    config = {
        "sensor": [{"platform": "template"}, {}, None],
        "light two": {"platform": "demo"},
        "automation": [{"platform": "state"}],
    }
    assert yaml_domains(config, version) == domains
