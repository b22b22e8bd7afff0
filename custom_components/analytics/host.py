"""Every difference between the supported hosts, and between them and newer ones, in one file.

Imports of optional components are late on purpose: `hassio` takes half a second to import, and a
name that a newer host has moved must cost one field of a report, not the whole integration.
"""

from collections import UserDict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from inspect import signature
from typing import Any, Final

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntry
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.importlib import async_import_module
from homeassistant.helpers.storage import Store
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, LOGGER

type HostVersion = tuple[int, int]

VERSION: Final[HostVersion] = (MAJOR_VERSION, MINOR_VERSION)
NEWEST_TESTED: Final[HostVersion] = (2026, 11)
# What the built-in integration does since when; a test holds each against its source.
PLATFORMS_COUNT_SINCE: Final[HostVersion] = (2025, 7)
DEVICES_VIEW_SINCE: Final[HostVersion] = (2025, 8)
SNAPSHOTS_SINCE: Final[HostVersion] = (2025, 12)
# Before, YAML turns its snapshots on by itself, and Labs is not asked.
LABS_DECIDES_SINCE: Final[HostVersion] = (2026, 2)
# Before, add-ons are part of what the Supervisor tells of itself.
ADDONS_APART_SINCE: Final[HostVersion] = (2026, 4)
# Since then it has a config entry, and so counts itself.
COUNTS_ITSELF_SINCE: Final[HostVersion] = (2026, 6)

RECEIVER_URL: Final = "https://analytics-api.home-assistant.io/v1"
RECEIVER_URL_DEV: Final = "https://analytics-api-dev.home-assistant.io/v1"

# Of the built-in integration's snapshots of devices; `version` is what its function says of itself.
DEVICE_DATABASE_URL: Final = "https://device-database.eco-dev-aws.openhomefoundation.com"
SNAPSHOT_PATH: Final = "/api/v1/snapshot/1"
SNAPSHOT_FORM: Final = "home-assistant:1"
SNAPSHOTS_FEATURE: Final = "snapshots"
EVENT_LABS_UPDATED: Final = "labs_updated"


def receiver_url() -> str:
    """Return the address of Home Assistant's own receiver, which has another one for developers."""
    return RECEIVER_URL_DEV if "dev0" in HOST_VERSION else RECEIVER_URL


def preference_keys(version: HostVersion = VERSION) -> tuple[str, ...]:
    """Return the choices that the host's front end knows, in the built-in integration's order."""
    keys = ("base", "diagnostics", "usage", "statistics")
    return (*keys, SNAPSHOTS_FEATURE) if has_snapshots(version) else keys


def shown_keys(hass: HomeAssistant, version: HostVersion = VERSION) -> tuple[str, ...]:
    """Return those that it shows at this moment: a switch without an effect is none of them."""
    keys = preference_keys(version)
    shown = version >= LABS_DECIDES_SINCE or snapshots_enabled(hass)
    return keys if shown else tuple(key for key in keys if key != SNAPSHOTS_FEATURE)


def has_devices_view(version: HostVersion = VERSION) -> bool:
    """Tell whether the front end offers a download of the facts about devices."""
    return version >= DEVICES_VIEW_SINCE


def has_snapshots(version: HostVersion = VERSION) -> bool:
    """Tell whether the built-in integration sends snapshots of devices, and Labs can list them."""
    return version >= SNAPSHOTS_SINCE


def snapshots_enabled(hass: HomeAssistant) -> bool:
    """Tell whether snapshots are turned on at this moment under Settings > System > Labs."""
    if "labs" not in hass.config.components:
        return False
    try:
        from homeassistant.components.labs import async_is_preview_feature_enabled
    except ImportError:
        return False
    return bool(async_is_preview_feature_enabled(hass, DOMAIN, SNAPSHOTS_FEATURE))


def snapshots_disabled(hass: HomeAssistant) -> bool:
    """Tell whether Labs is there and has them off."""
    return "labs" in hass.config.components and not snapshots_enabled(hass)


async def async_turn_snapshots(hass: HomeAssistant, *, on: bool) -> None:
    """Turn snapshots on or off under Labs, where there is one, as the built-in integration does."""
    with suppress(ImportError, KeyError, ValueError):
        if VERSION < LABS_DECIDES_SINCE:
            await _async_switch_by_hand(hass, on)
            return
        from homeassistant.components.labs import async_update_preview_feature

        await async_update_preview_feature(hass, DOMAIN, SNAPSHOTS_FEATURE, enabled=on)


async def _async_switch_by_hand(hass: HomeAssistant, on: bool) -> None:
    """Do what the switch under Labs does, where Labs offers that to nobody else."""
    from homeassistant.components.labs.const import LABS_DATA

    labs: Any = hass.data[LABS_DATA]
    status = labs.data.preview_feature_status
    (status.add if on else status.discard)((DOMAIN, SNAPSHOTS_FEATURE))
    await labs.store.async_save(labs.data.to_store_format())
    told = {"domain": DOMAIN, "preview_feature": SNAPSHOTS_FEATURE, "enabled": on}
    hass.bus.async_fire(EVENT_LABS_UPDATED, told)


