"""Nobody's name leaves, however it is spelt, and no common name keeps back what many have."""

import json
from dataclasses import replace
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import slugify
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.analytics.code.published import host_domains
from custom_components.analytics.guard.own_secrets import is_secret, mentions_secret
from custom_components.analytics.guard.public_names import PUBLIC_NAMES
from custom_components.analytics.guard.spelling import MOST, readings, slug, spellings
from custom_components.analytics.models import Knowledge
from scripts.sink import Sink

from ..conftest import ALL_TIERS, Command, Start
from ..people import PEOPLE, move_in
from .test_last_look import INSTALLED

PUBLIC = Knowledge(built_in=host_domains(), public=PUBLIC_NAMES)


def home_of(*names: str) -> Knowledge:
    """Return what is known of a home in which these people live."""
    people = frozenset(name.casefold() for name in names)
    return replace(PUBLIC, secrets=people, people=people)


def known(name: str) -> bool:
    return name in PUBLIC.built_in or name in PUBLIC.public


@pytest.mark.parametrize("name", PEOPLE)
def test_a_name_is_caught_however_it_is_spelt(name: str) -> None:
    secret, mentioned = is_secret(home_of(name)), mentions_secret(home_of(name))
    spelt = [*PEOPLE[name], name, name.upper()]
    for text in [*spelt, *(f"a0d7b954_{each}" for each in PEOPLE[name])]:
        assert secret(text) or known(slug(text).removeprefix("a0d7b954_")), text
    for text in [*spelt, *(f"Lamp of {each} (2)" for each in spelt)]:
        assert mentioned(text), text


@pytest.mark.parametrize("name", PEOPLE)
def test_the_hosts_own_way_is_one_of_them(name: str) -> None:
    assert slugify(name) in spellings(name) & readings(name)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Joerg", "Jörg"),
        ("soeren", "Søren"),
        ("yulia", "Юлия"),
        ("Yuliya Zhukova", "Юлия Жукова"),
        ("giorgos", "Γιώργος"),
        ("djordje", "Ђорђе"),
        ("Ђорђе", "Đorđe"),
        ("Jörg", "JoergLamp"),
        ("Jörg", "TVJoerg"),
        ("Иван", "ЛампаИван"),
        ("Jörg", "joerg2"),
        ("Jörg", "Joergs iPhone"),
        ("McDonald", "McDonald TV"),
        ("Jo\u0308rg", "joerg"),
        ("Jörg", "Hue2Joerg"),
        ("Jörg", "Joerg2Lamp"),
        ("Ünal", "TVÜnal"),
        ("Ünal", "Hue2Ünal"),
        ("José", "Jose\u0301Lamp"),
    ],
)
def test_texts_are_spelt_in_their_own_ways_too(name: str, text: str) -> None:
    assert mentions_secret(home_of(name))(text)


@pytest.mark.parametrize("text", ["joerg2", "2joerg", "mueller_2", "joerg2_mueller", "joerg-1"])
def test_a_number_makes_no_other_name(text: str) -> None:
    rule = is_secret(home_of("Jörg Müller"))
    assert rule(text)
    assert rule(f"a0d7b954_{text}")
    assert not any(map(rule, ["2", "2026_11", "joerg_2_lamp", ""]))


@pytest.mark.parametrize("name", PEOPLE)
def test_a_common_name_keeps_nothing_back_that_many_have(name: str) -> None:
    rule = is_secret(home_of(*PEOPLE[name], name))
    real = [*INSTALLED["domain"], *INSTALLED["slug"], *PUBLIC_NAMES, *host_domains()]
    assert [each for each in real if rule(each)] == []


def test_all_names_at_once_keep_nothing_back_that_many_have() -> None:
    rule = is_secret(home_of(*PEOPLE))
    single = [*INSTALLED["arch"], *INSTALLED["board"], *INSTALLED["engine"]]
    assert [each for each in (*INSTALLED["domain"], *INSTALLED["slug"]) if rule(each)] == []
    assert [each for each in (*single, *PUBLIC_NAMES, *host_domains()) if rule(each)] == []


@pytest.mark.parametrize("text", ["щ" * 255, "ü" * 255, "ae" * 127, "ш щ " * 60, "é", "山" * 9])
def test_no_text_has_more_spellings_than_can_be_held(text: str) -> None:
    assert 1 <= len(spellings(text)) <= MOST + 2
    assert 1 <= len(readings(text)) < 12


def named(hass: HomeAssistant, domain: str) -> None:
    """Have a custom integration of this name."""
    mock_integration(hass, MockModule(domain), built_in=False)
    hass.config.components.add(domain)


async def test_no_spelling_of_a_users_name_arrives(
    hass: HomeAssistant, start: Start, command: Command, receiver: Sink, section: dict[str, Any]
) -> None:
    await move_in(hass)
    domains = {each for spelt in PEOPLE.values() for each in spelt if not known(each)}
    for domain in domains | {"harmless"}:
        named(hass, domain)
    await start(section, **{domain: {} for domain in domains | {"harmless"}})
    await command("analytics/preferences", preferences=ALL_TIERS)
    shown = await command("analytics/preview", preferences=ALL_TIERS)
    assert (await command("analytics/send"))["dropped"] == {"custom_integrations": len(domains)}
    [arrival] = receiver.reports
    for payload in (shown["payload"], arrival.report):
        told = [each["domain"] for each in payload["custom_integrations"]]
        assert sorted(told) == ["analytics", "harmless"]
    [entry] = (await command("analytics/journal"))["entries"]
    assert entry["dropped"] == {"custom_integrations": len(domains)}
    assert domains.isdisjoint(json.dumps(arrival.report).split('"'))
