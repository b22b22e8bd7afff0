"""Compare reports of ours with the built-in integration's, side by side in one process.

How: `.venv/2026.11/bin/python -m benchmarks.report` in the repository's folder, `--quick` for a
first look, `--help` for more. It prints the tables of README.md, which explains them.
"""

import argparse
import asyncio
import math
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from statistics import median
from typing import Final

from homeassistant.const import __version__ as HOST_VERSION

from scripts.sink import Sink

from .contest import Result, async_contest
from .household import household
from .stopwatch import Seconds

ENTITIES: Final = (100, 1_000, 10_000, 50_000)
AUTOMATIONS: Final = (0, 300, 1_000)
REPEATS: Final = 200

QUICK_ENTITIES: Final = (100, 10_000)
QUICK_AUTOMATIONS: Final = (0, 300)
QUICK_REPEATS: Final = 20

TABLE: Final = """
**{title}**, milliseconds: median (p99)

| entities | automations | ours | built-in | ratio | ours, CPU | built-in, CPU | ratio, CPU |{extra}
|---:|---:|---:|---:|---:|---:|---:|---:|{rule}"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tables:
    """The rows of both tables."""

    times: list[str] = field(default_factory=list)
    stalls: list[str] = field(default_factory=list)

    def add(self, entities: int, automations: int, result: Result) -> None:
        """Add what was measured of one size."""
        ours, built_in = result.ours, result.built_in
        size = f"{entities:,}", f"{automations:,}"
        unwritten = [*versus(result.unwritten, built_in.times)]
        bare = in_ms([time.processor for time in result.bare.times])
        self.times.append(row(*size, *versus(ours.times, built_in.times), *unwritten[-3::2], bare))
        idle = in_ms([stall.wall for stall in result.idle])
        held_up = in_ms([stall.wall for stall in result.bare.stalls])
        self.stalls.append(row(*size, *versus(ours.stalls, built_in.stalls), held_up, idle))

    def __str__(self) -> str:
        """Return both tables in Markdown."""
        extra, rule = (
            " without the journal, CPU | ratio, CPU | bare request, CPU |",
            "---:|---:|---:|",
        )
        times = TABLE.format(title="Time to the wire", extra=extra, rule=rule)
        stalls = TABLE.format(
            title="Longest stall", extra=" bare request | idle |", rule="---:|---:|"
        )
        return "\n".join((times, *self.times, stalls, *self.stalls))


async def async_report(options: argparse.Namespace) -> None:
    """Measure every size, and print the tables."""
    print(f"### Home Assistant {HOST_VERSION}, Python {platform.python_version()}", flush=True)
    tables = Tables()
    with tempfile.TemporaryDirectory() as folder:
        async with Sink() as sink, household(Path(folder), sink.url) as house:
            contest = await async_contest(house.hass, sink, cold=not options.warm)
            for entities, automations in product(options.entities, options.automations):
                house.grow(entities)
                await house.async_automate(automations)
                await house.async_settle()
                tables.add(entities, automations, await contest.async_result(options.repeats))
                print(tables.times[-1], tables.stalls[-1], sep="\n", file=sys.stderr)
    print(tables)


def row(*cells: str) -> str:
    """Return a row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def versus(ours: Sequence[Seconds], built_in: Sequence[Seconds]) -> Iterator[str]:
    """Return the cells of both sides and of their ratio, by the wall's clock and the processor's.

    The ratio is of the medians: how much ours takes of what the built-in integration takes.
    """
    for clock in Seconds._fields:
        mine, theirs = ([getattr(one, clock) for one in side] for side in (ours, built_in))
        yield in_ms(mine)
        yield in_ms(theirs)
        yield f"{median(mine) / median(theirs):.2f}"


def in_ms(samples: Sequence[float]) -> str:
    """Return median and p99, in milliseconds."""
    return f"{median(samples) * 1e3:.2f} ({percentile(samples, 99) * 1e3:.2f})"


def percentile(samples: Sequence[float], percent: int) -> float:
    """Return the smallest sample that so many percent of all don't exceed."""
    return sorted(samples)[math.ceil(len(samples) * percent / 100) - 1]


def options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer sizes and repeats")
    parser.add_argument("--warm", action="store_true", help="leave the processor's caches alone")
    parser.add_argument("--entities", type=int, nargs="+", help="in ascending order")
    parser.add_argument("--automations", type=int, nargs="+")
    parser.add_argument("--repeats", type=int, help="runs of each kind for each size")
    chosen = parser.parse_args()
    chosen.entities = sorted(chosen.entities or (QUICK_ENTITIES if chosen.quick else ENTITIES))
    chosen.automations = chosen.automations or (QUICK_AUTOMATIONS if chosen.quick else AUTOMATIONS)
    chosen.repeats = chosen.repeats or (QUICK_REPEATS if chosen.quick else REPEATS)
    return chosen


if __name__ == "__main__":
    asyncio.run(async_report(options()))
