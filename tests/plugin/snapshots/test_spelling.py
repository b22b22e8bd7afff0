"""No snapshot has the name of anybody who lives here, however it is spelt."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from scripts.sink import Sink

from ..conftest import Command, Wait
from ..people import PEOPLE, move_in
from .conftest import DAY, only_where_there_are_snapshots

pytestmark = only_where_there_are_snapshots

MODELS = [
    *(f"Lamp of {name}" for name in PEOPLE),
    *(f"TV {each}" for spelt in PEOPLE.values() for each in spelt),
]
HARMLESS = {"Hue white lamp", "TRADFRI bulb E27"}


async def test_no_spelling_of_a_name_is_in_a_snapshot(
    hass: HomeAssistant,
    on: None,
    command: Command,
    database: Sink,
    wait: Wait,
) -> None:
    await move_in(hass)
    [entry] = hass.config_entries.async_entries("hue")
    for number, model in enumerate([*MODELS, "TRADFRI bulb E27"]):
        dr.async_get(hass).async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={("hue", str(number))},
            model=model,
        )
    shown = await command("analytics/preview", kind="snapshot")
    await wait(DAY)
    [snapshot] = database.snapshots
    for payload in (shown["payload"], snapshot.report):
        assert models(payload) == HARMLESS
    [sent] = (await command("analytics/journal"))["entries"]
    assert sent["dropped"] == {"model": len(MODELS)}


def models(payload: dict[str, Any]) -> set[str]:
    """Return the models that a snapshot tells."""
    devices = payload["hue"]["devices"]
    return {device["model"] for device in devices if device["model"] is not None}
