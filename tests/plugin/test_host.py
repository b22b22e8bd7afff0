"""What differs between hosts, newer ones included."""

import logging
from http import HTTPStatus
from pathlib import Path

import homeassistant.components
import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics import host
from custom_components.analytics.host import preference_keys, untested, yaml_domains
from scripts.environments import HOSTS

from .conftest import Command, Start

BUILT_IN = Path(homeassistant.components.__path__[0]) / "analytics"
# By what each constant of a version is seen in the source of the built-in integration.
SIGNS = {
    "PLATFORMS_COUNT_SINCE": ("analytics.py", "extract_platform_integrations"),
    "DEVICES_VIEW_SINCE": ("__init__.py", "AnalyticsDevicesView"),
    "SNAPSHOTS_SINCE": ("__init__.py", "snapshots_url"),
    "LABS_DECIDES_SINCE": ("__init__.py", "async_update_preview_feature"),
    "ADDONS_APART_SINCE": ("analytics.py", "get_addons_info"),
    "COUNTS_ITSELF_SINCE": ("__init__.py", "async_setup_entry"),
}


def built_in_source() -> str:
    return "".join(path.read_text() for path in BUILT_IN.glob("*.py"))


@pytest.mark.parametrize("name", SIGNS)
def test_this_host_does_what_its_version_says(name: str) -> None:
    file, sign = SIGNS[name]
    since: tuple[int, int] = getattr(host, name)
    assert (since <= host.VERSION) is (sign in (BUILT_IN / file).read_text())


def test_every_version_has_a_sign_in_the_source() -> None:
    assert {name for name in vars(host) if name.endswith("_SINCE")} == set(SIGNS)


def test_the_receiver_is_the_one_of_this_host() -> None:
    source = built_in_source()
    assert (
        f'"{host.RECEIVER_URL}"' in source or f'"{host.RECEIVER_URL.removesuffix("/v1")}"' in source
    )


def test_the_newest_tested_host_is_the_last_of_the_table() -> None:
    assert ".".join(map(str, host.NEWEST_TESTED)) == HOSTS[-1].name


async def test_devices_can_be_downloaded_where_the_front_end_offers_it(
    start: Start, hass_client: ClientSessionGenerator
) -> None:
    await start()
    answer = await (await hass_client()).get("/api/analytics/devices")
    offered = "AnalyticsDevicesView" in built_in_source()
    assert answer.status == (HTTPStatus.OK if offered else HTTPStatus.NOT_FOUND)


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
        ((2025, 11), ("base", "diagnostics", "usage", "statistics")),
        ((2025, 12), ("base", "diagnostics", "usage", "statistics", "snapshots")),
        ((2026, 11), ("base", "diagnostics", "usage", "statistics", "snapshots")),
    ],
)
def test_choices_by_host(version: tuple[int, int], keys: tuple[str, ...]) -> None:
    assert preference_keys(version) == keys


@pytest.mark.parametrize(
    ("version", "domains"),
    [
        ((2025, 6), {"sensor", "light two", "automation"}),
        ((2025, 7), {"sensor", "light two", "automation", "template", "demo"}),
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
