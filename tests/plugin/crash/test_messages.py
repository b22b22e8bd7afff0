"""What a log message says without what was filled in."""

import logging
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custom_components.analytics.crash.messages import GAP, MAX_MESSAGE, cleaned, template
from custom_components.analytics.models import Knowledge

SECRETS = frozenset(
    {
        "anna",
        "jane doe",
        "hunter2",
        "swordfish",
        "büro",
        "living room light",
        "nas-keller",
        "o'brien",
    }
)
KNOWLEDGE = Knowledge(secrets=SECRETS, built_in=frozenset({"light"}))

type Logged = Callable[..., list[str | None]]


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
        return [template(record.pathname, record.lineno) for record in records]

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
        ('_LOGGER.error(f"No {name} in {name!r:>5} here")', "No … in … here"),
        ('_LOGGER.error(f"No {name}" " and " f"{name}")', "No … and …"),
        ('_LOGGER.error("No " "lamp " "here")', "No lamp here"),
        ('_LOGGER.error("No %s here" % name)', "No %s here"),
        ('_LOGGER.error("No %s %s" % (name, name))', "No %s %s"),
        ('_LOGGER.error("No {} {a}".format(name, a=name))', "No {} {a}"),
        ('_LOGGER.error("No " + name + " here")', "No … here"),
        ('_LOGGER.error("No " + str(err))', "No …"),
        ('_LOGGER.error(name + " is off")', "… is off"),
        ('_LOGGER.error(("No %s " "here") % name)', "No %s here"),
        ('_LOGGER.error("Ändern von %s ging nicht", name)', "Ändern von %s ging nicht"),
        ('_LOGGER.error(f"{f"No {name} here"} at all")', "… at all"),
    ],
)
def test_a_message_is_what_its_source_has(logged: Logged, call: str, expected: str) -> None:
    assert logged(f"\nname = 'hunter2'\n{call}\n") == [expected]


@pytest.mark.parametrize(
    "call",
    [
        "_LOGGER.error(name)",
        "_LOGGER.error(err)",
        "_LOGGER.exception(err)",
        "_LOGGER.error(str(err))",
        '_LOGGER.error(f"{err}")',
        '_LOGGER.error(f"{name}: {err}")',
        '_LOGGER.error("" + name)',
        "_LOGGER.error(message % name)",
        "_LOGGER.error(message.format(name))",
        "_LOGGER.error(msg=name)",
        "_LOGGER.error(*[name])",
        "_LOGGER.log(40, name)",
        'getattr(_LOGGER, "error")(name)',
        'log = _LOGGER.error; log("Lamp is off")',
    ],
)
def test_a_message_that_is_made_elsewhere_has_no_template(logged: Logged, call: str) -> None:
    assert logged(f"name = 'hunter2'\nmessage = '%s'\n{call}\n") == [None]


def test_a_call_of_several_lines_is_found(logged: Logged) -> None:
    assert logged(
        """
        name = "hunter2"
        try:
            raise err
        except ValueError:
            _LOGGER.exception(
                "Updating %s "
                f"of {name} "
                "failed",
                dict(
                    name=name,
                ),
            )
        """
    ) == ["Updating %s of … failed"]


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


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "\0",
        "x = " + "(" * 5000,
        "x = " + "-" * 100_000 + "1",
        "_LOGGER.error('a')\n" * 25_000,
        "\ufeff\ufeff",
        "_LOGGER.error()",
        "_LOGGER.error('')",
        "_LOGGER.error(' … ')",
        "error('a')",
        "",
    ],
    ids=lambda text: text[:20],
)
def test_a_source_that_does_not_show_it_has_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lamp.py"
    path.write_text(text, encoding="utf-8")
    assert template(str(path), 1) is None
    assert template(str(tmp_path / "missing.py"), 1) is None
    assert template(str(tmp_path), 1) is None


@pytest.mark.parametrize("line", [-1, 0, 2, 10**9])
def test_a_line_without_a_call_has_none(tmp_path: Path, line: int) -> None:
    path = tmp_path / "lamp.py"
    path.write_text("_LOGGER.error('a')\n")
    assert template(str(path), line) is None


