"""The host's onboarding: it is the user's own, so there is no config entry before its end."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from homeassistant.config_entries import SOURCE_SYSTEM, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics.const import DOMAIN
from custom_components.analytics.onboarding import LEAVING
from scripts.sink import Sink

from .conftest import ALL_TIERS, SHOWN_KEYS, Command, CommandError, Wait
from .supervisor import Supervisor, Told, attach

ALL_OFF = dict.fromkeys(SHOWN_KEYS, False)
FIRST_REPORT = timedelta(minutes=15)
A_DAY = timedelta(days=1)
LEFT = timedelta(seconds=LEAVING)
# The second step adds integrations that ask the network.
BEGUN = ("user", "core_config")
ALL_BUT_ONE = (*BEGUN, "analytics")
DONE = (*ALL_BUT_ONE, "integration")

type Arrive = Callable[..., Awaitable[None]]
type Step = Callable[[str], Awaitable[None]]


@pytest.fixture
def arrive(hass: HomeAssistant, hass_storage: dict[str, Any]) -> Arrive:
    """Start a host of which some steps of onboarding are done."""

    async def arrive(section: object = None, *, done: tuple[str, ...] = BEGUN) -> None:
        hass_storage["onboarding"] = {"version": 4, "data": {"done": list(done)}}
        assert await async_setup_component(hass, "onboarding", {})
        assert await async_setup_component(hass, DOMAIN, {DOMAIN: section})
        await hass.async_block_till_done(wait_background_tasks=True)

    return arrive


@pytest.fixture
def step(hass: HomeAssistant, hass_client: ClientSessionGenerator, wait: Wait) -> Step:
    """Take a step of onboarding, as its page does."""

    async def step(name: str) -> None:
        assert entries(hass) == []
        client = await hass_client()
        body = {"client_id": str(client.make_url("/")), "redirect_uri": str(client.make_url("/a"))}
        answer = await client.post(
            f"/api/onboarding/{name}", json=body if name == "integration" else {}
        )
        assert answer.ok, await answer.text()
        await hass.async_block_till_done(wait_background_tasks=True)
        # The page is still there, and would list the entry.
        assert entries(hass) == []
        await wait(LEFT)

    return step


def entries(hass: HomeAssistant) -> list[tuple[str, ConfigEntryState]]:
    return [(entry.source, entry.state) for entry in hass.config_entries.async_entries(DOMAIN)]


async def test_what_is_chosen_before_the_entry_is_kept_and_in_force_with_it(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    arrive: Arrive,
    step: Step,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await arrive(section)
    assert await command("analytics") == {"preferences": ALL_OFF, "onboarded": False}
    await command("analytics/preferences", preferences={"base": True, "usage": True})
    answer = await command("analytics/preferences", preferences={"usage": False})
    assert answer == {"preferences": ALL_OFF | {"base": True}}
    assert await command("analytics") == {**answer, "onboarded": True}
    stored = hass_storage["analytics.destinations"]["data"]["destinations"][receiver.url]
    assert stored["preferences"]["base"] is True

    await step("analytics")
    await wait(A_DAY)
    assert entries(hass) == []
    assert receiver.arrivals == []

    await step("integration")
    assert entries(hass) == [(SOURCE_SYSTEM, ConfigEntryState.LOADED)]
    assert await command("analytics") == {**answer, "onboarded": True}
    await wait(FIRST_REPORT)
    [arrival] = receiver.reports
    assert "integrations" not in arrival.report


@pytest.mark.parametrize("order", [("analytics", "integration"), ("integration", "analytics")])
async def test_the_entry_comes_with_the_last_step_whichever_that_is(
    hass: HomeAssistant, arrive: Arrive, step: Step, order: tuple[str, str]
) -> None:
    await arrive(done=BEGUN)
    for name in order:
        await step(name)
    assert entries(hass) == [(SOURCE_SYSTEM, ConfigEntryState.LOADED)]


async def test_nothing_is_sent_of_what_nobody_chose(
    arrive: Arrive, step: Step, wait: Wait, receiver: Sink, section: dict[str, Any]
) -> None:
    await arrive(section, done=ALL_BUT_ONE)
    await step("integration")
    await wait(A_DAY)
    assert receiver.arrivals == []


async def test_off_means_off_after_a_yes_in_onboarding(
    arrive: Arrive,
    step: Step,
    command: Command,
    wait: Wait,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    await arrive({**section, "enabled": False}, done=ALL_BUT_ONE)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await step("integration")
    await wait(A_DAY)
    assert receiver.arrivals == []
    assert (await command("analytics/status"))["blocked"]["reason"] == "switch"


async def test_a_yes_in_onboarding_is_hidden_from_the_built_in_one_while_off(
    hass_storage: dict[str, Any], arrive: Arrive, command: Command
) -> None:
    await arrive({"enabled": False})
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert not any(hass_storage["core.analytics"]["data"]["preferences"].values())
    assert (await command("analytics"))["preferences"]["base"] is True


async def test_a_start_in_the_middle_of_onboarding_goes_on_with_what_was_chosen(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    arrive: Arrive,
    step: Step,
    command: Command,
) -> None:
    hass_storage["core.analytics"] = {
        "version": 1,
        "data": {"onboarded": True, "preferences": {"base": True}, "uuid": None},
    }
    await arrive(done=ALL_BUT_ONE)
    assert entries(hass) == []
    answer = await command("analytics")
    assert answer == {"preferences": ALL_OFF | {"base": True}, "onboarded": True}
    await step("integration")
    assert entries(hass) == [(SOURCE_SYSTEM, ConfigEntryState.LOADED)]
    assert await command("analytics") == answer


async def test_a_host_that_was_onboarded_before_has_the_entry_at_once(
    hass: HomeAssistant, arrive: Arrive
) -> None:
    await arrive(done=DONE)
    assert entries(hass) == [(SOURCE_SYSTEM, ConfigEntryState.LOADED)]


async def test_an_entry_that_is_there_is_loaded_in_onboarding_too(
    hass: HomeAssistant, arrive: Arrive, command: Command
) -> None:
    MockConfigEntry(domain=DOMAIN, source=SOURCE_SYSTEM).add_to_hass(hass)
    await arrive()
    assert entries(hass) == [(SOURCE_SYSTEM, ConfigEntryState.LOADED)]
    assert await command("analytics/status")


async def test_an_entry_that_was_deleted_can_be_added_again(
    hass: HomeAssistant, arrive: Arrive, step: Step, command: Command
) -> None:
    await arrive(done=ALL_BUT_ONE)
    await step("integration")
    [entry] = hass.config_entries.async_entries(DOMAIN)
    await hass.config_entries.async_remove(entry.entry_id)
    with pytest.raises(CommandError, match="not_found"):
        await command("analytics")
    await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entries(hass) == [("user", ConfigEntryState.LOADED)]
    assert await command("analytics")


async def test_a_choice_that_can_not_be_saved_is_told_and_saved_with_the_entry(
    storage_folder: Path, arrive: Arrive, step: Step, command: Command, section: dict[str, Any]
) -> None:
    (storage_folder / "onboarding").write_text(json.dumps({"version": 4, "data": {"done": BEGUN}}))
    own = storage_folder / "analytics.destinations"
    await arrive(section)
    own.mkdir()
    with pytest.raises(CommandError, match="could not be saved"):
        await command("analytics/preferences", preferences={"base": True})
    assert (await command("analytics"))["preferences"]["base"] is True
    for name in ("analytics", "integration"):
        await step(name)
    assert (await command("analytics"))["preferences"]["base"] is True
    assert (await command("analytics/status"))["blocked"]["reason"] == "not_saved"
    own.rmdir()
    # Asking looks again, and saves what could not be saved before.
    assert (await command("analytics/status"))["blocked"] is None
    [record] = json.loads(own.read_text())["data"]["destinations"].values()
    assert record["preferences"]["base"] is True


@pytest.mark.parametrize("section", ["nonsense", {"destination": {"url": "nonsense"}}])
async def test_settings_that_can_not_be_used_do_not_hold_up_onboarding(
    hass: HomeAssistant, arrive: Arrive, step: Step, command: Command, section: object
) -> None:
    await arrive(section)
    await command("analytics/preferences", preferences={"base": True})
    for name in ("analytics", "integration"):
        await step(name)
    assert entries(hass) == [(SOURCE_SYSTEM, ConfigEntryState.LOADED)]
    assert (await command("analytics"))["preferences"]["base"] is True
    assert (await command("analytics/status"))["blocked"]["reason"] == "settings"


async def test_the_supervisor_is_told_of_diagnostics_in_onboarding(
    hass: HomeAssistant, arrive: Arrive, command: Command, supervisor: Supervisor
) -> None:
    attach(hass, supervisor, Told())
    await arrive()
    await command("analytics/preferences", preferences={"diagnostics": True})
    assert supervisor.options == [{"diagnostics": True}]


@pytest.mark.parametrize(
    "name", ["analytics/status", "analytics/journal", "analytics/send", "analytics/forget"]
)
async def test_all_else_waits_for_the_entry(arrive: Arrive, command: Command, name: str) -> None:
    await arrive()
    with pytest.raises(CommandError, match="not_found"):
        await command(name)


async def test_only_administrators_choose(
    arrive: Arrive, command: Command, hass_read_only_access_token: str
) -> None:
    await arrive()
    for name in ("analytics", "analytics/preferences"):
        with pytest.raises(CommandError, match="unauthorized"):
            await command(name, hass_read_only_access_token)
