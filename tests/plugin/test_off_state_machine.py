"""Off means off, whatever happened before: random histories of one host, beside a simple model.

Two receivers listen on real sockets, a third has only a name, whose look-ups are counted. Each step
of a history is done to the host and to the model; after it, all that left the host must be what the
model allows, and whatever the model allows must still work. While all is held, that is what
somebody has approved, in exactly the bytes that were shown.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from socket import AddressFamily
from typing import Any, Final

import pytest
from aiohttp import ClientWebSocketResponse, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestClient, TestServer
from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.common import (
    MockUser,
    async_fire_time_changed,
)

from custom_components.analytics import clock
from custom_components.analytics.const import DOMAIN
from custom_components.analytics.data import AnalyticsData
from custom_components.analytics.outbound.opt_out import FILE_NAME, VARIABLES
from custom_components.analytics.taking_back import forget
from custom_components.analytics.tiers.standard import TIERS
from scripts.sink import Arrival, Sink

from .conftest import another_host

type Step = tuple[str, Any]

# Hypothesis finds the same histories each time; EXAMPLES=2000 looks at so many others.
EXAMPLES: Final = int(os.environ.get("EXAMPLES", "0"))
generated = settings(
    max_examples=EXAMPLES or 100,
    derandomize=not EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

SHARED: Final = ("base", "usage", "statistics")
ALL: Final = dict.fromkeys(SHARED, True)
OWNER: Final = {field.name: tier.name for tier in TIERS.values() for field in tier.fields}
SINKS: Final = (0, 1)
VENDOR: Final = 2
VENDOR_HOST: Final = "vendor.example"
HOLD_FOR: Final = timedelta(hours=2)
TIMES: Final = (timedelta(minutes=1), timedelta(minutes=15), timedelta(hours=24))

# Twice what makes reports leave: a history in which all is off from the start tells little.
STEPS: Final[st.SearchStrategy[Step]] = st.one_of(
    st.tuples(st.just("choose"), st.just(ALL)),
    st.tuples(st.just("choose"), st.dictionaries(st.sampled_from(SHARED), st.booleans())),
    st.tuples(st.just("send"), st.none()),
    st.tuples(st.just("send"), st.none()),
    st.tuples(st.just("wait"), st.sampled_from(TIMES)),
    st.tuples(st.just("wait"), st.sampled_from(TIMES)),
    st.tuples(st.just("file"), st.booleans()),
    st.tuples(st.just("variable"), st.tuples(st.sampled_from(VARIABLES), st.booleans())),
    st.tuples(st.just("enabled"), st.booleans()),
    st.tuples(st.just("destination"), st.sampled_from((*SINKS, VENDOR))),
    st.tuples(st.just("confirm"), st.none()),
    st.tuples(st.just("forget"), st.sampled_from((None, *SINKS, VENDOR))),
    st.tuples(st.just("restart"), st.none()),
    st.tuples(st.just("look"), st.none()),
    st.tuples(st.just("hold"), st.booleans()),
    st.tuples(st.just("approve"), st.none()),
    st.tuples(st.just("trim"), st.sampled_from(SHARED[1:])),
    st.tuples(st.just("discard"), st.none()),
    st.tuples(st.just("expire"), st.none()),
    st.tuples(
        st.just("meanwhile"),
        st.tuples(st.sampled_from(("withdraw", "file", "forget", "unload")), st.integers(0, 20)),
    ),
)


# One that was told something, and is not the destination any more.
FORMER: Final[list[Step]] = [
    ("choose", ALL),
    ("send", None),
    ("destination", 1),
    ("choose", ALL),
    ("send", None),
]
# One report of all tiers, which waits.
HELD: Final[list[Step]] = [("hold", True), ("choose", ALL), ("send", None)]
# Half of them begin with one that waits, for seldom do all three come by chance.
HISTORIES: Final = st.builds(
    lambda begin, steps: [*begin, *steps],
    st.sampled_from(([], HELD)),
    st.lists(STEPS, min_size=4, max_size=12),
)


@dataclass(kw_only=True)
class Model:
    """What was chosen and switched, and so what may leave the house."""

    destination: int = 0
    preferences: dict[int, dict[str, bool]] = field(default_factory=dict)
    confirmed: bool = False
    file: bool = False
    variables: set[str] = field(default_factory=set)
    enabled: bool = True
    hold: bool = False
    ids: dict[int, str] = field(default_factory=dict)
    forgotten: dict[int, set[str]] = field(default_factory=lambda: {0: set(), 1: set()})
    vendor_forgotten: bool = False

    @property
    def off(self) -> bool:
        """Tell whether a switch is on."""
        return self.file or bool(self.variables) or not self.enabled

    @property
    def chosen(self) -> dict[str, bool]:
        """Return the choices for the destination."""
        return self.preferences.get(self.destination, {})

    @property
    def pending(self) -> bool:
        """Tell whether the choices wait for the destination's confirmation."""
        return self.destination == VENDOR and not self.confirmed and any(self.chosen.values())

    @property
    def tiers(self) -> set[str]:
        """Return the tiers that may be sent to the destination now."""
        if self.off or self.pending or not self.chosen.get("base"):
            return set()
        return {name for name, on in self.chosen.items() if on}

    @property
    def may_look_up(self) -> bool:
        """Tell whether the vendor's name may be looked up."""
        reporting = self.destination == VENDOR and bool(self.tiers)
        return reporting or (self.vendor_forgotten and not self.off)

    def withdraw(self) -> None:
        """Turn all off for the destination."""
        self.preferences[self.destination] = dict.fromkeys(SHARED, False)

    def forget(self, made: Mapping[int, str]) -> None:
        """Have ids deleted; those that no report has brought yet may have been made, too."""
        for place, uuid in made.items():
            assert self.ids.pop(place, uuid) == uuid
            if place == VENDOR:
                self.vendor_forgotten = True
            else:
                self.forgotten[place].add(uuid)


