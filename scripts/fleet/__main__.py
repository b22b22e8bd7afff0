"""Fill a new database with made-up homes that report to a receiver for three months.

All goes through the receiver's own doors: reports and events are posted, and each day's figures are
published by it. Only its clock is another: it is told the days one after the other.
"""

import argparse
import asyncio
import random
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from itertools import chain
from pathlib import Path
from typing import Final

from aiohttp import web

from receiver.app import make_app
from receiver.clock import Clock
from receiver.keys import PUBLISHER
from receiver.options import Options
from scripts.fleet.home import DAYS, Home, home, report
from scripts.fleet.life import events
from scripts.fleet.posting import FOR_SNAPSHOTS, FleetError, Post, send
from scripts.fleet.snapshots import Snapshots
from scripts.ports import LOOPBACK

# Days between two publications: close enough for a line.
STEP: Final = 6
# Days ago on which everybody reports: nobody is silent for as long as the receiver keeps a report.
FROM_ALL: Final = frozenset({8 * STEP, 0})


@dataclass(slots=True)
class Hands:
    """What the receiver's clock shows, in seconds since 1970."""

    now: float

    def __call__(self) -> float:
        """Return what it was set to."""
        return self.now


def main(arguments: Sequence[str]) -> None:
    """Make a fleet."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fleet", description=__doc__)
    parser.add_argument("database", type=Path, help="the new file")
    parser.add_argument("homes", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    asyncio.run(fill(options.database, options.homes, seed=options.seed, now=datetime.now(UTC)))


async def fill(
    database: Path, number: int, *, seed: int, now: datetime, smallest_group: int = 1
) -> None:
    """Let so many homes report, day after day until now; raises FleetError."""
    chance = random.Random(seed)  # noqa: S311 - the same fleet each time
    homes = [home(chance, now.date()) for _ in range(number)]
    snapshots, hands = Snapshots(homes, now.date()), Hands(0)
    async with receiving(database, hands, smallest_group) as (app, url):
        for after, until in days(now.date()):
            ago = now.date() - until
            hands.now = (now - ago).timestamp()
            new = partial(posts, chance, after=after, until=until, always=ago.days in FROM_ALL)
            told = snapshots.posts(until) if ends_month(until, now.date()) else ()
            async with asyncio.TaskGroup() as group:
                group.create_task(send(url, list(chain.from_iterable(map(new, homes)))))
                group.create_task(send(url, list(told), connections=FOR_SNAPSHOTS))
            if not await app[PUBLISHER].refresh():
                raise FleetError("The receiver did not publish, see above.")


def days(today: date) -> Iterator[tuple[date, date]]:
    """Yield from which day on, and until which, each publication has what is new."""
    after = date.min
    for ago in range(DAYS, -1, -STEP):
        until = today - timedelta(ago)
        yield after, until
        after = until


def ends_month(until: date, today: date) -> bool:
    """Tell whether this is the last publication of its month: of devices no other day is kept."""
    return until == today or (until + timedelta(STEP)).month != until.month


def posts(
    chance: random.Random, one: Home, *, after: date, until: date, always: bool
) -> Iterator[Post]:
    """Yield what a home sends in these days; a report that would say the same is left out."""
    if until < one.updates[0]:
        return
    updated = one.updated(until)
    if always or updated > after:
        yield Post("/v1", partial(report, one, until), one.place)
    if updated > after:
        for event in events(chance, one, updated):
            yield Post("/v1/events", partial(dict, event))


@asynccontextmanager
async def receiving(
    database: Path, hands: Hands, smallest_group: int
) -> AsyncIterator[tuple[web.Application, str]]:
    """Run a receiver by this time, which goes on for all; yield it and its address."""
    options = Options(
        store=database,
        smallest_group=smallest_group,
        # Most homes report twice only.
        count_after=0,
        # The homes tell their countries as a proxy would.
        trusted_proxy=(ip_network(f"{LOOPBACK}/32"),),
    )
    app = make_app(options, clock=Clock(wall=hands, steady=hands))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, LOOPBACK, 0).start()
        yield app, f"http://{LOOPBACK}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    main(sys.argv[1:])
