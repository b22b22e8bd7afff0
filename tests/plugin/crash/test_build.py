"""The whole way from a log record to the event that may leave: nothing private is in it."""

import importlib
import json
import logging
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, Never

import homeassistant.core
import jinja2
import pytest
from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.analytics.code.places import Places
from custom_components.analytics.code.published import host_domains
from custom_components.analytics.crash import native
from custom_components.analytics.crash.build import CrashReport, Surroundings, build, summary
from custom_components.analytics.crash.capture import CaptureHandler
from custom_components.analytics.crash.client import EventMaker
from custom_components.analytics.crash.fields import VERSION
from custom_components.analytics.guard.public_names import PUBLIC_NAMES
from custom_components.analytics.models import Knowledge
from custom_components.analytics.run.dumps import ERRORS, CFrame, NativeFault, TextFrame
from custom_components.analytics.tiers.payload import encode

from .test_client import RELEASE, SERVER

_LOGGER = logging.getLogger("tests.build")

type Report = Callable[[], CrashReport | None]
type Integrate = Callable[..., ModuleType]

# What is planted everywhere. None of these words is in a source of the host or of a package.
SECRETS = (
    "hunter2hunter2",
    "annamaria",
    "52.370216",
    "light.annas_bedroom",
    "annas_bedroom",
    "Ännchen",
    "eyJhbGciOiJIUzI1NiJ9",
    "swordfishes",
)
KNOWLEDGE = Knowledge(
    built_in=host_domains(),
    secrets=frozenset({"annamaria", "hunter2hunter2", "swordfishes", "jane annamaria"}),
    public=PUBLIC_NAMES,
)
AROUND = Surroundings(
    version="2026.10.4",
    installation_type="Home Assistant OS",
    recorder_engine="sqlite",
    versions={"lamp": "1.2.3"},
    knowledge=KNOWLEDGE,
)
ARGUMENT = (
    "https://annamaria:hunter2hunter2@example.com/?token=eyJhbGciOiJIUzI1NiJ9 "
    "annamaria@example.com "
    "52.370216,4.895168 light.annas_bedroom Ännchen swordfishes"
)
LOOKS_LIKE_A_TRACEBACK = f"""annamaria
Traceback (most recent call last):
  File "/home/annamaria/x.py", line 3, in annamaria
    swordfishes()
  File "{homeassistant.core.__file__}", line 3, in annamaria
    swordfishes()
  File "{homeassistant.core.__file__}", line 3, in <annamaria>
    swordfishes()
annamaria: hunter2hunter2
  File "/home/annamaria/x.py", line 3, in annamaria

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "{homeassistant.core.__file__}", line 3, in annamaria.swordfishes
homeassistant.annamaria.Swordfishes: hunter2hunter2
faulthandler.annamaria: hunter2hunter2
"""
LAMP = f'''
"""Nothing of annamaria."""
import logging

_LOGGER = logging.getLogger(__name__)
SECRET = {ARGUMENT!r}
LOOKS_LIKE_A_TRACEBACK = {LOOKS_LIKE_A_TRACEBACK!r}


class LampError(Exception):
    """Has what libraries put into theirs."""

    def __init__(self, *args):
        super().__init__(*args)
        self.message = self.detail = self.reason = self.body = SECRET


class HostileError(Exception):
    def refuse(self, *_):
        raise AssertionError(SECRET)

    __str__ = __repr__ = __hash__ = __eq__ = refuse
    __cause__ = __class__ = __dict__ = message = property(refuse)


class HostileText:
    def refuse(self, *_):
        raise AssertionError(SECRET)

    __str__ = __repr__ = __format__ = refuse


def switch(*values, token="hunter2hunter2", **more):
    annamaria = position = (52.370216, SECRET)
    raise LampError(SECRET, position, *values)


def caused():
    try:
        switch()
    except LampError as error:
        raise KeyError(SECRET) from error


def in_context():
    try:
        switch()
    except LampError:
        raise KeyError(SECRET)


def suppressed():
    try:
        switch()
    except LampError:
        raise KeyError(SECRET) from None


def grouped():
    errors = []
    for function in (switch, caused):
        try:
            function()
        except Exception as error:
            errors.append(error)
    raise ExceptionGroup(SECRET, [ExceptionGroup(SECRET, errors), ValueError(SECRET)])


def annotated():
    error = LampError(SECRET)
    error.add_note(SECRET)
    error.add_note(LOOKS_LIKE_A_TRACEBACK)
    raise error


def huge():
    raise LampError(SECRET * 100_000)


def hostile():
    raise HostileError(SECRET)


def hostile_argument():
    raise LampError(HostileText())


def looks_like_a_traceback():
    raise LampError(LOOKS_LIKE_A_TRACEBACK)


def named_at_run_time():
    raise type("annamaria", (Exception,), {{}})(SECRET)


def named_at_run_time_as_another():
    raise type("annamaria", (Exception,), {{"__module__": "builtins"}})(SECRET)


def named_at_run_time_below_another():
    error = type("annamaria", (Exception,), {{"__module__": "builtins"}})
    error.__qualname__ = "Exception.annamaria"
    raise error(SECRET)


def executed():
    exec("def annamaria():\\n    swordfishes = 1\\n    raise ValueError(swordfishes)\\nannamaria()")


def executed_as_another():
    names = {{"ValueError": ValueError}}
    text = "def annamaria():\\n    raise ValueError\\nannamaria()"
    exec(compile(text, __file__, "exec"), names)


def executed_class():
    exec("class annamaria(Exception): pass\\nraise annamaria", {{}})


def renamed():
    def inner():
        raise ValueError(SECRET)
    inner.__code__ = inner.__code__.replace(co_name="annamaria", co_qualname="annamaria")
    inner()
'''
WAYS = [
    "switch",
    "caused",
    "in_context",
    "suppressed",
    "grouped",
    "annotated",
    "huge",
    "hostile",
    "hostile_argument",
    "looks_like_a_traceback",
    "named_at_run_time",
    "named_at_run_time_as_another",
    "named_at_run_time_below_another",
    "executed",
    "executed_as_another",
    "executed_class",
    "renamed",
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "custom_components").mkdir()
    return tmp_path


