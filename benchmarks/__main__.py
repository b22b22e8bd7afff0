"""Run the benchmarks, each where it belongs, and put their tables into README.md.

`scripts/benchmarks` is the way to start this. With `--smoke` each runs at its smallest and nothing
is written: that tells whether it still works, and nothing about speed.
"""

import argparse
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scripts.environments import HOSTS, RECEIVER, ROOT, Environment, SetupError, make, newest_host

README: Final = Path(__file__).with_name("README.md")
MARKED: Final = "<!-- {name} -->\n{tables}\n<!-- end of {name} -->"
# Seconds after which one is given up.
LIMIT: Final = 1_800
ROW_WITH_FIGURES: Final = re.compile(r"^\|.*\d.*\|$", re.MULTILINE)


class BenchmarkError(Exception):
    """A benchmark broke, or printed no figures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Benchmark:
    """A module of this folder, and its options for figures and for a first sign of life."""

    name: str
    on_hosts: bool = False
    full: tuple[str, ...] = ()
    smoke: tuple[str, ...] = ()

    def environments(self, *, smoke: bool) -> tuple[Environment, ...]:
        """Return where it runs: figures of a host are those of the oldest and of the newest."""
        if not self.on_hosts:
            return (RECEIVER,)
        return (newest_host(),) if smoke else (HOSTS[-1], HOSTS[0])


BENCHMARKS: Final = (
    Benchmark(
        name="report",
        on_hosts=True,
        full=("--repeats", "30"),
        smoke=("--entities", "100", "--automations", "0", "3", "--repeats", "2"),
    ),
    Benchmark(name="crash", on_hosts=True, smoke=("--faults", "20")),
    Benchmark(
        name="ingest",
        full=("--seconds", "3"),
        smoke=("--seconds", "0.2", "--rounds", "1", "--known", "64"),
    ),
    Benchmark(
        name="steady",
        full=("--seconds", "15"),
        smoke=(
            *("--installations", "1000", "--rate", "100", "--connections", "8"),
            *("--seconds", "3", "--rounds", "1"),
        ),
    ),
    Benchmark(
        name="snapshots",
        full=("--seconds", "5", "--rounds", "2"),
        smoke=(
            *("--seconds", "0.5", "--rounds", "1", "--rate", "50", "--snapshots", "4"),
            *("--connections", "4", "--senders", "2", "--homes", "200"),
        ),
    ),
    Benchmark(name="aggregation", smoke=("--installations", "1000", "--repeats", "1")),
    Benchmark(name="devices", smoke=("--installations", "500", "--repeats", "1")),
    Benchmark(
        name="cluster",
        full=("--seconds", "3", "--installations", "300000"),
        smoke=(
            *("--seconds", "0.2", "--rounds", "1", "--connections", "8"),
            *("--receivers", "2", "--processes", "2", "--installations", "1000"),
        ),
    ),
)


def tables(benchmark: Benchmark, *, smoke: bool) -> Iterator[str]:
    """Yield what a benchmark prints in each of its environments. Raises BenchmarkError."""
    options = benchmark.smoke if smoke else benchmark.full
    for environment in benchmark.environments(smoke=smoke):
        make(environment)
        python = str(environment.folder / "bin" / "python")
        command = (python, "-m", f"benchmarks.{benchmark.name}", *options)
        yield figures(command, f"{benchmark.name} on {environment.title}")


def figures(command: Sequence[str], title: str) -> str:
    """Return what a command prints, in which there are figures. Raises BenchmarkError."""
    began = time.monotonic()
    try:
        run = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise BenchmarkError(f"{title} was not over after {LIMIT} seconds") from None
    if run.returncode:
        raise BenchmarkError(f"{title} broke, see above")
    if not ROW_WITH_FIGURES.search(run.stdout):
        raise BenchmarkError(f"{title} printed no figures")
    print(f"{title}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return run.stdout.strip()


def with_tables(text: str, name: str, found: str) -> str:
    """Return the README's text with the tables of one benchmark in the place of the old ones."""
    place = re.compile(MARKED.format(name=re.escape(name), tables=r"(?:.*)"), re.DOTALL)
    (old,) = place.findall(text)
    return text.replace(old, MARKED.format(name=name, tables=f"\n{found}\n"))


def main() -> int:
    """Run the benchmarks that the command line names, all by default."""
    parser = argparse.ArgumentParser(prog="scripts/benchmarks", description=__doc__)
    names = {benchmark.name: benchmark for benchmark in BENCHMARKS}
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    parser.add_argument("--smoke", action="store_true", help="only try whether each still runs")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - set(names)):
        parser.error(f"unknown benchmark {', '.join(unknown)}: there are {', '.join(names)}")
    try:
        for name in options.names or names:
            found = "\n\n".join(tables(names[name], smoke=options.smoke))
            print(found, end="\n\n", flush=True)
            if not options.smoke:
                README.write_text(with_tables(README.read_text(), name, found))
    except (BenchmarkError, SetupError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
