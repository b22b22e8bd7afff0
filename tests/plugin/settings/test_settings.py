"""Settings from configuration.yaml and from the options, and how they apply."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics import host
from custom_components.analytics.settings.in_force import needs_confirmation, resolve

from ..conftest import Start

HOME_ASSISTANT = "https://analytics-api.home-assistant.io/v1"


def destination(url: object, **others: object) -> dict[str, Any]:
    return {"destination": {"url": url, **others}}


def test_without_settings_reports_go_to_home_assistant() -> None:
    settings = resolve(None, {})
    assert (settings.destination.name, settings.destination.url) == (
        "Home Assistant",
        host.receiver_url(),
    )
    assert (settings.initial_delay, settings.interval) == (
        timedelta(minutes=15),
        timedelta(hours=24),
    )
    assert settings.enabled
    assert settings.problem is None


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (HOME_ASSISTANT, HOME_ASSISTANT),
        ("HTTPS://Analytics-API.Home-Assistant.io:443/v1", HOME_ASSISTANT),
        (f" {HOME_ASSISTANT} ", HOME_ASSISTANT),
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("http://127.9.9.9/", "http://127.9.9.9/"),
        ("http://localhost:80/v1", "http://localhost/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("https://localhost/v1", "https://localhost/v1"),
        ("https://Example.com", "https://example.com/"),
        ("https://bücher.example/v1", "https://xn--bcher-kva.example/v1"),
    ],
)
def test_addresses_are_normalised(written: str, normal: str) -> None:
    settings = resolve(destination(written), {})
    assert settings.problem is None
    assert settings.destination.url == normal


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("", "web address"),
        ("nonsense", "web address"),
        ("ftp://localhost/v1", "web address"),
        ("http:///v1", "web address"),
        ("https://:443/v1", "web address"),
        ("http://example.com/v1", "must begin with https"),
        ("http://192.168.1.5/v1", "must begin with https"),
        ("http://127.0.0.1.example.com/v1", "must begin with https"),
        ("http://localhost.example.com/v1", "must begin with https"),
        ("https://me@localhost/v1", "no user name"),
        ("https://me:pass@localhost/v1", "no user name"),
        ("https://localhost/v1?key=1", "query"),
        ("https://localhost/v1#top", "fragment"),
        ("https://sentry.example.com/api/1/envelope/", "expected in crash_reports.dsn"),
        ("https://sentry.example.com/api/1/%65nvelope/", "expected in crash_reports.dsn"),
        (["https://localhost"], "value should be a string"),
        ({"a": 1}, "value should be a string"),
    ],
)
def test_addresses_that_can_not_be_used_are_named_with_a_remedy(url: object, remedy: str) -> None:
    settings = resolve(destination(url), {})
    assert settings.problem is not None
    assert settings.problem.startswith("destination.url: ")
    assert remedy in settings.problem
    assert settings.destination.url == host.receiver_url()


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ({"typo": 1}, "typo"),
        ({"off": None}, "off"),
        ({"enable": None, "enabled": True}, "enable"),
        ({"destination": {"uri": None}}, "destination.uri"),
        ({"crash_reports": {"dns": None}}, "crash_reports.dns"),
        ({"destination.url": "https://example.com/v1"}, "'destination.url'"),
        ({"destination.url": None}, "'destination.url'"),
        ({None: None}, "None"),
        ({"destination": {None: None}}, "destination.None"),
        ({"snapshots_urls": None}, "snapshots_urls"),
        ({"destination": {"uri": "x"}}, "destination.uri"),
        ({"destination": "https://localhost"}, "destination: takes no value itself, expected one"),
        ({"crash_reports": [1]}, "crash_reports: takes no value itself, expected one of crash_"),
        ({"interval": 60}, "interval"),
        ({"interval": {"days": 31}}, "interval"),
        ({"initial_delay": -1}, "initial_delay"),
        ({"initial_delay": True}, "initial_delay"),
        ({"initial_delay": "soon"}, "initial_delay"),
        ({"initial_delay": {"days": 2}}, "initial_delay"),
        ({"enabled": "perhaps"}, "enabled: expected true or false"),
        (destination(HOME_ASSISTANT, extended=[]), "destination.extended: expected true or false"),
        ({"destination": {"name": "Vendor"}}, "destination.name: needs destination.url"),
        ({"destination": {"privacy_url": "https://localhost/p"}}, "destination.privacy_url: needs"),
        (destination(HOME_ASSISTANT, name="x" * 81), "destination.name"),
        (destination(HOME_ASSISTANT, name="a\x00b"), "destination.name"),
        (destination(HOME_ASSISTANT, privacy_url="http://example.com"), "destination.privacy_url"),
        ("yes", "analytics"),
        ([1], "analytics"),
    ],
)
def test_what_can_not_be_used_is_named(section: object, named: str) -> None:
    problem = resolve(section, {}).problem
    assert problem is not None
    assert problem.startswith(named)


@pytest.mark.parametrize("key", ["destination", "crash_reports", "enabled", "interval"])
def test_a_known_key_without_a_value_is_as_if_it_was_not_there(key: str) -> None:
    assert resolve({key: None}, {}) == resolve(None, {})


def test_the_built_in_integrations_key_may_stay() -> None:
    assert resolve({"snapshots_url": "https://example.com"}, {}).problem is None


def test_yaml_wins_key_by_key() -> None:
    options = destination("http://localhost:1/", name="From the form") | {"interval": 7200}
    settings = resolve({"interval": 3600}, options)
    assert settings.destination.url == "http://localhost:1/"
    assert settings.destination.name == "From the form"
    assert settings.interval == timedelta(hours=1)


def test_a_name_belongs_to_the_address_that_it_was_entered_for() -> None:
    options = destination("https://acme.example/", name="Acme") | {"interval": 7200}
    settings = resolve(destination("https://other.example/"), options)
    assert settings.destination.name == "other.example"
    assert settings.interval == timedelta(hours=2)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (HOME_ASSISTANT, False),
        ("http://127.0.0.1/v1", False),
        (f"{HOME_ASSISTANT}/", False),
        ("https://example.com/v1", True),
    ],
)
def test_every_other_destination_needs_a_yes_by_name(url: str, asked: bool) -> None:
    assert needs_confirmation(resolve(destination(url), {}).destination) is asked


def test_home_assistants_receiver_keeps_its_name() -> None:
    assert resolve(destination(HOME_ASSISTANT, name="Vendor"), {}).destination.name == (
        "Home Assistant"
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_is_written_is_taken_or_named(section: object) -> None:
    settings = resolve({"destination": section, "interval": section}, {})
    assert settings.problem or settings.destination.url == host.receiver_url()


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just("https://a.example"),
    lambda inner: st.lists(inner) | st.dictionaries(st.none() | st.integers() | st.text(), inner),
    max_leaves=4,
)
SECTION_KEYS = (
    "destination",
    "crash_reports",
    "enabled",
    "interval",
    "initial_delay",
    "snapshots_url",
)
KEYS = st.sampled_from(SECTION_KEYS)
PARTS = st.sampled_from(["url", "name", "privacy_url", "extended", "named_in_frontend", "dsn"])


@given(
    st.dictionaries(
        KEYS | st.none() | st.booleans() | st.integers() | st.text(),
        VALUES | st.dictionaries(PARTS | st.none() | st.text(), VALUES, max_size=3),
        max_size=4,
    )
)
def test_no_section_holds_up_the_start(section: dict[object, object]) -> None:
    settings = resolve(section, {})
    known = {*SECTION_KEYS}
    if any(key not in known for key in section):
        assert settings.problem
    if settings.problem is not None:
        assert settings.problem.isprintable()


async def options_flow(hass: HomeAssistant, given: dict[str, Any]) -> Any:
    """Fill in the form of the one entry."""
    [entry] = hass.config_entries.async_entries("analytics")
    form = await hass.config_entries.options.async_init(entry.entry_id)
    assert form["type"] is FlowResultType.FORM
    result: Any = await hass.config_entries.options.async_configure(form["flow_id"], given)
    await hass.async_block_till_done(wait_background_tasks=True)
    return result


async def test_options_apply_without_a_restart(hass: HomeAssistant, start: Start) -> None:
    entry = await start()
    result = await options_flow(
        hass,
        {
            "destination_name": "Here",
            "destination_url": "http://LOCALHOST:8080/v1",
            "interval": {"days": 0, "hours": 2, "minutes": 0, "seconds": 0},
            "enabled": True,
        },
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    settings = entry.runtime_data.settings
    assert settings.destination.name == "Here"
    assert settings.destination.url == "http://localhost:8080/v1"
    assert settings.interval == timedelta(hours=2)
    assert settings.problem is None


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"destination_url": "nonsense"}, {"destination_url": "invalid_url"}),
        ({"destination_url": "http://example.com"}, {"destination_url": "https_required"}),
        ({"destination_url": "https://a@localhost"}, {"destination_url": "plain_url_required"}),
        (
            {"destination_url": "https://localhost/api/1/envelope/"},
            {"destination_url": "crash_server_url"},
        ),
        ({"destination_name": "Vendor"}, {"destination_url": "url_required"}),
        ({"destination_privacy_url": "https://localhost/p"}, {"destination_url": "url_required"}),
        ({"interval": {"seconds": 1}}, {"interval": "duration_out_of_range"}),
        ({"initial_delay": {"days": 9}}, {"initial_delay": "duration_out_of_range"}),
    ],
)
async def test_the_form_explains_what_it_refuses(
    hass: HomeAssistant, start: Start, given: dict[str, Any], errors: dict[str, str]
) -> None:
    entry = await start()
    result = await options_flow(hass, given)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    assert entry.options == {}
    texts = json.loads(TRANSLATIONS.read_text())["options"]["error"]
    assert set(errors.values()) <= set(texts)


TRANSLATIONS = Path(__file__).parents[3] / "custom_components/analytics/translations/en.json"


async def test_the_form_leaves_out_and_names_what_yaml_sets(
    hass: HomeAssistant, start: Start
) -> None:
    entry = await start({"enabled": False, "destination": {"url": "http://localhost/v1"}})
    form: Any = await hass.config_entries.options.async_init(entry.entry_id)
    shown = {str(key) for key in form["data_schema"].schema}
    assert shown == {
        "crash_reports_dsn",
        "initial_delay",
        "interval",
        "proxy",
        "ca_file",
        "hold",
        "hold_for",
        "sidebar",
    }
    described = form["description_placeholders"]
    assert described["url"] == "http://localhost/v1"
    assert r"enabled\, destination\.url" in described["fixed"]
    hass.config_entries.options.async_abort(form["flow_id"])


@pytest.fixture
def configuration_yaml(hass: HomeAssistant, storage_folder: Path) -> Path:
    """Return the path of the host's configuration.yaml."""
    return storage_folder.parent / "configuration.yaml"