@pytest.fixture
def integrate(config: Path) -> Iterator[Integrate]:
    """Write a custom integration into the configuration folder, and import it from there."""
    before = set(sys.modules)
    package = importlib.import_module("custom_components")
    path = list(package.__path__)

    def integrate(text: str, domain: str = "lamp", file: str = "__init__.py") -> ModuleType:
        folder = config / "custom_components" / domain
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
        (folder / file).write_text(textwrap.dedent(text), encoding="utf-8")
        package.__path__ = [str(config / "custom_components"), *path]
        importlib.invalidate_caches()
        name = f"custom_components.{domain}.{file.removesuffix('.py')}"
        return importlib.import_module(name.removesuffix(".__init__"))

    yield integrate
    package.__path__ = path
    for name in set(sys.modules) - before:
        if name.startswith(("custom_components.lamp", "custom_components.annamaria")):
            del sys.modules[name]


@pytest.fixture
def lamp(integrate: Integrate) -> ModuleType:
    return integrate(LAMP)


@pytest.fixture
def maker() -> Iterator[EventMaker]:
    maker = EventMaker(SERVER, RELEASE)
    yield maker
    maker.close()


@pytest.fixture
def handler() -> Iterator[CaptureHandler]:
    """Return a handler of the root logger, and of one whose records no other handler gets."""
    handler = CaptureHandler(lambda: None)
    logging.getLogger().addHandler(handler)
    _LOGGER.addHandler(handler)
    _LOGGER.propagate = False
    yield handler
    _LOGGER.propagate = True
    _LOGGER.removeHandler(handler)
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def around() -> Surroundings:
    return AROUND


@pytest.fixture
def report(
    handler: CaptureHandler, maker: EventMaker, config: Path, around: Surroundings
) -> Report:
    """Make the report of the one fault that was logged."""

    def report() -> CrashReport | None:
        [(captured, count)] = handler.take()
        assert [word for word in SECRETS if word in repr(captured.fault.libraries)] == []
        return build(captured, count, VERSION, maker, Places(config), around)

    return report


def log(function: Callable[[], object], message: object = "Failed", *args: object) -> None:
    """Log what a function raises, as the host does."""
    try:
        function()
    except BaseException:
        _LOGGER.exception(message, *args)


def log_as_text(function: Callable[[], object], words: str = ARGUMENT) -> None:
    """Log what a function raises, as the host's dispatcher does."""
    try:
        function()
    except BaseException:  # noqa: BLE001
        text = traceback.format_exc()
        _LOGGER.error("%s\n%s", words, text)  # noqa: TRY400


