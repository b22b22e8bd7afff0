"""What can be shared beyond the front end's own page: only where it is taken, only after a yes."""

from datetime import timedelta
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

from custom_components.analytics import host
from custom_components.analytics.consent import rules
from custom_components.analytics.consent.rules import allowed_fields, allowed_tiers
from custom_components.analytics.models import EVENTS, Consent, Message
from custom_components.analytics.settings.in_force import resolve
from custom_components.analytics.tiers.extended import EXTENDED
from custom_components.analytics.tiers.standard import TIERS
from scripts.sink import Sink

from ..conftest import ALL_TIERS, SHOWN_KEYS, Command, Start, Wait

MORE = {tier.name: True for tier in EXTENDED}
NOTHING_MORE = dict.fromkeys(MORE, False)
MORE_FIELDS = {field.name for tier in EXTENDED for field in tier.fields}
DAY = timedelta(days=1)


@pytest.fixture
def section(receiver: Sink) -> dict[str, Any]:
    """Return the section that makes the receiver a destination that takes more."""
    return {"destination": {"name": "Test receiver", "url": receiver.url, "extended": True}}


async def choose_more(hass: HomeAssistant, **chosen: bool) -> None:
    """Answer the options flow's page about sharing more."""
    [entry] = hass.config_entries.async_entries("analytics")
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert flow["type"] is FlowResultType.MENU
    assert flow["menu_options"] == ["more", "settings"]
    form = await hass.config_entries.options.async_configure(
        flow["flow_id"], {"next_step_id": "more"}
    )
    assert form["type"] is FlowResultType.FORM
    end = await hass.config_entries.options.async_configure(
        form["flow_id"], {**NOTHING_MORE, **chosen}
    )
    assert end["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)


async def listed(command: Command) -> dict[str, dict[str, Any]]:
    """Return what `analytics/tiers` lists, by name."""
    return {tier["name"]: tier for tier in (await command("analytics/tiers"))["tiers"]}


async def test_every_tier_is_listed_with_all_that_it_says(
    start: Start, command: Command, section: dict[str, Any]
) -> None:
    await start(section)
    tiers = await listed(command)
    assert list(tiers) == list(TIERS)
    for name, tier in tiers.items():
        assert tier["title"]
        assert tier["description"]
        assert [field["name"] for field in tier["fields"]] == [f.name for f in TIERS[name].fields]
        assert all(field["description"] for field in tier["fields"])
        assert tier["version"] == TIERS[name].version
        assert tier["requires"] == list(TIERS[name].requires)
        assert (tier["taken"], tier["chosen"], tier["effective"]) == (True, False, False)


async def test_what_is_listed_follows_the_choice(
    hass: HomeAssistant, start: Start, command: Command, section: dict[str, Any]
) -> None:
    await start(section)
    await choose_more(hass, environment=True)
    tiers = await listed(command)
    assert (tiers["environment"]["chosen"], tiers["environment"]["effective"]) == (True, False)
    await command("analytics/preferences", preferences={"base": True})
    tiers = await listed(command)
    assert {name for name, tier in tiers.items() if tier["effective"]} == {"base", "environment"}


async def test_a_choice_of_more_is_no_decision_about_sharing(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    await start(section)
    await choose_more(hass, **MORE)
    assert (await command("analytics"))["onboarded"] is False
    assert (await command("analytics/status"))["blocked"]["reason"] == "undecided"
    await wait(DAY)
    assert receiver.arrivals == []


async def test_more_needs_base(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences={"base": False, "usage": True})
    await choose_more(hass, **MORE)
    await wait(DAY)
    assert receiver.arrivals == []


async def test_the_front_ends_own_answers_know_nothing_of_it(
    hass: HomeAssistant, start: Start, command: Command, section: dict[str, Any]
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await choose_more(hass, **MORE)
    answer = await command("analytics")
    assert tuple(answer["preferences"]) == SHOWN_KEYS
    # The front end echoes all that it was given, whatever it changes.
    await command("analytics/preferences", preferences=answer["preferences"])
    assert all(tier["chosen"] for name, tier in (await listed(command)).items() if name in MORE)


async def test_turning_base_off_turns_off_what_the_front_end_does_not_show(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await choose_more(hass, **MORE)
    await command("analytics/preferences", preferences=dict.fromkeys(ALL_TIERS, False))
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    [report] = receiver.reports
    assert MORE_FIELDS.isdisjoint(report.report)


async def test_what_is_sent_is_what_was_chosen(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
) -> None:
    await start(section)
    await command("analytics/preferences", preferences={"base": True})
    await choose_more(hass, environment=True)
    await command("analytics/send")
    await choose_more(hass, environment=False)
    await command("analytics/send")
    first, second = (arrival.report for arrival in receiver.reports)
    environment = {field.name for field in TIERS["environment"].fields} - {"host_system"}
    assert environment <= set(first)
    assert MORE_FIELDS.isdisjoint(second)


async def test_a_preview_can_ask_for_more_and_sends_nothing(
    start: Start, command: Command, section: dict[str, Any], receiver: Sink
) -> None:
    await start(section)
    asked = {"base": True, "environment": True}
    shown = await command("analytics/preview", preferences=asked)
    assert "kernel" in shown["payload"]
    without = await command("analytics/preview", preferences={"base": True})
    assert MORE_FIELDS.isdisjoint(without["payload"])
    assert receiver.arrivals == []


@pytest.mark.parametrize("extended", [False, None])
async def test_a_destination_that_does_not_say_so_is_sent_nothing_more(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    receiver: Sink,
    extended: bool | None,
) -> None:
    section["destination"].pop("extended")
    if extended is not None:
        section["destination"]["extended"] = extended
    entry = await start(section)
    await command("analytics/preferences", preferences=ALL_TIERS)
    entry.runtime_data.choices.choose_more(MORE)
    assert not any(
        tier["taken"] or tier["effective"]
        for name, tier in (await listed(command)).items()
        if name in MORE
    )
    shown = await command("analytics/preview", preferences={**ALL_TIERS, **MORE})
    assert MORE_FIELDS.isdisjoint(shown["payload"])
    await command("analytics/send")
    assert MORE_FIELDS.isdisjoint(receiver.reports[0].report)
    flow = await hass.config_entries.options.async_init(entry.entry_id)
    assert (flow["type"], flow["step_id"]) == (FlowResultType.FORM, "settings")


@pytest.mark.parametrize("url", [host.RECEIVER_URL, host.RECEIVER_URL_DEV])
def test_home_assistants_receiver_takes_no_more_whatever_is_claimed(url: str) -> None:
    settings = resolve({"destination": {"url": url, "extended": True}}, {})
    assert settings.problem is None
    assert settings.destination.extended is False


def test_the_claim_needs_the_address_that_it_is_about() -> None:
    assert resolve({"destination": {"extended": True}}, {}).problem
    elsewhere = {"destination": {"url": "https://a.example/v1", "extended": True}}
    section = {"destination": {"url": "https://b.example/v1"}}
    assert resolve(section, elsewhere).destination.extended is False


@pytest.mark.parametrize("message", Message)
def test_no_field_of_theirs_is_allowed_where_it_is_not_taken(message: Message) -> None:
    everything = Consent(decided=True, preferences=dict.fromkeys(TIERS, True))
    assert MORE_FIELDS.isdisjoint(field.name for field in allowed_fields(everything, message))
    if message in EVENTS:
        assert allowed_fields(everything, message) == ()


@pytest.mark.parametrize("missing", ["base", "lifecycle"])
@pytest.mark.parametrize("message", EVENTS)
def test_events_need_their_tier_and_base(message: Message, missing: str) -> None:
    chosen = {**dict.fromkeys(TIERS, True), missing: False}
    assert allowed_fields(Consent(decided=True, extended=True, preferences=chosen), message) == ()


def test_where_a_crash_was_needs_diagnostics_as_well() -> None:
    chosen = {**dict.fromkeys(TIERS, True), "diagnostics": False}
    consent = Consent(decided=True, extended=True, preferences=chosen)
    assert allowed_fields(consent, Message.FAULT) == ()
    names = [field.name for field in allowed_fields(consent, Message.START)]
    assert "fault" not in names
    assert names[:2] == ["uuid", "version"]


def test_a_new_yes_is_one_to_the_newest_version() -> None:
    consent = rules.choose_more(Consent(extended=True), MORE)
    assert consent.versions == {name: TIERS[name].version for name in MORE}
    assert consent.decided is False
    assert allowed_tiers(consent) == ()
