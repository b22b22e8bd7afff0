"""What a log message says without what was filled in: the literal of its source, or nothing."""

import logging
import textwrap
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from custom_components.analytics.code import sources
from custom_components.analytics.crash.fields import MAX_MESSAGE
from custom_components.analytics.crash.messages import template

type Logged = Callable[..., list[str | None]]


def of(path: Path | str, line: int, function: str = "<module>") -> str | None:
    """Return the template of what a line of a file logs."""
    file = sources.read(str(path))
    return template(file, line, function) if file else None


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[Logged]:
    """Run a source of its own with a logger, and return the templates of what it logged."""
    records: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[assignment, method-assign]
    logger = logging.getLogger("tests.messages")
    logger.propagate = False
    logger.addHandler(handler)

    def logged(text: str, **values: object) -> list[str | None]:
        path = tmp_path / f"lamp{len(records)}.py"
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        names = {"_LOGGER": logger, "logging": logging, "err": ValueError("hunter2"), **values}
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
        assert records
        return [of(record.pathname, record.lineno, record.funcName or "") for record in records]

    yield logged
    logger.removeHandler(handler)
    logger.propagate = True


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ('_LOGGER.error("Lamp is off")', "Lamp is off"),
        ('_LOGGER.error("No %s in %d", name, 3)', "No %s in %d"),
        ('_LOGGER.error("No %(a)s", {"a": name})', "No %(a)s"),
        ('_LOGGER.exception("Lamp is off")', "Lamp is off"),
        ('_LOGGER.critical("Lamp is off")', "Lamp is off"),
        ('_LOGGER.log(40, "No %s", name)', "No %s"),
        ('_LOGGER.log(40, msg="No %s" % name)', "No %s"),
        ('_LOGGER.error(msg="No lamp")', "No lamp"),
        ('_LOGGER.error(msg=f"No {name}")', "No …"),
        ('_LOGGER.error(f"No {name} in {name!r:>5} here")', "No … in … here"),
        ('_LOGGER.error(f"No {name=}")', "No name=…"),
        ("_LOGGER.error(f\"No {'hunter2'}\")", "No …"),
        ("_LOGGER.error(f\"No {name:{'>'}9}\")", "No …"),
        ('_LOGGER.error(f"No {name}" " and " f"{name}")', "No … and …"),
        ('_LOGGER.error("No " "lamp " "here")', "No lamp here"),
        ('_LOGGER.error("No %s here" % name)', "No %s here"),
        ('_LOGGER.error("No %s here" % "hunter2")', "No %s here"),
        ('_LOGGER.error("No %s %s" % (name, name))', "No %s %s"),
        ('_LOGGER.error("No {} {a}".format(name, a=name))', "No {} {a}"),
        ('_LOGGER.error(f"No {name} {{}}".format(name))', "No … {}"),
        ('_LOGGER.error("No " + name + " here")', "No … here"),
        ('_LOGGER.error("No " + str(err))', "No …"),
        ('_LOGGER.error("No " + f"{name}: " + ("%s" % name))', "No …: %s"),
        ('_LOGGER.error(name + " is off")', "… is off"),
        ('_LOGGER.error(("No %s " "here") % name)', "No %s here"),
        ('_LOGGER.error(f"No {name}\\n".rstrip())', "No …\n"),
        ('_LOGGER.error("No {}".format(name).strip("hunter2"))', "No {}"),
        ('_LOGGER.error("No lamp", exc_info=task.exception())', "No lamp"),
        ('_LOGGER.error(_("No lamp {}").format(name))', "No lamp {}"),
        ('_LOGGER.error(_(f"No {name}"))', "No …"),
        ('_LOGGER.error((text := f"No {name}"))', "No …"),
        ('_LOGGER.error("Ändern von %s ging nicht", name)', "Ändern von %s ging nicht"),
        ('_LOGGER.error(f"{f"No {name} here"} at all")', "… at all"),
        ('text = f"No {name}"; _LOGGER.error(text)', "No …"),
        ('text: str = "No lamp"; _LOGGER.error(text)', "No lamp"),
        ('text = "No %s"; _LOGGER.error(text, name)', "No %s"),
        ('text = "No %s"; _LOGGER.error(text % name)', "No %s"),
        ('text = "No {}"; _LOGGER.error(text.format(name))', "No {}"),
        ('text = f"No {name} "; _LOGGER.error(text.rstrip())', "No … "),
        ('first = f"No {name}"; text = first; _LOGGER.error(text)', "No …"),
        ('text = "No {}".format(name); _LOGGER.error(text)', "No {}"),
        ('text = "No lamp of " + name; _LOGGER.error(text)', "No lamp of …"),
    ],
)
def test_a_message_is_what_its_source_has(logged: Logged, call: str, expected: str) -> None:
    task: Future[None] = Future()
    task.set_exception(ValueError("hunter2"))
    assert logged(f"\n_ = str\n{call}\n", name="hunter2", task=task) == [expected]


