"""Let ours and the built-in integration report on the same host to the same receiver, by turns."""

import asyncio
import gc
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self, cast

import aiohttp
from homeassistant.components.analytics.analytics import Analytics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession

from custom_components.analytics.data import async_loaded
from custom_components.analytics.outbound.gate import Gate
from custom_components.analytics.outbound.journal import Journal
from custom_components.analytics.pipeline import Pipeline
from scripts.sink import Sink

from .stopwatch import Seconds, Send, Wire, async_longest_stall_of_nothing

PREFERENCES: Final = {"base": True, "usage": True, "statistics": True}
# The property of the built-in class that says where to, on one host and on the other.
ENDPOINTS: Final = ("endpoint", "endpoint_basic")

WARM_UPS: Final = 3
# Threads of the run before (the log's, the parser's) have come to rest after this, in seconds.
REST: Final = 0.005

# More bytes than the processor's caches hold.
_FILLER: Final = bytearray(96 * 2**20)


@dataclass(frozen=True, kw_only=True, slots=True)
class Samples:
    """How long each run took to the wire, and how long its longest stall was."""

    times: list[Seconds] = field(default_factory=list)
    stalls: list[Seconds] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What was measured.

    `bare` is a request with the same bytes and nothing before it; `unwritten` are the times of ours
    without the journal; `idle` are stalls while nothing is sent, for as long as a run of ours.
    """

    ours: Samples = field(default_factory=Samples)
    built_in: Samples = field(default_factory=Samples)
    bare: Samples = field(default_factory=Samples)
    unwritten: list[Seconds] = field(default_factory=list)
    idle: list[Seconds] = field(default_factory=list)


class Bare:
    """Sends the same bytes once more, with nothing before it: what any sending costs at least."""

    body = b""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Keep where to."""
        self._session = session
        self._url = url

    async def async_send(self) -> None:
        """Make the request."""
        async with self._session.post(self._url, data=self.body):
            pass


@dataclass(frozen=True, kw_only=True, slots=True)
class Contest:
    """Both ways to send a report, a bare request, and ours without the journal.

    `cold` empties the processor's caches before each run.
    """

    ours: Send
    built_in: Send
    bare: Bare
    unwritten: Send
    sink: Sink
    wire: Wire
    cold: bool

    async def async_result(self, repeats: int) -> Result:
        """Measure so many runs of each; they take turns, and so does who begins."""
        await self._async_warm_up()
        result = Result()
        pairs = [
            (self.ours, result.ours),
            (self.built_in, result.built_in),
            (self.bare.async_send, result.bare),
        ]
        for _ in range(repeats):
            for send, samples in pairs:
                await self._async_rest()
                samples.times.append(await self.wire.async_time(send))
                await self._async_rest()
                samples.stalls.append(await self.wire.async_longest_stall(send))
            await self._async_rest()
            result.unwritten.append(await self.wire.async_time(self.unwritten))
            await self._async_rest()
            result.idle.append(await async_longest_stall_of_nothing(result.ours.times[-1].wall))
            pairs.reverse()
        return result

    async def _async_warm_up(self) -> None:
        """Open the connection, fill the host's own caches, and see that both send the same."""
        for _ in range(WARM_UPS):
            await self.ours()
            await self.built_in()
        latest = self.sink.reports[-2:]
        ours, built_in = (_comparable(arrival.report) for arrival in latest)
        if ours != built_in:
            raise RuntimeError(f"These are not the same: {ours} and {built_in}")
        self.bare.body = latest[0].body
        await self.bare.async_send()
        gc.collect()

    async def _async_rest(self) -> None:
        self.sink.arrivals.clear()
        await asyncio.sleep(REST)
        if self.cold:
            _FILLER.count(1)


class NoJournal:
    """Takes the place of the journal, and of an entry in it: nothing is written."""

    written: Final = True

    def entry(self, *_what: object) -> Self:
        """Be the entry."""
        return self

    def tell(self) -> None:
        """Do nothing where an entry was written."""

    def write(self, *_what: object) -> None:
        """Do nothing where an entry would be written."""

    async def async_end(self, _outcome: object) -> None:
        """Do nothing where it would be completed."""


async def async_contest(hass: HomeAssistant, sink: Sink, *, cold: bool) -> Contest:
    """Return the contest of the plugin that is loaded with the built-in integration's class."""
    wire = Wire()
    ours = await _async_ours(hass, wire)
    delivery = replace(ours.delivery, journal=cast(Journal, NoJournal()))
    return Contest(
        ours=ours.async_send,
        unwritten=replace(ours, delivery=delivery).async_send,
        built_in=await _async_built_in(hass, wire, sink.url),
        bare=Bare(async_create_clientsession(hass, trace_configs=[wire.trace]), sink.url),
        sink=sink,
        wire=wire,
        cold=cold,
    )


async def _async_ours(hass: HomeAssistant, wire: Wire) -> Pipeline:
    """Return the plugin's flow of a report, as it set itself up, but through watched sessions."""
    data = async_loaded(hass)
    if data is None:
        raise RuntimeError("The plugin is not loaded, see the errors above")
    await data.async_choose(PREFERENCES)

    def watched(hass: HomeAssistant) -> aiohttp.ClientSession:
        return async_create_clientsession(
            hass,
            auto_cleanup=False,
            trace_configs=[wire.trace],
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    gate = Gate(hass, enabled=True, open_session=watched)
    delivery = replace(data.pipeline.delivery, gate=gate)
    return replace(data.pipeline, delivery=delivery)


async def _async_built_in(hass: HomeAssistant, wire: Wire, url: str) -> Send:
    """Return the built-in integration's way to send, but to `url` through a watched session."""
    redirected: Any = type("Redirected", (Analytics,), dict.fromkeys(ENDPOINTS, url))
    analytics = redirected(hass)
    session = async_create_clientsession(hass, trace_configs=[wire.trace])
    analytics.session = analytics._session = session
    await analytics.save_preferences(PREFERENCES)
    send: Send = analytics.send_analytics
    return send


def _comparable(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without its id, with its lists in one order.

    And without a count that differs by one here: the built-in class counts itself only where
    nothing has taken its place.
    """
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value
        for name, value in report.items()
        if name not in {"uuid", "integration_count"}
    }
