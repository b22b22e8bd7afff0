"""The devices of the demo's made-up fleet."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from typing import Any

from receiver.schema.snapshots import taken
from receiver.texts import reveals_as_model, reveals_as_version
from scripts.fleet.catalogue import Model, catalogue
from scripts.fleet.devices import Devices, devices, snapshot
from scripts.fleet.home import Home, home

TODAY = date(2026, 11, 25)


def homes(number: int, seed: int = 1) -> Iterator[tuple[Home, Devices]]:
    """Yield the homes, of so many, that share what they have."""
    chance = random.Random(seed)
    for one in [home(chance, TODAY) for _ in range(number)]:
        if (owned := devices(one, TODAY)) is not None:
            yield one, owned


def models() -> Iterator[tuple[str, Model]]:
    """Yield each model of the file, with an integration that it is reached by."""
    for integration, shelf in catalogue().items():
        for model in chain(shelf.hubs.models, shelf.others.models):
            yield integration, model


def told(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [device for facts in body.values() for device in facts["devices"]]


def test_there_are_many_makers_and_far_more_models() -> None:
    assert len({model.spellings[0] for _, model in models()}) > 100
    assert len({(model.spellings[0], model.name) for _, model in models()}) > 600


def test_no_text_looks_like_something_of_a_home() -> None:
    names = {
        text for _, model in models() for text in (*model.spellings, model.name, model.identifier)
    }
    versions = {
        model.software_version(releases, TODAY - timedelta(releases))
        for _, model in models()
        for releases in range(24)
    } | {version for _, model in models() for version in model.hardware}
    assert [text for text in names if text and reveals_as_model(text)] == []
    assert [text for text in versions if text and reveals_as_version(text)] == []


def test_each_snapshot_is_taken_whole() -> None:
    for _, owned in homes(300):
        assert taken(snapshot(owned, TODAY)).dropped == ()


def test_one_model_is_reached_by_several_integrations() -> None:
    known = {(way, model.spellings[0], model.name) for way, model in models()}
    ways = Counter((maker, name) for _, maker, name in known)
    assert ways["Signify Netherlands B.V.", "Hue smart plug"] == 3
    assert sum(number > 1 for number in ways.values()) > 100


def test_a_home_has_devices_of_integrations_that_it_reports_and_no_sooner() -> None:
    for one, owned in homes(300):
        for day in (TODAY - timedelta(90), TODAY - timedelta(30), TODAY):
            assert set(snapshot(owned, day)) <= set(one.has("integrations", day))


def test_what_is_behind_a_hub_refers_to_it() -> None:
    bodies = [snapshot(owned, TODAY) for _, owned in homes(300)]
    behind = Counter[str]()
    for body in bodies:
        for integration, facts in body.items():
            hub, *others = facts["devices"]
            for device in others:
                if device["via_device"]:
                    assert device["via_device"] == [integration, 0]
                    assert hub["via_device"] is None
                    behind[integration] += 1
    assert {"hue", "zha", "zwave_js", "tado"} <= set(behind)
    assert "shelly" not in behind


def test_the_same_home_has_the_same_devices() -> None:
    first, again, other = (
        [snapshot(owned, TODAY) for _, owned in homes(60, seed)] for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_homes_get_devices_over_time_and_versions_are_adopted() -> None:
    owned = [owned for _, owned in homes(400)]
    early, late = (
        [told(snapshot(each, day)) for each in owned] for day in (TODAY - timedelta(90), TODAY)
    )
    assert sum(map(len, early)) < sum(map(len, late))
    bulbs = [
        Counter(
            device["sw_version"]
            for device in chain.from_iterable(day)
            if device["model"] == "Hue white lamp"
        )
        for day in (early, late)
    ]
    assert len(bulbs[0]) > 2
    assert bulbs[0].keys() != bulbs[1].keys()


def test_makers_are_now_and_then_spelled_in_another_way() -> None:
    makers = Counter(
        device["manufacturer"]
        for _, owned in homes(600)
        for device in told(snapshot(owned, TODAY))
        if device["manufacturer"].lower().startswith("signify")
    )
    assert len(makers) > 1
    assert makers.most_common(1)[0][0] == "Signify Netherlands B.V."


def test_few_models_are_frequent_and_most_are_rare() -> None:
    having = Counter(
        name
        for _, owned in homes(1000)
        for name in {
            (device["manufacturer"], device["model"]) for device in told(snapshot(owned, TODAY))
        }
    )
    numbers = sorted(having.values(), reverse=True)
    assert numbers[0] > 10 * numbers[len(numbers) // 2]
    assert len(numbers) > 600


def test_some_models_came_onto_the_market_meanwhile() -> None:
    new = {model.name for _, model in models() if model.days}
    assert len(new) > 15
    early = {
        device["model"]
        for _, owned in homes(600)
        for device in told(snapshot(owned, TODAY - timedelta(90)))
    }
    late = {device["model"] for _, owned in homes(600) for device in told(snapshot(owned, TODAY))}
    assert not new & early
    assert new & late
