"""Events: what of them is taken, refused, kept, and for how long."""

import asyncio
import gzip
import json
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.intake.ids import key_of
from receiver.keys import OUTCOMES
from receiver.schema import EVENTS
from receiver.storage.writing.changes import MAX_EVENTS
from scripts.kept_rows import Tells
from tests.receiver.disk import holds, locked, until_gone
from tests.receiver.reports import (
    base_report,
    fault_event,
    new_id,
    start_event,
    stop_event,
    valid_report,
    without,
)
from tests.receiver.running import Receiver
from tests.receiver.schema.test_schema import ANYTHING, OVER_HTTP, paths, replaced

PATH = "/v1/events"
FULL = {"start": start_event, "stop": stop_event, "fault": fault_event}
PLACES = [
    (kind, path) for kind, make in FULL.items() for path in paths(make(uuid="0" * 32)) if path
]
SECOND_VERSION = {
    "stop_duration",
    "run_duration",
    "unclean_ends",
    "memory_nearly_full",
    "disk_nearly_full",
}
# What is counted of these.
OF_THE_SECOND = {
    "stop_durations",
    "clean_runs",
    "unclean_runs",
    "unclean_ends",
    "nearly_full",
}
MARK = "integration_that_tells_somebody"


# What is kept of the events that `FULL` makes.
TOLD: Mapping[str, Tells] = {
    "start": {
        "cloud": ["connected"],
        "custom_setup_failures": ["error", "requirements"],
        "previous_ends": ["power_loss"],
        "reported": ["lifecycle", "unclean"],
        "setup_failures": [
            *(("hue", "not_ready"), ("hue", None)),
            *(("tuya", "authentication"), ("tuya", None)),
        ],
        "start_durations": [20],
        "starts": [("2026.10.4", "unclean"), ("2026.10.4", None)],
        "stop_durations": [10],
    },
    "stop": {
        "clean_runs": [86_400],
        "nearly_full": [("disk", "full"), ("disk", None), ("memory", None)],
        "reported": ["lifecycle"],
        "unclean_ends": ["recovered"],
    },
    "fault": {
        "faults": [
            ("SegmentationFault", "asyncio/selector_events.py"),
            ("SegmentationFault", None),
        ],
        "nearly_full": [("disk", None), ("memory", "full"), ("memory", None)],
        "reported": ["lifecycle"],
        "unclean_ends": ["repeated"],
        "unclean_runs": [3_600],
    },
}


class Kept(NamedTuple):
    """An event that is kept: of whom, when it came, and what it tells."""

    key: bytes
    time: int
    tells: Tells


def rows(receiver: Receiver) -> list[Kept]:
    """Return all events that are kept, the oldest first."""
    kept = [
        Kept(row.key, event.time, tells)
        for row in receiver.kept()
        for event, tells in zip(row.stored.events, row.events, strict=True)
    ]
    return sorted(kept, key=attrgetter("time"))


def stored(receiver: Receiver) -> list[Tells]:
    return [one.tells for one in rows(receiver)]


def reports(receiver: Receiver) -> int:
    """Return how many installations have a report."""
    return sum(bool(row.report) for row in receiver.kept())


@pytest.mark.parametrize("kind", FULL)
async def test_an_event_is_answered_with_an_empty_body_and_kept(
    receiver: Receiver, kind: str
) -> None:
    event = FULL[kind]()
    assert await receiver.post(event, path=PATH) == (200, b"")
    assert stored(receiver) == [TOLD[kind]]
    assert event["uuid"] not in str(receiver.rows())
    assert not reports(receiver)
    assert receiver.app[OUTCOMES] == {"accepted": 1}


@pytest.mark.parametrize("kind", FULL)
async def test_what_it_says_it_takes_is_all_of_it(receiver: Receiver, kind: str) -> None:
    _, body = await receiver.get("/v1")
    assert set(json.loads(body)["events"][kind]) == FULL[kind]().keys() == EVENTS[kind].keys()


@OVER_HTTP
@given(value=ANYTHING)
async def test_any_json_is_taken_or_refused(receiver: Receiver, value: Any) -> None:
    status, _ = await receiver.post(body=json.dumps(value).encode(), path=PATH)
    assert status in {200, 400}


