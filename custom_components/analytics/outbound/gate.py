"""The only way out: every request of ours passes here, and is stopped while a switch is on."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_create_clientsession

from ..const import LOGGER
from ..models import DIRECT, Kind, Outcome, WayOut
from ..part import Part
from . import opt_out
from .answers import async_read, judged, reason_of
from .opt_out import Switch
from .way import Way

LIMIT: Final = 30.0

# What the host would send by itself tells the versions of Python and aiohttp, which no tier owns:
# by its User-Agent, and by the encodings that it accepts.
HEADERS: Final = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "User-Agent": f"home-assistant/{HOST_VERSION}",
}

# Makes what is sent, and does what belongs to it on the disk; in a thread.
type Prepare = Callable[[], bytes]
type Permit = Callable[[], bool]
type Answered = Callable[[Outcome, bytes], Outcome]
type OpenSession = Callable[[HomeAssistant], aiohttp.ClientSession]


def open_session(hass: HomeAssistant) -> aiohttp.ClientSession:
    """Open a session on the host's connections, for its shared one keeps cookies; `detach` ends it.

    Raises OSError on a host without a network.
    """
    return async_create_clientsession(hass, auto_cleanup=False, cookie_jar=aiohttp.DummyCookieJar())


class Gate(Part):
    """Reads the switches and lets requests through while none is on.

    `switch` is the one that was on when they were last read.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        enabled: bool,
        way_out: WayOut = DIRECT,
        environ: Mapping[str, str] = os.environ,
        open_session: OpenSession = open_session,
    ) -> None:
        """Keep what the switches are read from; nothing is opened before a request."""
        self._hass = hass
        self._enabled = enabled
        self._environ = environ
        self._folder = Path(hass.config.config_dir)
        self._way = Way(way_out, self._folder, environ)
        self._open_session = open_session
        self._limits: set[asyncio.Timeout] = set()
        self._session: aiohttp.ClientSession | None = None
        self._stopped = False
        self.switch: Switch | None = None

    @property
    def problem(self) -> str | None:
        """Name what keeps requests from leaving by the way that was set: by no other they do."""
        return self._way.problem

    @property
    def is_open(self) -> bool:
        """Tell whether requests may leave, and can."""
        return self.switch is None and self.problem is None

    async def async_read(self) -> None:
        """Read the switches again, and look at whom destinations have to be signed by."""
        await self.async_read_switches()
        await self.async_look()

    async def async_read_switches(self) -> Switch | None:
        """Read the switches again, and nothing on another disk than theirs."""
        self.switch = await self._hass.async_add_executor_job(self._read)
        return self.switch

    async def async_look(self) -> None:
        """Look at the files of certificates again; what is new of a problem is logged."""
        known = self.problem
        await self._way.async_look(self._hass)
        if (problem := self.problem) and problem != known:
            LOGGER.error("Nothing is sent until this is mended: %s", problem)

    def _prepared(self, prepare: Prepare | None) -> tuple[Switch | None, bytes | None]:
        """Read the switches before and after what is prepared, in one thread.

        To go to one costs more than most of what is done there. Raises what `prepare` does.
        """
        switch = self._read()
        if switch or self.problem or prepare is None:
            return switch, None
        body = prepare()
        return self._read(), body

    def _read(self) -> Switch | None:
        return opt_out.read(self._environ, self._folder, enabled=self._enabled)

    async def async_stop(self) -> None:
        """Give up the requests that are under way, and the session that was kept for others."""
        self._stopped = True
        for limit in self._limits:
            limit.reschedule(self._hass.loop.time())
        if self._session:
            self._session.detach()
            self._session = None

    @asynccontextmanager
    async def _limited(self) -> AsyncIterator[None]:
        async with asyncio.timeout(LIMIT) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[aiohttp.ClientSession]:
        """Lend the session that is kept until the stop; from then on, one for a request alone.

        A host without a network may have one for the next request. To open one takes as long as all
        that a request needs besides.
        """
        session = self._session or self._open_session(self._hass)
        if not self._stopped:
            self._session = session
        try:
            yield session
        finally:
            if session is not self._session:
                session.detach()

    def _refusal(self) -> Outcome | None:
        """Return the outcome of a request that must not leave at this moment."""
        if self.switch:
            return Outcome(kind=Kind.BLOCKED, reason=f"{self.switch.name} is set")
        if problem := self.problem:
            return Outcome(kind=Kind.BLOCKED, reason=problem)
        return None

    async def async_prepare(self, prepare: Prepare | None) -> tuple[Outcome | None, bytes | None]:
        """Make what would leave, between two looks at the switches, and nothing while one is on.

        Raises what `prepare` does.
        """
        await self.async_look()
        # The thread holds the interpreter: whatever has waited meanwhile goes first.
        await asyncio.sleep(0)
        self.switch, body = await self._hass.async_add_executor_job(self._prepared, prepare)
        return self._refusal(), body

    async def async_request(
        self,
        method: str,
        url: str,
        permit: Permit,
        *,
        prepare: Prepare | None = None,
        shown: Callable[[], None] | None = None,
        headers: Mapping[str, str] | None = None,
        success: HTTPStatus = HTTPStatus.OK,
        answered: Answered | None = None,
    ) -> Outcome:
        """Make one request, without redirects, and tell how it ended.

        The switches are read before and after `prepare`, which makes the body. `shown` is called
        when it is about to leave, and `permit` is asked last: nothing can happen between its yes
        and the request. Answers are read only for `answered`, which may know better how it ended.
        Raises nothing but what `prepare` does.
        """
        refusal, body = await self.async_prepare(prepare)
        if shown and not refusal:
            shown()
            await asyncio.sleep(0)  # for whatever else has waited meanwhile
        if refusal := self._refusal():
            return refusal
        if not permit():
            return Outcome(kind=Kind.BLOCKED, reason="no longer allowed")
        outcome: Outcome | None = None
        answer, reason = b"", ""
        try:
            async with (
                self._limited(),
                self._lent() as session,
                session.request(
                    method,
                    url,
                    data=body,
                    headers={**HEADERS, **(headers or {})},
                    allow_redirects=False,
                    **self._way.arguments(url, HEADERS),
                ) as response,
            ):
                outcome = judged(response, success)
                if answered:
                    answer = await async_read(response)
        except Exception as error:  # noqa: BLE001 - aiohttp raises more than ClientError
            reason = reason_of(error, LIMIT)
        # The rest of an answer that was cut off is not worth sending again for.
        if outcome:
            return answered(outcome, answer) if answered else outcome
        return Outcome(kind=Kind.RETRYABLE, reason=reason)
