"""Whatever is sent as a snapshot: what is kept is bounded, sound, and no more than what it says."""

import io
import json
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.schema import TABLES, Name, ReportError, Told, devices
from receiver.schema.snapshots.kinds import MOST_NAMES
from receiver.schema.snapshots.taken import Snapshot, taken
from receiver.unpacking import END, HEAD, Answer, length_of, read_names
from receiver.unpacking.frames import write_answer
from tests.receiver.running import Receiver
from tests.receiver.snapshots import post

OVER_HTTP = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
MOST_DROPPED = 20
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=12,
)
DOMAINS = st.sampled_from(["hue", "zha", "mqtt", "esphome", "_x", "Hue", "a.b", ""])
TEXTS = st.none() | st.text(max_size=12) | st.sampled_from(["Lamp", " Lamp ", "1.2.3", "Example"])
ENTITIES = st.fixed_dictionaries(
    {"domain": st.sampled_from(["light", "sensor", "Light", ""])},
    optional={
        "entity_category": st.sampled_from([None, "config", "diagnostic", "other"]),
        "original_device_class": st.sampled_from([None, "motion", "battery"]),
        "assumed_state": st.none() | st.booleans(),
    },
)
SOUND = st.fixed_dictionaries(
    {},
    optional={
        "manufacturer": TEXTS,
        "model": TEXTS,
        "model_id": TEXTS,
        "sw_version": TEXTS | st.integers(),
        "hw_version": TEXTS | st.floats(allow_nan=False, allow_infinity=False),
        "via_device": st.none() | st.tuples(DOMAINS, st.integers(-1, 3)).map(list),
        "entry_type": st.sampled_from([None, "service"]),
        "entities": st.lists(ENTITIES, max_size=3),
    },
)
# Of the right form but for anything somewhere in it.
NEARLY = st.builds(
    lambda sound, key, value: {**sound, key: value},
    SOUND,
    st.sampled_from(["model", "sw_version", "via_device", "entities", "has_configuration_url"]),
    ANYTHING,
)
HOMES = st.dictionaries(
    DOMAINS,
    st.fixed_dictionaries(
        {"devices": st.lists(SOUND | NEARLY, max_size=5)}, optional={"entities": ANYTHING}
    ),
    max_size=4,
)


def sent(raw: Any) -> Any:
    """Return a value as it is once it was read: large numbers are others."""
    return orjson.loads(json.dumps(raw))


def found_in(raw: Any) -> Snapshot | str:
    """Return what is kept of a snapshot, or why nothing is."""
    try:
        return taken(raw)
    except ReportError as refused:
        return refused.remedy


def by_wire(found: Snapshot) -> tuple[Answer, Told]:
    """Return what the receiver gets of what the process that unpacks has found."""
    file = io.BytesIO()
    write_answer(file, Answer(status=200, dropped=found.dropped), found.told)
    file.seek(0)

    def frame() -> bytes:
        return file.read(length_of(file.read(HEAD)))

    answer = Answer.read(frame())
    names: dict[str, list[Name]] = {}
    while (part := frame()) != END:
        read_names(part, names)
    return answer, Told(names, {})


def assert_sound(found: Snapshot) -> None:
    names = found.told.names
    assert found.told.numbers == {}
    assert names.keys() <= set(TABLES)
    assert names["reported"] == [devices.SHARED]
    assert sum(map(len, names.values())) <= MOST_NAMES
    for some in names.values():
        assert some
        assert len(set(some)) == len(some)
    models = {*names.get(devices.MODELS, ())}
    for table in devices.TABLES:
        # Nothing is kept of a model that is not.
        if table.startswith("model_"):
            assert {
                tuple(name)[:2] for name in names.get(table, ()) if isinstance(name, tuple)
            } <= models
    assert len(found.dropped) <= MOST_DROPPED
    assert all(one.startswith("snapshot.") and len(one) < 200 for one in found.dropped)
    answer, told = by_wire(found)
    assert answer.dropped == found.dropped
    assert told.names == {table: [*some] for table, some in names.items()}


@given(ANYTHING | HOMES | st.dictionaries(DOMAINS, ANYTHING))
def test_whatever_comes_is_taken_or_refused_in_words(raw: Any) -> None:
    found = found_in(sent(raw))
    if isinstance(found, str):
        assert found.startswith("expected ")
    else:
        assert_sound(found)


@given(HOMES, st.randoms(use_true_random=False))
def test_the_order_of_devices_and_integrations_changes_nothing(
    home: dict[str, Any], chance: Any
) -> None:
    one = sent(home)
    # Else what a device is behind is another device.
    for facts in one.values():
        for each in facts["devices"]:
            each.pop("via_device", None)
    other = json.loads(json.dumps(one))
    for facts in other.values():
        chance.shuffle(facts["devices"])
    turned = dict(chance.sample([*other.items()], len(other)))
    assert taken(one).told == taken(turned).told


@given(
    st.lists(SOUND, max_size=4),
    st.integers(0, 4),
    st.sampled_from(
        [
            None,
            5,
            "x",
            [],
            {"model": {}},
            {"entities": 1},
            {"via_device": [1, 2]},
            {"sw_version": []},
        ]
    ),
)
def test_a_device_that_is_wrong_costs_itself_alone(some: list[Any], place: int, wrong: Any) -> None:
    home = sent({"hue": {"devices": some}})
    for each in home["hue"]["devices"]:
        each.pop("via_device", None)
    beside = json.loads(json.dumps(home))
    beside["hue"]["devices"].insert(place, wrong)
    assert taken(beside).told == taken(home).told
    assert "snapshot.devices" in taken(beside).dropped


@OVER_HTTP
@given(ANYTHING | HOMES)
async def test_no_snapshot_breaks_the_receiver(receiver: Receiver, raw: Any) -> None:
    body = json.dumps(raw).encode()
    status, answer = await post(receiver, body)
    assert status in {200, 400}
    assert answer.keys() in ({"submission_identifier"}, {"kind", "message"})