def async_follow_snapshots(
    hass: HomeAssistant, toggled: Callable[[bool], Awaitable[None]]
) -> CALLBACK_TYPE:
    """Call this whenever snapshots were turned on or off under Labs, with which it was."""

    @callback
    def is_ours(data: Mapping[str, Any]) -> bool:
        return data.get("domain") == DOMAIN and data.get("preview_feature") == SNAPSHOTS_FEATURE

    async def updated(event: Event[Any]) -> None:
        await toggled(event.data.get("enabled") is True)

    return hass.bus.async_listen(EVENT_LABS_UPDATED, updated, event_filter=is_ours)


async def async_devices_payload(hass: HomeAssistant) -> Any:
    """Return the built-in integration's facts about devices; it may fail in any way."""
    analytics = await async_import_module(hass, "homeassistant.components.analytics")
    return await analytics.async_devices_payload(hass)


def untested(version: HostVersion = VERSION) -> str | None:
    """Return a word about a host that is newer than the tested ones, None for the others."""
    if version <= NEWEST_TESTED:
        return None
    newest = ".".join(map(str, NEWEST_TESTED))
    return (
        f"Home Assistant {HOST_VERSION} is newer than {newest}, the newest that this version of "
        "Open Analytics was tested with. What can't be read is left out of reports"
    )


def yaml_domains(config: ConfigType, version: HostVersion = VERSION) -> frozenset[str]:
    """Return the domains that the running YAML configuration names, as this host counts them."""
    domains = set(config)
    if version >= PLATFORMS_COUNT_SINCE:
        with suppress(ImportError):
            from homeassistant.config import extract_platform_integrations
            from homeassistant.const import BASE_PLATFORMS

            domains.update(*extract_platform_integrations(config, BASE_PLATFORMS).values())
    return frozenset(domains)


def supervisor_info(hass: HomeAssistant) -> Mapping[str, Any] | None:
    """Return what the Supervisor tells of itself, None where there is none or it isn't ready."""
    return _from_supervisor(hass, "get_supervisor_info")


def os_info(hass: HomeAssistant) -> Mapping[str, Any] | None:
    """Return what the Supervisor tells of the operating system, None as for supervisor_info."""
    return _from_supervisor(hass, "get_os_info")


def addon_slugs(hass: HomeAssistant) -> tuple[str, ...] | None:
    """Return the slugs of the installed add-ons, None without a Supervisor.

    Empty while the Supervisor has not told them, as in the built-in integration.
    """
    supervisor = supervisor_info(hass)
    if supervisor is None:
        return None
    if VERSION >= ADDONS_APART_SINCE:
        return tuple(_from_supervisor(hass, "get_addons_info") or ())
    return tuple(addon["slug"] for addon in supervisor.get("addons") or ())


async def async_addon_info(hass: HomeAssistant, slug: str) -> Any:
    """Ask the Supervisor for an add-on; what its client raises differs by version."""
    from homeassistant.components.hassio import get_supervisor_client

    return await get_supervisor_client(hass).addons.addon_info(slug)


async def async_mirror_diagnostics(hass: HomeAssistant, diagnostics: bool) -> None:
    """Tell the Supervisor, where there is one, whether it may send crash reports.

    A Supervisor that fails is logged: the user's choice is saved already and stays.
    """
    if not is_hassio(hass):
        return
    try:
        from homeassistant.components.hassio import async_update_diagnostics

        # Recent hosts answer nothing and raise, older ones tell whether it worked.
        tell: Callable[[HomeAssistant, bool], Awaitable[object]] = async_update_diagnostics
        answer = await tell(hass, diagnostics)
        reason = "it refused" if answer is False else None
    except Exception as error:  # noqa: BLE001 - what its client raises differs by version
        reason = type(error).__name__
    if reason:
        LOGGER.error(
            "Your choice about diagnostics is saved, but the Supervisor could not be told (%s). "
            "Save it again under Settings > System > Analytics when the Supervisor works",
            reason,
        )


def threaded_store() -> dict[str, Any]:
    """Return what makes a Store serialise in a thread, as older hosts always do."""
    known = signature(Store).parameters
    return {"serialize_in_event_loop": False} if "serialize_in_event_loop" in known else {}


def devices(hass: HomeAssistant) -> Iterable[DeviceEntry]:
    """Return all devices, which newer hosts' collection holds and older ones' mapping."""
    found: Any = dr.async_get(hass).devices
    return found.values() if isinstance(found, UserDict) else found


def _from_supervisor(hass: HomeAssistant, getter: str) -> Mapping[str, Any] | None:
    """Call a getter of `hassio`; one that isn't ready returns None or raises, by version."""
    if not is_hassio(hass):
        return None
    try:
        from homeassistant.components import hassio

        read: Callable[[HomeAssistant], Mapping[str, Any] | None] = getattr(hassio, getter)
        return read(hass)
    except (HomeAssistantError, ImportError, AttributeError):
        return None
