"""What `scripts/test` runs where, and what it says of tests that this machine can't run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import test
from scripts.environments import HOSTS, RECEIVER, Checked
from scripts.test import RESULTS, Outcome, Part

pytestmark = [pytest.mark.once, pytest.mark.long]

ROOT = Path(__file__).parents[2]
BY_CHANCE = """
import pathlib, pytest
folder = pathlib.Path(__file__).parent
def fail_the_first(times):
    tries = folder / "tries"
    tries.touch()
    with tries.open("r+") as file:
        before = len(file.read())
        file.write("x")
    assert before >= times
def test_always(): assert True
"""
MEETING = """
import pathlib, signal
def test_{name}():
    signal.alarm(60)  # ends the process, and so the test
    (pathlib.Path(__file__).parent / "meeting").open("{mode}").close()
    signal.alarm(0)
"""
CHANCE = "tests/test_some.py::test_one"
NAME = "A machine that lacks something."
LACKING = """
from tests.lacking import lacking
def test_one(): lacking("a browser. Get it.")
def test_other(): lacking("a browser. Get it.")
def test_none(): pass
"""


def chosen(*arguments: str) -> list[Part]:
    return test.parts(*test.parse(arguments))


def command(*arguments: str) -> list[str]:
    [part] = chosen(*arguments)
    options, rest = test.parse(arguments)
    return part.command(options, rest, Path("told"))


def test_by_default_one_host_and_the_receiver_run_all_that_is_there() -> None:
    host, receiver = chosen()
    assert (host.environment in HOSTS, host.paths, host.without) == (True, (), ())
    assert (receiver.environment, receiver.without) == (RECEIVER, ())


def test_all_is_each_host_that_is_tested_each_time_and_the_receiver() -> None:
    *parts, receiver = chosen("--all")
    tested = [host for host in HOSTS if host.checked >= Checked.PLUGIN]
    assert [(part.environment, part.paths) for part in parts] == [
        (host, () if host.checked is Checked.BROWSER else ("tests/plugin",)) for host in tested
    ]
    assert receiver.environment is RECEIVER


def test_what_no_host_changes_runs_on_the_newest_only() -> None:
    hosts = chosen("--all")[:-1]
    assert ["not once" in part.without for part in hosts] == [*([True] * (len(hosts) - 1)), False]


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_that_is_asked_for_runs_alone(host: object) -> None:
    name = getattr(host, "name")  # noqa: B009 - of a row
    [part] = chosen("--host", name)
    assert (part.environment, part.without) == (host, ("not once",))


def test_the_fast_tests_start_neither_browser_nor_host() -> None:
    [part] = chosen("--fast")
    assert part.paths == ("tests/plugin",)
    assert part.without == ("not browser", "not process")


def test_a_path_of_the_receiver_runs_in_its_environment() -> None:
    [part] = chosen("tests/receiver/options/test_options.py")
    assert part.environment is RECEIVER


def test_files_run_beside_each_other_and_one_alone_in_one_process() -> None:
    assert "loadfile" in command("--fast")
    assert "loadfile" not in command("tests/plugin/test_host.py", "-k", "version")


def test_markers_that_are_asked_for_are_added_to_those_left_out() -> None:
    asked = command("--fast", "-m", "a or b")
    assert asked[asked.index("-m", 3) + 1] == "(a or b) and not browser and not process"


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ((), True),
        (("--no-browser",), False),
        (("--fast",), False),
        (("--host", HOSTS[0].name, "tests/plugin"), False),
        (("--host", HOSTS[0].name, "tests/browser/test_more.py"), True),
        (("--receiver",), True),
        (("tests/receiver/options/test_options.py",), False),
    ],
)
def test_a_browser_is_got_where_tests_may_drive_it(
    arguments: tuple[str, ...], needed: bool
) -> None:
    _, rest = test.parse(arguments)
    assert {test.needs_browser(part, rest) for part in chosen(*arguments)} == {needed}


def run_pytest(folder: Path, ci: str) -> Outcome:
    (folder / "test_lacking.py").write_text(LACKING)
    (folder / "pytest.ini").write_text("[pytest]")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", folder / "pytest.ini"),
            *("-p", "no:cacheprovider", f"--junitxml={folder / RESULTS}", folder),
        ],
        cwd=ROOT,
        env={**os.environ, "CI": ci, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        check=False,
    )
    return Outcome(Part(RECEIVER), folder, done.returncode)


def test_what_is_lacking_is_counted_and_said_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = run_pytest(tmp_path, ci="")
    assert lacking.code == 0
    test.conclude([lacking, Outcome(Part(RECEIVER), tmp_path / "none", 1, [CHANCE])])
    assert capsys.readouterr().out.splitlines() == [
        "Tests failed: Receiver",
        f"It failed beside others and passed alone, which is a fault to be found: {CHANCE}",
        "2 tests were skipped. This machine lacks a browser. Get it.",
    ]


def test_on_ci_what_is_lacking_is_a_failure(tmp_path: Path) -> None:
    lacking = run_pytest(tmp_path, ci="true")
    assert (lacking.code, lacking.lacked) == (1, [])


@pytest.fixture
def without_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no process load what these tests have no need for, such as a Home Assistant."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def part_of(folder: Path, name: str, body: str, *, beside: bool = False) -> Part:
    """Return a part that has one file of tests."""
    (folder / f"test_{name}.py").write_text(body)
    (folder / "pytest.ini").write_text("[pytest]")
    host = next(host for host in HOSTS if host.name == Path(sys.prefix).name)
    options = ("-c", str(folder / "pytest.ini"), "-p", "xdist")
    return Part(host, options, (str(folder / f"test_{name}.py"),), beside=beside)


def run_all(folder: Path, parts: list[Part], *rest: str) -> list[Outcome]:
    told = folder / "told"
    told.mkdir()
    return test.run_all(parts, test.parse([])[0], rest, told)


def run_failing(folder: Path, body: str, *rest: str) -> tuple[bool, list[str]]:
    [outcome] = run_all(folder, [part_of(folder, "by_chance", BY_CHANCE + body)], *rest)
    return outcome.code == 0, outcome.by_chance


def test_what_fails_by_chance_passes_alone_and_is_named(
    tmp_path: Path, without_plugins: None
) -> None:
    passed, named = run_failing(tmp_path, "def test_it(): fail_the_first(1)")
    assert passed
    assert [name.rpartition("::")[2] for name in named] == ["test_it"]
    assert (tmp_path / "tries").read_text() == "xx"


@pytest.mark.parametrize(
    ("body", "tries"),
    [
        ("def test_it(): fail_the_first(2)", "xx"),
        (
            "@pytest.mark.parametrize('number', range(4))\ndef test_it(number): fail_the_first(4)",
            "xxxx",
        ),
        ("raise RuntimeError", None),
    ],
)
def test_what_fails_alone_too_or_is_not_one_of_few_has_failed(
    tmp_path: Path, without_plugins: None, body: str, tries: str | None
) -> None:
    assert run_failing(tmp_path, body) == (False, [])
    file = tmp_path / "tries"
    assert (file.read_text() if file.exists() else None) == tries


def test_what_ended_before_all_has_run_has_failed(tmp_path: Path, without_plugins: None) -> None:
    assert run_failing(tmp_path, "def test_it(): fail_the_first(1)", "-x") == (False, [])
    assert (tmp_path / "tries").read_text() == "x"


def test_the_receivers_tests_run_beside_the_others_and_are_shown_after_them(
    tmp_path: Path, without_plugins: None, capfd: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "meeting")  # who opens it waits for the other
    first = part_of(tmp_path, "first", MEETING.format(name="first", mode="r"))
    last = part_of(tmp_path, "last", MEETING.format(name="last", mode="w"), beside=True)
    outcomes = run_all(tmp_path, [first, last], "-rp")
    assert [(one.part, one.code) for one in outcomes] == [(first, 0), (last, 0)]
    shown = re.findall(r"^== .*|^PASSED .*", capfd.readouterr().out, re.MULTILINE)
    assert shown[::2] == [f"== {first.environment.title}"] * 2
    assert [line.rpartition("::")[2] for line in shown[1::2]] == ["test_first", "test_last"]


def test_who_wants_no_telemetry_of_any_program_can_run_the_tests() -> None:
    environ = {**os.environ, "DO_NOT_TRACK": "1", "SSL_CERT_FILE": "/of/somebody"}
    tests = ("tests/plugin/outbound/test_schedule.py", "-k", "first_report_follows")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *tests],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
