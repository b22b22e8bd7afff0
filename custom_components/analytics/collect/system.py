"""Collect what the host says of itself: version, installation, Supervisor, system, certificate."""

from homeassistant.const import __version__ as HOST_VERSION

from .. import host
from ..const import LOGGER
from ..tiers import Energy, Installation, OperatingSystem, Supervisor
from .source import Source

UNKNOWN = "Unknown"


async def installation(source: Source) -> Installation:
    """Read the version and the type of the installation.

    A report without a type is refused by the receiver, so one that can't be read is the host's own
    word for it.
    """
    try:
        from homeassistant.helpers.system_info import async_get_system_info

        info = await async_get_system_info(source.hass)
        installation_type = str(info["installation_type"])
    except Exception as error:  # noqa: BLE001
        LOGGER.debug("The type of the installation can't be read (%s)", type(error).__name__)
        installation_type = UNKNOWN
    return Installation(version=HOST_VERSION, installation_type=installation_type)


def supervisor(source: Source) -> Supervisor | None:
    """Read the state of the Supervisor, None where there is none."""
    info = host.supervisor_info(source.hass)
    if info is None:
        return None
    return Supervisor(healthy=info["healthy"], supported=info["supported"], arch=info.get("arch"))


def operating_system(source: Source) -> OperatingSystem | None:
    """Read board and version of Home Assistant OS, None on any other system."""
    info = host.os_info(source.hass)
    if info is None or info.get("board") is None:
        return None
    return OperatingSystem(board=info["board"], version=info.get("version"))


def certificate(source: Source) -> bool:
    """Read whether the web server has a certificate."""
    return source.hass.http.ssl_certificate is not None


async def energy(source: Source) -> Energy | None:
    """Read whether the energy dashboard was configured, None where it is not loaded."""
    if "energy" not in source.hass.config.components:
        return None
    from homeassistant.components.energy import is_configured

    return Energy(configured=await is_configured(source.hass))
