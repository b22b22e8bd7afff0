"""Collect whether Home Assistant Cloud is used and connected, or why not; nothing of an account."""

from .source import Source


async def cloud(source: Source) -> str:
    """Read the state of Home Assistant Cloud, a word of words.CLOUD_STATES."""
    hass = source.hass
    if "cloud" not in hass.config.components:
        return "not_loaded"
    from homeassistant.components import cloud as host_cloud

    if not host_cloud.async_is_logged_in(hass):
        return "logged_out"
    if not host_cloud.async_active_subscription(hass):
        return "expired"
    return "connected" if host_cloud.async_is_connected(hass) else "disconnected"