@OVER_HTTP
@given(place=st.sampled_from(PLACES), value=ANYTHING)
async def test_anything_in_any_place_is_taken_or_refused(
    receiver: Receiver, place: tuple[str, tuple[Any, ...]], value: Any
) -> None:
    kind, path = place
    body = json.dumps(replaced(FULL[kind](), path, value)).encode()
    status, answer = await receiver.post(body=body, path=PATH)
    assert status in {200, 400}
    assert status == 200 or json.loads(answer)["error"]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (without(start_event(), "event"), "event"),
        (without(start_event(), "uuid"), "uuid"),
        (without(stop_event(), "version"), "version"),
        (start_event(event=["start"]), "event"),
        (start_event(start_duration="long"), "start_duration"),
        (start_event(start_duration=-1), "start_duration"),
        (start_event(previous_end=None), "previous_end"),
        (start_event(version_changed=1), "version_changed"),
        (start_event(setup_failures={}), "setup_failures"),
        (start_event(setup_failures=[{"domain": "hue"}]), "setup_failures.0.reason"),
        (start_event(custom_setup_failures={"error": "1"}), "custom_setup_failures.error"),
        (start_event(cloud=True), "cloud"),
        (start_event(stop_duration="short"), "stop_duration"),
        (stop_event(run_duration=None), "run_duration"),
        (stop_event(unclean_ends=2), "unclean_ends"),
        (fault_event(memory_nearly_full="no"), "memory_nearly_full"),
        (fault_event(disk_nearly_full=1), "disk_nearly_full"),
        (fault_event(fault={"error": "Aborted"}), "fault.thread"),
        (
            fault_event(fault={"error": "Aborted", "thread": "main", "file": 5}),
            "fault.file",
        ),
        ([], ""),
    ],
)
async def test_a_wrong_value_is_named_by_its_path(
    receiver: Receiver, event: Any, field: str
) -> None:
    status, body = await receiver.post(event, path=PATH)
    assert (status, json.loads(body)["field"]) == (400, field)
    assert not rows(receiver)


async def test_an_event_of_a_newer_client_is_another_and_says_no_more(receiver: Receiver) -> None:
    event = {"uuid": new_id(), "version": "2027.1.0", "event": "resumed", "slept": 5}
    assert await receiver.post(event, path=PATH) == (200, b"")
    assert stored(receiver) == [{"reported": ["lifecycle"]}]
    assert receiver.rows("SELECT * FROM dropped_key") == [{"name": "slept", "count": 1}]


async def test_what_is_beyond_a_limit_costs_an_event_no_more_than_itself(
    receiver: Receiver,
) -> None:
    failures = [{"domain": domain, "reason": "error"} for domain in ("a\nb", "hue")]
    fault = {"error": "Aborted", "thread": "main", "file": "x" * 256, "line": 2**70}
    await receiver.post_events(
        [
            start_event(version="1" * 26, setup_failures=failures, start_duration=2**70),
            fault_event(fault=fault),
        ]
    )
    start, crash = sorted(stored(receiver), key=lambda event: "faults" in event)
    assert start["starts"] == [("Unknown", "unclean"), ("Unknown", None)]
    assert start["setup_failures"] == [("hue", "error"), ("hue", None)]
    assert start["start_durations"] == [600]
    assert crash["faults"] == [("Aborted", None)]
    names = {row["name"] for row in receiver.rows("SELECT * FROM dropped_key")}
    assert names == {"version", "setup_failures.domain", "fault.file", "fault.line"}


async def test_words_and_steps_of_a_newer_client_are_others(receiver: Receiver) -> None:
    await receiver.post_events(
        [
            start_event(
                previous_end="hung",
                cloud="paused",
                start_duration=45,
                stop_duration=3_599,
                setup_failures=[{"domain": "hue", "reason": "moon"}],
                custom_setup_failures={"moon": 2},
            )
        ]
    )
    (event,) = stored(receiver)
    assert (event["previous_ends"], event["cloud"]) == (["other"], ["other"])
    assert (event["start_durations"], event["stop_durations"]) == ([30], [60])
    assert event["setup_failures"] == [("hue", "other"), ("hue", None)]
    assert "custom_setup_failures" not in event


@pytest.mark.parametrize(
    ("make", "runs"), [(stop_event, "clean_runs"), (fault_event, "unclean_runs")]
)
async def test_a_run_of_a_newer_client_is_told_in_the_words_that_are_known(
    receiver: Receiver, make: Callable[..., dict[str, Any]], runs: str
) -> None:
    uuid = new_id()
    for length in (59, 2_592_000, 2**70):
        await receiver.post_events([make(uuid=uuid, run_duration=length, unclean_ends="healed")])
    events = stored(receiver)
    assert sorted(event[runs] for event in events) == [[0], [604_800]]
    assert [event["unclean_ends"] for event in events] == [["other"]] * 2


