"""What a snapshot may hold, and what of it is kept."""

from typing import Any

import pytest

from receiver.schema import ReportError, devices
from receiver.schema.snapshots.taken import MAX_DEVICES, TooManyError, taken

LIGHT = {
    "domain": "light",
    "entity_category": None,
    "original_device_class": None,
    "unit_of_measurement": None,
    "assumed_state": False,
    "has_entity_name": True,
}
BATTERY = {
    **LIGHT,
    "domain": "sensor",
    "entity_category": "diagnostic",
    "original_device_class": "battery",
    "unit_of_measurement": "%",
}
LAMP = {
    "manufacturer": "Signify Netherlands B.V.",
    "model": "Hue white lamp",
    "model_id": "LWB010",
    "sw_version": "1.65.9",
    "hw_version": None,
    "entry_type": None,
    "has_configuration_url": False,
    "via_device": ["hue", 0],
    "entities": [LIGHT, BATTERY],
}
MAKER, MODEL = "signify netherlands", "Hue white lamp"


def snapshot(*some: Any, domain: str = "hue", **more: Any) -> dict[str, Any]:
    """Return the snapshot of a home with these devices."""
    return {domain: {"devices": [*some], "entities": [], **more}}


def told(*some: Any, domain: str = "hue") -> dict[str, Any]:
    """Return what is kept of these devices, by table."""
    return dict(taken(snapshot(*some, domain=domain)).told.names)


def test_a_device_is_kept_as_kinds() -> None:
    named = (MAKER, MODEL)
    assert told(LAMP) == {
        "reported": ["devices"],
        devices.REACHES: ["local"],
        devices.REACH_MANY: [("local", 1)],
        devices.CLASSES: ["local_push"],
        devices.CLASS_MANY: [("local_push", 1)],
        devices.INTEGRATIONS: ["hue"],
        devices.INTEGRATION_MANY: [("hue", 1)],
        devices.KINDS: ["light", "sensor.battery:diagnostic"],
        devices.MAKERS: [MAKER],
        devices.MAKER_MANY: [(MAKER, 1)],
        devices.MAKER_SPELLINGS: [(MAKER, "Signify Netherlands B.V.")],
        devices.MODELS: [named],
        devices.MODEL_MANY: [(*named, 1)],
        devices.MODEL_IDS: [(*named, "LWB010")],
        devices.MODEL_SOFTWARE: [(*named, "1.65.9")],
        devices.MODEL_INTEGRATIONS: [(*named, "hue")],
        devices.MODEL_HUBS: [(*named, "hue")],
        devices.MODEL_KINDS: [(*named, "light"), (*named, "sensor.battery:diagnostic")],
    }


def test_what_is_kept_says_nothing_of_the_order() -> None:
    others = [{**LAMP, "model": f"Model {number}", "via_device": None} for number in range(9)]
    assert told(*others) == told(*reversed(others))


@pytest.mark.parametrize(
    ("many", "step"), [(1, 1), (2, 2), (4, 3), (9, 5), (10, 10), (99, 50), (400, 100)]
)
def test_how_many_there_are_is_kept_in_steps(many: int, step: int) -> None:
    names = told(*[LAMP] * many)
    assert names[devices.MODEL_MANY] == [(MAKER, MODEL, step)]
    assert names[devices.MAKER_MANY] == [(MAKER, step)]
    assert names[devices.INTEGRATION_MANY] == [("hue", step)]


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Signify Netherlands B.V.", "signify netherlands"),
        ("SIGNIFY  NETHERLANDS bv", "signify netherlands"),
        ("Signify Netherlands B. V.", "signify netherlands"),
        ("Philips", "philips"),
        ("Shenzhen Neo Electronics Co., Ltd.", "shenzhen neo electronics"),
        ("Shenzhen_Neo_Electronics_Co_Ltd", "shenzhen neo electronics"),
        ("Robert Bosch GmbH", "robert bosch"),
        ("Danfoss A/S", "danfoss"),
        ("AVM", "avm"),
        ("Co", "co"),
        ("TP-Link", "tp link"),
        ("TP Link", "tp link"),
        ("_TZ3000_abcdefgh", "tz3000 abcdefgh"),
        ("Müller & Co. KG", "müller"),
        ("...", ""),
        ("\uff29\uff2b\uff25\uff21 of Sweden AB", "ikea of sweden"),
    ],
)
def test_spellings_of_a_maker_are_one(spelling: str, key: str) -> None:
    names = told({**LAMP, "manufacturer": spelling})
    assert names[devices.MAKERS] == [key]
    assert names.get(devices.MAKER_SPELLINGS, [])[:1] == (
        [(key, " ".join(spelling.split()))] if key else []
    )


def test_the_model_id_stands_for_a_model_that_is_not_told() -> None:
    assert told({**LAMP, "model": None})[devices.MODELS] == [(MAKER, "LWB010")]


