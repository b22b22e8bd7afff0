"""A Supervisor on a loopback address, and the host's own `hassio` integration bound to it.

A real Supervisor needs a machine of its own. This one answers the few requests that analytics makes
over a real socket, so the host's client, its time-outs and its errors are the real ones. What the
host's coordinators would have fetched is put where they keep it, so its getters are real too.
"""

import asyncio
import types
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from datetime import timedelta
from enum import Enum, StrEnum
from math import inf
from typing import Any, Final, Self, get_args, get_origin, get_type_hints

from aiohasupervisor.models import (
    HostInfo,
    InstalledAddonComplete,
    OSInfo,
    RootInfo,
    SupervisorInfo,
)
from aiohttp import web
from homeassistant.components import hassio
from homeassistant.components.hassio import const as keys
from homeassistant.components.hassio.handler import HassIO
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

type Raw = dict[str, Any]

LOOPBACK: Final = "127.0.0.1"
OPTIONS: Final = "supervisor/options"
# The host's clients wait 10 seconds for the Supervisor.
PATIENCE: Final = timedelta(seconds=11)
PASSES: Final = 100

# The one difference between the hosts: newer ones keep the models of the Supervisor's client, and
# add-ons apart from the Supervisor; older ones keep the JSON as it came, add-ons within.
KEEPS_MODELS: Final = hasattr(hassio, "HassioNotReadyError")


class Trouble(StrEnum):
    """How the Supervisor fails to answer a request as it should."""

    REFUSAL = "an error in its envelope"
    CRASH = "a page of text with status 500"
    GARBAGE = "a body that says it is JSON and is not"
    MISFIT = "success, without any of the fields"
    CUT = "a closed connection"
    HANG = "no answer at all"


class Part(StrEnum):
    """What the host asks the Supervisor for, each at a time of its own."""

    INFO = keys.DATA_INFO
    HOST = keys.DATA_HOST_INFO
    SUPERVISOR = keys.DATA_SUPERVISOR_INFO
    OS = keys.DATA_OS_INFO
    ADDONS = keys.DATA_ADDONS_INFO


@dataclass(frozen=True, kw_only=True, slots=True)
class AddOn:
    """An installed add-on."""

    slug: str
    protected: bool = True
    version: str | None = "1.2.3"
    auto_update: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the Supervisor told the host; `missing` is what it has not told yet."""

    healthy: bool = True
    supported: bool = True
    arch: str | None = "amd64"
    diagnostics: bool | None = False
    board: str | None = "generic-x86-64"
    os_version: str | None = "15.2"
    addons: tuple[AddOn, ...] = ()
    missing: frozenset[Part] = frozenset()


class Supervisor:
    """A local HTTP server that stands for the Supervisor."""

    def __init__(self) -> None:
        """Start without add-ons and without trouble."""
        self.address = ""
        self.addons: dict[str, AddOn] = {}
        self.trouble: dict[str, Trouble] = {}  # by slug, or OPTIONS
        self.asked: list[str] = []  # slugs, or OPTIONS, in the order of the requests
        self.options: list[Raw] = []  # options that it has taken
        self._answers_from = 0.0
        self._open: list[str] = []
        self._changed = asyncio.Condition()
        self._released = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Start listening."""
        app = web.Application()
        app.router.add_get("/addons/{slug}/info", self._addon_info)
        app.router.add_post(f"/{OPTIONS}", self._options)
        # Cancelled with its client, so that a request which timed out is not one that hangs.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        self.address = f"{LOOPBACK}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Let go of requests without an answer, and stop listening."""
        self._released.set()
        await self.answer()
        if self._runner:
            await self._runner.cleanup()

    def hold(self, until: float = inf) -> None:
        """Answer about no add-on until so many were asked for from now on, or until `answer`."""
        self.asked.clear()
        self._answers_from = until

    async def answer(self) -> None:
        """Answer what was held back."""
        async with self._changed:
            self._answers_from = 0
            self._changed.notify_all()

    async def wait_until_asked(self, *names: str) -> None:
        """Return when these slugs, or OPTIONS, were asked for.

        No limit of its own: a test that makes time fly would fire that too.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: set(names) <= set(self.asked))

    async def wait_until_hanging(self) -> None:
        """Return when only requests that get no answer are left, and the others were read."""
        passed = 0
        while passed < PASSES:
            async with self._changed:
                await self._changed.wait_for(self._only_hangs)
            # Others may be on their way, and what was sent to the client is not yet read.
            await asyncio.sleep(0)
            passed = passed + 1 if self._only_hangs() else 0

    async def _addon_info(self, request: web.Request) -> web.StreamResponse:
        slug = request.match_info["slug"]
        async with self._noted(slug):
            async with self._changed:
                await self._changed.wait_for(lambda: len(self.asked) >= self._answers_from)
            if trouble := self.trouble.get(slug):
                return await self._fail(trouble, request)
            if slug not in self.addons:
                return _refusal(f"Addon {slug} does not exist")
            return _success(addon_details(self.addons[slug]))

    async def _options(self, request: web.Request) -> web.StreamResponse:
        async with self._noted(OPTIONS):
            if trouble := self.trouble.get(OPTIONS):
                return await self._fail(trouble, request)
            self.options.append(await request.json())
            return _success({})

    @asynccontextmanager
    async def _noted(self, name: str) -> AsyncIterator[None]:
        """Keep a request's name, and that it is open until the end of the block."""
        async with self._changed:
            self.asked.append(name)
            self._open.append(name)
            self._changed.notify_all()
        try:
            yield
        finally:
            async with self._changed:
                self._open.remove(name)
                self._changed.notify_all()

    def _only_hangs(self) -> bool:
        hangs = (self.trouble.get(name) is Trouble.HANG for name in self._open)
        return bool(self._open) and all(hangs)

    async def _fail(self, trouble: Trouble, request: web.Request) -> web.StreamResponse:
        if trouble is Trouble.HANG:
            await self._released.wait()
        if trouble in {Trouble.HANG, Trouble.CUT} and request.transport:
            request.transport.close()
        return ANSWERS[trouble]()


