"""A yes belongs to one device database: what it takes to send snapshots to another."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics.host import DEVICE_DATABASE_URL, SNAPSHOT_PATH

from ..conftest import Command, Start, Wait
from .conftest import DAY, Toggle, only_where_there_are_snapshots

pytestmark = only_where_there_are_snapshots

type Answer = Callable[[str], Awaitable[str | None]]

VENDOR = "https://devices.vendor.example/db"
OTHER = "https://other.example"
SHARED = "core.analytics"
OWN = "analytics.destinations"
QUESTION = "confirm_snapshots"
FIX = "/api/repairs/issues/fix"


class Databases:
    """Device databases that are far away, and what arrived at each."""

    def __init__(self, mock: AiohttpClientMocker) -> None:
        self._mock = mock
        for url in (DEVICE_DATABASE_URL, VENDOR, OTHER):
            mock.post(url + SNAPSHOT_PATH, json={"submission_identifier": f"of-{url}"})

    def arrived(self) -> list[tuple[str, str | None]]:
        """Return where snapshots arrived, and under which identifier."""
        return [
            (
                str(url).removesuffix(SNAPSHOT_PATH),
                headers.get("X-Device-Database-Submission-Identifier"),
            )
            for method, url, _data, headers in self._mock.mock_calls
            if method.upper() == "POST"
        ]


@pytest.fixture
def databases(
    labs: None, devices: dr.DeviceEntry, aioclient_mock: AiohttpClientMocker
) -> Databases:
    return Databases(aioclient_mock)


@pytest.fixture
async def answer(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Answer:
    """Answer the question, as a click on it does; returns the reason of its end."""
    assert await async_setup_component(hass, "repairs", {})

    async def answer(option: str) -> str | None:
        client = await hass_client()
        asked = {"handler": "analytics", "issue_id": QUESTION}
        flow = await (await client.post(FIX, json=asked)).json()
        step = {"next_step_id": option}
        ended = await (await client.post(f"{FIX}/{flow['flow_id']}", json=step)).json()
        reason: str | None = ended.get("reason")
        return reason

    return answer


def question(hass: HomeAssistant) -> dict[str, str] | None:
    """Return what the user is asked about, None where there is no question."""
    issue = ir.async_get(hass).async_get_issue("analytics", QUESTION)
    return issue.translation_placeholders if issue else None


async def restarted(hass: HomeAssistant, section: object) -> None:
    """Load the entry again with another section, as after a restart."""
    from custom_components.analytics.data import RUNNING_CONFIG, RunningConfig
    from custom_components.analytics.host import async_turn_snapshots, snapshots_disabled
    from custom_components.analytics.settings.device_database import is_named
    from custom_components.analytics.snapshots.labs import SNAPSHOTS_WERE_OFF, TOGGLES

    [entry] = hass.config_entries.async_entries("analytics")
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.data[RUNNING_CONFIG] = RunningConfig(section=section, domains=frozenset())
    hass.data[SNAPSHOTS_WERE_OFF] = snapshots_disabled(hass)
    if is_named(section):
        await async_turn_snapshots(hass, on=True)
    hass.data[TOGGLES].clear()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_without_configuration_the_toggle_is_a_yes_to_the_device_database(
    databases: Databases, start: Start, toggle: Toggle, wait: Wait, command: Command
) -> None:
    await start()
    await wait(DAY)
    assert databases.arrived() == []
    await toggle(True)
    await wait(DAY)
    await wait(DAY)
    assert databases.arrived() == [
        (DEVICE_DATABASE_URL, None),
        (DEVICE_DATABASE_URL, f"of-{DEVICE_DATABASE_URL}"),
    ]
    state = (await command("analytics/status"))["snapshots"]
    assert (state["url"], state["confirmed"], state["effective"]) == (
        DEVICE_DATABASE_URL,
        True,
        True,
    )


@pytest.mark.parametrize("toggled", [False, True])
async def test_another_address_waits_for_a_yes_by_it(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    command: Command,
    answer: Answer,
    hass_storage: dict[str, Any],
    toggled: bool,
) -> None:
    await start({"snapshots_url": VENDOR})
    if toggled:
        await toggle(True)
    assert question(hass) == {
        "name": r"devices\.vendor\.example",
        "url": VENDOR,
        "privacy_url": "none given",
    }
    state = (await command("analytics/status"))["snapshots"]
    assert (state["effective"], state["confirmed"], state["blocked"]["reason"]) == (
        False,
        False,
        "pending",
    )
    await wait(DAY)
    assert databases.arrived() == []
    assert await answer("confirm") is None
    assert question(hass) is None
    await wait(DAY)
    await wait(DAY)
    assert databases.arrived() == [(VENDOR, None), (VENDOR, f"of-{VENDOR}")]
    shared = hass_storage[SHARED]["data"]
    assert shared["onboarded"] is False
    assert "submission_identifier" not in shared


async def test_a_no_is_kept_until_the_toggle_is_turned_on_anew(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    answer: Answer,
) -> None:
    await start({"snapshots_url": VENDOR})
    assert await answer("decline") == "declined"
    await restarted(hass, {"snapshots_url": VENDOR})
    assert question(hass) is None
    await wait(DAY)
    await toggle(False)
    await restarted(hass, {"snapshots_url": VENDOR})
    assert question(hass) is None
    await toggle(True)
    assert question(hass) is not None
    await wait(DAY)
    assert databases.arrived() == []


async def test_a_no_to_one_ends_an_older_yes_to_the_device_database(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    command: Command,
    answer: Answer,
) -> None:
    await start()
    await toggle(True)
    await restarted(hass, {"snapshots_url": VENDOR})
    assert await answer("decline") == "declined"
    assert (await command("analytics"))["preferences"]["snapshots"] is False
    await restarted(hass, None)
    await wait(DAY)
    assert databases.arrived() == []
    assert question(hass) is None


async def test_a_no_to_one_is_none_to_the_question_about_another(
    hass: HomeAssistant, databases: Databases, start: Start, answer: Answer
) -> None:
    await start({"snapshots_url": VENDOR})
    await answer("decline")
    for later in ({"snapshots_url": OTHER}, {"snapshots_url": None}):
        await restarted(hass, later)
        assert question(hass) is not None


async def test_what_was_turned_off_and_on_while_it_was_not_loaded_counts(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    answer: Answer,
) -> None:
    entry = await start({"snapshots_url": VENDOR})
    await answer("confirm")
    await hass.config_entries.async_unload(entry.entry_id)
    await toggle(False)
    await toggle(True)
    await hass.config_entries.async_setup(entry.entry_id)
    await wait(DAY)
    assert databases.arrived() == []
    assert question(hass) is not None


async def test_a_toggle_while_it_was_not_loaded_is_a_yes_to_the_device_database(
    hass: HomeAssistant, databases: Databases, start: Start, toggle: Toggle, wait: Wait
) -> None:
    entry = await start()
    await hass.config_entries.async_unload(entry.entry_id)
    await toggle(True)
    await hass.config_entries.async_setup(entry.entry_id)
    await wait(DAY)
    assert databases.arrived() == [(DEVICE_DATABASE_URL, None)]


async def test_the_front_end_is_told_of_another_address_too_and_can_turn_it_off(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    wait: Wait,
    command: Command,
    answer: Answer,
) -> None:
    await start({"snapshots_url": VENDOR})
    await answer("confirm")
    told = (await command("analytics"))["preferences"]
    assert told["snapshots"] is True
    await command("analytics/preferences", preferences=told)
    await wait(DAY)
    assert len(databases.arrived()) == 1
    saved = await command("analytics/preferences", preferences={**told, "snapshots": False})
    assert saved["preferences"]["snapshots"] is False
    await wait(DAY)
    assert len(databases.arrived()) == 1


async def test_turning_the_toggle_off_takes_back_the_yes_to_another_address(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    answer: Answer,
) -> None:
    await start({"snapshots_url": VENDOR})
    await answer("confirm")
    await toggle(False)
    # The key turns the feature on again, which is no yes.
    await restarted(hass, {"snapshots_url": VENDOR})
    await wait(DAY)
    await toggle(True)
    await wait(DAY)
    assert databases.arrived() == []
    assert question(hass) is not None


@pytest.mark.parametrize("section", [{"snapshots_url": None}, {"snapshots_url": VENDOR}, None])
async def test_a_no_under_labs_counts_also_where_nobody_listened(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    hass_storage: dict[str, Any],
    section: object,
) -> None:
    shared = {"onboarded": True, "preferences": {"snapshots": True}, "uuid": None}
    hass_storage[SHARED] = {"version": 1, "minor_version": 1, "key": SHARED, "data": shared}
    own = {"snapshots": {VENDOR: {"confirmed": True}}}
    hass_storage[OWN] = {"version": 1, "minor_version": 1, "key": OWN, "data": own}
    # Labs has it off, and the yes is from before.
    await start(section)
    await wait(DAY)
    assert databases.arrived() == []
    assert question(hass) is None
    assert hass_storage[SHARED]["data"]["preferences"]["snapshots"] is False


@pytest.mark.parametrize("later", [{"snapshots_url": OTHER}, {"snapshots_url": None}, {}, None])
async def test_a_yes_to_one_is_none_to_the_next(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    wait: Wait,
    answer: Answer,
    later: object,
) -> None:
    await start({"snapshots_url": VENDOR})
    await answer("confirm")
    await restarted(hass, later)
    await wait(DAY)
    assert databases.arrived() == []


async def test_a_yes_to_the_device_database_is_none_to_another(
    hass: HomeAssistant, databases: Databases, start: Start, toggle: Toggle, wait: Wait
) -> None:
    await start()
    await toggle(True)
    await restarted(hass, {"snapshots_url": VENDOR})
    await wait(DAY)
    assert databases.arrived() == []
    await restarted(hass, None)
    await wait(DAY)
    assert databases.arrived() == [(DEVICE_DATABASE_URL, None)]


@pytest.mark.parametrize("option", ["confirm", "decline"])
async def test_the_key_without_an_address_asks_about_the_device_database(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    wait: Wait,
    answer: Answer,
    hass_storage: dict[str, Any],
    option: str,
) -> None:
    await start({"snapshots_url": None})
    asked = question(hass)
    assert asked is not None
    assert asked["url"] == DEVICE_DATABASE_URL
    await answer(option)
    assert question(hass) is None
    await wait(DAY)
    assert databases.arrived() == ([(DEVICE_DATABASE_URL, None)] if option == "confirm" else [])
    assert hass_storage[SHARED]["data"]["preferences"] == {"snapshots": option == "confirm"}


async def test_reports_and_snapshots_at_one_address_have_a_yes_each(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    wait: Wait,
    command: Command,
    hass_storage: dict[str, Any],
) -> None:
    url = VENDOR + SNAPSHOT_PATH
    record = {"onboarded": True, "confirmed": True, "preferences": {"snapshots": True}}
    data = {"destinations": {url: record, VENDOR: record}}
    hass_storage[OWN] = {"version": 1, "minor_version": 1, "key": OWN, "data": data}
    await start({"destination": {"name": "V", "url": url}, "snapshots_url": VENDOR})
    await wait(DAY)
    assert databases.arrived() == []
    assert question(hass) is not None


async def test_declining_a_destination_of_reports_says_nothing_of_snapshots(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    command: Command,
    hass_client: ClientSessionGenerator,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await start({"destination": {"name": "Vendor", "url": "https://vendor.example/v1"}})
    await toggle(True)
    await command("analytics/preferences", preferences={"base": True})
    client = await hass_client()
    asked = {"handler": "analytics", "issue_id": "confirm_destination"}
    flow = await (await client.post(FIX, json=asked)).json()
    await client.post(f"{FIX}/{flow['flow_id']}", json={"next_step_id": "decline"})
    await wait(DAY)
    assert databases.arrived() == [(DEVICE_DATABASE_URL, None)]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ("nowhere", "snapshots_url: not a web address"),
        ("http://far.example", "snapshots_url: must begin with https"),
        ("https://u:p@far.example", "snapshots_url: must have no user name"),
        (["https://far.example"], "snapshots_url: "),
        ("", "snapshots_url: not a web address"),
    ],
)
async def test_an_address_that_can_not_be_used_stops_all(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    command: Command,
    given: object,
    named: str,
) -> None:
    await start({"snapshots_url": given})
    await toggle(True)
    await wait(DAY)
    assert databases.arrived() == []
    status = await command("analytics/status")
    assert status["blocked"]["reason"] == status["snapshots"]["blocked"]["reason"] == "settings"
    assert status["blocked"]["detail"].startswith(named)


@pytest.mark.parametrize(
    "given",
    [DEVICE_DATABASE_URL, DEVICE_DATABASE_URL + "/", DEVICE_DATABASE_URL.upper() + ":443"],
)
async def test_the_device_database_is_that_however_it_is_written(
    hass: HomeAssistant,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    given: str,
) -> None:
    await start({"snapshots_url": given})
    await toggle(True)
    await wait(DAY)
    assert databases.arrived() == [(DEVICE_DATABASE_URL, None)]


async def test_while_a_choice_can_not_be_saved_nothing_is_sent(
    hass: HomeAssistant,
    labs: None,
    devices: dr.DeviceEntry,
    databases: Databases,
    start: Start,
    toggle: Toggle,
    wait: Wait,
    command: Command,
    storage_folder: Path,
) -> None:
    await start()
    (storage_folder / SHARED).mkdir()
    await toggle(True)
    await wait(DAY)
    assert databases.arrived() == []
    assert (await command("analytics/status"))["snapshots"]["blocked"]["reason"] == "not_saved"
    (storage_folder / SHARED).rmdir()
    await wait(DAY)
    await wait(DAY)
    assert databases.arrived()
