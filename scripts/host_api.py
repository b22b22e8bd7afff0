"""Speak to a running Home Assistant as a front end does: HTTP, tokens and WebSocket commands."""

from collections.abc import Mapping
from typing import Any, Self

import aiohttp

REQUEST_TIMEOUT = aiohttp.ClientTimeout(total=60)


class ApiError(Exception):
    """The host refused an HTTP request."""

    def __init__(self, path: str, status: int, answer: str) -> None:
        """Keep what was asked and what the host answered."""
        super().__init__(f"{path}: HTTP {status}: {answer[:300]}")
        self.path = path
        self.status = status
        self.answer = answer


class CommandError(Exception):
    """The host refused a WebSocket command."""

    def __init__(self, command: str, code: str, message: str) -> None:
        """Keep the command, the host's error code and its message."""
        super().__init__(f"{command}: {code}: {message}")
        self.command = command
        self.code = code
        self.message = message


class HostApi:
    """One person's requests to one host; without a token until logged in."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Send to the host at `url`."""
        self.url = url
        self.access_token: str | None = None
        self._session = session

    @property
    def client_id(self) -> str:
        """Return the name under which the front end of this host asks for tokens."""
        return f"{self.url}/"

    async def get(self, path: str) -> Any:
        """Return the JSON at this path; raises ApiError."""
        return await self._request("GET", path)

    async def post(self, path: str, json: Mapping[str, object] | None = None) -> Any:
        """Post JSON and return the host's JSON; raises ApiError."""
        return await self._request("POST", path, json=json or {})

    async def use_code(self, auth_code: str) -> None:
        """Exchange an authorisation code for a token and use that from now on."""
        form = {
            "grant_type": "authorization_code",
            "code": auth_code,
            "client_id": self.client_id,
        }
        token = await self._request("POST", "/auth/token", data=form)
        self.access_token = token["access_token"]

    async def websocket(self) -> "WebSocketClient":
        """Open an authenticated WebSocket connection."""
        connection = await self._session.ws_connect(f"{self.url}/api/websocket", max_msg_size=0)
        client = WebSocketClient(connection)
        await client.authenticate(self.access_token or "")
        return client

    async def _request(self, method: str, path: str, **content: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.access_token}"} if self.access_token else {}
        async with self._session.request(
            method, f"{self.url}{path}", headers=headers, timeout=REQUEST_TIMEOUT, **content
        ) as response:
            if not response.ok:
                raise ApiError(path, response.status, await response.text())
            return await response.json()


class WebSocketClient:
    """A connection that sends one command at a time."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        """Use an open connection."""
        self._connection = connection
        self._last_id = 0

    async def __aenter__(self) -> Self:
        """Use the open connection."""
        return self

    async def __aexit__(self, *_exc_info: object) -> None:
        """Close the connection."""
        await self.close()

    async def authenticate(self, access_token: str) -> None:
        """Present the token; raises CommandError where the host refuses it."""
        await self._receive("auth_required")
        await self._connection.send_json({"type": "auth", "access_token": access_token})
        answer = await self._receive("auth_ok", "auth_invalid")
        if answer["type"] == "auth_invalid":
            await self.close()
            raise CommandError("auth", "auth_invalid", answer["message"])

    async def command(self, command: str, **arguments: object) -> Any:
        """Send a command and return its result; raises CommandError with the host's code."""
        self._last_id += 1
        await self._connection.send_json({"id": self._last_id, "type": command, **arguments})
        answer = await self._receive("result")
        while answer["id"] != self._last_id:
            answer = await self._receive("result")
        if not answer["success"]:
            raise CommandError(command, answer["error"]["code"], answer["error"]["message"])
        return answer["result"]

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _receive(self, *types: str) -> dict[str, Any]:
        """Return the next message of one of these types; others, such as events, are skipped."""
        while True:
            message: dict[str, Any] = await self._connection.receive_json(timeout=60)
            if message["type"] in types:
                return message
