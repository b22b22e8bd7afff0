"""Counting: from reports to raw counts, in two halves."""

from collections import Counter
from sys import getsizeof
from typing import Any

import orjson
import pytest
from hypothesis import given

from receiver.schema import STATISTICS
from receiver.storage.writing.changes import MAX_FAILURES
from tests.receiver.counted import Counts, Life, Member, count, count_lives
from tests.receiver.fleets import fleets, life, lives, member
from tests.receiver.reports import base_report, environment, valid_report


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
        assert list(counts.statistics[name]) == sorted(having(name))


@given(fleets())
def test_what_it_runs_on_is_what_a_slow_and_plain_count_finds(fleet: list[Member]) -> None:
    reports: list[dict[str, Any]] = [orjson.loads(body) for body, _, _ in fleet]

    def parts(name: str, part: str) -> Counter[Any]:
        values = Counter(report[name][part] for report in reports if name in report)
        return Counter({key: number for key, number in values.items() if key is not None})

    counts = count(fleet)
    for table, (name, part) in {
        "cpu_architectures": ("architecture", "name"),
        "virtualizations": ("virtualization", "name"),
        "containers": ("container", "name"),
        "python_versions": ("python", "version"),
        "cores": ("hardware", "cores"),
        "memory": ("hardware", "memory"),
    }.items():
        assert getattr(counts, table) == parts(name, part)
    for table, name in (("systems", "system"), ("host_systems", "host_system")):
        found = [one[name] for one in reports if name in one]
        assert getattr(counts, table) == Counter(
            (one["id"], None if one["id"] == "unknown" else one["version"]) for one in found
        )
    assert counts.kernels.total() == sum("kernel" in one for one in reports)
    assert {version for _, version in counts.kernels} <= {None, "12", "12.4", "6.12"}
    assert counts.panels == Counter(
        (one["panel"], one["opened"]) for report in reports for one in report.get("panels", ())
    )
    assert counts.reported["interface"] == sum("panels" in one for one in reports)
    tell = ("system", "host_system", "kernel", "architecture", "virtualization", "container")
    assert counts.reported["environment"] == sum(
        any(name in one for name in (*tell, "python", "hardware")) for one in reports
    )


def test_systems_that_have_no_name_here_share_no_versions() -> None:
    told = environment()
    system = told["system"] | {"id": "newos", "name": "New OS", "version": "12"}
    kernel = told["kernel"] | {"name": "Newkernel"}
    counts = count([member(base_report(system=system, host_system=system, kernel=kernel))])
    assert counts.systems == counts.host_systems == counts.kernels == {("other", None): 1}


def lived(*all_lives: Life) -> Counts:
    counts = Counts()
    count_lives(counts, all_lives)
    return counts


def start(version: str = "2026.10.4", **more: Any) -> dict[str, Any]:
    return {"event": "start", "version": version, **more}


@given(lives())
def test_an_installation_counts_once_for_each_name(all_lives: list[Life]) -> None:
    counts = lived(*all_lives)
    assert counts.reported["lifecycle"] == len(all_lives)
    tables = ("starts", "previous_ends", "setup_failures", "custom_setup_failures", "faults")
    latest = ("cloud", "start_durations", "stop_durations", "clean_runs", "unclean_runs")
    for name in (*tables, *latest, "unclean_ends", "nearly_full"):
        assert all(number <= len(all_lives) for number in getattr(counts, name).values())
    for name in (*latest, "unclean_ends"):
        assert getattr(counts, name).total() <= len(all_lives)
    again = lived(*[list(one) + list(one) for one in all_lives])
    assert again == counts


def test_the_latest_start_tells_of_the_cloud_and_of_how_long_it_took() -> None:
    first, last = start(cloud="expired", start_duration=60), start(cloud="connected")
    counts = lived(life(first, last, {"event": "stop", "version": "2026.10.4"}))
    assert counts.cloud == {"connected": 1}
    assert counts.start_durations == {60: 1}


def ended(event: str, **more: Any) -> dict[str, Any]:
    place = {"fault": {"error": "Aborted", "thread": "main"}} if event == "fault" else {}
    return {"event": event, "version": "2026.10.4", **place, **more}


