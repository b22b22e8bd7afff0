"""A real Home Assistant with the plugin, and the doors to what the plugin keeps and sends."""

import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import aiohttp

from scripts.home_assistant import PLUGIN, SMALL_CONFIGURATION, HomeAssistantProcess
from scripts.host_api import CommandError, HostApi, WebSocketClient
from scripts.logged_report import LoggedReport, logged_reports
from scripts.onboarding import (
    Person,
    confirm_http_settings,
    log_in,
    onboard,
    wait_until_running,
)
from scripts.ports import free_port, port_is_free
from scripts.sink import Sink

from .browser import stored_tokens
from .pages import MORE
from .waiting import becomes

ADA = Person(name="Ada", username="ada", password="a long password")
RECEIVER = "Test receiver"
OWN_STORE = "analytics.destinations"
OPTIONS_FLOW = "/api/config/config_entries/options/flow"


class Home:
    """One running Home Assistant."""

    def __init__(self, host: HomeAssistantProcess, api: HostApi) -> None:
        """Keep the parts; nobody is logged in yet."""
        self.host = host
        self._api = api
        self._client: WebSocketClient | None = None

    @property
    def url(self) -> str:
        """Return the address of the front end."""
        return self.host.url

    @property
    def tokens(self) -> Mapping[str, object] | None:
        """Return what a browser keeps of the login, None before there is one."""
        token = self._api.access_token
        return stored_tokens(self.url, token) if token else None

    async def onboard(self) -> None:
        """Go through onboarding without a browser and say no to everything; be logged in."""
        await onboard(self._api, ADA, preferences={})
        self._client = await self._api.websocket()

    async def log_in(self) -> None:
        """Log in after onboarding in a browser has made the user."""
        await log_in(self._api, ADA)
        self._client = await self._api.websocket()
        await confirm_http_settings(self._client)

    async def restart(
        self, *, plugin: Path | None = None, environ: Mapping[str, str] | None = None
    ) -> None:
        """Stop and start again, with another version of the plugin or with more variables."""
        await self.close()
        await self.host.stop()
        self.host.plugin = plugin or self.host.plugin
        self.host.environ |= environ or {}
        await self.host.start()
        await self.log_in()
        await wait_until_running(self._require_client())

    async def command(self, command: str, **arguments: object) -> Any:
        """Send a WebSocket command as the owner."""
        return await self._require_client().command(command, **arguments)

    async def choose(self, *tiers: str) -> None:
        """Turn these tiers on and all others off, without a browser."""
        chosen = {tier: tier in tiers for tier in await self.choices()}
        await self.command("analytics/preferences", preferences=chosen)

    async def choices(self) -> dict[str, bool]:
        """Return the choices that the plugin answers."""
        return _tiers((await self.command("analytics"))["preferences"])

    async def decided(self) -> bool | None:
        """Tell whether the user was asked, as the plugin answers; None while it is not loaded."""
        answer = await self._answer_if_loaded("analytics")
        return answer and bool(answer["onboarded"])

    async def status(self) -> Any:
        """Return what the plugin says of itself; None while it is not loaded."""
        return await self._answer_if_loaded("analytics/status")

    async def entries(self) -> Any:
        """Return the plugin's config entries as the host lists them."""
        return await self.command("config_entries/get", domain="analytics")

    async def blocked_by(self) -> str | None:
        """Return what the plugin says that keeps it from sending, None if nothing does."""
        blocked = (await self.status())["blocked"]
        return blocked and str(blocked["reason"])

    async def set_options(self, options: Mapping[str, object]) -> None:
        """Fill in the options form and submit it, without a browser."""
        await self._configure("settings", options)

    async def loaded(self) -> None:
        """Wait until options that were changed are in force.

        The entry loads anew with them, which has begun when they are saved; nothing is answered
        meanwhile.
        """

        async def state() -> str:
            [entry] = await self.entries()
            return str(entry["state"])

        await becomes(state, "loaded")

    async def choose_more(self, *tiers: str) -> None:
        """Turn these on that the front end's own page does not show, and all others off."""
        await self._configure("more", {tier: tier in tiers for tier in MORE})

    async def redirect(self, url: str, **options: object) -> None:
        """Make an address the destination, with more options perhaps, and wait until it is that."""
        receiver = {"destination_name": RECEIVER, "destination_url": url}
        await self.set_options({**receiver, **options})
        await becomes(self._destination, url)

    async def stored_choices(self, sink: Sink) -> dict[str, bool]:
        """Return the choices for a destination that are on disk; empty where there are none."""
        path = self.host.config_dir / ".storage" / OWN_STORE
        if not path.exists():
            return {}
        stored = json.loads(path.read_text(encoding="utf-8"))["data"]["destinations"]
        return _tiers(stored.get(sink.url, {}).get("preferences", {}))

    async def outcomes(self, sink: Sink) -> list[str | None]:
        """Return what the log tells after each report: its words, with URL for the address."""
        told = [
            report.outcome and report.outcome.partition("] ")[2] for report in self.logged(sink)
        ]
        return [line and line.replace(sink.url, "URL") for line in told]

    def logged(self, sink: Sink) -> list[LoggedReport]:
        """Return the reports to a destination that the host's log shows."""
        return [report for report in logged_reports(self.host.log()) if sink.url in report.line]

    def complaints(self) -> list[str]:
        """Return the warnings and errors in the host's log that are of the plugin's making."""
        return self.host.complaints()

    async def close(self) -> None:
        """Close the connection."""
        if self._client:
            await self._client.close()

    async def _configure(self, form: str, answers: Mapping[str, object]) -> None:
        """Submit a form of the options flow, which begins with a menu or with the settings."""
        [entry] = await self.entries()
        flow = await self._api.post(OPTIONS_FLOW, {"handler": entry["entry_id"]})
        path = f"{OPTIONS_FLOW}/{flow['flow_id']}"
        if flow["type"] == "menu":
            flow = await self._api.post(path, {"next_step_id": form})
        assert flow["step_id"] == form, flow
        answer = await self._api.post(path, answers)
        assert answer["type"] == "create_entry", answer
        await self.loaded()

    async def _destination(self) -> str | None:
        status = await self.status()
        return status and str(status["destination"]["url"])

    async def _answer_if_loaded(self, command: str) -> Any:
        try:
            return await self.command(command)
        except CommandError as error:
            if error.code != "not_found":
                raise
            return None

    def _require_client(self) -> WebSocketClient:
        if self._client is None:
            raise RuntimeError("Nobody is logged in")
        return self._client