@pytest.mark.parametrize(
    "call",
    [
        "_LOGGER.error(name)",
        "_LOGGER.error(err)",
        "_LOGGER.exception(err)",
        "_LOGGER.error(str(err))",
        '_LOGGER.error(str("No lamp"))',
        '_LOGGER.error(f"{err}")',
        '_LOGGER.error(f"{name}: {err}")',
        '_LOGGER.error("" + name)',
        "_LOGGER.error(message % name)",
        "_LOGGER.error(message.format(name))",
        "_LOGGER.error(msg=name)",
        "_LOGGER.error(*[name])",
        '_LOGGER.error(*["No lamp"])',
        '_LOGGER.error(**{"msg": "No lamp"})',
        "_LOGGER.log(40, name)",
        '_LOGGER.log(*(40, "No lamp"))',
        'getattr(_LOGGER, "error")(name)',
        'log = _LOGGER.error; log("Lamp is off")',
        '_LOGGER.error(" ".join(["No lamp of", name]))',
        '_LOGGER.error("lamp" * len(name))',
        '_LOGGER.error("No lamp" if name else "No light")',
        '_LOGGER.error(name or "No lamp")',
        '_LOGGER.error("No x".replace("x", name))',
        '_LOGGER.error("No lamp".join(name))',
        '_LOGGER.error(["No lamp"][0])',
        '_LOGGER.error((lambda: f"No {name}")())',
        '_LOGGER.error(b"No lamp")',
        'text = f"No {name}"; text += name; _LOGGER.error(text)',
        'text = "No lamp"; text = name; _LOGGER.error(text)',
        'text = "No lamp"; exec("text = name"); del text; text = name; _LOGGER.error(text)',
        'text, other = name, "No lamp"; _LOGGER.error(text)',
        'other = text = "No lamp"; _LOGGER.error(text)',
        "for text in [name]: _LOGGER.error(text)",
        "[_LOGGER.error(text) for text in [name]]",
        "[*(_LOGGER.error(text) for text in [name])]",
        "(lambda text: _LOGGER.error(text))(name)",
        "with open(__file__) as text: _LOGGER.error(text)",
        "import logging as text; _LOGGER.error(text)",
        "class text: pass\n_LOGGER.error(text)",
        "def text(): pass\n_LOGGER.error(text)",
        "match name:\n    case text: _LOGGER.error(text)",
        "match [name]:\n    case [*text]: _LOGGER.error(text)",
        "match {}:\n    case {**text}: _LOGGER.error(text)",
        "try: raise err\nexcept ValueError as text: _LOGGER.error(text)",
        'def f(text="No lamp"): _LOGGER.error(text)\nf(name)',
        'def f(**text): _LOGGER.error(text)\nf(a="No lamp")',
        'text = "No lamp"\ndef f(): _LOGGER.error(text)\nf()',
        'text = name\ndef f():\n    global text\n    text = "No lamp"\n_LOGGER.error(text)',
        "text = text2 = name; text = text.strip(); _LOGGER.error(text)",
        '_LOGGER.error("No lamp"); _LOGGER.error(name) if not name else None',
        '_LOGGER.error("No %s", _LOGGER.error)  if 0 else _LOGGER.error("No light")',
    ],
)
def test_a_message_that_is_no_literal_has_no_template(logged: Logged, call: str) -> None:
    assert set(logged(f"\n{call}\n", name="hunter2", message="%s", __file__=__file__)) == {None}