def event_of(report: CrashReport | None) -> dict[str, Any]:
    """Return the event, in which nothing is that was planted."""
    assert report
    texts = [
        encode(report.event).decode(),
        json.dumps(report.event),
        json.dumps(report.event, ensure_ascii=False),
        repr(report),
        summary(report.event),
    ]
    found = [word for word in SECRETS for text in texts if word.casefold() in text.casefold()]
    assert found == []
    return report.event


def types(event: dict[str, Any]) -> list[str]:
    return [raised["type"] for raised in event["exception"]["values"]]


def functions(event: dict[str, Any]) -> list[str]:
    return [
        frame["function"]
        for raised in event["exception"]["values"]
        for frame in raised["stacktrace"]["frames"]
        if frame["filename"].startswith("custom_components/")
    ]


@pytest.mark.parametrize(
    ("logger", "way"),
    # Of what is hostile Python itself can't write a traceback.
    [(log, way) for way in WAYS] + [(log_as_text, way) for way in WAYS if way != "hostile"],
)
def test_type_stack_and_integration_are_told_and_nothing_private(
    lamp: ModuleType, report: Report, logger: Callable[..., None], way: str
) -> None:
    logger(getattr(lamp, way))
    event = event_of(report())
    assert event["tags"] == {
        "integration": "lamp",
        "integration_version": "1.2.3",
        "custom_integration": "yes",
    }
    assert way in functions(event) or way == "looks_like_a_traceback" or logger is log_as_text
    assert functions(event)
    kinds = {"LampError", "KeyError", "ValueError", "ExceptionGroup", "HostileError", "Exception"}
    assert set(types(event)) <= kinds
    if logger is log and "run_time" not in way and way != "executed_class":
        assert "Exception" not in types(event)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("switch", ["LampError"]),
        ("caused", ["LampError", "KeyError"]),
        ("in_context", ["LampError", "KeyError"]),
        ("suppressed", ["KeyError"]),
        (
            "grouped",
            [
                "LampError",
                "KeyError",
                "LampError",
                "ValueError",
                "ExceptionGroup",
                "ExceptionGroup",
            ],
        ),
        ("named_at_run_time", ["Exception"]),
        ("named_at_run_time_as_another", ["Exception"]),
        ("named_at_run_time_below_another", ["Exception"]),
        ("executed_class", ["Exception"]),
    ],
)
def test_causes_come_before_what_was_logged(
    lamp: ModuleType, report: Report, way: str, expected: list[str]
) -> None:
    log(getattr(lamp, way))
    event = event_of(report())
    assert types(event) == expected
    modules = {each["type"]: each.get("module") for each in event["exception"]["values"]}
    assert modules.get("LampError", "custom_components.lamp") == "custom_components.lamp"
    assert modules.get("Exception") is None
    numbers = [each["mechanism"]["exception_id"] for each in event["exception"]["values"]]
    assert numbers == [*range(len(expected))][::-1]


def test_the_source_is_the_hosts_only(lamp: ModuleType, report: Report) -> None:
    log(lambda: homeassistant.core.callback(lamp.switch) and homeassistant.core.split_entity_id(7))
    event = event_of(report())
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["filename"] == "homeassistant/core.py"
    assert "split_entity_id" in frames[-1]["function"]
    assert frames[-1]["context_line"]
    log(lamp.switch)
    event = event_of(report())
    [frame] = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frame == {
        "filename": "custom_components/lamp/__init__.py",
        "module": "custom_components.lamp",
        "function": "switch",
        "lineno": frame["lineno"],
        "in_app": True,
    }


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('_LOGGER.exception("No lamp in %s", SECRET)', "No lamp in %s"),
        ('_LOGGER.exception(f"No lamp in {SECRET} at {1}")', "No lamp in … at …"),
        ('_LOGGER.exception("No lamp in %s" % SECRET)', "No lamp in %s"),
        ('_LOGGER.exception("No lamp in {}".format(SECRET))', "No lamp in {}"),
        ('_LOGGER.exception("No lamp in " + SECRET)', "No lamp in …"),
        ('_LOGGER.exception("No " "lamp")', "No lamp"),
        ('_LOGGER.exception("No lamp\\n%s",\n            SECRET,\n        )', "No lamp\n%s"),
        ("_LOGGER.exception(error)", None),
        ("_LOGGER.exception(str(error))", None),
        ("_LOGGER.exception(f'{error.args[0]}')", None),
        ("wrapped(f'Failed: {error.args[0]}')", None),
        ("_LOGGER.exception(SECRET)", None),
        ('_LOGGER.exception("annamaria@example.com has no lamp")', None),
        ('_LOGGER.exception("Jane Annamaria has 52.370216 lamps")', None),
        ("wrapped(SECRET)", None),
        ('wrapped("No lamp of Annamaria")', None),
        ('_LOGGER.exception("\\ud800 lamp")', "? lamp"),
    ],
)
def test_a_message_says_what_its_source_says_or_less(
    integrate: Integrate, report: Report, call: str, expected: str | None
) -> None:
    module = integrate(
        LAMP
        + f"""
def wrapped(message):
    _LOGGER.exception(message)

def run():
    try:
        switch()
    except LampError as error:
        {call}
"""
    )
    module.run()
    event = event_of(report())
    assert event.get("logentry", {}).get("message") == expected


