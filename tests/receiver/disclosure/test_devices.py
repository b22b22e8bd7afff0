"""Disclosure control of devices: nothing that is published tells of fewer than k installations."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.devices import at_least
from receiver.disclosure import coarsen, nothing, publish
from receiver.disclosure.devices import MOST_OF_ONE, MOST_PARTS
from receiver.disclosure.rounding import MOST_SHOWN
from receiver.publishing.history import entry, of_day
from receiver.schema import REPORTED
from receiver.schema import devices as tables
from tests.receiver.counted import Counts, count
from tests.receiver.fleets import member
from tests.receiver.homes import Snapshot, count_homes, device, home, homes
from tests.receiver.homes_reference import figures
from tests.receiver.published import numbers
from tests.receiver.reports import valid_report

K = 5
NOW = 1_795_608_000_000
MAKER, MODEL = "aqara", "LWB010"
PARTS = ("ids", "software", "hardware", "kinds", "integrations", "hubs")

some_k = st.sampled_from((1, 2, 3, 5, 11))


def published(fleet: Iterable[Snapshot], k: int = K) -> dict[str, Any]:
    return of(count_homes(fleet), k)


def of(counts: Counts, k: int = K) -> dict[str, Any]:
    found: dict[str, Any] = publish(counts, k, NOW)["devices"]
    return found


def rows(devices: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield all that has a total."""
    for name in ("reaches", "classes", "integrations", "makers"):
        yield from devices[name].values()
    for maker in devices["models"].values():
        yield from maker.values()


@given(homes(), some_k)
def test_figures_are_what_a_slow_and_plain_program_finds(fleet: list[Snapshot], k: int) -> None:
    assert published(fleet, k) == figures(fleet, k)


@given(homes(), some_k, some_k)
def test_every_number_of_a_day_is_a_multiple_of_k(
    fleet: list[Snapshot], k: int, coarser: int
) -> None:
    whole = publish(count_homes(fleet), k, NOW)
    again = coarsen(whole, coarser)["devices"]
    days = entry("2026-11-30", whole)["devices"], entry("2026-11-30", of_day(whole))["devices"]
    assert days[0] == days[1]
    assert [one for one in numbers([whole["devices"], *days]) if one % k] == []
    assert [one for one in numbers(again) if one % coarser] == []
    assert coarsen(of_day(whole), coarser)["devices"] == of_day({"devices": again})["devices"]


@given(homes(), some_k)
def test_a_part_is_never_shown_of_what_is_not(fleet: list[Snapshot], k: int) -> None:
    shown = published(fleet, k)
    assert shown["models"].keys() <= shown["makers"].keys()
    for maker, models in shown["models"].items():
        assert models
        most = shown["makers"][maker]["total"]
        assert all(0 < row["total"] <= most for row in models.values())
    for row in rows(shown):
        many = [row["total"], *row["devices"].values()]
        assert many == sorted(many, reverse=True)
        assert row["total"] == row["devices"]["1"] <= shown["installations"]
        parts = [row[name] for name in (*PARTS, "spellings") if name in row]
        assert all(0 < one <= row["total"] for part in parts for one in part.values())


@given(homes())
def test_an_attacker_who_subtracts_finds_no_small_group(fleet: list[Snapshot]) -> None:
    shown = published(fleet)
    for one, other in combinations(sorted(set(numbers(shown))), 2):
        assert not 0 < other - one < K
    for row in rows(shown):
        for name in ("devices", *PARTS, "spellings"):
            assert row["total"] - sum(row.get(name, {}).values()) not in range(1, K)
    for maker, models in shown["models"].items():
        of_models = sum(row["total"] for row in models.values())
        assert abs(shown["makers"][maker]["total"] - of_models) not in range(1, K)
    classes, integrations = (
        sum(row["total"] for row in shown[name].values()) for name in ("classes", "integrations")
    )
    assert abs(classes - integrations) not in range(1, K)
    assert [one for row in rows(shown) if (one := at_least(row["devices"])) % K] == []


@given(homes(), homes(), some_k)
def test_one_home_more_moves_a_number_by_k_or_not_at_all(
    fleet: list[Snapshot], others: list[Snapshot], k: int
) -> None:
    before = published(fleet, k)
    for more in others[:2]:
        after = published([*fleet, more], k)
        for name in ("reaches", "classes", "integrations", "makers"):
            for key, row in after[name].items():
                known = before[name].get(key, {}).get("total", 0)
                assert row["total"] - known in {0, k}


@pytest.mark.parametrize("number", range(1, K))
def test_what_fewer_than_k_have_is_nowhere(number: int) -> None:
    rare = device(
        manufacturer="Rare Ltd",
        model="rare",
        model_id="rare-1",
        sw_version="9.9",
        hw_version="8.8",
        kinds=["siren"],
    )
    part = device(model_id="rare-2", sw_version="9.9", hw_version="8.8", kinds=["siren"])
    few = [home(rare, part, *[device()] * 20, domain="tuya")] * number
    shown = published([home(device())] * 50 + few)
    told = str(shown)
    for word in ("rare", "Rare", "9.9", "8.8", "siren", "tuya", "cloud_push", "20"):
        assert word not in told, word
    assert shown["models"][MAKER][MODEL]["total"] == (50 + number) // K * K


