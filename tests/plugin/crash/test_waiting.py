"""What waits on disk leaves as the table allows, whatever was done to it there."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.crash.fields import FIELDS, VERSION
from custom_components.analytics.crash.outbox import OUTBOX
from custom_components.analytics.crash.scrub import scrub
from scripts.sink import Sink

from ..conftest import Wait
from .conftest import Settle

type Json = dict[str, Any]
type Restart = Callable[[Callable[[Json], None]], Any]

SECRET = "hunter2"


@pytest.fixture
def restart(
    storage_folder: Path,
    hass: HomeAssistant,
    listening: Any,
    faulty: ModuleType,
    settle: Settle,
    wait: Wait,
    receiver: Sink,
    freezer: FrozenDateTimeFactory,
) -> Restart:
    """Let a report wait, change the file in which it does, and start again with a server."""

    async def restart(change: Callable[[Json], None]) -> Json:
        await receiver.stop()
        faulty.log()
        await settle()
        await hass.config_entries.async_unload(listening.entry_id)
        hass.data.pop(OUTBOX)
        file = storage_folder / "analytics.crashes"
        stored = json.loads(file.read_text())
        [line] = stored["data"]["waiting"]
        before: Json = json.loads(json.dumps(line["event"]))
        change(line)
        file.write_text(json.dumps(stored))
        await receiver.start()
        await hass.config_entries.async_setup(listening.entry_id)
        for _ in range(2):  # a connection that was kept may turn out to be dead at the first
            freezer.tick(timedelta(hours=2))
            await settle()
            await wait(timedelta(0))
        assert json.loads(file.read_text())["data"]["waiting"] == []
        return before

    return restart


def edited(event: Json) -> None:
    """Put into a report what other clients send, and what the table has no row for, everywhere."""
    more = {
        "server_name": SECRET,
        "extra": {SECRET: SECRET},
        "request": {"url": SECRET},
        "modules": {SECRET: "1"},
        "transaction": SECRET,
        "fingerprint": [SECRET],
        "message": SECRET,
        "user": {"id": SECRET, "email": SECRET, "ip_address": "10.0.0.7"},
        "threads": {"values": [{"name": SECRET}]},
    }
    event.update(more)
    event["logentry"].update(params=[SECRET], formatted=SECRET)
    event["tags"][SECRET] = SECRET
    event["contexts"].update({SECRET: {SECRET: SECRET}, "os": {"name": SECRET}})
    event["contexts"]["runtime"][SECRET] = SECRET
    event["breadcrumbs"]["values"].append(
        {"category": "phase", "message": f"{SECRET} in a sentence", "data": {SECRET: SECRET}}
    )
    event["exception"][SECRET] = SECRET
    for value in event["exception"]["values"]:
        value.update(value=SECRET, thread_id=SECRET, module_extra=SECRET)
        value["mechanism"].update(data={SECRET: SECRET}, meta=SECRET, description=SECRET)
        value["stacktrace"][SECRET] = SECRET
        for frame in value["stacktrace"]["frames"]:
            frame.update(vars={SECRET: SECRET}, abs_path=f"/home/{SECRET}/x.py", module=SECRET)


async def test_what_was_put_into_what_waits_does_not_leave(
    restart: Restart, receiver: Sink
) -> None:
    before = await restart(lambda line: edited(line["event"]))
    [event] = receiver.events
    event.pop("user")
    assert event == before


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("release",), f"{SECRET} @ home"),
        (("environment",), SECRET),
        (("level",), SECRET),
        (("timestamp",), SECRET),
        (("tags", "integration"), f"{SECRET} of Anna"),
        (("tags", "custom_integration"), SECRET),
        (("contexts", "home_assistant", "version"), f"{SECRET} @ home"),
        (("contexts", "home_assistant", "installation_type"), SECRET),
        (("contexts", "runtime", "name"), SECRET),
        (("contexts", "device", "arch"), [SECRET]),
        (("contexts", "fault", "count"), SECRET),
        (("sdk", "name"), SECRET),
        (("exception", "values", 0, "type"), f"{SECRET} of Anna"),
        (("exception", "values", 0, "mechanism", "type"), SECRET),
        (("exception", "values", 0, "mechanism", "exception_id"), SECRET),
        (("exception", "values", 0, "stacktrace", "frames", 0, "filename"), f"/home/{SECRET}"),
        (("exception", "values", 0, "stacktrace", "frames", 0, "function"), f"{SECRET} of Anna"),
        (("exception", "values", 0, "stacktrace", "frames", 0, "lineno"), SECRET),
        (("exception", "values", 0, "stacktrace", "frames"), SECRET),
        (("exception", "values", 0, "stacktrace"), SECRET),
        (("tags",), [SECRET]),
        (("contexts",), SECRET),
        (("logentry",), SECRET),
        (("logentry", "message"), {SECRET: SECRET}),
    ],
    ids=str,
)
async def test_a_value_that_has_not_the_form_of_its_field_does_not_leave(
    restart: Restart, receiver: Sink, path: tuple[str | int, ...], value: object
) -> None:
    def change(line: Json) -> None:
        part: Any = line["event"]
        for name in path[:-1]:
            part = part[name]
        part[path[-1]] = value

    await restart(change)
    [event] = receiver.events
    assert SECRET not in json.dumps(event)


@pytest.mark.parametrize("made_by", [None, "0.0.1", ""])
async def test_what_another_version_made_is_dropped_with_a_word(
    restart: Restart, receiver: Sink, caplog: pytest.LogCaptureFixture, made_by: str | None
) -> None:
    def change(line: Json) -> None:
        line["event"]["logentry"]["message"] = SECRET
        if made_by is None:
            del line["made_by"]
        else:
            line["made_by"] = made_by

    await restart(change)
    assert receiver.events == []
    assert "another version of Open Analytics made" in caplog.text


KEYS = st.text() | st.sampled_from(
    [part.removesuffix("[]") for field in FIELDS for part in field.name.split(".")]
)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(event=st.dictionaries(KEYS, ANY), version=st.integers(0, VERSION))
def test_any_content_is_answered_and_nothing_changes_twice(event: Json, version: int) -> None:
    once = scrub(event, version)
    assert scrub(once, version) == once
    json.dumps(once).encode()