def _tiers(preferences: Mapping[str, bool]) -> dict[str, bool]:
    """Leave out what recent hosts keep there for a feature that has its own page."""
    return {tier: on for tier, on in preferences.items() if tier != "snapshots"}


@cache
def usual_port() -> int:
    """Return a port for one home after the other."""
    return free_port()


def port_of_a_home() -> int:
    """Return the port that the home before had, where that has ended.

    What the browser has compiled of the front end goes by the address that it came from.
    """
    port = usual_port()
    return port if port_is_free(port) else free_port()


@asynccontextmanager
async def running_home(
    config_dir: Path,
    analytics: Mapping[str, object] | None = None,
    *,
    others: Mapping[str, object] = {},
    plugin: Path = PLUGIN,
) -> AsyncIterator[Home]:
    """Start a new Home Assistant; `analytics` is its YAML section, None leaves that out.

    `others` are sections of others, and `plugin` may be another one than the one that is tested.
    """
    section = {} if analytics is None else {"analytics": analytics}
    configuration = {**SMALL_CONFIGURATION, **others, **section}
    async with (
        aiohttp.ClientSession() as session,
        HomeAssistantProcess(
            config_dir, configuration=configuration, port=port_of_a_home(), plugin=plugin
        ) as host,
    ):
        home = Home(host, HostApi(session, host.url))
        try:
            yield home
        finally:
            await home.close()


def later_version(folder: Path, *fields: str) -> Path:
    """Return a copy of the plugin in which these fields are of a later version of their tiers."""
    plugin = folder / PLUGIN.name
    shutil.copytree(PLUGIN, plugin, ignore=shutil.ignore_patterns("__pycache__"))
    for field in fields:
        row = f'name="{field}",'
        [table] = [file for file in (plugin / "tiers").glob("*.py") if row in file.read_text()]
        before, after = table.read_text(encoding="utf-8").split(row)
        table.write_text(f"{before}{row}since=9,{after}", encoding="utf-8")
    return plugin
