"""Only public code is told: what a distribution lists, as it lists it, by names that it writes."""

import builtins
import importlib.util
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.analytics.code import published
from custom_components.analytics.run.previous import Phase, RunFile
from scripts.sink import Sink

from ..code.install import install
from ..conftest import ALL_TIERS, Command, Start
from .conftest import ON, Settle

PRIVATE = "annamaria"
SOURCE = """
import logging

class LampError(Exception):
    pass

def switch(*_):
    password = "x"
    try:
        raise LampError(password)
    except LampError:
        logging.getLogger(__name__).exception("The lamp is off")
"""
EDITED = SOURCE.replace("switch", "annamaria_switch").replace('"x"', '"annamaria-hunter2"')
EDITED = EDITED.replace("LampError", "AnnamariaError").replace("The lamp", "Annamaria's lamp")

type Run = Callable[[Path, str], ModuleType]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a folder of packages of the configuration's own."""
    folder = tmp_path / "deps/lib/python3.13/site-packages"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder in which another host lies, with one integration."""
    folder = tmp_path / "host"
    monkeypatch.setattr(published, "HOST", folder / "homeassistant")
    monkeypatch.setattr(published, "SITE", folder)
    files = [f"homeassistant/{name}" for name in ("__init__.py", "components/lamp/__init__.py")]
    install(folder, "homeassistant-2026.10.4", *files, text=SOURCE)
    return folder


@pytest.fixture
def run() -> Iterator[Run]:
    """Import a file below a folder by its name, run the last function in it, and keep it."""
    with pytest.MonkeyPatch.context() as patch:

        def run(folder: Path, below: str) -> ModuleType:
            name = below.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            spec = importlib.util.spec_from_file_location(name, folder / below)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            patch.setitem(sys.modules, name, module)
            spec.loader.exec_module(module)
            [*_, last] = [each for each in vars(module).values() if callable(each)]
            last()
            return module

        yield run


def said(receiver: Sink) -> str:
    """Return all that arrived, in lower case."""
    return json.dumps(receiver.events).casefold()


def frames(event: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        frame for raised in event["exception"]["values"] for frame in raised["stacktrace"]["frames"]
    ]


async def test_what_a_distribution_lists_is_told_with_its_source(
    listening: Any, settle: Settle, receiver: Sink, site: Path, host: Path, run: Run
) -> None:
    install(site, "lamp_api-1.0", "lamp_api/__init__.py", text=SOURCE)
    run(site, "lamp_api/__init__.py")
    run(host, "homeassistant/components/lamp/__init__.py")
    await settle()
    of_package, of_host = receiver.events
    for event in (of_package, of_host):
        [frame] = frames(event)
        assert frame["context_line"].strip() == "raise LampError(password)"
        assert event["exception"]["values"][0]["type"] == "LampError"
        assert event["logentry"]["message"] == "The lamp is off"
    assert "tags" not in of_package
    assert of_host["tags"] == {"integration": "lamp", "custom_integration": "no"}


@pytest.mark.parametrize(
    ("whose", "below"),
    [
        ("package", "lamp_api/__init__.py"),
        ("package", "lamp_api/annamaria.py"),
        ("package", "annamaria.py"),
        ("host", "homeassistant/__init__.py"),
        ("host", "homeassistant/annamaria.py"),
        ("host", "homeassistant/components/lamp/__init__.py"),
        ("host", "homeassistant/components/lamp/annamaria.py"),
        ("host", "homeassistant/components/annamaria_boiler/__init__.py"),
    ],
)
async def test_of_a_file_that_was_edited_or_added_nothing_is_told(
    listening: Any,
    settle: Settle,
    receiver: Sink,
    site: Path,
    host: Path,
    run: Run,
    whose: str,
    below: str,
) -> None:
    install(site, "lamp_api-1.0", "lamp_api/__init__.py", text=SOURCE)
    folder = site if whose == "package" else host
    (folder / below).parent.mkdir(parents=True, exist_ok=True)
    (folder / below).write_text(EDITED)
    run(folder, below)
    await settle()
    [event] = receiver.events
    assert PRIVATE not in said(receiver)
    assert frames(event) == []
    assert event["exception"]["values"][0]["type"] == "Exception"
    assert not {"logentry", "tags"} & event.keys()


async def test_of_a_host_that_was_installed_from_a_folder_no_source_is_told(
    listening: Any, settle: Settle, receiver: Sink, host: Path, run: Run
) -> None:
    """As Home Assistant's container is made: a list without hashes lies beside the host."""
    shutil.rmtree(host / "homeassistant-2026.10.4.dist-info")
    (host / "homeassistant.egg-info").mkdir()
    (host / "homeassistant.egg-info/SOURCES.txt").write_text(
        "README.rst\nhomeassistant/__init__.py\nhomeassistant/components/lamp/__init__.py\n"
    )
    added = "homeassistant/components/annamaria_boiler/__init__.py"
    (host / added).parent.mkdir()
    (host / added).write_text(EDITED)
    run(host, "homeassistant/components/lamp/__init__.py")
    run(host, added)
    await settle()
    listed, unlisted = receiver.events
    [frame] = frames(listed)
    assert (frame["filename"], frame["function"]) == (
        "homeassistant/components/lamp/__init__.py",
        "switch",
    )
    assert "context_line" not in frame
    assert listed["tags"]["integration"] == "lamp"
    assert frames(unlisted) == []
    assert PRIVATE not in said(receiver)


