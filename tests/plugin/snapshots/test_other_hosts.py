"""On hosts without Labs nothing of snapshots is visible, sent or registered."""

from http import HTTPStatus
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service import async_get_all_descriptions
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from scripts.sink import Sink

from ..conftest import Command, CommandError, Start, Wait
from .conftest import DAY, HAS_SNAPSHOTS

pytestmark = pytest.mark.skipif(HAS_SNAPSHOTS, reason="this host has snapshots")

SHARED = "core.analytics"
KEPT = {
    "onboarded": True,
    "preferences": {"snapshots": True},
    "uuid": None,
    "submission_identifier": "s",
    "snapshot_submission_time": 1.5,
}


async def test_nothing_of_it_is_there(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    devices: dr.DeviceEntry,
    start: Start,
    section: dict[str, Any],
    wait: Wait,
    command: Command,
    hass_client: ClientSessionGenerator,
    database: Sink,
    receiver: Sink,
) -> None:
    hass_storage[SHARED] = {"version": 1, "minor_version": 1, "key": SHARED, "data": dict(KEPT)}
    await start(section)
    await wait(DAY)
    assert database.arrivals == receiver.arrivals == []
    status = await command("analytics/status")
    assert "snapshots" not in status
    assert status["blocked"]["reason"] != "settings"
    assert "snapshots" not in (await command("analytics"))["preferences"]
    # What a newer host told stays told, and can be taken back here, too.
    [taken] = (await command("analytics/forget"))["taken_back"]
    assert (taken["kind"], taken["id_kept"]) == ("snapshots", False)
    with pytest.raises(CommandError):
        await command("analytics/preview", kind="snapshot")
    with pytest.raises(CommandError):
        await command("analytics/preferences", preferences={"snapshots": True})
    client = await hass_client()
    answer = await client.get("/api/analytics/devices")
    assert answer.status == HTTPStatus.NOT_FOUND
    fields = (await async_get_all_descriptions(hass))["analytics"]["preview"]["fields"]
    assert fields["kind"]["selector"]["select"]["options"] == [
        "report",
        "start",
        "stop",
        "fault",
        "crash",
    ]
    assert hass_storage[SHARED]["data"] == {**KEPT, "submission_identifier": None}


async def test_an_address_that_is_none_is_no_problem_where_it_has_no_effect(
    start: Start, command: Command
) -> None:
    await start({"snapshots_url": "nowhere"})
    assert (await command("analytics/status"))["blocked"]["reason"] != "settings"
