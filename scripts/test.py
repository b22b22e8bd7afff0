"""Run the tests, each part in its environment, and say at the end what this machine kept from it.

What is not an option of this script goes to pytest. Needs nothing but Python 3.11 and its standard
library, so it must not use younger syntax.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree as ET

from scripts import chromium
from scripts.environments import (
    HOSTS,
    RECEIVER,
    ROOT,
    Checked,
    Environment,
    Host,
    SetupError,
    make,
    newest_host,
    say,
)

# Files run beside each other, the tests of one file one after the other in one process. There is
# one process more than cores, as some wait for a browser or for a real Home Assistant; a part that
# runs beside others has one less.
CORES = os.cpu_count() or 1
SLOWEST = "--durations=10"
RESULTS = "results.xml"
OUTPUT = "output.txt"
# How a test that this machine can't run says so, see tests/lacking.py.
LACKS = "This machine lacks "
# A busy machine lets one fail by chance, which passes alone. More than so many have a reason.
FEW = 3
# By pytest's exit codes: all has run, and some of it failed. With any other, some never ran.
SOME_FAILED = 1
PLUGIN_TESTS = "tests/plugin"
RECEIVER_TESTS = "tests/receiver"
WITHOUT_BROWSER = "not browser"
WITHOUT_PROCESSES = "not process"
WITHOUT_THE_REST = "not once"


@dataclass(frozen=True)
class Part:
    """An environment, and what is tested in it; `beside` others, if it has no need of all cores."""

    environment: Environment
    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    beside: bool = False

    @property
    def python(self) -> Path:
        """Return the Python of its environment."""
        return self.environment.folder / "bin" / "python"

    def command(
        self,
        options: argparse.Namespace,
        rest: Sequence[str],
        told: Path,
        processes: int = CORES + 1,
    ) -> list[str]:
        """Return how pytest is called for it; what came of it is to be in a folder of its own."""
        together = () if one_file(rest) else ("-n", str(processes), "--dist", "loadfile")
        return self._command(
            options, rest, (SLOWEST, *together, f"--junitxml={told / RESULTS}"), told
        )

    def command_again(
        self, options: argparse.Namespace, rest: Sequence[str], told: Path
    ) -> list[str]:
        """Return how those that have failed are called once more, in one process."""
        return self._command(
            options, rest, ("--last-failed", "--last-failed-no-failures=none"), told
        )

    def _command(
        self, options: argparse.Namespace, rest: Sequence[str], how: Sequence[str], told: Path
    ) -> list[str]:
        asked = [f"({options.markers})"] if options.markers else []
        markers = " and ".join((*asked, *self.without))
        return [
            *(str(self.python), "-m", "pytest", "-o", f"cache_dir={told}"),
            *self.options,
            *how,
            *(("-m", markers) if markers else ()),
            *(() if paths(rest) else self.paths),
            *rest,
        ]


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Read the command line, and return what is for pytest beside it."""
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="Run the tests on the newest host that this machine's Python runs, and of the "
        "receiver. Other arguments go to pytest: paths, -k, -x, --pdb and so on.",
        allow_abbrev=False,
    )
    part = parser.add_mutually_exclusive_group()
    names = [host.name for host in HOSTS]
    part.add_argument(
        "--host",
        metavar="HOST",
        choices=names,
        help=f"on this, without what is the same on each: {', '.join(names)}",
    )
    part.add_argument("--receiver", action="store_true", help="only those of the receiver")
    part.add_argument(
        "--all", action="store_true", help="on each host on which tests are run with each change"
    )
    part.add_argument(
        "--fast", action="store_true", help="the plugin's only, without a browser or a real host"
    )
    parser.add_argument("--no-browser", action="store_true", help="without those in a browser")
    parser.add_argument("-m", dest="markers", metavar="MARKERS", help="as pytest's")
    return parser.parse_known_args(arguments)


def paths(rest: Sequence[str]) -> list[str]:
    """Return the files and folders in what is for pytest."""
    names = [word.partition("::")[0] for word in rest if word.startswith("tests")]
    return [name for name in names if (ROOT / name).exists()]


def one_file(rest: Sequence[str]) -> bool:
    """Tell whether all is in one file, which has no use for other processes."""
    return len(files := paths(rest)) == 1 and files[0].endswith(".py")


def parts(options: argparse.Namespace, rest: Sequence[str]) -> list[Part]:
    """Return what is to be run; what is asked for by path or name is of one part."""
    receiver = any(path.startswith(RECEIVER_TESTS) for path in paths(rest))
    if options.receiver or receiver:
        return [of_the_receiver(options)]
    hosts = list(of_hosts(options, rest))
    return hosts if options.host or options.fast or rest else [*hosts, of_the_receiver(options)]


def of_the_receiver(options: argparse.Namespace) -> Part:
    """Return the part that knows nothing of any host."""
    without = (WITHOUT_BROWSER,) if options.no_browser else ()
    configured = ("-c", f"{RECEIVER_TESTS}/pytest.ini", "--rootdir", ".")
    return Part(RECEIVER, configured, (RECEIVER_TESTS,), without, beside=True)


def of_hosts(options: argparse.Namespace, rest: Sequence[str]) -> Iterator[Part]:
    """Yield a part for each host; what says the same on all of them is run on one."""
    if options.fast:
        yield Part(
            newest_host(),
            paths=(PLUGIN_TESTS,),
            without=(WITHOUT_BROWSER, WITHOUT_PROCESSES),
        )
        return
    no_browser = (WITHOUT_BROWSER,) if options.no_browser else ()
    for host in chosen(options):
        again = not rest and (options.host or (options.all and host is not HOSTS[-1]))
        whole = not options.all or host.checked is Checked.BROWSER
        yield Part(
            host,
            paths=() if whole else (PLUGIN_TESTS,),
            without=(*no_browser, WITHOUT_THE_REST) if again else no_browser,
        )