def test_of_a_message_that_is_logged_elsewhere_nothing_is_told(
    lamp: ModuleType, report: Report
) -> None:
    log_as_text(lamp.switch)
    event = event_of(report())
    # This file belongs to nobody whose messages may be told.
    assert "logentry" not in event


async def test_a_fault_in_the_hosts_dispatcher_has_its_message(
    hass: HomeAssistant, lamp: ModuleType, report: Report
) -> None:
    from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send

    async_dispatcher_connect(hass, "signal", homeassistant.core.callback(lamp.switch))
    async_dispatcher_send(hass, "signal", ARGUMENT)
    await hass.async_block_till_done()
    event = event_of(report())
    assert event["logentry"] == {"message": "%s\n%s"}
    assert types(event) == ["LampError"]
    assert functions(event)[-1:] == ["switch"]
    assert event["tags"]["integration"] == "lamp"


@pytest.mark.parametrize("logger", [log, log_as_text])
@pytest.mark.parametrize(
    "file", ["annamaria.py", "{config}/python_scripts/annamaria.py", "<string>"]
)
@pytest.mark.parametrize("fault", ["raise swordfishes('Ännchen')", "{}['Ännchen']"])
def test_of_a_users_script_nothing_is_told(
    config: Path, report: Report, logger: Callable[..., None], file: str, fault: str
) -> None:
    # As the host's `python_script` does, whose library is not installed here.
    text = (
        "class swordfishes(Exception):\n    pass\n"
        f"def annamaria():\n    hunter2hunter2 = 1\n    {fault}\nannamaria()\n"
    )
    (config / "python_scripts").mkdir()
    (config / "python_scripts/annamaria.py").write_text(text)
    code = compile(text, file.format(config=config), "exec")
    logger(lambda: exec(code, {"data": ARGUMENT}))
    event = event_of(report())
    assert types(event) == ["KeyError" if fault.startswith("{") else "Exception"]
    assert event["exception"]["values"][0]["stacktrace"]["frames"] == []
    assert "tags" not in event
    assert "logentry" not in event


def test_of_a_template_nothing_is_told(report: Report) -> None:
    environment = jinja2.Environment(autoescape=True)
    text = "{% macro annamaria(x) %}{{ x['swordfishes'] + 1 }}{% endmacro %}{{ annamaria({}) }}"
    environment.filters["annamaria"] = str
    log(lambda: environment.from_string(text).render())
    # Undefined values are the user's own fault.
    with pytest.raises(ValueError, match="not enough"):
        report()
    log(lambda: environment.from_string("{{ annamaria() }}").render(annamaria=lambda: 1 / 0))
    event = event_of(report())
    assert types(event) == ["ZeroDivisionError"]
    files = {frame["filename"] for frame in event["exception"]["values"][0]["stacktrace"]["frames"]}
    assert files <= {"jinja2/environment.py", "jinja2/sandbox.py", "jinja2/runtime.py"}