async def test_a_host_without_any_list_has_nothing_that_is_public(
    listening: Any, settle: Settle, receiver: Sink, host: Path, run: Run
) -> None:
    shutil.rmtree(host / "homeassistant-2026.10.4.dist-info")
    run(host, "homeassistant/components/lamp/__init__.py")
    await settle()
    [event] = receiver.events
    assert frames(event) == []


async def test_a_component_put_into_the_hosts_folder_is_not_built_in_for_reports(
    hass: HomeAssistant, start: Start, command: Command, section: dict[str, Any]
) -> None:
    mock_integration(hass, MockModule("annamaria_boiler"), built_in=True)
    hass.config.components.add("annamaria_boiler")
    await start({**section, "initial_delay": {"hours": 1}}, annamaria_boiler=None)
    shown = await command("analytics/preview", preferences=ALL_TIERS)
    assert "analytics" in json.dumps(shown)
    assert PRIVATE not in json.dumps(shown)


NAMES = {
    "a class from a server": """
def switch():
    kind = type("annamaria", (Exception,), {"__module__": __name__})
    globals()["annamaria"] = kind
    raised(kind)
""",
    "a class that looks nested": """
def switch():
    kind = type("annamaria", (Exception,), {"__module__": __name__})
    kind.__qualname__ = "LampError.annamaria"
    LampError.annamaria = kind
    raised(kind)
""",
    "a class of another name": """
def switch():
    LampError.__qualname__ = LampError.__name__ = "annamaria"
    globals()["annamaria"] = LampError
    raised(LampError)
""",
    "a class that was executed": """
def switch():
    exec("class annamaria(Exception): pass", globals())
    raised(annamaria)
""",
    "a class in a text that is executed": '''
TEXT = """
class annamaria_error(Exception): pass
"""

def switch():
    exec(TEXT, globals())
    raised(annamaria_error)
''',
    "a class of a function": """
def switch():
    import types
    kind = types.new_class("annamaria", (Exception,))
    kind.__module__ = __name__
    globals()["annamaria"] = kind
    raised(kind)
""",
    "a class among the built-in ones": """
def switch():
    import builtins
    kind = type("annamaria", (Exception,), {"__module__": "builtins"})
    builtins.annamaria = kind
    raised(kind)
""",
    "a class of a made up module": """
def switch():
    import sys, types
    kind = type("LampError", (Exception,), {"__module__": __name__ + ".annamaria"})
    module = sys.modules[kind.__module__] = types.ModuleType("annamaria")
    module.LampError, module.__file__ = kind, __file__
    raised(kind)
""",
    "a function that was renamed": """
def switch():
    def inner():
        raised(LampError)
    inner.__code__ = inner.__code__.replace(co_name="annamaria", co_qualname="switch.annamaria")
    inner()
""",
    "a function that was executed": """
def switch():
    exec(compile("def annamaria(): raised(LampError)", __file__, "exec"), globals())
    annamaria()
""",
}
HEAD = (
    SOURCE.partition("def switch")[0]
    + """
def raised(kind):
    try:
        raise kind("x")
    except Exception:
        logging.getLogger(__name__).exception("The lamp is off")
"""
)