def chosen(options: argparse.Namespace) -> list[Host]:
    """Return the hosts that are asked for."""
    if options.all:
        return [host for host in HOSTS if host.checked >= Checked.PLUGIN]
    return [host for host in HOSTS if host.name == options.host] or [newest_host()]


def needs_browser(part: Part, rest: Sequence[str]) -> bool:
    """Tell whether tests in a browser may be among what is asked for."""
    asked = paths(rest)
    return WITHOUT_BROWSER not in part.without and (not asked or any(map(_has_browser, asked)))


def _has_browser(path: str) -> bool:
    return "browser" in Path(path).parts or any((ROOT / path).glob("**/browser"))


def provide_browser(python: Path) -> None:
    """Get a browser, where there is none; each test that misses it says so."""
    try:
        chromium.provide(python)
    except chromium.ChromiumMissingError as error:
        say(f"{LACKS}{error}")


@dataclass
class Outcome:
    """How the tests of a part ended, where pytest told of it, and what passed only once more."""

    part: Part
    told: Path
    code: int
    by_chance: list[str] = field(default_factory=list)

    @property
    def lacked(self) -> list[str]:
        """Return what each test that was skipped for it says that this machine lacks."""
        results = self.told / RESULTS
        return list(lacks(results)) if results.exists() else []


def prepare(part: Part, rest: Sequence[str]) -> None:
    """Make the environment, and get a browser, as far as they are needed and missing."""
    make(part.environment)
    if needs_browser(part, rest):
        provide_browser(part.python)


def run_all(
    chosen: Sequence[Part], options: argparse.Namespace, rest: Sequence[str], folder: Path
) -> list[Outcome]:
    """Run the parts, and the few tests that have failed beside others once more, alone."""
    *first, last = chosen
    if first and last.beside:
        outcomes = _run_beside(first, last, options, rest, folder)
    else:
        outcomes = [_run(part, options, rest, folder) for part in chosen]
    if not one_file(rest):
        for outcome in outcomes:
            _run_again(outcome, options, rest)
    return outcomes


def _run_beside(
    first: Sequence[Part],
    last: Part,
    options: argparse.Namespace,
    rest: Sequence[str],
    folder: Path,
) -> list[Outcome]:
    """Run one part while the others run, and show what it says when they have ended."""
    told = Path(tempfile.mkdtemp(dir=folder))
    command = last.command(options, rest, told, processes=CORES)
    with (
        (told / OUTPUT).open("w+", encoding="utf-8", errors="replace") as output,
        subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        outcomes = [_run(part, options, rest, folder) for part in first]
        code = process.wait()
        _announce(last)
        output.seek(0)
        shutil.copyfileobj(output, sys.stdout)
    return [*outcomes, Outcome(last, told, code)]


def _run(
    part: Part,
    options: argparse.Namespace,
    rest: Sequence[str],
    folder: Path,
) -> Outcome:
    _announce(part)
    told = Path(tempfile.mkdtemp(dir=folder))
    return Outcome(part, told, _code(part.command(options, rest, told)))


def _run_again(outcome: Outcome, options: argparse.Namespace, rest: Sequence[str]) -> None:
    """Run once more what has failed, if that is little and all else has run."""
    failed = last_failed(outcome.told)
    if outcome.code != SOME_FAILED or not 0 < len(failed) <= FEW:
        return
    print(f"== Once more, alone: {', '.join(failed)}", flush=True)
    outcome.code = _code(outcome.part.command_again(options, rest, outcome.told))
    if outcome.code == 0:
        outcome.by_chance = failed


def _announce(part: Part) -> None:
    print(f"== {part.environment.title}", flush=True)


def _code(command: Sequence[str]) -> int:
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def last_failed(cache: Path) -> list[str]:
    """Return the tests that pytest has kept there as those that failed."""
    kept = cache / "v" / "cache" / "lastfailed"
    return list(json.loads(kept.read_bytes())) if kept.exists() else []


def lacks(results: Path) -> Iterator[str]:
    """Yield what each skipped test says that this machine lacks."""
    for skipped in ET.parse(results).iter("skipped"):  # noqa: S314 - pytest's own file
        if (reason := skipped.get("message", "")).startswith(LACKS):
            yield reason


def main(arguments: Sequence[str]) -> int:
    """Run what is asked for and return the exit code."""
    os.environ.setdefault("UV_HTTP_TIMEOUT", "300")
    options, rest = parse(arguments)
    chosen = parts(options, rest)
    try:
        for part in chosen:
            prepare(part, rest)
        with tempfile.TemporaryDirectory() as folder:
            outcomes = run_all(chosen, options, rest, Path(folder))
            conclude(outcomes)
    except SetupError as error:
        say(f"\nSetup failed: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 1 if any(outcome.code for outcome in outcomes) else 0


def conclude(outcomes: Sequence[Outcome]) -> None:
    """Say which parts failed, which tests by chance, and what was skipped and how to run it."""
    if failed := [one.part.environment.title for one in outcomes if one.code]:
        print(f"Tests failed: {', '.join(failed)}")
    for test in chain.from_iterable(one.by_chance for one in outcomes):
        print(f"It failed beside others and passed alone, which is a fault to be found: {test}")
    lacked = Counter(chain.from_iterable(one.lacked for one in outcomes))
    for reason, number in lacked.items():
        print(f"{number} tests were skipped. {reason}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