def test_of_a_users_own_module_nothing_is_told(
    config: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    (config / "annamaria.py").write_text(
        "import logging\nclass swordfishes(Exception): pass\n"
        "def annamaria():\n    try:\n        raise swordfishes('Ännchen')\n"
        "    except swordfishes:\n        logging.error('Words of a user', exc_info=True)\n"
    )
    monkeypatch.syspath_prepend(str(config))
    importlib.import_module("annamaria").annamaria()
    event = event_of(report())
    assert types(event) == ["Exception"]
    assert event["exception"]["values"][0]["stacktrace"]["frames"] == []
    assert "logentry" not in event
    assert "tags" not in event


@pytest.mark.parametrize("logger", [log, log_as_text])
def test_an_integration_with_a_name_of_this_home_is_not_named(
    integrate: Integrate, report: Report, logger: Callable[..., None]
) -> None:
    module = integrate(
        LAMP + "\ndef run():\n    try:\n        switch()\n    except LampError:\n"
        "        _LOGGER.exception('Only here said')\n",
        domain="annamaria",
    )
    logger(module.switch)
    event = event_of(report())
    assert "tags" not in event
    assert types(event) == ["Exception"]
    module.run()
    assert "logentry" not in event_of(report())


@pytest.mark.parametrize("logger", [log, log_as_text])
@pytest.mark.parametrize("knowledge", [KNOWLEDGE, None])
def test_our_own_faults_are_never_reported(
    handler: CaptureHandler,
    maker: EventMaker,
    config: Path,
    logger: Callable[..., None],
    knowledge: Knowledge | None,
) -> None:
    def own_fault() -> Never:
        homeassistant_core = importlib.import_module("custom_components.analytics.tiers.payload")
        homeassistant_core.encode({"a": object()})
        raise AssertionError

    logger(own_fault)
    [(captured, count)] = handler.take()
    around = replace(AROUND, knowledge=knowledge)
    assert build(captured, count, VERSION, maker, Places(config), around) is None


@pytest.mark.parametrize("around", [replace(AROUND, knowledge=None)])
def test_without_knowledge_of_the_home_no_custom_integration_is_named(
    lamp: ModuleType, report: Report
) -> None:
    log(lamp.caused, "Failed for annamaria")
    event = event_of(report())
    assert types(event) == ["Exception", "KeyError"]
    assert "tags" not in event
    assert "logentry" not in event


@pytest.mark.parametrize(
    "around",
    [replace(AROUND, versions={"lamp": version}) for version in ("annamaria", "10.0.0.7 @x")],
)
def test_a_version_that_says_something_of_the_home_is_left_out(
    lamp: ModuleType, report: Report
) -> None:
    log(lamp.switch)
    event = event_of(report())
    assert event["tags"] == {"integration": "lamp", "custom_integration": "yes"}


def test_the_same_fault_has_the_same_digest_whatever_its_values(
    lamp: ModuleType, report: Report
) -> None:
    digests = []
    for way in ("switch", "switch", "caused"):
        module = importlib.reload(lamp)
        log(getattr(module, way))
        made = report()
        assert made
        digests.append(made.digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("error", ERRORS)
def test_a_native_crash_is_told_by_its_kind_and_libraries(
    lamp: ModuleType, config: Path, maker: EventMaker, error: str
) -> None:
    crash = NativeFault(
        error=error,
        stack=(
            TextFrame(file=str(lamp.__file__), line=12, function="switch"),
            TextFrame(file=str(lamp.__file__), line=12, function="annamaria"),
            TextFrame(file="/home/annamaria/x.py", line=3, function="annamaria"),
        ),
        c_stack=(
            CFrame(file=sys.executable, symbol="Py_BytesMain"),
            CFrame(file=sys.executable, symbol="annamaria"),
            CFrame(file="/usr/lib/annamaria.so", symbol="main"),
            CFrame(file="/home/annamaria/libc.so.6", symbol="abort"),
        ),
    )
    captured = native.captured(crash, 1e9)
    made = build(captured, 1, VERSION, maker, Places(config), AROUND)
    event = event_of(made)
    [raised] = event["exception"]["values"]
    assert raised["type"] == error.title().replace(" ", "").replace("-", "")
    assert raised["mechanism"]["type"] == "native"
    assert raised["stacktrace"]["frames"][-2:] == [
        {"function": function, "package": Path(sys.executable).name, "platform": "native"}
        for function in ("?", "Py_BytesMain")
    ]
    named = [frame["function"] for frame in raised["stacktrace"]["frames"] if "module" in frame]
    assert named == ["<unknown>", "switch"] or named == ["switch"]
    assert event["level"] == "fatal"


def test_a_deep_recursion_fits(lamp: ModuleType, report: Report) -> None:
    def deep(times: int) -> None:
        if times:
            deep(times - 1)
        lamp.switch()

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(5000)
    try:
        log(lambda: deep(1000))
    finally:
        sys.setrecursionlimit(before)
    made = report()
    event = event_of(made)
    assert functions(event) == ["switch"]
    assert len(encode(event)) < 100_000


def test_a_name_that_is_no_text_is_left_out(config: Path, lamp: ModuleType, report: Report) -> None:
    odd = config / "custom_components/lamp/\udcff.py"
    odd.write_text("def switch():\n    raise ValueError\n")
    names: dict[str, Any] = {}
    exec(compile(odd.read_text(), str(odd), "exec"), names)
    log(names["switch"])
    event = event_of(report())
    assert types(event) == ["ValueError"]
    assert functions(event) == []


FILES = (
    homeassistant.core.__file__,
    logging.__file__,
    str(jinja2.__file__),
    "/home/annamaria/x.py",
    "{lamp}",
    "{lamp}/../annamaria.py",
    "swordfishes",
)
WORDS = (
    *("annamaria", "<annamaria>", "callback.annamaria", "swordfishes.<locals>.<lambda>", "switch"),
    *("<module>", "callback", "HomeAssistant.annamaria", "hunter2hunter2", "Ännchen", "annamaria "),
)
TYPES = (
    *(
        "annamaria",
        "KeyError",
        "builtins.annamaria",
        "KeyError.annamaria",
        "faulthandler.annamaria",
    ),
    *(
        "homeassistant.core.annamaria",
        "custom_components.lamp.annamaria",
        "sys.annamaria",
        "__main__",
    ),
    *(
        "custom_components.lamp.LampError",
        "homeassistant.annamaria.swordfishes",
        "annamaria.LampError",
    ),
    *(
        "homeassistant.core.HomeAssistant.annamaria",
        "os.environ",
        "swordfishes-hunter2hunter2",
        "é",
    ),
)
LINE = st.builds(
    '{}  File "{}", line {}, in {}\n    annamaria = "swordfishes"\n'.format,
    st.sampled_from(("", "  | ", "    | ", "\t")),
    st.sampled_from(FILES),
    st.integers(0, 99),
    st.sampled_from(WORDS),
)
RAISED = st.builds("{}: {}\n".format, st.sampled_from(TYPES), st.sampled_from(SECRETS))
OTHERS = st.sampled_from(
    (
        *(
            "Traceback (most recent call last):\n",
            "  + Exception Group Traceback (most recent call ",
        ),
        *("last):\n", "annamaria\n", "  | ", "    +---------------- 2 ----------------\n", "\n"),
        "During handling of the above exception, another exception occurred:\n\n",
    )
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(LINE | RAISED | OTHERS, max_size=12),
    message=st.sampled_from(("%s", "Failed for annamaria: %s", "swordfishes\n%s")),
)
def test_no_text_brings_a_word_of_its_own(
    lamp: ModuleType,
    handler: CaptureHandler,
    maker: EventMaker,
    config: Path,
    lines: list[str],
    message: str,
) -> None:
    handler._known.clear()
    first = 'Traceback (most recent call last):\n  File "{lamp}", line 3, in switch\nKeyError: 1\n'
    text = "".join((first, *lines)).replace("{lamp}", str(lamp.__file__))
    _LOGGER.error(message, text)
    for captured, count in handler.take():
        made = build(captured, count, VERSION, maker, Places(config), AROUND)
        assert event_of(made)["exception"]["values"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sampled_from(TYPES), depth=st.integers(0, 2), function=st.sampled_from(WORDS))
def test_no_name_made_at_run_time_is_told(
    lamp: ModuleType,
    handler: CaptureHandler,
    maker: EventMaker,
    config: Path,
    names: str,
    depth: int,
    function: str,
) -> None:
    module, _, name = names.rpartition(".")
    kind = type("annamaria", (Exception,), {"__module__": module or "builtins"})
    kind.__qualname__ = ".".join([name, *["annamaria"] * depth])

    def throw() -> Never:
        raise kind(ARGUMENT)

    throw.__code__ = throw.__code__.replace(
        co_name=function, co_qualname=function, co_filename=str(lamp.__file__)
    )
    handler._known.clear()
    log(throw)
    for captured, count in handler.take():
        made = build(captured, count, VERSION, maker, Places(config), AROUND)
        assert event_of(made)["tags"]["integration"] == "lamp"