def test_k_of_them_are_shown_and_are_gone_when_one_goes() -> None:
    group = [home(device(model="rare"))] * K
    common = [home(device())] * 50
    assert published(common + group)["models"][MAKER]["rare"]["total"] == K
    assert "rare" not in published(common + group[1:])["models"][MAKER]
    assert "rare" not in str(published(common + group[1:]))


def common_and_rare(**rare: Any) -> list[dict[str, Any]]:
    """Return figures of fleets of which nobody may say whether they have something rare."""

    def fleet(common: int, others: int) -> list[Snapshot]:
        return [home(device())] * common + [home(device(**rare))] * others

    return [published(fleet(*one)) for one in ((23, 0), (20, 3), (20, 0), (21, 2))]


@pytest.mark.parametrize(
    "rare",
    [
        {"sw_version": "1.0-private"},
        {"hw_version": "7"},
        {"model_id": "LWB010X"},
        {"manufacturer": "AQARA"},
        {"manufacturer": "Aqara", "kinds": ["light", "siren"]},
    ],
)
def test_what_few_have_is_not_the_total_minus_the_others(rare: dict[str, Any]) -> None:
    same = common_and_rare(**rare)
    assert all(one == same[0] for one in same)
    assert same[0]["makers"][MAKER]["total"] == 20


def test_a_model_is_not_its_maker_minus_the_other_models() -> None:
    def fleet(common: int, rare: int) -> list[Snapshot]:
        both = home(device(), device(model="rare"))
        return [home(device())] * common + [both] * rare

    same = [published(fleet(*one)) for one in ((23, 0), (20, 3), (20, 0), (21, 2))]
    assert all(one == same[0] for one in same)
    assert same[0]["models"] == {MAKER: {MODEL: same[0]["models"][MAKER][MODEL]}}


def test_how_many_devices_few_have_is_not_the_total_minus_the_others() -> None:
    def fleet(one: int, many: int) -> list[Snapshot]:
        return [home(device())] * one + [home(*[device()] * 12)] * many

    same = [published(fleet(*one)) for one in ((24, 0), (20, 4), (23, 1), (21, 2))]
    assert all(one == same[0] for one in same)
    assert same[0]["models"][MAKER][MODEL]["devices"] == {"1": 20}


def test_of_a_model_that_k_minus_one_make_up_one_home_more_is_told() -> None:
    """What is not prevented, so that the texts have to say it."""
    asked = [home(device(model="TS0601", sw_version=version)) for version in ("1.0", "1.1")]
    nobody, somebody = [home(device())] * 50, [home(device(model="TS0601", sw_version="1.1"))]
    made_up = [one for one in asked for _ in range(K - 1)]
    assert "1.0" not in str(published([*nobody, *made_up]))
    shown = published([*nobody, *somebody, *made_up])["models"][MAKER]["TS0601"]
    # By so many of each version the attacker learns which the one home has, and nothing of it else.
    assert shown["software"] == {"1.1": K}
    assert shown["devices"] == {"1": K}
    assert shown["ids"] == shown["hardware"] == shown["hubs"] == {}
    assert "TS0601" not in str(published([*nobody, *somebody, *asked[:1] * (K - 2)]))


def test_homes_that_share_devices_are_no_installations() -> None:
    reports = count([member(valid_report())] * 12)
    shown = publish(count_homes([home(device())] * 30, reports), K, NOW)
    assert shown["active_installations"] == 10
    assert shown["versions"] == {"2026.10.4": 10}
    assert shown["devices"]["installations"] == 30


def test_a_home_without_devices_shares_them_all_the_same() -> None:
    shown = published([{}] * 7)
    assert shown == nothing(K)["devices"] | {"installations": K}


def many(known: Mapping[str, Iterable[Any]], number: int = 2 * K) -> Counts:
    """Return counts of names of tables that so many homes have, besides a maker and a model."""
    counts = Counts()
    always: Mapping[str, Iterable[Any]] = {
        tables.MAKERS: [MAKER],
        tables.MODELS: [(MAKER, MODEL)],
        REPORTED: [tables.SHARED],
    }
    for tabled in (always, known):
        for table, some in tabled.items():
            counts[table].update(dict.fromkeys(some, number))
    return counts