def _success(data: Raw) -> web.Response:
    return web.json_response({"result": "ok", "data": data})


def _refusal(message: str) -> web.Response:
    return web.json_response({"result": "error", "message": message}, status=400)


ANSWERS: Final[dict[Trouble, Callable[[], web.Response]]] = {
    Trouble.REFUSAL: lambda: _refusal("Something went wrong"),
    Trouble.CRASH: lambda: web.Response(status=500, text="500 Internal Server Error"),
    Trouble.GARBAGE: lambda: web.Response(
        status=502, text="<html>Bad Gateway</html>", content_type="application/json"
    ),
    Trouble.MISFIT: lambda: _success({}),
    Trouble.CUT: web.Response,
    Trouble.HANG: web.Response,
}


async def outlast[T](hass: HomeAssistant, supervisor: Supervisor, work: Awaitable[T]) -> T:
    """Do some work, and let the host's patience with a hanging Supervisor pass meanwhile."""
    task = asyncio.ensure_future(work)
    if Trouble.HANG in supervisor.trouble.values():
        await supervisor.wait_until_hanging()
        async_fire_time_changed(hass, dt_util.utcnow() + PATIENCE)
    return await task


def attach(hass: HomeAssistant, supervisor: Supervisor, told: Told) -> None:
    """Make `hass` a host with a Supervisor, which has told it this much."""
    supervisor.addons = {addon.slug: addon for addon in told.addons}
    hass.config.components.add(keys.DOMAIN)
    hass.data[keys.DATA_COMPONENT] = HassIO(
        hass.loop, async_get_clientsession(hass), supervisor.address
    )
    tell(hass, told)


def tell(hass: HomeAssistant, told: Told) -> None:
    """Put what the Supervisor told where the host's coordinators keep it."""
    for part, value in _kept(told).items():
        hass.data.pop(part, None)
        if part not in told.missing:
            hass.data[part] = value


def addon_details(addon: AddOn) -> Raw:
    """Return what the Supervisor answers about an add-on."""
    return sample(
        InstalledAddonComplete,
        slug=addon.slug,
        protected=addon.protected,
        version=addon.version,
        auto_update=addon.auto_update,
    )


def _kept(told: Told) -> dict[Part, Any]:
    """Return each part in the shape in which this host keeps it."""
    hassos = told.os_version if told.board else None
    supervisor = sample(
        SupervisorInfo,
        healthy=told.healthy,
        supported=told.supported,
        arch=told.arch,
        diagnostics=told.diagnostics,
    )
    operating_system = sample(OSInfo, board=told.board, version=told.os_version)
    root, host = sample(RootInfo, hassos=hassos), sample(HostInfo)
    addons = {addon.slug: addon_details(addon) for addon in told.addons}
    if not KEEPS_MODELS:
        return {
            Part.INFO: root,
            Part.HOST: host,
            Part.SUPERVISOR: {**supervisor, "addons": [{"slug": slug} for slug in addons]},
            Part.OS: operating_system,
            Part.ADDONS: addons,
        }
    return {
        Part.INFO: RootInfo.from_dict(root),
        Part.HOST: HostInfo.from_dict(host),
        Part.SUPERVISOR: SupervisorInfo.from_dict(supervisor),
        Part.OS: OSInfo.from_dict(operating_system),
        Part.ADDONS: {
            slug: InstalledAddonComplete.from_dict(details) for slug, details in addons.items()
        },
    }


def sample(model: type[Any], **known: object) -> Raw:
    """Return JSON that the client's model takes: what is known, and something for the rest.

    The models have up to 60 fields, others in each version; analytics reads four of them.
    """
    hints = get_type_hints(model)
    return {
        field.metadata.get("alias", field.name): known.get(field.name, _emptiest(hints[field.name]))
        for field in fields(model)
    }


def _emptiest(hint: Any) -> object:
    """Return the emptiest JSON value that a field of this type takes."""
    if get_origin(hint) is types.UnionType:
        return None if type(None) in get_args(hint) else _emptiest(get_args(hint)[0])
    kind = get_origin(hint) or hint
    if issubclass(kind, Enum):
        return next(iter(kind)).value
    return PLAIN[kind]() if kind in PLAIN else LOOPBACK


PLAIN: Final[dict[Any, Callable[[], object]]] = {
    kind: kind for kind in (str, bool, int, float, list, dict)
}
