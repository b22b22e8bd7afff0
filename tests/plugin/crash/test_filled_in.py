"""Nothing that was filled in arrives, in whatever way it was logged, and from wherever."""

import gc
import importlib.util
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from homeassistant.components.sensor import SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_component import EntityComponent
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.setup import async_setup_component

from scripts.sink import Sink

from ..code.install import install
from .conftest import Settle
from .faulty import logged
from .filled_in import FILLED_IN, PERSON, ROOM, WAYS, WORDS, module_of

# As many faults as fit into a day's reports.
FEW = 8
FILES = {
    "custom integration": "custom_components/heating/__init__.py",
    "package": "deps/lib/python3.13/site-packages/heating.py",
}
CHUNKS = [WAYS[start : start + FEW] for start in range(0, len(WAYS), FEW)]


@pytest.fixture
def modules() -> Iterator[None]:
    """Forget the modules that a test has made, and the class that it has renamed."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def put(folder: Path, whose: str, text: str) -> ModuleType:
    """Import a source as a custom integration, or as a package that was published."""
    file = folder / FILES[whose]
    file.parent.mkdir(parents=True)
    if whose == "package":
        install(file.parent, "heating-1.0", file.name, text=text)
    file.write_text(text, encoding="utf-8")
    name = "heating" if whose == "package" else "custom_components.heating"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("whose", FILES)
@pytest.mark.parametrize("ways", CHUNKS, ids=range(len(CHUNKS)))
async def test_nothing_that_was_filled_in_arrives(
    listening: Any,
    modules: None,
    settle: Settle,
    receiver: Sink,
    tmp_path: Path,
    ways: tuple[str, ...],
    whose: str,
) -> None:
    module = put(tmp_path, whose, module_of(ways))
    module.run(ROOM, PERSON, WORDS)
    await settle()
    assert receiver.events
    bodies = [json.dumps(event, ensure_ascii=False).casefold() for event in receiver.events]
    public = module_of(ways).casefold() if whose == "package" else ""
    for word in FILLED_IN:
        assert [body for body in bodies if word in body and word not in public] == []
    assert {event["exception"]["values"][-1]["type"] for event in receiver.events} <= {
        *("Exception", "HeatError", "KeyError", "ExceptionGroup"),
    }


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ('LOG.exception(f"Could not heat {room} for {person}")', "Could not heat … for …"),
        ('LOG.exception("Could not heat %s", room)', "Could not heat %s"),
        ('msg = f"Could not heat {room}"; LOG.exception(msg)', "Could not heat …"),
        ("LOG.exception(describe(room))", None),
        ("LOG.exception(error)", None),
    ],
)
@pytest.mark.parametrize("whose", FILES)
async def test_a_message_is_the_literal_of_its_source(
    listening: Any,
    modules: None,
    settle: Settle,
    receiver: Sink,
    tmp_path: Path,
    way: str,
    expected: str | None,
    whose: str,
) -> None:
    put(tmp_path, whose, module_of((way,))).run(ROOM, PERSON, WORDS)
    await settle()
    [event] = receiver.events
    assert event.get("logentry", {}).get("message") == expected
    [frame] = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert ("context_line" in frame) is (whose == "package")


async def test_a_source_that_was_changed_since_says_nothing_of_what_was_logged(
    listening: Any, modules: None, settle: Settle, receiver: Sink, tmp_path: Path
) -> None:
    text = module_of(('LOG.exception(f"Could not heat {room}")',))
    module = put(tmp_path, "custom integration", text)
    changed = text.replace("way_0(room", f"{ROOM}(room").replace("Could not heat", PERSON)
    (tmp_path / FILES["custom integration"]).write_text(changed)
    module.run(ROOM, PERSON, WORDS)
    await settle()
    [event] = receiver.events
    body = json.dumps(event).casefold()
    assert [word for word in FILLED_IN if word in body] == []
    assert "logentry" not in event


async def in_a_script(hass: HomeAssistant, fail: Any) -> None:
    """Let a script of the user's call what fails."""
    hass.services.async_register("heating", "heat", fail)
    action = {"action": "heating.heat", "data": {"room": ROOM, "words": WORDS}}
    assert await async_setup_component(
        hass, "script", {"script": {ROOM.lower(): {"alias": PERSON, "sequence": [action]}}}
    )
    await hass.services.async_call("script", ROOM.lower(), {"person": PERSON})


