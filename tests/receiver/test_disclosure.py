"""Disclosure control: nothing that is published tells of fewer than k installations."""

from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.counting import Counts, count
from receiver.disclosure import Figures, coarsen, nothing, publish
from tests.receiver.fleets import Member, fleets, member
from tests.receiver.published import counts, numbers, publication, serving
from tests.receiver.reports import base_report, valid_report

K = 5
NOW = 1_795_608_000_000

some_k = st.sampled_from((2, 3, 5, 11))


def published(fleet: list[Member], k: int = K) -> Figures:
    return publish(count(fleet), k, NOW)


def us(state: str = "CA", **changes: Any) -> Member:
    return member(valid_report(**changes), "US", state)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(fleets(), fleets(), some_k)
async def test_every_count_anywhere_is_a_multiple_of_k(
    before: list[Member], fleet: list[Member], k: int
) -> None:
    days = published(before, k), published(fleet, k)
    outcomes = {"accepted": len(fleet), "refused": 1}
    async with serving(publication(*days), outcomes=outcomes) as client:
        found = await counts(client)
    # So whatever is added or subtracted is a multiple, too: totals and parts, types and versions,
    # regions and countries, today and history.
    assert found
    assert [(where, number) for where, number in found if number % k] == []


@given(fleets(), some_k)
def test_a_published_count_is_less_than_k_below_the_true_one(fleet: list[Member], k: int) -> None:
    exact, shown = published(fleet, 1), published(fleet, k)
    for name in ("versions", "countries", "integrations", "boards", "archs"):
        assert shown[name] == {
            key: number - number % k for key, number in exact[name].items() if number >= k
        }
    for name in ("custom_integrations", "addons", "recorders"):
        for key, row in shown[name].items():
            assert row["total"] == exact[name][key]["total"] // k * k
            assert sum(row["versions"].values()) <= row["total"]
    assert shown["active_installations"] == len(fleet) // k * k
    assert sum(shown["installation_types"].values()) <= shown["active_installations"]


@given(fleets(), some_k)
def test_one_installation_more_moves_a_count_by_k_or_not_at_all(
    fleet: list[Member], k: int
) -> None:
    before, after = published(fleet, k), published([*fleet, us()], k)
    for name in ("active_installations", "energy", "reports_addons"):
        assert after[name] - before[name] in {0, k}
    for name in ("versions", "integrations", "countries"):
        for key in after[name] | before[name]:
            assert after[name].get(key, 0) - before[name].get(key, 0) in {0, k}


@pytest.mark.parametrize("number", range(1, K))
def test_what_fewer_than_k_have_is_nowhere(number: int) -> None:
    rare = us(
        "WY",
        version="2019.1.0b1",
        integrations=["rare"],
        custom_integrations=[{"domain": "rare", "version": "9.9"}],
        addons=[{"slug": "rare"}],
        operating_system={"board": "rare", "version": "rare"},
        recorder={"engine": "rare", "version": "rare"},
        supervisor={"healthy": False, "supported": False, "arch": "rare"},
    )
    shown = published([us()] * 50 + [rare] * number)
    assert "rare" not in str(shown)
    assert "WY" not in str(shown)
    assert "2019.1.0b1" not in str(shown)
    assert shown["supervisor"]["unhealthy"] == 0


def test_k_of_them_are_shown_and_are_gone_when_one_goes() -> None:
    group = [us(integrations=["rare"])] * K
    assert published([us()] * 50 + group)["integrations"]["rare"] == K
    assert "rare" not in published([us()] * 50 + group[1:])["integrations"]


def test_a_version_that_few_have_is_not_the_total_minus_the_others() -> None:
    def fleet(common: int, rare: int) -> list[Member]:
        def one(version: str) -> Member:
            return us(custom_integrations=[{"domain": "hacs", "version": version}])

        return [one("2.0")] * common + [one("1.0-private")] * rare

    # These can't be told apart, so nobody can say whether the rare version is there.
    same = [published(fleet(common, rare)) for common, rare in ((23, 0), (20, 3), (20, 0), (21, 2))]
    assert all(one == same[0] for one in same)
    assert same[0]["custom_integrations"]["hacs"] == {"total": 20, "versions": {"2.0": 20}}


def test_a_country_is_not_the_total_minus_the_others_nor_the_sum_of_its_regions() -> None:
    def fleet(californian: int, texan: int, liechtensteiner: int) -> list[Member]:
        abroad = member(valid_report(), "LI")
        return [us()] * californian + [us("TX")] * texan + [abroad] * liechtensteiner

    same = [published(fleet(*one)) for one in ((13, 0, 0), (10, 0, 3), (10, 3, 0), (11, 1, 2))]
    assert all(one == same[0] for one in same)
    assert same[0]["regions"] == {"US": {"CA": 10}}
    assert same[0]["countries"] == {"US": 10}