@pytest.mark.parametrize(
    "text", ["ada@example.org", "192.168.1.20", "a4:c1:38:0b:5e:11", "ada-nas.local", "/config/x"]
)
def test_what_tells_of_a_home_is_left_out_however_many_have_it(text: str) -> None:
    part = MAKER, MODEL, text
    of_models = [one for one in tables.TABLES if one.startswith("model_")]
    known: dict[str, list[Any]] = {
        tables.MAKERS: [text],
        tables.MODELS: [(MAKER, text), (text, MODEL)],
        tables.CLASSES: [text],
        tables.INTEGRATIONS: [text],
        tables.KINDS: [text, f"sensor.{text}:diagnostic"],
        tables.MAKER_SPELLINGS: [(MAKER, text)],
        **{table: [part] for table in of_models if table != tables.MODEL_MANY},
    }
    counts = many(known, 50)
    assert text not in str(of(counts))
    assert of(counts)["models"][MAKER].keys() == {MODEL}
    assert of(counts)["makers"].keys() == {MAKER}


@pytest.mark.parametrize("k", [K, 2 * K])
def test_what_an_earlier_version_published_is_left_out_by_the_rules_of_today(k: int) -> None:
    fleet = [home(device(), device(model="other"), device(manufacturer="Other"))] * 20
    figures = publish(count_homes(fleet), K, NOW)
    devices = figures["devices"]
    devices["makers"]["ada@example.org"] = devices["makers"].pop("other")
    devices["models"]["ada@example.org"] = devices["models"].pop("other")
    devices["models"][MAKER]["10.0.0.7"] = devices["models"][MAKER].pop("other")
    for told in (figures, of_day(figures)):
        shown = coarsen(told, k)["devices"]
        assert shown["makers"].keys() == shown["models"].keys() == {MAKER}
        assert shown["models"][MAKER].keys() == {MODEL}


@pytest.mark.parametrize(
    "kind",
    [
        *("", "light:", "light.", ".motion", "light.:config", "a.b.c", "light:other", "Ada"),
        *(
            "light:config:config",
            "light.motion:config ",
            "l\u00e4mp",
            "light\n",
            "a4_c1_38_0b_5e_11",
        ),
    ],
)
def test_what_is_no_kind_is_not_shown(kind: str) -> None:
    shown = of(many({tables.KINDS: ["light", kind]}))
    assert list(shown["kinds"]) == ["light"]


def test_kinds_that_have_dots_are_shown() -> None:
    kinds = ["binary_sensor.motion", "sensor.battery:diagnostic", "light"]
    shown = published([home(device(kinds=kinds))] * K)
    assert list(shown["kinds"]) == sorted(kinds)


def test_made_up_models_fill_no_page() -> None:
    made_up = [(MAKER, f"Model {number:06}") for number in range(MOST_SHOWN + 50)]
    shown = of(many({tables.MODELS: made_up}))["models"][MAKER]
    assert len(shown) == MOST_SHOWN
    assert MODEL in shown


def test_made_up_versions_of_a_model_fill_no_page() -> None:
    made_up = [(MAKER, MODEL, f"1.{number}") for number in range(MOST_OF_ONE + 50)]
    counts = many({tables.MODEL_SOFTWARE: made_up})
    # By what is shown of them: one more of a version changes nothing.
    counts[tables.MODEL_SOFTWARE][made_up[-1]] += 1
    shown = of(counts)["models"][MAKER][MODEL]["software"]
    assert list(shown) == sorted(sorted(name[-1] for name in made_up)[:MOST_OF_ONE])
    counts[tables.MODEL_SOFTWARE][made_up[-1]] += K
    assert made_up[-1][-1] in of(counts)["models"][MAKER][MODEL]["software"]


def test_made_up_versions_of_many_models_fill_no_memory() -> None:
    models = [(MAKER, f"Model {number}") for number in range(1_000)]
    versions = range(MOST_PARTS // len(models) + 10)
    made_up = [(*model, f"1.{version}") for model in models for version in versions]
    counts = many({tables.MODELS: models, tables.MODEL_SOFTWARE: made_up})
    shown = of(counts)["models"][MAKER].values()
    assert sum(len(row["software"]) for row in shown) == MOST_PARTS


def test_the_order_of_names_tells_nothing() -> None:
    fleet = [home(device(model=model)) for model in "zab" for _ in range(20 - ord(model) % 7)]
    assert list(published(fleet)["models"][MAKER]) == ["a", "b", "z"]


def test_steps_are_in_their_order() -> None:
    fleet = [home(*[device()] * many) for many in (100, 2, 20, 1) for _ in range(K)]
    steps = ["1", "2", "3", "5", "10", "20", "50", "100"]
    assert list(published(fleet)["models"][MAKER][MODEL]["devices"]) == steps
    again = coarsen(publish(count_homes(fleet), 1, NOW), K)
    assert list(again["devices"]["models"][MAKER][MODEL]["devices"]) == steps


def test_figures_of_a_version_that_knew_no_devices_have_none() -> None:
    older = publish(count([member(valid_report())] * 12), K, NOW)
    del older["devices"]
    for k in (K, 2 * K):
        assert coarsen(older, k)["devices"] == nothing(k)["devices"]
        assert entry("2026-11-01", coarsen(older, k))["devices"]["installations"] == 0