async def in_an_automation(hass: HomeAssistant, fail: Any) -> None:
    """Let an automation of the user's call what fails."""
    hass.services.async_register("heating", "heat", fail)
    assert await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": f"{ROOM} of {PERSON}",
                "triggers": {"trigger": "event", "event_type": "cold"},
                "actions": {"action": "heating.heat", "data": {"words": WORDS}},
            }
        },
    )
    hass.bus.async_fire("cold", {"person": PERSON})


async def in_an_entity(hass: HomeAssistant, fail: Any) -> None:
    """Let an entity with a name of the user's fail to be updated when it is added."""

    class Heating(SensorEntity):
        _attr_name = f"{ROOM} of {PERSON}"
        _attr_unique_id = WORDS

        async def async_update(self) -> None:
            fail(None)

    component = EntityComponent[SensorEntity](logging.getLogger(ROOM), "sensor", hass)
    await component.async_add_entities([Heating()], update_before_add=True)


async def in_a_task(hass: HomeAssistant, fail: Any) -> None:
    """Let a task with a name of the user's fail."""

    async def heat() -> None:
        fail(None)

    hass.async_create_background_task(heat(), f"heat {ROOM} of {PERSON}", eager_start=False)


async def in_a_thread(hass: HomeAssistant, fail: Any) -> None:
    """Let a job of the executor fail that got something of the user's."""
    hass.bus.async_listen("cold", fail)
    async with logged(hass):
        hass.bus.async_fire("cold", {"room": ROOM, "person": PERSON})
        await hass.async_block_till_done()


async def in_a_coordinator(hass: HomeAssistant, fail: Any) -> None:
    """Let an update with a name of the user's fail."""

    async def update() -> None:
        fail(None)

    coordinator = DataUpdateCoordinator[None](
        hass,
        logging.getLogger(ROOM),
        config_entry=None,
        name=f"{ROOM} of {PERSON}",
        update_method=update,
    )
    await coordinator.async_refresh()


async def in_a_listener(hass: HomeAssistant, fail: Any) -> None:
    """Let a listener of an event with something of the user's in it fail."""
    hass.bus.async_listen("cold", callback(lambda event: fail(event)))
    hass.bus.async_fire("cold", {"room": ROOM, "person": PERSON})


@pytest.mark.parametrize(
    "way",
    [
        in_a_script,
        in_an_automation,
        in_an_entity,
        in_a_task,
        in_a_thread,
        in_a_coordinator,
        in_a_listener,
    ],
    ids=lambda way: way.__name__,
)
async def test_what_the_host_logs_of_a_home_does_not_arrive(
    hass: HomeAssistant,
    listening: Any,
    modules: None,
    settle: Settle,
    receiver: Sink,
    tmp_path: Path,
    way: Any,
) -> None:
    module = put(tmp_path, "custom integration", module_of(("raise KeyError(room) from error",)))

    def fail(told: object) -> None:
        module.run(told, PERSON, WORDS)

    await way(hass, fail)
    await hass.async_block_till_done(wait_background_tasks=True)
    gc.collect()  # a task is told when it is collected
    await settle()
    bodies = json.dumps(receiver.events, ensure_ascii=False).casefold()
    assert receiver.events
    assert [word for word in FILLED_IN if word in bodies] == []
    assert {"KeyError", "HeatError"} <= {
        raised["type"] for event in receiver.events for raised in event["exception"]["values"]
    }