def test_a_call_of_several_lines_is_found(logged: Logged) -> None:
    assert logged(
        """
        name = "hunter2"
        try:
            raise err
        except ValueError:
            (
                _LOGGER
                .exception(
                    "Updating %s "
                    f"of {name} "
                    "failed",
                    dict(
                        name=name,
                    ),
                )
            )
            _LOGGER.exception(
                "No %s",
                name,
            )
        """
    ) == ["Updating %s of … failed", "No %s"]


def test_of_a_wrapper_nothing_is_known(logged: Logged) -> None:
    assert logged(
        """
        def complain(message, *args):
            _LOGGER.error(message, *args)

        def pass_on(message, *args):
            _LOGGER.error(message, *args, stacklevel=2)

        complain("Lamp hunter2 is off")
        pass_on("Lamp hunter2 is off")
        """
    ) == [None, None]


def test_a_function_is_its_own_scope(logged: Logged) -> None:
    assert logged(
        """
        text = "not this"

        class Lamp:
            def switch(self, name):
                text = f"No {name}"
                if name:
                    _LOGGER.error(text)

        async def other(name):
            text = "Other"
            _LOGGER.error(text)

        Lamp().switch("hunter2")
        try:
            other("hunter2").send(None)
        except StopIteration:
            pass
        (lambda: _LOGGER.error("In a lambda"))()
        [_LOGGER.error("In a list") for _ in "a"]
        list(_LOGGER.error("In a generator") for _ in "a")
        """
    ) == ["No …", "Other", "In a lambda", "In a list", "In a generator"]


def test_a_source_that_was_changed_since_has_none(logged: Logged, tmp_path: Path) -> None:
    path = tmp_path / "lamp0.py"
    logged("def f():\n    _LOGGER.error(f'No lamp')\nf()\n")
    assert of(path, 2, "f") == "No lamp"
    path.write_text("def g():\n    _LOGGER.error('hunter2')\n")
    assert of(path, 2, "f") is None


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "\0",
        "x = " + "(" * 5000,
        "x = " + "-" * 100_000 + "1",
        "\ufeff\ufeff",
        "# coding: no such thing\n_LOGGER.error('a')",
        "_LOGGER.error()",
        "_LOGGER.error('')",
        "_LOGGER.error(' … ')",
        "a = a.strip(); _LOGGER.error(a)",
        "a = b; b = a; _LOGGER.error(a)",
        "error('a')",
        "",
        "_LOGGER.error('a')\n" * 200_000,
    ],
    ids=lambda text: text[:20],
)
def test_a_source_that_does_not_show_it_has_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lamp.py"
    path.write_text(text, encoding="utf-8")
    assert of(path, 1) is None
    assert of(tmp_path / "missing.py", 1) is None
    assert of(tmp_path, 1) is None
    assert of("\0", 1) is None


@pytest.mark.parametrize("line", [-1, 0, 2, 10**9])
def test_a_line_without_a_call_has_none(tmp_path: Path, line: int) -> None:
    path = tmp_path / "lamp.py"
    path.write_text("_LOGGER.error('a')\n")
    assert of(path, line) is None
    assert of(path, 1) == "a"


def test_a_template_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "lamp.py"
    path.write_text(f"_LOGGER.error('{'long ' * 500}')\n")
    assert len(of(path, 1) or "") == MAX_MESSAGE