def test_a_device_without_a_name_is_one_of_its_integration() -> None:
    nameless = {**LAMP, "manufacturer": None, "model": None, "model_id": None}
    names = told(nameless)
    assert names[devices.INTEGRATIONS] == ["hue"]
    assert {devices.MAKERS, devices.MODELS, devices.MODEL_KINDS}.isdisjoint(names)


def test_a_service_is_no_device() -> None:
    assert told({**LAMP, "entry_type": "service"}) == {"reported": ["devices"]}


@pytest.mark.parametrize("field", ["manufacturer", "model", "model_id", "sw_version", "hw_version"])
@pytest.mark.parametrize(
    "text",
    [
        "ada@example.org",
        "192.168.1.20",
        "ada-nas.local",
        "a4:c1:38:0b:5e:11",
        "Ada's lamp",
        "https://example.org/x",
        "/config/secret",
        "S/N: 4711-0815",
        "52.5200, 13.4050",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0",
    ],
)
def test_what_says_something_of_a_home_is_not_kept(field: str, text: str) -> None:
    found = taken(snapshot({**LAMP, field: text}))
    assert text not in str(found)
    assert f"snapshot.devices.{field}" in found.dropped


@pytest.mark.parametrize("field", ["manufacturer", "model", "model_id"])
def test_an_address_that_a_version_may_be_is_no_model(field: str) -> None:
    found = taken(snapshot({**LAMP, field: "8.8.4.4"}))
    assert "8.8.4.4" not in str(found)


@pytest.mark.parametrize("domain", ["Ada's", "a.b", "", "x" * 65, "hue ", "a4_c1_38_0b_5e_11", "é"])
def test_an_integration_of_another_form_is_left_out(domain: str) -> None:
    found = taken({**snapshot(LAMP), domain: {"devices": [LAMP], "entities": []}})
    assert found.told == taken(snapshot(LAMP)).told
    assert found.dropped == ("snapshot.integrations",)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": ["x"]},
        {"sw_version": {}},
        {"via_device": "hue"},
        {"via_device": ["hue", "0"]},
        {"has_configuration_url": "yes"},
        {"entities": {}},
        {"entities": [LIGHT, "light"]},
        {"entities": [{**LIGHT, "domain": 5}]},
        {"entities": [{**LIGHT, "assumed_state": 1}]},
    ],
)
def test_a_wrong_type_costs_its_device_alone(wrong: dict[str, Any]) -> None:
    found = taken(snapshot(LAMP, {**LAMP, "model": "Other", **wrong}))
    assert found.told.names[devices.MODELS] == [(MAKER, MODEL)]
    assert found.told.names[devices.INTEGRATION_MANY] == [("hue", 1)]
    assert "snapshot.devices" in found.dropped


@pytest.mark.parametrize("one", [None, 5, "lamp", [], [LAMP]])
def test_so_does_what_is_no_device(one: Any) -> None:
    assert taken(snapshot(LAMP, one)).told == taken(snapshot(LAMP)).told


def test_what_is_not_known_is_dropped_and_noted() -> None:
    lamp = {**LAMP, "serial": "x", "entities": [{**LIGHT, "unique_id": "y"}]}
    found = taken(snapshot(lamp, extra=1))
    assert found.told.names[devices.MODELS] == [(MAKER, MODEL)]
    assert found.dropped == (
        "snapshot.devices.serial",
        "snapshot.entities.unique_id",
        "snapshot.integrations",
    )


def test_a_hub_that_is_not_there_is_none() -> None:
    behind = {**LAMP, "via_device": ["zha", 0]}
    assert devices.MODEL_HUBS not in told(behind)
    both = taken({**snapshot(behind), **snapshot(LAMP, domain="zha")})
    assert (MAKER, MODEL, "zha") in both.told.names[devices.MODEL_HUBS]


@pytest.mark.parametrize(
    "raw", [None, [], "x", {"hue": []}, {"hue": {"devices": {}}}, {"hue": {"devices": None}}]
)
def test_what_is_no_snapshot_is_refused(raw: Any) -> None:
    with pytest.raises(ReportError) as refused:
        taken(raw)
    assert refused.value.remedy.startswith("expected ")


def test_there_are_so_many_devices_at_most() -> None:
    assert taken(snapshot(*[LAMP] * MAX_DEVICES)).told
    with pytest.raises(TooManyError):
        taken(snapshot(*[LAMP] * (MAX_DEVICES + 1)))


def test_made_up_names_are_so_many_at_most_the_most_frequent_first() -> None:
    made_up = [{**LAMP, "model": f"Model {number}"} for number in range(5_000)]
    found = taken(snapshot(*made_up, LAMP, LAMP)).told.names
    assert sum(map(len, found.values())) <= 4_000
    assert (MAKER, MODEL) in found[devices.MODELS]
    assert found[devices.MODEL_MANY][0] in {(MAKER, MODEL, 2), (MAKER, "Model 0", 1)}
    assert len(found[devices.MODELS]) == len(found[devices.MODEL_MANY])


def test_an_empty_home_is_a_snapshot() -> None:
    assert taken({}).told.names == {"reported": ["devices"]}