def test_a_template_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "lamp.py"
    path.write_text(f"_LOGGER.error('{'long ' * 500}')\n")
    assert len(template(str(path), 1) or "") == MAX_MESSAGE


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Lamp is off", "Lamp is off"),
        ("Can't reach the lamp, sorry.", "Can't reach the lamp, sorry."),
        ("No %s in %d: %5.2f", "No %s in %d: %5.2f"),
        ("Lamp 7 is off", "Lamp … is off"),
        ("light.annas_bedroom is off", "… is off"),
        ("Anna's lamp of ANNA is off", "… lamp of … is off"),
        ("a lamp of Jane Doe", "a lamp of …"),
        ("a lamp of Jane", "a lamp of …"),
        ("a lamp of Doe, Jane", "a lamp of …"),
        ("\n No lamp\nLine of words", "No lamp"),
        ("No lamp\rwords", "No lamp"),
        ("No lamp\u2028words", "No lamp"),
        ("Failed\nTraceback of words\n  File in words", "Failed"),
        (" \n ", ""),
        ("a lamp of JaneDoe", "a lamp of …"),
        ("a lamp of jane-doe or anna-lamp", "a lamp of … or …"),
        ("a lamp of Jane\nDoe", "a lamp of …"),
        ("Büro, BÜRO, Buro, Bu\u0308ro are off", "… are off"),
        ("ａｎｎａ is off", "… is off"),  # noqa: RUF001
        ("an\u200bna is off", "… is off"),
        ("аnna is off", "… is off"),  # noqa: RUF001
        ("the Living  Room Light of a room is off, light", "the … Light of a … is off, light"),
        ("nas-keller and Keller are off", "… and … are off"),
        ("mail to anna@example.com failed", "mail to … failed"),
        ("https://u:p@example.com/?token=x failed", "… failed"),
        ("at 52.3702, 4.8952 it failed", "at … it failed"),
        ("at 10.0.0.7:8123 it failed", "at … it failed"),
        ("'bad words' and \"worse\" and <worst> {x} [y] (z)", "… and … and …"),
        ("password=correct", "…"),
        ("/home/anna/x.py, line 3, in anna", "… line … in …"),
        ("%12345678s", "…"),
        ("%s" + "7" * 12, "…"),
        ("a" * 21, "…"),
        ("", ""),
        ("Ärger", "…"),
    ],
)
def test_of_other_messages_plain_words_are_left(message: str, expected: str) -> None:
    assert cleaned(message, KNOWLEDGE) == expected


NAMES = ("anna", "Anna", "ANNA", "Jane", "DOE", "hunter2", "Swordfish", "Keller")
MARKS = ("'", '"', "(", ")", " ", "\n", "%s", "%", "-", "…", "<", ">", ",", ".", "\u200b", "\xad")
PIECES = st.sampled_from((*NAMES, *MARKS, "is off", "'s"))


@settings(deadline=None)
@given(message=st.lists(PIECES, max_size=60).map("".join))
def test_no_name_of_this_home_is_left(message: str) -> None:
    words = {word.strip(".,:;!?()\"'").casefold() for word in cleaned(message, KNOWLEDGE).split()}
    assert words.isdisjoint({"anna", "anna's", "jane", "doe", "hunter2", "swordfish", "keller"})


@settings(deadline=None)
@given(message=st.text(max_size=3000), secret=st.text(min_size=3))
def test_any_message_is_answered_in_ascii(message: str, secret: str) -> None:
    text = cleaned(message, Knowledge(secrets=frozenset({secret.casefold()})))
    assert len(text) <= MAX_MESSAGE
    assert text.replace(GAP, "").isascii()


@pytest.mark.parametrize("many", ["'", '"', "(", "<", "a", "a'", "a ", "… ", "anna ", "ﷺ", "%s "])
@pytest.mark.timeout(10)
def test_a_huge_message_is_cleaned_at_once(many: str) -> None:
    knowledge = Knowledge(secrets=frozenset(f"name {number}" for number in range(5000)) | SECRETS)
    assert len(cleaned(many * 1_000_000, knowledge)) <= MAX_MESSAGE
