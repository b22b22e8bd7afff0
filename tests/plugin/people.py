"""People of many languages, and the ways in which their names are spelt."""

import tomllib
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant

LIST: Final = Path(__file__).parent / "data" / "people.toml"
PEOPLE: Final[dict[str, list[str]]] = {
    name: spelt.split() for name, spelt in tomllib.loads(LIST.read_text(encoding="utf-8")).items()
}


async def move_in(hass: HomeAssistant) -> None:
    """Make all of them users."""
    for name in PEOPLE:
        await hass.auth.async_create_user(name)
