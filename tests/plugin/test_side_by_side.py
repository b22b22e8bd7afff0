"""The built-in integration's class and ours, in one host instance, post the same JSON.

Both post to a receiver on a real socket: the built-in class gets the address by a property that a
subclass overrides, ours from the configuration. Everything else of both is as it is. Where ours
does better on purpose, a test of its own says how and why.
"""

import asyncio
import json
import os
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from aiohasupervisor import SupervisorError
from aiohttp.test_utils import TestClient, TestServer
from homeassistant import loader
from homeassistant.components import analytics as built_in
from homeassistant.components.analytics import analytics
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.config import async_hass_config_yaml
from homeassistant.config_entries import (
    SOURCE_IGNORE,
    SOURCE_IMPORT,
    ConfigEntryDisabler,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, example, given, settings
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_fire_time_changed,
)

from custom_components.analytics import const
from custom_components.analytics.code.published import host_domains
from custom_components.analytics.collect import home
from custom_components.analytics.const import DOMAIN
from scripts.sink import Sink

from .any_host import DOMAINS, states
from .conftest import ALL_TIERS, another_host
from .host_state import (
    Database,
    Entity,
    Entry,
    HostState,
    Module,
    populate,
    state_with,
    stored_energy,
)
from .supervisor import AddOn, Part, Supervisor, Told, Trouble, outlast

# Whether the built-in integration has a config entry, which is what it counts itself by.
COUNTS_ITSELF: Final = hasattr(built_in, "async_setup_entry")

type Report = dict[str, Any]
type Preferences = Mapping[str, bool]

FIRST_REPORT: Final = timedelta(minutes=15)
PREFERENCES: Final = ("base", "usage", "statistics", "diagnostics")

# Hypothesis finds the same states each time; EXAMPLES=2000 looks at so many others.
EXAMPLES: Final = int(os.environ.get("EXAMPLES", "0"))
MANY: Final = tuple(f"number_{number}" for number in range(1000))
generated = settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True, scope="module")
def made_up_domains_are_listed() -> Iterator[None]:
    """Let the host's distribution list what the tests put among its integrations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(home, "host_domains", lambda: host_domains() | {*DOMAINS, *MANY})
        yield


class BuiltIn(analytics.Analytics):
    """The built-in integration's class, but for the address that it posts to."""

    def __init__(self, hass: HomeAssistant, url: str) -> None:
        """Keep the address."""
        super().__init__(hass)
        self._url = url

    @property
    def endpoint(self) -> str:
        """Return the address; 2025.4 asks for this one."""
        return self._url

    @property
    def endpoint_basic(self) -> str:
        """Return the address; 2026 asks for this one."""
        return self._url