def test_the_latest_event_that_tells_it_tells_of_lengths_and_of_ends_in_a_row() -> None:
    counts = lived(
        life(
            ended("stop", run_duration=604_800),
            start(stop_duration=60),
            ended("fault", run_duration=60, unclean_ends="first"),
            ended("fault", run_duration=3_600, unclean_ends="repeated"),
            start(),
            ended("stop", run_duration=86_400, unclean_ends="recovered"),
            ended("stop"),
        )
    )
    assert counts.stop_durations == {60: 1}
    assert counts.clean_runs == {86_400: 1}
    assert counts.unclean_runs == {3_600: 1}
    assert counts.unclean_ends == {"recovered": 1}


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ([{}], {}),
        ([{"memory_nearly_full": False}], {("memory", None): 1}),
        ([{"disk_nearly_full": True}], {("disk", None): 1, ("disk", "full"): 1}),
        (
            [{"memory_nearly_full": True}, {"memory_nearly_full": False}, {}],
            {("memory", None): 1, ("memory", "full"): 1},
        ),
    ],
)
@pytest.mark.parametrize("event", ["stop", "fault"])
def test_what_was_nearly_full_once_counts_among_those_that_tell_it(
    event: str, told: list[dict[str, bool]], counted: dict[Any, int]
) -> None:
    assert lived(life(*(ended(event, **one) for one in told))).nearly_full == counted


@pytest.mark.parametrize(
    ("end", "changed", "blamed"),
    [
        ("killed", False, 1),
        ("power_loss", None, 1),
        ("crashed_at_start", False, 1),
        ("crashed_at_stop", False, 1),
        ("killed", True, 0),
        ("clean", False, 0),
        ("first", False, 0),
        ("unknown", False, 0),
        ("other", False, 0),
        (None, False, 0),
    ],
)
def test_a_version_is_blamed_for_unclean_ends_of_its_own(
    end: str | None, changed: bool | None, blamed: int
) -> None:
    told: dict[str, Any] = {"previous_end": end, "version_changed": changed}
    counts = lived(life(start(**{key: one for key, one in told.items() if one is not None})))
    assert counts.starts["2026.10.4", None] == 1
    assert counts.starts["2026.10.4", "unclean"] == blamed
    assert counts.reported["unclean"] == (end in {"killed", "power_loss"} or "crash" in str(end))


def test_an_integration_that_fails_for_several_reasons_is_in_one_installation() -> None:
    def failing(reason: str) -> dict[str, Any]:
        return start(
            setup_failures=[{"domain": "hue", "reason": reason}],
            custom_setup_failures={reason: 2, "requirements": 0},
        )

    counts = lived(life(failing("error"), failing("not_ready"), failing("error") | {"cloud": "x"}))
    assert counts.setup_failures == {("hue", None): 1, ("hue", "error"): 1, ("hue", "not_ready"): 1}
    assert counts.custom_setup_failures == {"error": 1, "not_ready": 1}


def test_of_what_one_installation_could_not_set_up_its_latest_counts() -> None:
    def failing(time: int) -> dict[str, Any]:
        names = (f"d{time}_{number}" for number in range(999))
        return start(setup_failures=[{"domain": name, "reason": "error"} for name in names])

    counts = lived(life(*map(failing, range(50))))
    assert len(counts.setup_failures) == 2 * MAX_FAILURES
    assert {name.partition("_")[0] for name, _ in counts.setup_failures} == {"d49"}


def test_a_failure_at_every_start_leaves_room_for_earlier_ones() -> None:
    always = [{"domain": f"always_{number}", "reason": "error"} for number in range(9)]
    first = start(setup_failures=[{"domain": "hue", "reason": "error"}])
    later = [start(setup_failures=always, start_duration=time) for time in range(49)]
    assert lived(life(first, *later)).setup_failures["hue", None] == 1


def test_made_up_events_do_not_fill_the_memory() -> None:
    many = [
        life(start(setup_failures=[{"domain": f"d{n}_{m}", "reason": "error"} for m in range(99)]))
        for n in range(20)
    ]
    counts = Counts()
    count_lives(counts, many, max_names=300)
    assert counts.crowded
    assert len(counts.setup_failures) <= 300


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


def test_long_made_up_names_do_not_fill_the_memory() -> None:
    # A sign outside of the basic plane makes each of the others take four bytes.
    made_up = [
        member(
            base_report(
                integrations=["hue"],
                addons=[
                    {"slug": f"{number}_{more}_".ljust(254, "x") + "\U0001f600"}
                    for more in range(250)
                ],
            )
        )
        for number in range(80)
    ]
    counts = count(made_up, max_bytes=5 << 20)
    assert counts.crowded
    assert 0 < sum(getsizeof(slug) for slug, *_ in counts.addons) < 20 << 20
    assert counts.integrations == {"hue": 80}


def test_a_usual_fleet_is_counted_whole() -> None:
    assert not count([member(valid_report())] * 100).crowded
