"""The module that the front end loads while it is counted which of its parts are opened."""

from pathlib import Path
from typing import Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN

FILE: Final = Path(__file__).parent / "www" / "panels.js"
FRONTEND: Final = "frontend"

# The addresses that are served: the host takes none back, so each is given to it once.
SERVED: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_served")


class FrontendModule:
    """Puts the module into pages that are opened from now on, and takes it out again."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Put nothing anywhere yet."""
        self._hass = hass
        self._wanted = False
        self._shown: str | None = None

    @callback
    def async_update(self, *, wanted: bool) -> None:
        """Have the module in the front end, if there is one, or have it not."""
        was, self._wanted = self._wanted, wanted and FRONTEND in self._hass.config.components
        if self._wanted and not was:
            self._hass.async_create_task(self._async_show(), "analytics front end module")
        elif was and not self._wanted:
            self._hide()

    async def _async_show(self) -> None:
        """Serve the module, and name it to the front end unless it is no longer wanted by then."""
        url = await _async_serve(self._hass)
        if not self._wanted or self._shown:
            return
        from homeassistant.components import frontend

        frontend.add_extra_js_url(self._hass, url)
        self._shown = url

    def _hide(self) -> None:
        if self._shown is None:
            return
        from homeassistant.components import frontend

        frontend.remove_extra_js_url(self._hass, self._shown)
        self._shown = None


async def _async_serve(hass: HomeAssistant) -> str:
    """Return the address of the module, which is another one for each version."""
    version = (await async_get_integration(hass, DOMAIN)).version
    url = f"/{DOMAIN}_static/{version}/{FILE.name}"
    served = hass.data.setdefault(SERVED, set())
    if url not in served:
        served.add(url)
        # Asked for again with each page: a browser's copy must not outlive the file.
        config = StaticPathConfig(url, str(FILE), cache_headers=False)
        await hass.http.async_register_static_paths([config])
    return url
