"""The way of a request: through which proxy, and whom it trusts."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant

from ..models import Proxy, WayOut
from ..settings import proxy_for
from .trust import Trust, UnusableError


class Way:
    """Knows the one way that was set; what is wrong with it is a `problem`, and opens no other."""

    def __init__(self, way_out: WayOut, folder: Path, environ: Mapping[str, str]) -> None:
        """Keep what was set; nothing is read yet."""
        self._way_out = way_out
        self._trust = Trust(folder, way_out.ca_file, environ)

    @property
    def problem(self) -> str | None:
        """Name what keeps requests from leaving, as the settings call it."""
        if self._way_out.problem or self._trust.fault is None:
            return self._way_out.problem
        return str(self._trust.fault)

    async def async_look(self, hass: HomeAssistant) -> None:
        """Look at the files of certificates again."""
        await self._trust.async_look(hass)

    def arguments(self, url: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return what aiohttp has to know; `headers` are what is told of the client."""
        arguments: dict[str, Any] = {"ssl": self._trust.context or True}
        if proxy := proxy_for(self._way_out.proxy, url):
            arguments |= {"proxy": proxy.url, "proxy_headers": {**headers, **_login(proxy)}}
        return arguments


async def async_fault_of_file(hass: HomeAssistant, way_out: WayOut) -> UnusableError | None:
    """Tell what is wrong with the file that a way names, whatever variables say."""
    trust = Trust(Path(hass.config.config_dir), way_out.ca_file, {})
    await trust.async_look(hass)
    return trust.fault


def _login(proxy: Proxy) -> dict[str, str]:
    """Return the login as a header: it may have letters that a login of aiohttp's can't have."""
    if not (proxy.user or proxy.password):
        return {}
    login = base64.b64encode(f"{proxy.user}:{proxy.password}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {login}"}
