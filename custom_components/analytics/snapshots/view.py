"""GET /api/analytics/devices: the facts about devices as the built-in integration answers them."""

from aiohttp import web
from homeassistant.components.http import KEY_HASS, HomeAssistantView, require_admin

from .sender import async_made


class DevicesView(HomeAssistantView):
    """Let administrators download what the host says of its devices."""

    url = "/api/analytics/devices"
    name = "api:analytics:devices"

    @require_admin
    async def get(self, request: web.Request) -> web.Response:
        """Return it as a file."""
        return self.json(
            await async_made(request.app[KEY_HASS]),
            headers={"Content-Disposition": "attachment; filename=analytics_devices.json"},
        )
