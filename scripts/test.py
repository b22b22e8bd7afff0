"""Run the tests, each part in its environment, and say at the end what this machine kept from it.

What is not an option of this script goes to pytest. Needs nothing but Python 3.11 and its standard
library, so it must not use younger syntax.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
# one process more than cores, as some wait for a browser or for a real Home Assistant.
PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile")
SLOWEST = "--durations=10"
RESULTS = "results.xml"
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
    """An environment, and what is tested in it."""

    environment: Environment
    options: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """Return the Python of its environment."""
        return self.environment.folder / "bin" / "python"

    def command(self, options: argparse.Namespace, rest: Sequence[str], told: Path) -> list[str]:
        """Return how pytest is called for it; what came of it is to be in a folder of its own."""
        together = () if one_file(rest) else PARALLEL
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
    return Part(RECEIVER, configured, (RECEIVER_TESTS,), without)


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
class Told:
    """What is to be said at the end: what this machine lacks, and what passed only once more."""

    lacked: Counter[str] = field(default_factory=Counter)
    by_chance: list[str] = field(default_factory=list)


def run(part: Part, options: argparse.Namespace, rest: Sequence[str], told: Told) -> bool:
    """Run a part, add what is to be said of it, and tell whether it passed."""
    print(f"== {part.environment.title}", flush=True)
    make(part.environment)
    if needs_browser(part, rest):
        provide_browser(part.python)
    return run_tests(part, options, rest, told)


def run_tests(part: Part, options: argparse.Namespace, rest: Sequence[str], told: Told) -> bool:
    """Run the tests of a part; the few that have failed beside others once more, alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        code = _code(part.command(options, rest, folder))
        if (results := folder / RESULTS).exists():
            told.lacked.update(lacks(results))
        failed = last_failed(folder)
        if code != SOME_FAILED or one_file(rest) or not 0 < len(failed) <= FEW:
            return code == 0
        print(f"== Once more, alone: {', '.join(failed)}", flush=True)
        if passed := _code(part.command_again(options, rest, folder)) == 0:
            told.by_chance += failed
        return passed


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
    told = Told()
    try:
        ran = {part: run(part, options, rest, told) for part in parts(options, rest)}
    except SetupError as error:
        say(f"\nSetup failed: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    conclude(told, [part.environment.title for part, passed in ran.items() if not passed])
    return 0 if all(ran.values()) else 1


def conclude(told: Told, failed: Sequence[str]) -> None:
    """Say which parts failed, which tests by chance, and what was skipped and how to run it."""
    if failed:
        print(f"Tests failed: {', '.join(failed)}")
    for test in told.by_chance:
        print(f"It failed beside others and passed alone, which is a fault to be found: {test}")
    for reason, number in told.lacked.items():
        print(f"{number} tests were skipped. {reason}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
