"""What of a report is taken, and what is refused with which words."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from receiver.schema import FIELDS, STATISTICS
from receiver.schema.reports import INSTALLATION_TYPES
from scripts.kept_rows import Tells, told_by
from tests.receiver.reports import INTEGRATIONS, base_report, new_id, valid_report, without
from tests.receiver.running import Receiver

OVER_HTTP = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
HOSTILE = st.sampled_from(
    ["__proto__", "toString", "\ud800", "\x00", "a" * 300, float("nan"), float("inf"), 10**400]
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return lists and objects of these."""
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
        max_leaves=12,
    )


ANYTHING = nested(PLAIN | HOSTILE)
UNKNOWN = st.dictionaries(
    st.text().filter(lambda name: name not in FIELDS), nested(PLAIN), max_size=5
)
FULL = valid_report(uuid="0" * 32)


def paths(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return where anything is in a report."""
    if not isinstance(value, dict | list):
        return [before]
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    return [before, *(path for key, one in parts for path in paths(one, (*before, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a report with something else in one place."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def stored(receiver: Receiver) -> Tells:
    """Return what is kept of the only report."""
    (row,) = receiver.kept()
    return row.report


@OVER_HTTP
@given(value=ANYTHING)
async def test_any_json_is_taken_or_refused(receiver: Receiver, value: Any) -> None:
    status, _ = await receiver.post(body=json.dumps(value).encode())
    assert status in {200, 400}


@OVER_HTTP
@given(path=st.sampled_from(paths(FULL)), value=ANYTHING)
async def test_anything_in_any_place_is_taken_or_refused(
    receiver: Receiver, path: tuple[Any, ...], value: Any
) -> None:
    status, body = await receiver.post(body=json.dumps(replaced(FULL, path, value)).encode())
    assert status in {200, 400}
    assert status == 200 or json.loads(body)["error"]


@OVER_HTTP
@given(unknown=UNKNOWN)
async def test_a_valid_report_with_any_unknown_keys_is_taken(
    receiver: Receiver, unknown: dict[str, Any]
) -> None:
    status, _ = await receiver.post(unknown | FULL)
    assert status == 200
    assert stored(receiver) == told_by(FULL)


async def test_all_that_home_assistant_sends_is_kept(receiver: Receiver) -> None:
    await receiver.post_all([valid_report()])
    assert stored(receiver) == {
        "addons": [("core_mosquitto", "6.5.2", True, True), ("core_ssh", "9.20.0", False, False)],
        "containers": ["docker"],
        "cores": [4],
        "cpu_architectures": ["aarch64"],
        "custom_integrations": [("analytics", None), ("hacs", "2.0.5")],
        "filled": ["addons", "integrations"],
        "host_systems": [("haos", "16.2")],
        "integrations": sorted(INTEGRATIONS),
        "kernels": [("Linux", "6.12")],
        "memory": [8],
        "operating_systems": [("rpi5-64", "16.2")],
        "panels": [("energy", 2), ("lovelace", 20)],
        "python_versions": ["3.13.7"],
        "recorders": [("sqlite", "3.50.4")],
        "reported": ["addons", "energy", "environment", "integrations", "interface"],
        "supervisors": [(True, True, "aarch64")],
        "systems": [("alpine", "3.22.1")],
        "types": ["Home Assistant OS"],
        "versions": ["2026.10.4"],
        "virtualizations": ["none"],
        "addon_count": 2,
        "automation_count": 17,
        "integration_count": len(INTEGRATIONS),
        "state_count": 421,
        "user_count": 3,
    }


async def test_the_id_is_not_kept(receiver: Receiver) -> None:
    uuid = new_id()
    await receiver.post_all([valid_report(uuid=uuid)])
    assert uuid not in str(receiver.rows())


async def test_unknown_keys_are_dropped_and_counted(receiver: Receiver) -> None:
    addon = {"slug": "core_ssh", "rating": 5}
    for _ in range(2):
        await receiver.post_all([base_report(snapshots=[1], addons=[addon, addon | {"slug": "b"}])])
    await receiver.post_all([base_report(**{"mail@example.com": 1, "x" * 65: 2})])
    names = {row["name"]: row["count"] for row in receiver.rows("SELECT * FROM dropped_key")}
    assert names == {"snapshots": 2, "addons.rating": 2, "other": 1}
    assert all("example" not in str(row) for row in receiver.rows())


@pytest.mark.parametrize("name", ["uuid", "version", "installation_type"])
async def test_a_missing_field_is_named(receiver: Receiver, name: str) -> None:
    status, body = await receiver.post(without(valid_report(), name))
    assert status == 400
    assert json.loads(body) == {"error": "is missing, and required", "field": name}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("uuid", "short"),
        ("uuid", "0" * 33),
        ("uuid", 32),
        ("version", 2026.1),
        ("installation_type", ["Home Assistant OS"]),
        ("state_count", -1),
        ("state_count", 1.5),
        ("state_count", True),
        ("state_count", "1"),
        ("user_count", None),
        ("certificate", 1),
        ("integrations", "hue"),
        ("integrations", {"0": "hue"}),
        ("integrations.1", 5),
        ("custom_integrations.0.domain", None),
        ("custom_integrations.1.version", 2),
        ("custom_integrations.1", "hacs"),
        ("addons.0.slug", []),
        ("addons.1.protected", "yes"),
        ("addons.0.auto_update", 0),
        ("supervisor", None),
        ("supervisor.healthy", None),
        ("supervisor.arch", 64),
        ("energy.configured", "true"),
        ("recorder.version", None),
        ("system", "Alpine"),
        ("system.name", None),
        ("system.version", 3),
        ("kernel.detection", []),
        ("virtualization.name", 1),
        ("python.version", {}),
        ("hardware.cores", "4"),
        ("hardware.memory", -1),
        ("panels.0.panel", None),
        ("panels.1.opened", 0.5),
    ],
)
async def test_a_wrong_value_is_named_by_its_path_and_not_repeated(
    receiver: Receiver, path: str, value: Any
) -> None:
    steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
    status, body = await receiver.post(replaced(valid_report(), steps, value))
    assert status == 400
    answer = json.loads(body)
    assert answer["field"] == path
    assert answer["error"].startswith("expected ")
    assert not receiver.rows()


LATER: list[tuple[str, Any, str, Any]] = [
    ("installation_type", "Home Assistant Appliance", "installation_type", "Unknown"),
    ("installation_type", "__proto__", "installation_type", "Unknown"),
    ("version", "2026.11.0.dev202611290213+appliance", "version", "Unknown"),
    ("version", "", "version", "Unknown"),
    ("state_count", 10_000_001, "state_count", None),
    ("state_count", 2**70, "state_count", None),
    ("integrations", ["hue"] * 1000, "integrations", None),
    *(
        ("integrations", ["zha", name, "hue"], "integrations", ["hue", "zha"])
        for name in ("", "x" * 256, "a\nb", "\u202egnp")
    ),
    ("supervisor.arch", "x" * 256, "supervisor.arch", None),
    ("operating_system.board", "a\x00b", "operating_system.board", "Unknown"),
    ("operating_system.version", "1" * 256, "operating_system.version", None),
    ("recorder.engine", "x" * 256, "recorder.engine", "unknown"),
    ("recorder.version", "1" * 256, "recorder.version", "Unknown"),
    ("custom_integrations.0.version", "1" * 256, "custom_integrations.version", None),
    ("addons.0.version", "1" * 256, "addons.version", None),
]


@pytest.mark.parametrize(("path", "value", "noted", "kept"), LATER)
async def test_what_is_in_no_list_or_beyond_a_limit_costs_no_more_than_itself(
    receiver: Receiver, path: str, value: Any, noted: str, kept: Any
) -> None:
    steps = tuple(int(step) if step.isdigit() else step for step in path.split("."))
    before = without(valid_report(), "uuid")
    assert await receiver.post(replaced(before | {"uuid": new_id()}, steps, value)) == (200, b"")
    expected = replaced(before, steps, kept)
    if kept is None and len(steps) == 1:
        del expected[path]
    assert stored(receiver) == told_by(expected)
    assert receiver.rows("SELECT * FROM dropped_key") == [{"name": noted, "count": 1}]


@pytest.mark.parametrize(("part", "name"), [("custom_integrations", "domain"), ("addons", "slug")])
async def test_an_item_without_a_name_that_can_be_kept_goes_alone(
    receiver: Receiver, part: str, name: str
) -> None:
    items = [{name: "first"}, {name: "x" * 256}, {name: "last"}]
    await receiver.post_all([base_report(**{part: items})])
    assert [first for first, *_ in stored(receiver)[part]] == ["first", "last"]
    noted = {"name": f"{part}.{name}", "count": 1}
    assert receiver.rows("SELECT * FROM dropped_key") == [noted]


@pytest.mark.parametrize("version", ["2027.1", "2027.1.0.dev2027010102135"])
async def test_a_version_of_another_length_is_kept(receiver: Receiver, version: str) -> None:
    await receiver.post_all([base_report(version=version)])
    assert stored(receiver)["versions"] == [version]


@pytest.mark.parametrize("path", [path for path in paths(FULL) if path and path[-1] == "version"])
async def test_unknown_versions_may_be_null(receiver: Receiver, path: tuple[Any, ...]) -> None:
    may = len(path) > 1 and path[0] != "recorder"
    status, _ = await receiver.post(replaced(FULL, path, None))
    assert status == (200 if may else 400)


@pytest.mark.parametrize("supervisor", [{}, {"arch": None}])
async def test_an_architecture_that_the_supervisor_does_not_know_is_unknown(
    receiver: Receiver, supervisor: dict[str, Any]
) -> None:
    told = {"healthy": True, "supported": True}
    await receiver.post_all([base_report(supervisor=told | supervisor)])
    assert stored(receiver)["supervisors"] == [(True, True, None)]


@pytest.mark.parametrize("name", ["__proto__", "toString", "constructor", "ü", "🏠"])
async def test_names_are_just_texts(receiver: Receiver, name: str) -> None:
    await receiver.post_all(
        [
            base_report(
                integrations=[name],
                custom_integrations=[{"domain": name}],
                addons=[{"slug": name}],
                **{name: {}},
            )
        ]
    )
    assert stored(receiver)["addons"] == [(name, None, True, False)]


@pytest.mark.parametrize("kind", INSTALLATION_TYPES)
async def test_every_installation_type_is_taken(receiver: Receiver, kind: str) -> None:
    await receiver.post_all([base_report(installation_type=kind)])
    assert stored(receiver)["types"] == [kind]


async def test_nothing_counts_twice(receiver: Receiver) -> None:
    await receiver.post_all(
        [
            base_report(
                integrations=["zha", "hue", "zha"],
                custom_integrations=[{"domain": "hacs", "version": "2"}, {"domain": "hacs"}],
                addons=[{"slug": "b"}, {"slug": "a"}, {"slug": "b", "protected": False}],
                recorder={"engine": "SQLite", "version": "3"},
                state_count=3.0,
            )
        ]
    )
    report = stored(receiver)
    assert report["integrations"] == ["hue", "zha"]
    assert report["custom_integrations"] == [("hacs", "2")]
    assert report["addons"] == [("a", None, True, False), ("b", None, True, False)]
    assert report["recorders"] == [("sqlite", "3")]
    assert report["state_count"] == 3


async def test_the_order_of_a_report_does_not_matter(receiver: Receiver) -> None:
    first = valid_report()
    second = dict(reversed(first.items())) | {"integrations": first["integrations"][::-1]}
    await receiver.post_all([first, second | {"uuid": new_id()}])
    one, other = receiver.kept()
    assert one.stored.report == other.stored.report


async def test_words_and_steps_of_a_newer_client_are_others(receiver: Receiver) -> None:
    new = {"name": "TempleOS", "version": "5.03", "id": "templeos", "detection": "oracle"}
    await receiver.post_all(
        [
            base_report(
                system=new | {"id_like": "templeos"},
                architecture={"name": "quantum", "detection": "uname"},
                kernel={"name": "Linux", "version": "6.12.51.7-my-host", "detection": "uname"},
                python={"version": "3.15.0a1"},
                hardware={"cores": 5, "memory": 100_000},
                panels=[{"panel": "greenhouse", "opened": 3}],
            )
        ]
    )
    report = stored(receiver)
    # A version tells nothing of what has no name here.
    assert report["systems"] == [("other", None)]
    assert report["cpu_architectures"] == ["other"]
    assert report["kernels"] == [("Linux", "6.12")]
    assert report["python_versions"] == ["3.15.0"]
    assert (report["cores"], report["memory"]) == ([4], [128])
    assert report["panels"] == [("other", 2)]


@pytest.mark.parametrize("version", ["20260101", "my-host", "", "٣.1"])
async def test_what_is_no_version_is_unknown(receiver: Receiver, version: str) -> None:
    kernel = {"name": "Linux", "version": version, "detection": "uname"}
    await receiver.post_all([base_report(kernel=kernel)])
    assert stored(receiver)["kernels"] == [("Linux", None)]


def test_numbers_that_are_kept_stay_what_they_are() -> None:
    # In a row each is known by its place: another statistic goes to the end.
    kept = ("state_count", "automation_count", "integration_count", "addon_count", "user_count")
    assert STATISTICS[: len(kept)] == kept