class Names(AbstractResolver):
    """A resolver that knows no name, and counts how often it was asked."""

    def __init__(self) -> None:
        """Start with no question."""
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AddressFamily.AF_INET
    ) -> list[ResolveResult]:
        """Answer that there is no such name."""
        assert host == VENDOR_HOST, (port, family)
        self.asked += 1
        raise OSError

    async def close(self) -> None:
        """Do nothing: there is nothing to close."""


class World:
    """A host with its receivers, and the model of what it may do."""

    def __init__(
        self,
        hass: HomeAssistant,
        sinks: tuple[Sink, ...],
        names: Names,
        socket: ClientWebSocketResponse,
        environ: pytest.MonkeyPatch,
    ) -> None:
        """Keep the parts."""
        self.hass = hass
        self.model = Model()
        self._sinks = sinks
        self._names = names
        self._socket = socket
        self._environ = environ
        self._urls = [*(sink.url for sink in sinks), f"https://{VENDOR_HOST}/v1"]
        self._command = 1
        # The id of a report that was under way when it was forgotten.
        self._on_its_way: str | None = None
        # What may leave once more while all is held.
        self._approved: list[bytes] = []
        # By how much time leapt in which the host ran.
        self._ran = 0.0
        running = clock.running
        environ.setattr(clock, "running", lambda: running() + self._ran)

    async def take(self, step: Step) -> None:
        """Do a step to the host and to the model, and compare what left with what may."""
        name, argument = step
        before = [len(sink.arrivals) for sink in self._sinks]
        self._on_its_way = None
        self._approved.clear()
        asked = self._names.asked
        look_up, tiers, off = self.model.may_look_up, self.model.tiers, self.model.off
        act: Callable[[Any], Awaitable[None]] = getattr(self, f"_{name}")
        await act(argument)
        if name != "meanwhile":
            # Nothing was under way, so all that this step let leave is judged by what it brought.
            look_up, tiers, off = self.model.may_look_up, self.model.tiers, self.model.off
        elif argument[0] == "forget":
            look_up = look_up or self.model.may_look_up
        assert look_up or self._names.asked == asked, "a name was looked up"
        for index, sink in enumerate(self._sinks):
            for arrival in sink.arrivals[before[index] :]:
                self._judge(index, arrival, tiers, off=off)

    def _judge(self, index: int, arrival: Arrival, tiers: set[str], *, off: bool) -> None:
        """Compare an arrival with what is allowed."""
        model = self.model
        if arrival.method == "DELETE":
            assert not off
            assert arrival.path.removeprefix("/v1/") in model.forgotten[index]
            return
        assert arrival.method == "POST"
        assert index == model.destination
        assert tiers, "nothing may be sent"
        told = {OWNER[name] for name in arrival.report}
        if model.hold:
            self._approved.remove(arrival.body)  # each approval is one of one request
            assert told <= tiers
        else:
            assert told == tiers
        uuid = arrival.report["uuid"]
        if uuid == self._on_its_way:
            return
        assert not any(uuid in ids for ids in model.forgotten.values())
        assert all(uuid != other for place, other in model.ids.items() if place != index)
        assert model.ids.setdefault(index, uuid) == uuid

    async def _look(self, _argument: None = None) -> None:
        """Compare what the host says with the model; not after each step, for it notices files."""
        model, status = self.model, await self._ask("analytics/status")
        reason = status["blocked"] and status["blocked"]["reason"]
        assert (reason == "switch") == model.off
        assert (reason is None) == bool(model.tiers)
        assert {name for name, on in status["effective"].items() if on} == model.tiers
        # An armed timer is no byte, but off means that there is none.
        assert (status["next_report"] is not None) == bool(model.tiers)
        question = ir.async_get(self.hass).async_get_issue(DOMAIN, "confirm_destination")
        assert (question is not None) == model.pending
        assert (ir.async_get(self.hass).async_get_issue(DOMAIN, "off") is not None) == model.off
        assert not status["held"] or (model.hold and model.tiers)
        assert status["held"] == len(await self._waiting())

    @property
    def _data(self) -> AnalyticsData:
        [entry] = self.hass.config_entries.async_entries(DOMAIN)
        data: AnalyticsData = entry.runtime_data
        return data

    def _ids(self, places: Collection[int] = (*SINKS, VENDOR)) -> dict[int, str]:
        """Return the ids that destinations know, or will be told first."""
        records = self._data.store.records
        known = {place: records.get(self._urls[place], {}).get("uuid") for place in places}
        return {place: uuid for place, uuid in known.items() if uuid is not None}

    async def _choose(self, chosen: dict[str, bool]) -> None:
        model = self.model
        await self._ask("analytics/preferences", preferences=chosen)
        model.preferences[model.destination] = {**model.chosen, **chosen}

    async def _send(self, _argument: None) -> None:
        tiers, destination = self.model.tiers, self.model.destination
        before = [len(sink.reports) for sink in self._sinks]
        answer = await self._ask("analytics/send")
        expected = "blocked" if not tiers else "held" if self.model.hold else self._arriving
        assert answer["outcome"] == expected
        for index, sink in enumerate(self._sinks):
            arrived = len(sink.reports) - before[index]
            assert arrived == (expected == "sent" and index == destination)

    @property
    def _arriving(self) -> str:
        """Return how it ends when something leaves."""
        return "retryable" if self.model.destination == VENDOR else "sent"

    async def _waiting(self) -> list[dict[str, Any]]:
        """Return what waits for approval: of reports one at most."""
        items: list[dict[str, Any]] = (await self._ask("analytics/outbox"))["items"]
        assert len(items) <= 1
        return items

    async def _approve(self, _argument: None = None) -> None:
        """Approve what is shown, if anything is; whatever was noticed before, it is judged anew."""
        for item in await self._waiting():
            self._approved.append(item["body"].encode())
            named = {"key": item["key"], "digest": item["digest"]}
            if not self.model.tiers:
                assert await self._refused("analytics/outbox/approve", **named) == "held_gone"
                continue
            ended = await self._ask("analytics/outbox/approve", **named)
            assert ended["outcome"] == self._arriving
            assert (ended["outcome"] == "sent") == (await self._waiting() == [])

    async def _trim(self, tier: str) -> None:
        for item in await self._waiting():
            named = {"key": item["key"], "digest": item["digest"]}
            left = await self._ask("analytics/outbox/trim", **named, tiers=[tier])
            assert left["payload"] == {
                name: value for name, value in item["payload"].items() if OWNER[name] != tier
            }

    async def _discard(self, _argument: None = None) -> None:
        for item in await self._waiting():
            await self._ask("analytics/outbox/discard", key=item["key"])
            assert await self._waiting() == []

    async def _expire(self, _argument: None = None) -> None:
        self._ran += HOLD_FOR.total_seconds()
        assert await self._waiting() == []

    async def _hold(self, on: bool) -> None:
        self.model.hold = on
        await self._set_options()

    async def _wait(self, time: timedelta) -> None:
        async_fire_time_changed(self.hass, dt_util.utcnow() + time)
        await self._settle()

    async def _file(self, there: bool) -> None:
        path = Path(self.hass.config.path(FILE_NAME))
        path.touch() if there else path.unlink(missing_ok=True)
        self.model.file = there

    async def _variable(self, change: tuple[str, bool]) -> None:
        name, there = change
        if there:
            self._environ.setenv(name, "1")
            self.model.variables.add(name)
        else:
            self._environ.delenv(name, raising=False)
            self.model.variables.discard(name)
        await self._restart(None)

    async def _enabled(self, enabled: bool) -> None:
        self.model.enabled = enabled
        await self._set_options()

    async def _destination(self, destination: int) -> None:
        self.model.destination = destination
        await self._set_options()

    async def _confirm(self, _argument: None) -> None:
        """Click through the question of the repair issue, which is there only while it is true."""
        if not self.model.pending:
            return
        manager = self.hass.data["repairs"]["flow_manager"]
        menu = await manager.async_init(DOMAIN, data={"issue_id": "confirm_destination"})
        assert menu["description_placeholders"]["url"] == self._urls[VENDOR]
        await manager.async_configure(menu["flow_id"], {"next_step_id": "confirm"})
        self.model.confirmed = True

    async def _forget(self, place: int | None) -> None:
        """Take back what all destinations were told, or one, which may be a former one."""
        made = self._ids() if place is None else self._ids([place])
        told = {item["url"] for item in (await self._ask("analytics/status"))["told"]}
        assert told >= {self._urls[each] for each in made}
        if place is None:
            await self._ask("analytics/forget")
        elif self._urls[place] in told:
            await self._ask("analytics/forget", destination=self._urls[place])
        self.model.forget(made)
        assert not self._ids(made)

    async def _restart(self, _argument: None) -> None:
        [entry] = self.hass.config_entries.async_entries(DOMAIN)
        assert await self.hass.config_entries.async_reload(entry.entry_id)
        await self._settle()

    async def _meanwhile(self, change: tuple[str, int]) -> None:
        """Send, or approve, and let something stop it after some turns of the event loop."""
        what, turns = change
        data = self._data
        sending = asyncio.create_task(self._async_begin(data))
        for _ in range(turns):
            await asyncio.sleep(0)
        if what == "withdraw":
            await data.async_choose(dict.fromkeys(SHARED, False))
            self.model.withdraw()
        elif what == "file":
            await self._file(True)
        elif what == "forget":
            made = self._ids()
            await forget(data)
            self._late(made.get(self.model.destination))
            self.model.forget(made)
        else:
            await self._restart(None)
        await sending
        await self._settle()

    async def _async_begin(self, data: AnalyticsData) -> None:
        """Let something leave: what waits for approval, if anything does."""
        if items := data.holding.items:
            self._approved.append(items[0].body.encode())
            await data.holding.async_approve(items[0].key, items[0].digest)
        else:
            await data.async_send()

    def _late(self, uuid: str | None) -> None:
        """Note the id of a report that is on its way, and may be judged after it is forgotten."""
        if uuid is not None and self.model.destination != VENDOR:
            self._on_its_way = uuid

    async def _set_options(self) -> None:
        options = {
            "enabled": self.model.enabled,
            "hold": self.model.hold,
            "hold_for": {"hours": HOLD_FOR.total_seconds() // 3600},
            "destination": {"name": "Test receiver", "url": self._urls[self.model.destination]},
        }
        [entry] = self.hass.config_entries.async_entries(DOMAIN)
        self.hass.config_entries.async_update_entry(entry, options=options)
        await self._settle()

    async def _settle(self) -> None:
        await self.hass.async_block_till_done(wait_background_tasks=True)

    async def _ask(self, name: str, **arguments: Any) -> Any:
        """Send a WebSocket command, and return its result."""
        answer = await self._answer(name, arguments)
        assert answer["success"], answer
        return answer["result"]

    async def _refused(self, name: str, **arguments: Any) -> str:
        """Send a WebSocket command that is refused, and return the key of the reason."""
        answer = await self._answer(name, arguments)
        assert not answer["success"], answer
        key: str = answer["error"]["translation_key"]
        return key

    async def _answer(self, name: str, arguments: Mapping[str, Any]) -> Any:
        self._command += 1
        await self._socket.send_json({"id": self._command, "type": name, **arguments})
        answer = await self._socket.receive_json()
        await self._settle()
        return answer

    async def begin(self) -> None:
        """Make the first receiver the destination, for which nothing is chosen yet."""
        await self._settle()
        await self._set_options()


@asynccontextmanager
async def world(storage: dict[str, Any]) -> AsyncIterator[World]:
    """Start a host, and stop it at the end; `storage` stands for its `.storage`."""
    storage.clear()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as environ:
        for name in VARIABLES:
            environ.delenv(name, raising=False)
        async with (
            Sink() as first,
            Sink() as second,
            another_host(folder) as hass,
        ):
            hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
            try:
                names = Names()
                connector = async_get_clientsession(hass).connector
                assert isinstance(connector, TCPConnector)
                connector._resolver = names
                for domain in ("http", "websocket_api", "repairs", DOMAIN):
                    assert await async_setup_component(hass, domain, {})
                async with (
                    TestClient(TestServer(hass.http.app)) as client,
                    client.ws_connect("/api/websocket") as socket,
                ):
                    await authenticate(hass, socket)
                    started = World(hass, (first, second), names, socket, environ)
                    await started.begin()
                    yield started
            finally:
                await hass.async_stop(force=True)


async def authenticate(hass: HomeAssistant, socket: ClientWebSocketResponse) -> None:
    """Log in as the owner."""
    user = MockUser(is_owner=True).add_to_hass(hass)
    token = await hass.auth.async_create_refresh_token(user, "https://example.com/")
    await socket.receive_json()
    access_token = hass.auth.async_create_access_token(token)
    await socket.send_json({"type": "auth", "access_token": access_token})
    await socket.receive_json()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:It looks like `register_random`")  # Python 3.14
@generated
@example(
    history=[
        ("choose", ALL),
        ("send", None),
        ("destination", VENDOR),
        ("choose", ALL),
        ("send", None),
        ("confirm", None),
        ("send", None),
        ("file", True),
        ("wait", TIMES[2]),
        ("look", None),
        ("forget", None),
        ("file", False),
        ("wait", TIMES[0]),
    ]
)
@example(history=[("choose", ALL), ("send", None), ("forget", None), ("send", None)])
@example(history=[*FORMER, ("forget", None), ("look", None)])
@example(history=[*FORMER, ("forget", 0), ("send", None), ("destination", 0), ("send", None)])
@example(history=[*FORMER, ("file", True), ("forget", 0), ("wait", TIMES[2]), ("file", False)])
@example(history=[("choose", ALL), ("send", None), ("file", True), ("forget", None)])
@example(history=[*HELD, ("wait", TIMES[2]), ("approve", None), ("send", None), ("look", None)])
@example(history=[*HELD, ("trim", "usage"), ("restart", None), ("approve", None), ("hold", False)])
@example(history=[*HELD, ("file", True), ("approve", None), ("file", False), ("approve", None)])
@example(history=[*HELD, ("expire", None), ("approve", None), ("hold", False), ("send", None)])
@example(history=[*HELD, ("destination", 1), ("destination", 0), ("choose", ALL), ("look", None)])
@example(history=[*HELD, ("meanwhile", ("withdraw", 9)), ("choose", ALL), ("approve", None)])
@example(history=[*HELD, ("meanwhile", ("unload", 12)), ("approve", None), ("look", None)])
@given(history=HISTORIES)
async def test_nothing_leaves_without_a_yes_that_is_in_force(
    history: list[Step], hass_storage: dict[str, Any]
) -> None:
    async with world(hass_storage) as host:
        for step in history:
            await host.take(step)
        await host.take(("look", None))