@given(fleets())
def test_an_attacker_who_subtracts_finds_no_small_group(fleet: list[Member]) -> None:
    shown = published(fleet)
    told = sorted(set(numbers(shown | {"smallest_group": 0, "statistics": {}})))
    for one, other in combinations(told, 2):
        assert not 0 < other - one < K
    for row in shown["custom_integrations"].values():
        assert row["total"] - sum(row["versions"].values()) not in range(1, K)
    versions, types = shown["versions"].values(), shown["installation_types"].values()
    assert abs(sum(versions) - sum(types)) not in range(1, K)
    assert shown["active_installations"] - sum(types) not in range(1, K)
    regions = shown["regions"].get("US", {}).values()
    assert shown["countries"].get("US", 0) - sum(regions) not in range(1, K)
    supervisor = shown["supervisor"]
    assert supervisor["total"] - supervisor["healthy"] not in range(1, K)


values = st.lists(st.integers(0, 3) | st.integers(0, 10_000_000), max_size=60)


def statistic(told: list[int], k: int = K) -> dict[str, Any]:
    counts = Counts()
    counts.statistics["state_count"].extend(told)
    found: dict[str, Any] = publish(counts, k, NOW)["statistics"]["state_count"]
    return found


@given(values, some_k)
def test_a_quartile_stands_for_at_least_k_installations(told: list[int], k: int) -> None:
    quartiles = statistic(told, k).get("quartiles")
    assert (quartiles is not None) == (len(told) >= 2 * k)
    for quartile in quartiles or ():
        steps = [factor * 10**power for power in range(9) for factor in (1, 2, 5)]
        assert any(
            quartile % step == 0
            and sum((value + step // 2) // step * step == quartile for value in told) >= k
            for step in steps
        )
    assert quartiles is None or quartiles == sorted(quartiles)


@given(values, some_k)
def test_a_quartile_has_two_digits_at_most(told: list[int], k: int) -> None:
    for quartile in statistic(told, k).get("quartiles", ()):
        assert len(str(quartile).rstrip("0")) <= 2


def test_a_value_that_one_installation_has_is_never_a_quartile() -> None:
    for unique in (37, 62, 99, 4_711):
        # In the middle of all, and nobody else has it.
        told = [1] * 5 + [unique] + [1_000_000] * 5
        assert unique not in statistic(told)["quartiles"]


@pytest.mark.parametrize(
    ("told", "quartiles"),
    [
        ([2] * 100, [2, 2, 2]),
        ([1] * 30 + [2] * 40 + [3] * 30, [1, 2, 3]),
        (list(range(1_000)), [250, 500, 750]),
        ([123] * 50 + [4_567] * 50, [120, 120, 4_600]),
        (list(range(1_000, 11_000, 1_000)), [5_000, 5_000, 10_000]),
        ([0] * 10, [0, 0, 0]),
    ],
)
def test_quartiles_are_rounded_and_stay_useful(told: list[int], quartiles: list[int]) -> None:
    assert statistic(told)["quartiles"] == quartiles


def test_one_turns_it_off() -> None:
    shown = published([us(), us("TX")], 1)
    assert shown["active_installations"] == 2
    assert shown["regions"] == {"US": {"CA": 1, "TX": 1}}
    assert shown["custom_integrations"]["hacs"] == {"total": 2, "versions": {"2.0.5": 2}}
    assert shown["addons"]["core_ssh"]["protected"] == 0
    assert shown["statistics"]["state_count"] == {"installations": 2, "quartiles": [420, 420, 420]}


def test_nothing_is_all_zeros_and_has_every_name() -> None:
    assert nothing(K) == publish(Counts(), K, 0)
    assert nothing(K).keys() == published([us()] * 9).keys()
    assert set(numbers(nothing(K) | {"smallest_group": 0})) == {0}


def test_the_order_of_names_tells_nothing() -> None:
    fleet = [us(integrations=["zha"])] * 10 + [us(integrations=["hue"])] * 7
    assert list(published(fleet)["integrations"]) == ["hue", "zha"]


@given(fleets(), some_k, some_k)
def test_older_figures_are_shown_as_todays_k_allows(fleet: list[Member], old: int, k: int) -> None:
    again = coarsen(published(fleet, old), k)
    assert again.keys() == nothing(k).keys()
    assert again["smallest_group"] == k
    told = again | {"smallest_group": 0}
    if old < k:
        assert all("quartiles" not in one for one in told["statistics"].values())
    told["statistics"] = {
        name: {"installations": one["installations"]} for name, one in told["statistics"].items()
    }
    assert all(number % k == 0 for number in numbers(told))
    assert all(again["versions"].values())
    assert all(row["total"] for row in again["addons"].values())
    assert again["installation_types"].keys() == nothing(k)["installation_types"].keys()


def test_a_report_without_anything_optional_is_enough() -> None:
    shown = published([member(base_report())] * 10)
    assert shown["active_installations"] == shown["versions"]["2026.10.4"] == 10
    assert shown["countries"] == shown["boards"] == shown["integrations"] == {}