@pytest.mark.parametrize("kind", FULL)
async def test_an_event_of_an_older_client_is_taken_as_it_is(receiver: Receiver, kind: str) -> None:
    event = FULL[kind]()
    older = {name: value for name, value in event.items() if name not in SECOND_VERSION}
    assert await receiver.post(older, path=PATH) == (200, b"")
    told = {name: names for name, names in TOLD[kind].items() if name not in OF_THE_SECOND}
    assert stored(receiver) == [told]
    assert not receiver.rows("SELECT * FROM dropped_key")


async def test_unknown_keys_are_dropped_and_counted(receiver: Receiver) -> None:
    await receiver.post_events([stop_event(start_duration=5, host="secret", **{"a b": 1})])
    names = {row["name"]: row["count"] for row in receiver.rows("SELECT * FROM dropped_key")}
    assert names == {"start_duration": 1, "host": 1, "other": 1}
    assert not holds(receiver.database, "secret")


async def test_the_same_event_again_is_kept_once_with_its_new_time(receiver: Receiver) -> None:
    event = start_event()
    await receiver.post_events([event])
    (first,) = rows(receiver)
    receiver.clock.move(days=1)
    await receiver.post_events([dict(reversed(event.items()))])
    (second,) = rows(receiver)
    assert second.time - first.time == pytest.approx(24 * 3600, abs=5)
    await receiver.post_events([event | {"uuid": new_id()}])
    assert len(rows(receiver)) == 2


async def test_the_oldest_events_of_an_installation_make_room(receiver: Receiver) -> None:
    uuid = new_id()
    other = stop_event()
    await receiver.post_events([other])
    versions = [f"2026.{number:04}.0" for number in range(MAX_EVENTS + 10)]
    for version in versions:
        receiver.clock.move(seconds=2)
        event = start_event(uuid=uuid, version=version, previous_end="clean")
        await receiver.post_events([event])
    key = key_of(uuid)
    kept = [one.tells["starts"] for one in rows(receiver) if one.key == key]
    assert kept == [[(version, None)] for version in versions[10:]]
    assert len(rows(receiver)) == MAX_EVENTS + 1


async def test_many_at_once_make_room_too(receiver: Receiver) -> None:
    uuid = new_id()
    events = [start_event(uuid=uuid, version=f"2026.{number:04}.0") for number in range(300)]
    answers = await asyncio.gather(*(receiver.post(event, path=PATH) for event in events))
    assert {status for status, _ in answers} == {200}
    assert len(rows(receiver)) == MAX_EVENTS


async def test_a_deletion_takes_events_with_it(receiver: Receiver) -> None:
    uuid = new_id()
    failed = [{"domain": MARK, "reason": "error"}]
    await receiver.post_all([base_report(uuid=uuid)])
    await receiver.post_events([start_event(uuid=uuid, setup_failures=failed), stop_event()])
    assert holds(receiver.database, MARK)
    assert await receiver.delete(uuid) == 204
    assert stored(receiver) == [TOLD["stop"]]
    assert not reports(receiver)
    # Nobody else tells of it, which is seen when the figures are made.
    assert await receiver.publish()
    await until_gone(receiver.database, MARK)


async def test_an_installation_of_events_only_can_be_deleted(receiver: Receiver) -> None:
    event = start_event()
    await receiver.post_events([event])
    assert await receiver.delete(event["uuid"]) == 204
    assert not rows(receiver)


async def test_an_event_is_gone_after_sixty_days(receiver: Receiver) -> None:
    uuid = new_id()
    failed = [{"domain": MARK, "reason": "error"}]
    await receiver.post_events([start_event(uuid=uuid, setup_failures=failed)])
    receiver.clock.move(days=59)
    await receiver.post_all([valid_report(uuid=uuid)])
    await receiver.post_events([stop_event(uuid=uuid)])
    receiver.clock.move(days=1, seconds=2)
    await receiver.sweep()
    assert stored(receiver) == [TOLD["stop"]]
    assert reports(receiver) == 1
    assert await receiver.publish()
    await until_gone(receiver.database, MARK)


async def test_gzip_and_faults_are_those_of_reports(receiver: Receiver) -> None:
    body = gzip.compress(json.dumps(stop_event()).encode())
    packed = {"Content-Encoding": "gzip"}
    assert (await receiver.post(body=body, headers=packed, path=PATH))[0] == 200
    with locked(receiver.database):
        assert (await receiver.post(stop_event(), path=PATH))[0] == 503
    assert len(rows(receiver)) == 1


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
async def test_other_methods_are_refused(receiver: Receiver, method: str) -> None:
    async with receiver.session.request(method, receiver.url(PATH)) as answer:
        assert answer.status in {404, 405}
