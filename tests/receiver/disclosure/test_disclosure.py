"""Disclosure control: nothing that is published tells of fewer than k installations."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.dashboard import levels, tables
from receiver.disclosure import LEVELS, Figures, coarsen, nothing, publish
from receiver.disclosure.rounding import MOST_SHOWN
from receiver.files import as_csv, as_json
from receiver.files.table import FOLDERS
from receiver.publishing.history import entry
from tests.receiver.counted import Counts, Life, Member, count, count_lives
from tests.receiver.fleets import fleets, life, lives, member
from tests.receiver.homes import Snapshot, count_homes, device, home, homes
from tests.receiver.published import counts, numbers, publication, read, seen, serving
from tests.receiver.reports import base_report, valid_report
from tests.receiver.running import Receiver
from tests.receiver.snapshots import PATH as SNAPSHOTS

K = 5
NOW = 1_795_608_000_000

some_k = st.sampled_from((2, 3, 5, 11))


def published(
    fleet: list[Member],
    k: int = K,
    *,
    events: Iterable[Life] = (),
    snapshots: Iterable[Snapshot] = (),
) -> Figures:
    counts = count(fleet)
    count_lives(counts, events)
    return publish(count_homes(snapshots, counts), k, NOW)


def start(version: str = "2026.10.4", **more: Any) -> dict[str, Any]:
    return {"event": "start", "version": version, **more}


def us(state: str = "CA", **changes: Any) -> Member:
    return member(valid_report(**changes), "US", state)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(fleets(), fleets(), lives(), homes(), some_k)
async def test_every_count_anywhere_is_a_multiple_of_k(
    before: list[Member], fleet: list[Member], events: list[Life], some: list[Snapshot], k: int
) -> None:
    days = (
        published(before, k, events=events[::2], snapshots=some[::2]),
        published(fleet, k, events=events, snapshots=some),
    )
    outcomes = {"accepted": len(fleet), "refused": 1}
    async with serving(publication(*days), outcomes=outcomes) as client:
        found = await counts(client)
    # So whatever is added or subtracted is a multiple, too: totals and parts, types and versions,
    # regions and countries, today and history.
    assert found
    assert [(where, number) for where, number in found if number % k] == []


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(fleets(), fleets(), lives(), homes(), some_k)
async def test_every_number_on_every_page_is_made_of_multiples_of_k(
    before: list[Member], fleet: list[Member], events: list[Life], some: list[Snapshot], k: int
) -> None:
    days = (
        published(before, k, events=events[::2], snapshots=some[::2]),
        published(fleet, k, events=events, snapshots=some),
    )
    most = max(day[one] for day in days for one in ("active_installations", "reports_lifecycle"))
    most = max(most, *(day["devices"]["installations"] for day in days))
    async with serving(publication(*days)) as client:
        found = await seen(client)
    assert [(path, one) for path, one in found if not one.fits(k, most)] == []


async def test_the_pages_are_read_well_enough_to_find_exact_numbers() -> None:
    few = us("TX", version="2025.1.0b0", integrations=["rare"])
    fleet = [us()] * 34 + [few] * 3
    events = [life(start(previous_end="killed", cloud="connected"))] * 13
    rare = (device(model="rare", sw_version=version) for version in "1" * 8 + "2" * 5)
    some = [home(device())] * 8 + [home(one) for one in rare]
    exact = (
        published(fleet[2:], 1, events=events, snapshots=some[2:]),
        published(fleet, 1, events=events, snapshots=some),
    )
    async with serving(publication(*exact)) as client:
        found, of_files = await seen(client), await counts(client)
    in_files = {path.partition("?")[0] for path, number in of_files if number % K}
    assert in_files >= {"/devices/model.json", "/devices.json", "/csv/models.csv", "/data.json"}
    told = {(path, one.where) for path, one in found if not one.fits(K, len(fleet))}
    assert told >= {("/", where) for where in ("text", "percent", "bar", "value", "curve")}
    assert {path for path, _ in told} >= {"/integrations/rare", "/apps/core_ssh", "/statistics"}
    assert {path for path, _ in told} >= {f"/{level.path}" for level in levels.LEVELS}
    of_devices = {path for path, _ in told if path.startswith("/devices")}
    rare_one = "/devices/models/aqara/rare"
    assert of_devices >= {"/devices", "/devices/manufacturers/aqara", rare_one}
    assert {where for path, where in told if path == rare_one} == {
        *("text", "percent", "bar", "value", "curve")
    }


async def test_no_address_is_forgotten_here(receiver: Receiver) -> None:
    of_tables = {f"/{one}/{name}.csv" for one in FOLDERS for name in as_csv.TABLES}
    devices = {
        f"/devices{of}{end}" for of in ("", "/manufacturers") for end in ("", ".json", ".csv")
    }
    devices |= {f"/spreadsheet/devices{of}.csv" for of in ("", "/manufacturers")}
    devices |= {"/devices/manufacturers/{maker}", "/devices/models/{maker}/{model}"}
    devices |= {"/devices/model.json"}
    read = {*as_json.FILES, *of_tables, *devices, "/metrics"}
    shown = {"/", "/statistics", "/about"}
    shown |= {f"/{level.path}" for level in levels.LEVELS}
    shown |= {f"/{kind.path}{one}" for kind in tables.KINDS for one in ("", "/{key}")}
    tell_no_count = {"/v1", "/v1/events", "/v1/{uuid}", "/healthz", "/static/{name}", "/{nothing}"}
    tell_no_count |= {SNAPSHOTS, f"{SNAPSHOTS}/{{identifier}}"}
    found = {resource.canonical for resource in receiver.app.router.resources()}
    assert found == read | shown | tell_no_count


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


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 6))
def test_quartiles_of_those_that_have_any_are_as_careful(told: list[int], k: int) -> None:
    found = [one for one in told if one]
    of_any = statistic(told, k).get("quartiles_of_any")
    assert of_any == statistic(found, k).get("quartiles")
    assert (of_any is not None) == (len(found) >= 2 * k)


def test_one_turns_it_off() -> None:
    shown = published([us(), us("TX")], 1)
    assert shown["active_installations"] == 2
    assert shown["regions"] == {"US": {"CA": 1, "TX": 1}}
    assert shown["custom_integrations"]["hacs"] == {"total": 2, "versions": {"2.0.5": 2}}
    assert shown["addons"]["core_ssh"]["protected"] == 0
    quartiles = [420, 420, 420]
    assert shown["statistics"]["state_count"] == {
        "installations": 2,
        "quartiles": quartiles,
        "quartiles_of_any": quartiles,
    }


def test_nothing_is_all_zeros_and_has_every_name() -> None:
    assert nothing(K) == publish(Counts(), K, 0)
    assert nothing(K).keys() == published([us()] * 9).keys()
    assert set(numbers(nothing(K) | {"smallest_group": 0})) == {0}


def test_the_order_of_names_tells_nothing() -> None:
    fleet = [us(integrations=["zha"])] * 10 + [us(integrations=["hue"])] * 7
    assert list(published(fleet)["integrations"]) == ["hue", "zha"]


@given(lives(), some_k)
def test_a_published_count_of_events_is_less_than_k_below_the_true_one(
    events: list[Life], k: int
) -> None:
    exact, shown = published([], 1, events=events), published([], k, events=events)
    tables = ("previous_ends", "start_durations", "cloud", "custom_setup_failures")
    for name in (*tables, "stop_durations", "clean_runs", "unclean_runs", "unclean_ends"):
        assert shown[name] == {
            key: number - number % k for key, number in exact[name].items() if number >= k
        }
    for name, parts in (("setup_failures", "reasons"), ("faults", "files")):
        assert shown[name] == {
            key: {
                "total": row["total"] // k * k,
                parts: {one: n // k * k for one, n in row[parts].items() if n >= k},
            }
            for key, row in exact[name].items()
            if row["total"] >= k
        }
    for name, part in (("starts", "unclean"), ("nearly_full", "full")):
        for row in shown[name].values():
            assert (row["total"] - row[part]) % k == 0


@pytest.mark.parametrize("number", range(1, K))
def test_what_fewer_than_k_tell_by_events_is_nowhere(number: int) -> None:
    rare = life(
        *(start(f"2026.{one:04}.rare", previous_end="killed") for one in range(20)),
        start("2026.10.4", previous_end="crashed_at_stop", cloud="expired", start_duration=600),
        start(setup_failures=[{"domain": "rare", "reason": "error"}]),
        start(custom_setup_failures={"requirements": 9}),
        {
            "event": "fault",
            "version": "2026.10.4",
            "fault": {"error": "Aborted", "thread": "main", "function": "rare", "file": "rare.py"},
            "run_duration": 604_800,
            "unclean_ends": "loop",
            "memory_nearly_full": True,
        },
    )
    common = life(
        start(cloud="connected", start_duration=20, previous_end="clean"),
        {"event": "stop", "version": "2026.10.4", "memory_nearly_full": False},
    )
    shown = published([us()] * 50, events=[common] * 50 + [rare] * number)
    told = str(shown)
    for word in ("rare", "expired", "killed", "crashed_at_stop", "Aborted", "600", "requirements"):
        assert word not in told
    for word in ("604800", "loop"):
        assert word not in told
    assert shown["nearly_full"] == {"memory": {"total": 50, "full": 0}}
    assert shown["unclean"] == 0
    assert shown["starts"] == {"2026.10.4": {"total": 50, "unclean": 0}}


def test_a_flood_of_made_up_names_fills_no_table() -> None:
    flood = [[f"{part:02}_{number:03}" for number in range(999)] for part in range(11)]
    fleet = [us(integrations=["hue", *names[1:]]) for names in flood for _ in range(K)]
    # One more of a name changes nothing of what is shown.
    fleet.append(us(integrations=[flood[-1][-1]]))
    shown = published(fleet)["integrations"]
    assert len(shown) == MOST_SHOWN
    assert shown["hue"] == 11 * K
    made_up = sorted(name for names in flood for name in names[1:])
    assert list(shown) == [*made_up[: MOST_SHOWN - 1], "hue"]


async def test_events_without_reports_have_their_page() -> None:
    events = [life(start(previous_end="killed"))] * (K + 1)
    async with serving(publication(published([], events=events))) as client:
        stability = (await read(client, "/stability")).decode()
        assert all(one.fits(K, K) for _, one in await seen(client))
        assert "No figures yet" in (await read(client, "/")).decode()
    assert "No figures yet" not in stability
    assert "Unclean ends by version" in stability
    assert "counts once for whatever it told in the last 60 days" in stability


def test_one_installation_with_many_events_is_one_installation() -> None:
    busy = life(
        *(start(previous_end="killed", start_duration=one, cloud="expired") for one in (0, 5, 10)),
        *({"event": "stop", "version": f"2026.{one:04}.0"} for one in range(40)),
    )
    shown = published([us()] * 50, events=[busy] * (K - 1))
    assert shown["reports_lifecycle"] == 0
    assert not shown["starts"]
    assert not shown["previous_ends"]


def test_what_is_unclean_is_not_the_total_minus_the_others() -> None:
    def fleet(clean: int, unclean: int) -> list[Life]:
        bad = life(start(previous_end="killed"))
        return [life(start(previous_end="clean"))] * clean + [bad] * unclean

    same = [
        published([], events=fleet(clean, unclean))
        for clean, unclean in ((20, 0), (20, 4), (22, 2), (21, 3))
    ]
    assert all(one == same[0] for one in same)


@given(fleets(), lives(), st.sampled_from(tuple(LEVELS)))
def test_an_attacker_who_subtracts_finds_no_small_group_in_a_level(
    fleet: list[Member], events: list[Life], level: str
) -> None:
    shown = published(fleet, events=events)
    told = sorted(set(numbers({name: shown[name] for name in LEVELS[level]})))
    for one, other in combinations(told, 2):
        assert not 0 < other - one < K


@given(fleets(), lives(), some_k, some_k)
def test_older_figures_are_shown_as_todays_k_allows(
    fleet: list[Member], events: list[Life], old: int, k: int
) -> None:
    again = coarsen(published(fleet, old, events=events), k)
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


def test_figures_of_a_version_that_counted_less_are_shown() -> None:
    older = published([us()] * 12)
    for name in (one for names in LEVELS.values() for one in names):
        del older[name]
    for k in (K, 2 * K):
        assert coarsen(older, k).keys() == nothing(k).keys()
        assert coarsen(older, k)["systems"] == {}
        assert entry("2026-11-01", coarsen(older, k))["unclean"] == 0


def test_steps_keep_their_order_when_they_are_rounded_again() -> None:
    fleet = [us(hardware={"cores": cores, "memory": 4}) for cores in (16, 2, 8) for _ in range(20)]
    assert list(published(fleet)["cores"]) == list(coarsen(published(fleet), 10)["cores"])
    assert list(published(fleet)["cores"]) == ["2", "8", "16"]


def test_a_report_without_anything_optional_is_enough() -> None:
    shown = published([member(base_report())] * 10)
    assert shown["active_installations"] == shown["versions"]["2026.10.4"] == 10
    assert shown["countries"] == shown["boards"] == shown["integrations"] == {}