async def test_yaml_applies_without_a_restart(
    hass: HomeAssistant, start: Start, configuration_yaml: Path
) -> None:
    entry = await start()
    configuration_yaml.write_text("analytics:\n  enabled: false\n  interval: '12:00:00'\n")
    await hass.services.async_call("analytics", "reload", blocking=True)
    settings = entry.runtime_data.settings
    assert (settings.enabled, settings.interval) == (False, timedelta(hours=12))
    configuration_yaml.write_text("automation: []\n")
    await hass.services.async_call("analytics", "reload", blocking=True)
    assert entry.runtime_data.settings == resolve(None, {})


async def test_yaml_that_can_not_be_used_changes_nothing(
    hass: HomeAssistant, start: Start, configuration_yaml: Path
) -> None:
    entry = await start({"enabled": False})
    configuration_yaml.write_text("analytics:\n  interval: 1\n")
    with pytest.raises(HomeAssistantError) as refused:
        await hass.services.async_call("analytics", "reload", blocking=True)
    assert refused.value.translation_key == "settings_unusable"
    assert "interval" in str(refused.value.translation_placeholders)
    assert entry.runtime_data.settings.enabled is False


async def test_only_administrators_reload(
    hass: HomeAssistant, start: Start, hass_read_only_user: Any
) -> None:
    from homeassistant.core import Context

    await start()
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            "analytics", "reload", blocking=True, context=Context(user_id=hass_read_only_user.id)
        )
