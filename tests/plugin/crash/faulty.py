"""A custom integration that fails in every way in which the host reports a fault."""

import asyncio
import gc
import importlib.util
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send

from tests.limits import LIMIT

SECRETS = (
    "hunter2-hunter2",
    "anna@example.com",
    "52.3702",
    "light.annas_bedroom",
    "Ännchen",
    "eyJhbGciOiJIUzI1NiJ9",
)
SOURCE = '''
import logging

class FaultyError(Exception):
    """A fault."""

def fail(*values):
    token = "hunter2-hunter2"
    position = (52.3702, 4.8952)
    raise FaultyError(token, "anna@example.com", position, "light.annas_bedroom", "Ännchen")

def fail_in_a_chain():
    try:
        fail()
    except FaultyError as error:
        raise KeyError("https://anna:hunter2-hunter2@a.de/?t=eyJhbGciOiJIUzI1NiJ9") from error

def fail_in_a_group():
    errors = []
    for number in range(2):
        try:
            fail()
        except FaultyError as error:
            errors.append(error)
    raise ExceptionGroup("of light.annas_bedroom", errors)

def log(name="Ännchen"):
    try:
        fail()
    except FaultyError as error:
        logging.getLogger(__name__).exception(f"Can't reach {name} at %s", "anna@example.com")

async def fail_in_a_task():
    fail()

def fail_somewhere(number):
    exec(compile("\\n" * number + "raise ValueError", __file__, "exec"))
'''


@contextmanager
def installed(folder: Path) -> Iterator[ModuleType]:
    """Put the integration into a configuration folder, and import it from there."""
    file = folder / "custom_components" / "faulty" / "__init__.py"
    file.parent.mkdir(parents=True)
    file.write_text(SOURCE, encoding="utf-8")
    name = "custom_components.faulty"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec
    assert spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        yield module
    finally:
        del sys.modules[name]


@asynccontextmanager
async def logged(hass: HomeAssistant) -> AsyncIterator[None]:
    """Wait until a fault was logged.

    That of a job is logged when nobody holds the job any more, and the thread that ran it may do so
    for a while.
    """
    told = asyncio.Event()

    class Tell(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.exc_info:
                hass.loop.call_soon_threadsafe(told.set)

    handler = Tell(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
        async with asyncio.timeout(LIMIT):
            await told.wait()
    finally:
        logging.getLogger().removeHandler(handler)


async def in_a_task(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a task that nobody awaits fail."""
    hass.async_create_task(faulty.fail_in_a_task(), eager_start=False)
    await hass.async_block_till_done()
    gc.collect()  # it is told when the task is collected


async def in_a_callback(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a callback of the event loop fail."""
    hass.loop.call_soon(faulty.fail)
    await hass.async_block_till_done()


async def in_a_listener(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a listener of the event bus fail."""
    remove = hass.bus.async_listen("faulty", callback(lambda event: faulty.fail(event)))
    hass.bus.async_fire("faulty")
    await hass.async_block_till_done()
    remove()


async def in_a_thread(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a job of the executor fail that the host reports."""
    remove = hass.bus.async_listen("faulty", lambda event: faulty.fail(event))
    async with logged(hass):
        hass.bus.async_fire("faulty")
        await hass.async_block_till_done()
    remove()


async def in_the_dispatcher(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a target of the dispatcher fail, which is logged as text."""
    remove = async_dispatcher_connect(hass, "faulty", callback(lambda _word: faulty.fail()))
    async_dispatcher_send(hass, "faulty", "hunter2-hunter2")
    await hass.async_block_till_done()
    remove()


async def in_a_chain(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a callback fail that was caused by another fault."""
    hass.loop.call_soon(faulty.fail_in_a_chain)
    await hass.async_block_till_done()


async def in_a_group(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let a callback fail with a group."""
    hass.loop.call_soon(faulty.fail_in_a_group)
    await hass.async_block_till_done()


async def in_the_log(hass: HomeAssistant, faulty: ModuleType) -> None:
    """Let the integration log its fault."""
    faulty.log()


WAYS: tuple[Any, ...] = (
    in_a_task,
    in_a_callback,
    in_a_listener,
    in_a_thread,
    in_the_dispatcher,
    in_a_chain,
    in_a_group,
    in_the_log,
)


def ours() -> list[logging.Handler]:
    """Return the handlers of the root logger that listen for faults."""
    return [
        handler
        for handler in logging.getLogger().handlers
        if type(handler).__module__.startswith("custom_components.analytics")
    ]
