"""Counting: from reports to raw counts."""

from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import given

from receiver.counting import STATISTICS, count
from tests.receiver.fleets import Member, fleets, member
from tests.receiver.reports import base_report, valid_report


@given(fleets())
def test_counts_are_what_a_slow_and_plain_count_finds(fleet: list[Member]) -> None:
    reports: list[dict[str, Any]] = [orjson.loads(body) for body, _, _ in fleet]

    def having(name: str) -> list[Any]:
        return [report[name] for report in reports if name in report]

    counts = count(fleet)
    assert counts.installations == len(fleet)
    assert counts.types == Counter(report["installation_type"] for report in reports)
    assert counts.versions == Counter(report["version"] for report in reports)
    assert counts.places == Counter((land, region) for _, land, region in fleet if land)
    assert counts.integrations == Counter(one for many in having("integrations") for one in many)
    assert counts.custom_integrations == Counter(
        (one["domain"], one["version"]) for many in having("custom_integrations") for one in many
    )
    assert counts.addons == Counter(
        (one["slug"], one["version"], one["protected"], one["auto_update"])
        for many in having("addons")
        for one in many
    )
    assert counts.recorders.total() == len(having("recorder"))
    assert counts.operating_systems.total() == len(having("operating_system"))
    assert counts.supervisors.total() == len(having("supervisor"))
    assert counts.reported["integrations"] == len(having("integrations"))
    assert counts.reported["addons"] == len(having("addons"))
    assert counts.reported["certificate"] == having("certificate").count(True)
    assert counts.reported["energy"] == sum(one["configured"] for one in having("energy"))
    for name in STATISTICS:
        assert list(counts.statistics[name]) == having(name)


def test_an_installation_that_shares_little_counts_where_it_can() -> None:
    counts = count([member(base_report())])
    assert counts.installations == counts.types.total() == counts.versions.total() == 1
    assert not counts.integrations
    assert not counts.reported["integrations"]
    assert not any(counts.statistics.values())


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "=1+1", "\U0001f600"])
def test_a_name_is_only_a_name(name: str) -> None:
    report = valid_report(
        integrations=[name],
        custom_integrations=[{"domain": name, "version": name}],
        addons=[{"slug": name, "version": name}],
        recorder={"engine": name, "version": name},
        operating_system={"board": name, "version": name},
    )
    counts = count([member(report)] * 3)
    assert counts.integrations == {name: 3}
    assert counts.custom_integrations == {(name, name): 3}
    assert counts.addons == {(name, name, True, False): 3}
    assert counts.recorders == {(name.lower(), name): 3}
    assert counts.operating_systems == {(name, name): 3}


def test_made_up_names_do_not_fill_the_memory() -> None:
    common = member(base_report(integrations=["hue", "mqtt"]))
    made_up = [
        member(base_report(integrations=[f"made_up_{number}_{more}" for more in range(20)]))
        for number in range(200)
    ]
    fleet = [one for pair in zip([common] * 200, made_up, strict=True) for one in pair]
    counts = count(fleet, max_names=1_000)
    assert counts.crowded
    assert len(counts.integrations) <= 1_000
    assert counts.integrations["hue"] == counts.integrations["mqtt"] == 200
    assert max(number for name, number in counts.integrations.items() if "made" in name) == 1


def test_a_usual_fleet_is_counted_whole() -> None:
    assert not count([member(valid_report())] * 100).crowded
