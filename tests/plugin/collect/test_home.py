"""What the guard knows of a home."""

from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace

import pytest
from homeassistant.auth.models import Credentials
from homeassistant.core import HomeAssistant

from custom_components.analytics.collect import Source
from custom_components.analytics.collect.home import async_home
from custom_components.analytics.collect.secrets_file import read_secrets
from custom_components.analytics.guard.public_names import PUBLIC_NAMES


@pytest.fixture
def source(hass: HomeAssistant, tmp_path: Path) -> Source:
    """Return a host whose configuration folder is empty."""
    hass.config.config_dir = str(tmp_path)
    hass.config.location_name = "Haus am See"
    return Source(hass=hass, yaml_domains=frozenset())


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "secrets.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("", set()),
        ("# only this", set()),
        ("wifi: hunter2 # ours\nmqtt: 'correct horse'", {"hunter2", "correct horse"}),
        (
            "pin: 0042\nlong: 1_000\nday: 2024-05-06\non: true",
            {"0042", "1_000", "2024-05-06", "true"},
        ),
        ("a: &x secret\nb: *x\nc: [one, {two: three}]", {"secret", "one", "three"}),
        ("a: &x\n  b: value\n  c: *x", {"value"}),
        ("a: !mine tagged\nb: !include c.yaml", {"tagged", "c.yaml"}),
        ("same: one\nsame: two", {"one", "two"}),
        ("\ufeffa: value\r\nb: other\r\n", {"value", "other"}),
        ("a: {\nb: 'value'\nc: va:lue # why\n- d", {"value", "va:lue", "va:lue # why", "d"}),
        ("\ta: value", {"value"}),
        ("one: 1\n---\ntwo: 2", {"1", "2"}),
        ("? [a, b]\n: {c: [d, {e: f}], g: h}\nwifi: i", {"d", "f", "h", "i"}),
        (b"a: caf\xe9\nb: value", {"caf\ufffd", "value"}),
        (b"a: \x00\nb: value", {"value"}),
        ("- " * 100_000 + "deep\nb: value", {"value"}),
    ],
)
def test_secrets_are_read_as_they_are_written(
    write: Callable[[str | bytes], Path], content: str | bytes, values: set[str]
) -> None:
    found = read_secrets(str(write(content)))
    assert values <= found
    assert not {"wifi", "mqtt", "pin", "c", "e", "g"} & found


async def test_without_a_file_there_are_no_secrets(source: Source) -> None:
    assert "hunter2" not in (await async_home(source)).knowledge().secrets


async def test_a_file_that_can_not_be_read_is_not_passed_over(
    source: Source, tmp_path: Path
) -> None:
    (tmp_path / "secrets.yaml").mkdir()
    with pytest.raises(OSError, match="secrets"):
        (await async_home(source)).knowledge()


async def test_what_is_this_homes_own_is_found(
    source: Source, write: Callable[[str | bytes], Path]
) -> None:
    hass = source.hass
    write("wifi: Hunter2")
    user = await hass.auth.async_create_user("Nina Müller")
    login = {"username": "Nina.M"}
    await hass.auth.async_link_user(
        user,
        Credentials(
            auth_provider_type="homeassistant", auth_provider_id=None, data=login, is_new=True
        ),
    )
    await hass.auth.async_create_system_user("Home Assistant Content")
    hass.states.async_set("person.grandma", "home", {"friendly_name": "Großmutter"})
    hass.config.internal_url = "http://nas-keller.fritz.box:8123"
    hass.config.external_url = "https://203.0.113.9"
    hass.config.components.add("network")
    hass.data["network"] = SimpleNamespace(
        adapters=[
            {
                "ipv4": [{"address": "10.7.0.9", "network_prefix": 24}],
                "ipv6": [{"address": "fd00::9", "network_prefix": 64}],
            }
        ]
    )
    home = (await async_home(source)).knowledge()
    assert home.secrets >= {
        "hunter2",
        "nina müller",
        "nina.m",
        "grossmutter",
        "nas-keller.fritz.box",
        "nas-keller",
        "haus am see",
    }
    assert not home.secrets & {"home assistant content", "wifi", "203.0.113.9"}
    assert set(home.networks) == {
        ip_network("203.0.113.9/32"),
        ip_network("10.7.0.0/24"),
        ip_network("fd00::/64"),
    }
    assert home.public == PUBLIC_NAMES
    assert {"hue", "analytics", "nina"} <= home.built_in
    assert "hunter2" not in repr(home).lower()


async def test_a_source_that_fails_is_done_without_and_named_once(
    source: Source, write: Callable[[str | bytes], Path], caplog: pytest.LogCaptureFixture
) -> None:
    write("wifi: hunter2")
    source.hass.config.external_url = "http://[nas-keller"
    source.hass.config.internal_url = "http://nas-speicher:8123"
    source.hass.config.components.add("network")
    source.hass.data["network"] = SimpleNamespace(adapters=[{"ipv4": "nas-keller"}])
    for _ in range(2):
        home = (await async_home(source)).knowledge()
    assert {"hunter2", "haus am see", "nas-speicher"} <= home.secrets
    told = [record.getMessage() for record in caplog.records if "guard" in record.getMessage()]
    assert len(told) == 1
    assert "the adapter networks of this home until" in told[0]
    assert "nas-" not in caplog.text
