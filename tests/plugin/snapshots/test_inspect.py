"""The guard of a snapshot: known keys, each of its kind, and no reference into nothing."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.analytics.models import Knowledge
from custom_components.analytics.snapshots.inspect import Inspected, Inspector
from custom_components.analytics.snapshots.serials import serials

DEVICE: dict[str, Any] = {
    "entry_type": None,
    "has_configuration_url": True,
    "hw_version": "2",
    "manufacturer": "IKEA of Sweden",
    "model": "E1603/E1702",
    "model_id": None,
    "sw_version": "1.2.3",
    "via_device": None,
    "entities": [],
}
ENTITY: dict[str, Any] = {
    "assumed_state": None,
    "domain": "sensor",
    "entity_category": "diagnostic",
    "has_entity_name": True,
    "original_device_class": "speed",
    "unit_of_measurement": "km/h",
}


def inspect(payload: object) -> Inspected:
    known = Knowledge(built_in=frozenset({"hue", "zha", "sensor"}), secrets=frozenset({"hunter2"}))
    return Inspector(known).inspect(payload)


def only(devices: list[Any], entities: list[Any] | None = None) -> dict[str, Any]:
    return {"hue": {"devices": devices, "entities": entities or []}}


def test_what_the_host_makes_passes_whole() -> None:
    zha = {**DEVICE, "entities": [ENTITY], "via_device": ["hue", 0]}
    payload = {**only([DEVICE], [ENTITY]), "zha": {"devices": [zha], "entities": []}}
    assert inspect(payload) == Inspected(payload=payload, dropped={})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("entry_type", "mine"),
        ("has_configuration_url", "http://192.168.1.5"),
        ("has_configuration_url", 1),
        ("hw_version", ["nested"]),
        ("manufacturer", {"name": "Nina"}),
        ("model", "hunter2"),
        ("model", True),
        ("model_id", float("nan")),
        ("model_id", 123456789012345),
        ("model", "81.2.69.142"),
        ("sw_version", "10.0.0.7"),
    ],
)
def test_of_a_device_what_does_not_fit_is_null_and_counted(key: str, value: object) -> None:
    found = inspect(only([{**DEVICE, key: value}]))
    assert found.payload == only([{**DEVICE, key: None}])
    assert found.dropped == {key: 1}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("assumed_state", "Nina is at home"),
        ("domain", "my_own"),
        ("entity_category", "kitchen"),
        ("has_entity_name", "Lamp"),
        ("original_device_class", "nina@example.org"),
        ("unit_of_measurement", "nas.local"),
    ],
)
def test_of_an_entity_as_well(key: str, value: object) -> None:
    found = inspect(only([{**DEVICE, "entities": [{**ENTITY, key: value}]}], [ENTITY]))
    assert found.payload == only([{**DEVICE, "entities": [{**ENTITY, key: None}]}], [ENTITY])
    assert found.dropped == {key: 1}


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("AB12-34567", False),
        ("Plug ab12_34567 v2", False),
        ("AB1234567", False),
        ("Tasmota-A1B2C3", False),
        ("ESP_a1b2c3", False),
        ("XAB12-34567", True),
        ("A1B2C", True),
        ("KITCHEN", True),
    ],
)
def test_what_single_devices_are_known_by_is_no_part_of_a_text(text: str, passes: bool) -> None:
    own = SimpleNamespace(
        serial_number="AB12-34567", connections={("mac", "a8:03:2a:a1:b2:c3"), ("x", "kitchen")}
    )
    without = SimpleNamespace(serial_number=None, connections=set())
    known = Knowledge(built_in=frozenset({"hue"}))
    found = Inspector(known, serials([own, without])).inspect(only([{**DEVICE, "model": text}]))
    assert found.payload == only([{**DEVICE, "model": text if passes else None}])


def test_keys_of_a_later_host_are_left_out_and_counted() -> None:
    device = {**DEVICE, "name": "Lamp", "entities": [{**ENTITY, "area": "Kitchen"}]}
    payload = {"hue": {"devices": [device], "entities": [], "config": {"token": "x"}}}
    found = inspect(payload)
    assert found.payload == only([{**DEVICE, "entities": [ENTITY]}])
    assert found.dropped == {"unknown": 3}


def test_integrations_that_are_not_built_in_are_left_out_and_so_are_references_to_them() -> None:
    payload = {**only([{**DEVICE, "via_device": ["secret_lab", 0]}]), "secret_lab": only([DEVICE])}
    found = inspect(payload)
    assert found.payload == only([DEVICE])
    assert found.dropped == {"integrations": 1, "via_device": 1}


@pytest.mark.parametrize(
    "via", [["hue", 1], ["hue", -1], ["hue", True], ["hue"], "hue", ["hue", 0, 1], [0, "hue"], {}]
)
def test_a_reference_into_nothing_is_none(via: object) -> None:
    assert inspect(only([{**DEVICE, "via_device": via}])).payload == only([DEVICE])


def test_devices_keep_their_places() -> None:
    second = {**DEVICE, "via_device": ("hue", 1)}
    found = inspect(only([second, DEVICE, "broken"]))
    devices = found.payload["hue"]["devices"]
    assert devices[0]["via_device"] == ["hue", 1]
    assert devices[2] == {"via_device": None, "entities": []}


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda part: st.one_of(
        st.lists(part, max_size=3),
        st.dictionaries(
            st.one_of(st.sampled_from([*DEVICE, *ENTITY, "devices", "entities", "hue"]), st.text()),
            part,
            max_size=4,
        ),
    ),
    max_leaves=30,
)


@settings(max_examples=300, derandomize=True)
@given(payload=json_values, devices=json_values, entities=json_values)
def test_whatever_comes_only_the_table_leaves(
    payload: object, devices: object, entities: object
) -> None:
    for given_payload in (payload, {"hue": {"devices": devices, "entities": entities}}):
        found = inspect(given_payload).payload
        json.dumps(found, allow_nan=False)
        assert set(found) <= {"hue", "zha", "sensor"}
        for facts in found.values():
            assert set(facts) == {"devices", "entities"}
            entities_found = [*facts["entities"]]
            for device in facts["devices"]:
                assert set(device) <= set(DEVICE)
                entities_found += device["entities"]
            assert all(set(entity) <= set(ENTITY) for entity in entities_found)
