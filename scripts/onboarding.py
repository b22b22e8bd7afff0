"""Go through a new Home Assistant's onboarding, or log in to one that was onboarded before."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.host_api import ApiError, CommandError, HostApi, WebSocketClient

POLL_INTERVAL = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Who owns the home."""

    username: str
    password: str
    name: str = "Demo"


async def remaining_steps(api: HostApi) -> set[str]:
    """Return the onboarding steps that are still to do."""
    try:
        steps = await api.get("/api/onboarding")
    except ApiError as error:
        if error.status != 404:
            raise
        return set()  # the host does not serve onboarding once it is done
    return {step["step"] for step in steps if not step["done"]}


async def onboard(
    api: HostApi, person: Person, *, preferences: Mapping[str, bool] | None = None
) -> None:
    """Answer every step as a person would; `preferences` None opts in to all there is."""
    await create_owner(api, person)
    async with await api.websocket() as client:
        await go_on(api, client, preferences=preferences)


async def go_on(
    api: HostApi, client: WebSocketClient, *, preferences: Mapping[str, bool] | None = None
) -> None:
    """Take all steps after the first, as `onboard` does."""
    await confirm_http_settings(client)
    await api.post("/api/onboarding/core_config")
    await wait_until_offered(client)
    await choose(client, preferences)
    await api.post("/api/onboarding/analytics")
    await finish(api)
    await wait_until_loaded(client)


async def create_owner(api: HostApi, person: Person) -> None:
    """Take the first step, which creates the owner, and be logged in as them."""
    answer = await api.post(
        "/api/onboarding/users",
        {
            "client_id": api.client_id,
            "name": person.name,
            "username": person.username,
            "password": person.password,
            "language": "en",
        },
    )
    await api.use_code(answer["auth_code"])


async def wait_until_offered(client: WebSocketClient, *, timeout: float = 60) -> None:
    """Wait until choices can be made: recent hosts offer them only after they have started."""
    async with asyncio.timeout(timeout):
        while await _refusal(client, "analytics") is not None:
            await asyncio.sleep(POLL_INTERVAL)


async def wait_until_loaded(client: WebSocketClient, *, timeout: float = 60) -> None:
    """Wait until the plugin has its config entry, which it makes when onboarding is done.

    The built-in integration does not know the command, and needs no waiting.
    """
    async with asyncio.timeout(timeout):
        while await _refusal(client, "analytics/status") == "not_found":
            await asyncio.sleep(POLL_INTERVAL)


async def _refusal(client: WebSocketClient, command: str) -> str | None:
    """Return the code with which a command is refused that nobody answers yet; None for none."""
    try:
        await client.command(command)
    except CommandError as error:
        if error.code not in {"not_found", "unknown_command"}:
            raise
        return error.code
    return None


async def choose(
    client: WebSocketClient, preferences: Mapping[str, bool] | None = None
) -> dict[str, bool]:
    """Save what may be reported and return what the host keeps; None allows all there is."""
    if preferences is None:
        offered = await client.command("analytics")
        preferences = dict.fromkeys(offered["preferences"], True)
    answer = await client.command("analytics/preferences", preferences=preferences)
    kept: dict[str, bool] = answer["preferences"]
    return kept


async def finish(api: HostApi) -> None:
    """Take the last step."""
    await api.post(
        "/api/onboarding/integration",
        {"client_id": api.client_id, "redirect_uri": f"{api.url}/?auth_callback=1"},
    )


async def log_in(api: HostApi, person: Person) -> None:
    """Log in with the password; raises ApiError where the host refuses it."""
    flow = await api.post(
        "/auth/login_flow",
        {
            "client_id": api.client_id,
            "handler": ["homeassistant", None],
            "redirect_uri": f"{api.url}/?auth_callback=1",
        },
    )
    path = f"/auth/login_flow/{flow['flow_id']}"
    answer = await api.post(
        path,
        {
            "client_id": api.client_id,
            "username": person.username,
            "password": person.password,
        },
    )
    if answer["type"] != "create_entry":
        raise ApiError(path, 401, str(answer.get("errors")))
    await api.use_code(answer["result"])


async def confirm_http_settings(client: WebSocketClient) -> None:
    """Keep the port: recent hosts go back to their own after five minutes without a yes."""
    try:
        settings = await client.command("http/config")
    except CommandError as error:
        if error.code != "unknown_command":
            raise
        return  # an older host, which keeps what the YAML says
    if settings["pending"]:
        await client.command("http/config/promote")


async def wait_until_running(client: WebSocketClient, *, timeout: float = 120) -> None:
    """Wait until the host has set everything up; raises TimeoutError."""
    async with asyncio.timeout(timeout):
        while (await client.command("get_config"))["state"] != "RUNNING":
            await asyncio.sleep(POLL_INTERVAL)