class Host:
    """A host in some state, with both integrations in it."""

    def __init__(self, hass: HomeAssistant, supervisor: Supervisor, sink: Sink) -> None:
        """Keep the parts."""
        self.hass = hass
        self.supervisor = supervisor
        self._sink = sink
        self._built_in = BuiltIn(hass, sink.url)

    async def set_up(self, state: HostState) -> None:
        """Put the host into a state, start ours, and choose in both what is sent."""
        populate(self.hass, self.supervisor, state)
        self.write_configuration(self.configuration(state))
        # The running configuration is what the host has read at its start, and so the same.
        config = await async_hass_config_yaml(self.hass)
        assert await async_setup_component(self.hass, DOMAIN, config)
        await self.hass.async_block_till_done(wait_background_tasks=True)
        # A real certificate makes 2026 fall back to the configuration before it, after minutes.
        self.hass.http.ssl_certificate = "/ssl/fullchain.pem" if state.certificate else None
        await self.choose(state.preferences)

    async def choose(self, preferences: Preferences) -> None:
        """Choose in both what is sent."""
        await self._built_in.save_preferences(dict(preferences))
        await choose(self.hass, preferences)

    def configuration(self, state: HostState) -> dict[str, Any]:
        """Return the YAML configuration of a state, with the receiver as our destination."""
        destination = {"destination": {"name": "Test receiver", "url": self._sink.url}}
        return {DOMAIN: destination, **state.yaml}

    def write_configuration(self, configuration: Mapping[str, Any] | str) -> None:
        """Write configuration.yaml."""
        text = configuration if isinstance(configuration, str) else yaml.safe_dump(configuration)
        Path(self.hass.config.path("configuration.yaml")).write_text(text)

    async def theirs(self) -> Report | None:
        """Return what the built-in class posts, None for nothing."""
        return await self._posted(self._built_in.send_analytics)

    async def ours(self) -> Report | None:
        """Return what our first report is, None for nothing."""

        async def first_report() -> None:
            async_fire_time_changed(self.hass, dt_util.utcnow() + FIRST_REPORT)
            await self.hass.async_block_till_done(wait_background_tasks=True)

        report = await self._posted(first_report)
        if report and "integration_count" in report:
            # The built-in class counts us as a custom one here; without us, it counts itself.
            report["integration_count"] -= COUNTS_ITSELF
        return report

    async def opting_out_during(self, send: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Return what is posted when the user opts out while the report is being made."""
        await self.choose(ALL_TIERS)
        self.supervisor.hold()
        sending = asyncio.create_task(send())
        await self.supervisor.wait_until_asked(*self.supervisor.addons)
        await self.choose({"base": False})
        await self.supervisor.answer()
        return await sending

    async def _posted(self, send: Callable[[], Any]) -> Report | None:
        self._sink.arrivals.clear()
        await send()
        assert len(self._sink.arrivals) <= 1
        return comparable(self._sink.reports[0].body) if self._sink.arrivals else None


def comparable(body: bytes) -> Report:
    """Return a report without what may differ: the id, and the order of lists."""
    report: Report = json.loads(body)
    assert len(report.pop("uuid")) == 32
    return in_any_order(report)


def in_any_order(report: Report) -> Report:
    """Return a report with its lists sorted."""
    return {
        name: sorted(value, key=lambda item: json.dumps(item, sort_keys=True))
        if isinstance(value, list)
        else value
        for name, value in report.items()
    }


async def choose(hass: HomeAssistant, preferences: Preferences) -> None:
    """Set preferences over the WebSocket, as the front end does."""
    user = MockUser(is_owner=True).add_to_hass(hass)
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    async with (
        TestClient(TestServer(hass.http.app)) as client,
        client.ws_connect("/api/websocket") as socket,
    ):
        await socket.receive_json()
        access_token = hass.auth.async_create_access_token(token)
        await socket.send_json({"type": "auth", "access_token": access_token})
        await socket.receive_json()
        await socket.send_json(
            {"id": 1, "type": "analytics/preferences", "preferences": dict(preferences)}
        )
        assert (await socket.receive_json())["success"]


@asynccontextmanager
async def host(state: HostState, storage: dict[str, Any]) -> AsyncIterator[Host]:
    """Start a host in a state, and stop it at the end; `storage` stands for its `.storage`."""
    storage.clear()
    storage.update(stored_energy(state.energy))
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Supervisor() as supervisor,
            Sink() as sink,
            another_host(folder) as hass,
        ):
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            try:
                started = Host(hass, supervisor, sink)
                await started.set_up(state)
                yield started
            finally:
                await hass.async_stop(force=True)


ALPHA: Final = Module(domain="alpha")
FLOW: Final = Module(domain="alpha", config_flow=True)
OFF: Final = Module(domain="alpha", config_flow=True, disabled="It does not work any more")
CUSTOM: Final = Module(domain="alpha", built_in=False, version="2.1.0")
IN_YAML: Final = {"alpha": None}
AS_PLATFORM: Final = {"sensor": [{"platform": "alpha"}, {"name": "no platform"}]}
ENTITY: Final = Entity(platform="alpha")
ENTRY: Final = Entry(domain="alpha")
IGNORED: Final = Entry(domain="alpha", source=SOURCE_IGNORE)
DISABLED: Final = Entry(domain="alpha", disabled_by=ConfigEntryDisabler.USER)
ADDONS: Final = (
    AddOn(slug="core_ssh", protected=False, version=None),
    AddOn(slug="core_mosquitto", auto_update=True),
    AddOn(slug="a0d7b954_grafana"),
)

ONE: Final = {"integrations": ["alpha"], "integration_count": 1}
NONE: Final[Report] = {"integrations": [], "integration_count": 0}
# Since then the built-in integration counts platforms in YAML, and so do we.
PLATFORMS_COUNT: Final = hasattr(analytics, "_domains_from_yaml_config")


def custom(version: str | None) -> Report:
    """Return what is reported of our custom integration and of analytics, which is one too."""
    return {
        "integrations": [],
        "integration_count": 0,
        "custom_integrations": [
            {"domain": "alpha", "version": version},
            {"domain": DOMAIN, "version": own_version()},
        ],
    }


def own_version() -> str:
    """Return the version in our manifest."""
    manifest = json.loads(Path(const.__file__).with_name("manifest.json").read_text())
    return str(manifest["version"])


def told(**known: Any) -> HostState:
    """Return a host with a Supervisor that told it this."""
    return HostState(told=Told(**known))


# Each rule of a report: a host, and a part of what is sent.
RULES: Final[dict[str, tuple[HostState, Report]]] = {
    "nothing": (HostState(), NONE),
    "loaded, but not in use": (state_with(ALPHA), NONE),
    "in YAML": (state_with(ALPHA, yaml=IN_YAML), ONE),
    "in YAML with a label": (state_with(ALPHA, yaml={"alpha kitchen": None}), NONE),
    "in YAML, but not loaded": (state_with(replace(ALPHA, loaded=False), yaml=IN_YAML), NONE),
    "in YAML, but gone": (state_with(replace(ALPHA, known=False), yaml=IN_YAML), NONE),
    "in a package": (
        state_with(ALPHA, yaml={"homeassistant": {"packages": {"one": {"alpha": {}}}}}),
        ONE,
    ),
    "a platform in YAML": (
        state_with(ALPHA, yaml=AS_PLATFORM),
        ONE if PLATFORMS_COUNT else NONE,
    ),
    "a platform in YAML under a label": (
        state_with(ALPHA, yaml={"light upstairs": {"platform": "alpha"}}),
        ONE if PLATFORMS_COUNT else NONE,
    ),
    "an enabled entity": (state_with(ALPHA, ENTITY), ONE),
    **{
        f"an entity disabled by {disabler}": (
            state_with(ALPHA, replace(ENTITY, disabled_by=disabler)),
            NONE,
        )
        for disabler in er.RegistryEntryDisabler
    },
    "an entry": (state_with(FLOW, ENTRY), ONE),
    "an entry of an integration without a flow": (state_with(ALPHA, ENTRY), NONE),
    "an imported entry": (state_with(FLOW, replace(ENTRY, source=SOURCE_IMPORT)), ONE),
    "an ignored entry": (state_with(FLOW, IGNORED), NONE),
    "a disabled entry": (state_with(FLOW, DISABLED), NONE),
    "an entry beside an ignored and a disabled one": (
        state_with(FLOW, IGNORED, DISABLED, ENTRY),
        ONE,
    ),
    "an integration that is turned off by its manifest": (
        state_with(OFF, ENTITY, ENTRY, yaml=IN_YAML),
        NONE,
    ),
    "a custom integration": (state_with(CUSTOM, ENTITY), custom("2.1.0")),
    "a custom integration without a version": (
        state_with(replace(CUSTOM, version=None), ENTITY),
        custom(None),
    ),
    "a custom integration in YAML": (state_with(CUSTOM, yaml=IN_YAML), custom("2.1.0")),
    **{
        f"a database of {engine}": (
            HostState(database=Database(engine=engine, version="16.4")),
            {"recorder": {"engine": engine, "version": "16.4"}},
        )
        for engine in SupportedDialect
    },
    "a database with a long version": (
        HostState(database=Database(engine=SupportedDialect.MYSQL, version="11.4.5-MariaDB-log")),
        {"recorder": {"engine": "mysql", "version": "11.4.5-MariaDB-log"}},
    ),
    "a database that does not tell its version": (HostState(database=Database(version=None)), {}),
    "a database that is not connected": (HostState(database=Database(engine=None)), {}),
    "energy, configured": (HostState(energy=True), {"energy": {"configured": True}}),
    "energy, not configured": (HostState(energy=False), {"energy": {"configured": False}}),
    "a certificate": (HostState(certificate=True), {"certificate": True}),
    "no certificate": (HostState(), {"certificate": False}),
    "people": (HostState(people=3, system_users=2), {"user_count": 4}),  # and who chose
    "automations": (HostState(automations=3), {"automation_count": 3, "state_count": 6}),
    "a Supervisor": (
        told(healthy=False, arch="aarch64"),
        {
            "installation_type": "Home Assistant OS",
            "supervisor": {"healthy": False, "supported": True, "arch": "aarch64"},
            "operating_system": {"board": "generic-x86-64", "version": "15.2"},
            "addons": [],
            "addon_count": 0,
        },
    ),
    "a Supervisor on another system": (
        told(board=None),
        {"installation_type": "Home Assistant Supervised"},
    ),
    "a system without a version": (
        told(os_version=None),
        {"operating_system": {"board": "generic-x86-64", "version": None}},
    ),
    "add-ons": (
        told(addons=ADDONS),
        {
            "addon_count": 3,
            "addons": [
                {"slug": slug, "protected": protected, "version": version, "auto_update": auto}
                for slug, protected, version, auto in (
                    ("a0d7b954_grafana", True, "1.2.3", False),
                    ("core_mosquitto", True, "1.2.3", True),
                    ("core_ssh", False, None, False),
                )
            ],
        },
    ),
    "a Supervisor that has told nothing yet": (
        told(addons=ADDONS, missing=frozenset(Part)),
        {"installation_type": "Home Assistant Supervised"},
    ),
    **{
        f"a Supervisor that has not told {part.name}": (
            told(addons=ADDONS, missing=frozenset({part})),
            {},
        )
        for part in Part
    },
}


@pytest.mark.parametrize("rule", RULES)
async def test_each_rule_is_the_built_in_one(rule: str, hass_storage: dict[str, Any]) -> None:
    state, expected = RULES[rule]
    async with host(state, hass_storage) as both:
        theirs, ours = await both.theirs(), await both.ours()
    assert ours == theirs
    assert ours is not None
    assert {name: ours.get(name) for name in expected} == in_any_order(expected)


RICH: Final = HostState(
    modules=(FLOW, Module(domain="beta"), Module(domain="gamma", built_in=False, version="1.0")),
    entities=(Entity(platform="beta"), Entity(platform="gamma")),
    entries=(ENTRY,),
    told=Told(addons=ADDONS),
    database=Database(),
    energy=True,
    automations=2,
    people=1,
)


@pytest.mark.parametrize(
    "preferences",
    [
        dict(zip(PREFERENCES, choice, strict=True))
        for choice in product((True, False), repeat=len(PREFERENCES))
    ],
    ids=lambda preferences: "+".join(key for key in preferences if preferences[key]) or "nothing",
)
async def test_every_choice_sends_the_same(
    preferences: Preferences, hass_storage: dict[str, Any]
) -> None:
    async with host(replace(RICH, preferences=preferences), hass_storage) as both:
        theirs, ours = await both.theirs(), await both.ours()
    assert ours == theirs
    assert (ours is not None) == preferences["base"]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:It looks like `register_random`")  # Python 3.14
@generated
@example(state=RICH)
@given(state=states)
async def test_any_host_sends_the_same(state: HostState, hass_storage: dict[str, Any]) -> None:
    async with host(state, hass_storage) as both:
        theirs, ours = await both.theirs(), await both.ours()
    assert ours == theirs
    assert ours is not None


class TestRealRecorder:
    """The rule for the database once more, with a real recorder and SQLite in memory."""

    @pytest.fixture
    def mock_recorder_before_hass(self, async_test_recorder: object) -> None:
        """Prepare the recorder before the host, as the test package wants it."""

    async def test_a_real_database_is_told_the_same(
        self, recorder_mock: Recorder, hass: HomeAssistant, socket_enabled: None, tmp_path: Path
    ) -> None:
        hass.config.config_dir = str(tmp_path)
        async with Supervisor() as supervisor, Sink() as sink:
            both = Host(hass, supervisor, sink)
            await both.set_up(HostState())
            theirs, ours = await both.theirs(), await both.ours()
        assert ours == theirs
        assert ours is not None
        assert ours["recorder"]["engine"] == "sqlite"
        assert ours["recorder"]["version"] == sqlite3.sqlite_version


class TestOursDoesBetter:
    """All differences that are known and meant: what the built-in one does, and what ours does."""

    async def test_an_unknown_architecture(self, hass_storage: dict[str, Any]) -> None:
        """The receiver refuses the null that the built-in one sends, and so the whole report."""
        async with host(told(arch=None), hass_storage) as both:
            theirs, ours = await both.theirs(), await both.ours()
        assert theirs is not None
        assert theirs["supervisor"] == {"healthy": True, "supported": True, "arch": None}
        assert ours == {**theirs, "supervisor": {"healthy": True, "supported": True}}

    @pytest.mark.parametrize("trouble", Trouble)
    async def test_an_addon_that_the_supervisor_cannot_tell_about(
        self, trouble: Trouble, hass_storage: dict[str, Any]
    ) -> None:
        """The built-in one raises, so that nothing at all is sent."""
        async with host(told(addons=ADDONS), hass_storage) as both:
            everything = await both.theirs()
            both.supervisor.trouble["core_ssh"] = trouble
            with pytest.raises((SupervisorError, ValueError, LookupError)):
                await outlast(both.hass, both.supervisor, both.theirs())
            ours = await outlast(both.hass, both.supervisor, both.ours())
        assert everything is not None
        told_about = [addon for addon in everything["addons"] if addon["slug"] != "core_ssh"]
        assert ours == {**everything, "addons": told_about}

    async def test_a_broken_integration(self, hass_storage: dict[str, Any]) -> None:
        """The built-in one raises when the host could not load one that it counts as loaded."""
        async with host(state_with(ALPHA, ENTITY), hass_storage) as both:
            everything = await both.theirs()
            broken: asyncio.Future[Exception] = both.hass.loop.create_future()
            broken.set_result(ImportError("broken"))
            both.hass.data[loader.DATA_INTEGRATIONS]["broken"] = broken  # type: ignore[assignment]
            both.hass.config.components.add("broken")
            with pytest.raises(ImportError):
                await both.theirs()
            ours = await both.ours()
        assert ours == everything

    async def test_a_fact_that_cannot_be_read(self, hass_storage: dict[str, Any]) -> None:
        """The built-in one raises; this store has lost what it is for."""
        # Apart, for 2025.4 remembers the failure and would wait forever at the second attempt.
        async with host(HostState(energy=True), hass_storage) as both:
            del hass_storage["energy"]["data"]
            with pytest.raises(ValueError, match="data"):
                await both.theirs()
        async with host(HostState(energy=True), hass_storage) as both:
            del hass_storage["energy"]["data"]
            ours = await both.ours()
        assert ours is not None
        assert "energy" not in ours
        assert ours["certificate"] is False

    async def test_yaml_that_cannot_be_read_any_more(self, hass_storage: dict[str, Any]) -> None:
        """The built-in one sends nothing while the user is in the middle of an edit."""
        async with host(state_with(ALPHA, yaml=IN_YAML), hass_storage) as both:
            before = await both.theirs()
            both.write_configuration("sensor: [")
            theirs, ours = await both.theirs(), await both.ours()
        assert theirs is None
        assert ours == before

    async def test_yaml_edited_since_the_start(self, hass_storage: dict[str, Any]) -> None:
        """The built-in one reports what the next start may bring, ours what runs."""
        state = state_with(ALPHA, yaml=IN_YAML)
        async with host(state, hass_storage) as both:
            before = await both.theirs()
            both.write_configuration(both.configuration(replace(state, yaml={})))
            theirs, ours = await both.theirs(), await both.ours()
        assert theirs is not None
        assert theirs["integrations"] == []
        assert ours == before

    async def test_opting_out_while_a_report_is_made(self, hass_storage: dict[str, Any]) -> None:
        """The built-in one has asked for consent at the start, and sends what was forbidden."""
        async with host(told(addons=ADDONS), hass_storage) as both:
            theirs = await both.opting_out_during(both.theirs)
            ours = await both.opting_out_during(both.ours)
        assert theirs is not None
        assert ours is None

    async def test_more_integrations_than_the_receiver_takes(
        self, hass_storage: dict[str, Any]
    ) -> None:
        """The receiver refuses the built-in one's report each day; ours leaves the list out."""
        modules = tuple(Module(domain=domain) for domain in MANY)
        state = HostState(modules=modules, yaml={module.domain: None for module in modules})
        async with host(state, hass_storage) as both:
            theirs, ours = await both.theirs(), await both.ours()
        assert theirs is not None
        assert len(theirs["integrations"]) == 1000
        assert ours == {name: theirs[name] for name in theirs if name != "integrations"}
