"""Puts the page into the front end: as what Configure opens, and into the sidebar if one wants."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components.http import StaticPathConfig
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_COMPONENT_LOADED
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.setup import EventComponentLoaded
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN, PANEL

FRONTEND: Final = "frontend"
FOLDER: Final = Path(__file__).parent / "www"
MODULE: Final = "main.js"
ELEMENT: Final = "analytics-panel"
TITLE: Final = "Analytics"
ICON: Final = "mdi:eye-check-outline"

# The addresses that are served: the host takes none back, so each is given to it once.
SERVED: Final[HassKey[set[str]]] = HassKey(f"{DOMAIN}_panel_served")
# Where the page is from and whether it is in the sidebar, as the front end was told.
SHOWN: Final[HassKey[tuple[str, bool]]] = HassKey(f"{DOMAIN}_panel_shown")


async def async_show(hass: HomeAssistant, entry: ConfigEntry, *, sidebar: bool) -> None:
    """Have the page in the front end, as soon as there is one.

    It stays there while the entry is loaded again, for the page itself asks for that: it saves
    options. `async_remove` takes it away.
    """
    version = str((await async_get_integration(hass, DOMAIN)).version)

    async def show(_event: Event[EventComponentLoaded] | None = None) -> None:
        _show(hass, await _async_serve(hass), version, sidebar=sidebar)

    if FRONTEND in hass.config.components:
        await show()
        return
    entry.async_on_unload(
        hass.bus.async_listen(
            EVENT_COMPONENT_LOADED,
            show,
            event_filter=callback(lambda data: data["component"] == FRONTEND),
        )
    )


@callback
def async_remove(hass: HomeAssistant) -> None:
    """Take the page away, with nobody left who would answer it."""
    if hass.data.pop(SHOWN, None) is None:
        return
    from homeassistant.components import frontend

    frontend.async_remove_panel(hass, PANEL, warn_if_unknown=False)


def _show(hass: HomeAssistant, url: str, version: str, *, sidebar: bool) -> None:
    """Tell the front end, unless it knows: whatever it is told anew, it shows from its start."""
    if hass.data.get(SHOWN) == (url, sidebar):
        return
    from homeassistant.components import frontend

    frontend.async_register_built_in_panel(
        hass,
        component_name="custom",
        frontend_url_path=PANEL,
        # One without a title is not in the sidebar.
        sidebar_title=TITLE if sidebar else None,
        sidebar_icon=ICON if sidebar else None,
        config={
            "version": version,
            "_panel_custom": {
                "name": ELEMENT,
                "module_url": url,
                "embed_iframe": False,
                "trust_external": False,
            },
        },
        require_admin=True,
        config_panel_domain=DOMAIN,
        update=True,
    )
    hass.data[SHOWN] = (url, sidebar)


async def _async_serve(hass: HomeAssistant) -> str:
    """Return the address of the page's module, which is another one once a file was changed.

    So browsers may keep the files for as long as they like.
    """
    folder = f"/{PANEL}_files/{await hass.async_add_executor_job(_digest)}"
    served = hass.data.setdefault(SERVED, set())
    if folder not in served:
        served.add(folder)
        config = StaticPathConfig(folder, str(FOLDER), cache_headers=True)
        await hass.http.async_register_static_paths([config])
    return f"{folder}/{MODULE}"


def _digest() -> str:
    """Return what tells these files from any others. Blocking."""
    digest = sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(FOLDER).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