@pytest.fixture
def forget() -> Iterator[None]:
    """Take back what the ways below leave behind in the interpreter."""
    yield
    vars(builtins).pop("annamaria", None)
    for name in [each for each in sys.modules if each.endswith(".annamaria")]:
        del sys.modules[name]


@pytest.mark.parametrize("way", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("whose", ["package", "custom integration"])
async def test_a_name_made_while_running_is_not_told(
    listening: Any,
    settle: Settle,
    receiver: Sink,
    tmp_path: Path,
    site: Path,
    run: Run,
    forget: None,
    way: str,
    whose: str,
) -> None:
    text = HEAD + way
    if whose == "package":
        folder, below = site, "lamp_api/__init__.py"
        install(site, "lamp_api-1.0", below, text=text)
    else:
        folder, below = tmp_path, "custom_components/lamp/__init__.py"
        (folder / below).parent.mkdir(parents=True)
        (folder / below).write_text(text)
    run(folder, below)
    await settle()
    [event] = receiver.events
    for frame in frames(event):
        # Of a package the source is told, in which the word is written.
        for name in ("pre_context", "context_line", "post_context"):
            frame.pop(name, None)
    assert PRIVATE not in json.dumps(event).casefold()
    assert frames(event)[-1]["function"] == "raised"


async def test_native_files_and_symbols_are_public_ones(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    settle: Settle,
    receiver: Sink,
    crash_section: dict[str, Any],
    tmp_path: Path,
    site: Path,
) -> None:
    install(site, "lamp_api-1.0", "lamp_api/native.so", text="lamp_switch\0")
    install(site, "other-1.0", "lamp_api/edited.so", text="lamp_switch\0")
    private = tmp_path / "custom_components/lamp/annamaria.so"
    private.parent.mkdir(parents=True)
    for file in (site / "lamp_api/edited.so", site / "annamaria.so", private):
        file.write_text("annamaria_switch\0")
    frames_in_c = [
        (site / "lamp_api/native.so", "lamp_switch"),
        (site / "lamp_api/native.so", "annamaria_made_up"),
        (site / "lamp_api/native.so", "lamp"),
        (site / "lamp_api/edited.so", "annamaria_switch"),
        (site / "annamaria.so", "annamaria_switch"),
        (private, "annamaria_switch"),
        (Path("/usr/lib/annamaria.so"), "annamaria_switch"),
        (Path("/home/annamaria/libc.so.6"), "abort"),
    ]
    log = tmp_path / "home-assistant.log.fault"
    log.touch()
    entry = await start(crash_section)
    await command("analytics/preferences", preferences=ON)
    await hass.async_block_till_done()
    log.write_text(
        "Fatal Python error: Aborted\n\nCurrent thread 0x7f [x] (most recent call first):\n"
        f'  File "{json.__file__}", line 10 in loads\n\n'
        "Current thread's C stack trace (most recent call first):\n"
        + "".join(f'  Binary file "{file}", at {name}+0x1 [0x1]\n' for file, name in frames_in_c)
    )
    await hass.config_entries.async_unload(entry.entry_id)
    hass.data.pop("analytics_run")
    phases = RunFile(tmp_path / ".storage" / "analytics.run")
    phases.begin()
    phases.mark(Phase.RUNNING)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle()
    [event] = receiver.events
    assert PRIVATE not in said(receiver)
    named = [(frame["package"], frame["function"]) for frame in frames(event) if "package" in frame]
    assert named == [("native.so", "?"), ("native.so", "?"), ("native.so", "lamp_switch")]
