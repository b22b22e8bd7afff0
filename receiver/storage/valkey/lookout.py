"""Looks who has which slot: when somebody was sent elsewhere, or a node has failed.

Nobody waits for a look whose node is known. Several nodes are asked, since the one that hangs may
be the only one that says nothing, and one that was cut off tells of the past.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from math import inf
from typing import Any, Final

from .faults import Barred, checked
from .link import Command
from .topology import Node, Topology
from .views import COMMANDS, View, best

LOGGER = logging.getLogger(__name__)

# Between two looks at least, in seconds, and between two that found nobody.
EVERY: Final = 0.2
IN_VAIN: Final = 1.0
# How many nodes are asked, and how long: the others as soon as one has answered.
ASKED: Final = 6
LIMIT: Final = 2.0
GRACE: Final = 0.1

# Sends commands to a node, and returns their replies, faults among them; raises Exceptions.
type Ask = Callable[[Node, Sequence[Command], float], Awaitable[list[Any]]]


class Lookout:
    """Knows who has which slot, and looks anew when it is wanted."""

    def __init__(self, seeds: Sequence[Node], ask: Ask, follow: Callable[[Topology], None]) -> None:
        """Begin with these nodes; `follow` is called with what was seen."""
        self.topology = Topology()
        self.trouble: Exception | None = None
        """Why a node did not tell."""
        self._seeds = tuple(seeds)
        self._ask = ask
        self._follow = follow
        self._seen = -inf
        self._wanted = asyncio.Event()
        self._looked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def age(self) -> float:
        """Return how many seconds ago it has seen somebody."""
        return time.monotonic() - self._seen

    async def start(self) -> bool:
        """Look once, and tell whether anybody answered; from then on look when wanted."""
        found = await self._look()
        self._task = asyncio.create_task(self._run(), name="lookout")
        return found

    async def close(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def want(self) -> None:
        """Have it look soon."""
        self._wanted.set()

    async def next(self, limit: float) -> None:
        """Have it look, and wait for that, so many seconds at most."""
        self.want()
        looked = self._looked
        try:
            async with asyncio.timeout(limit):
                await looked.wait()
        except TimeoutError:
            return

    async def _run(self) -> None:
        told = False
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            found = await self._look()
            if not found and not told:
                LOGGER.warning("No node of the cluster tells where all are: %s", self.trouble)
            told = not found
            self._looked.set()
            self._looked = asyncio.Event()
            await asyncio.sleep(EVERY if found else IN_VAIN)

    async def _look(self) -> bool:
        nodes = self.topology.nodes
        some = random.sample(nodes, min(len(nodes), ASKED))
        view = await self._best(some) or await self._best(self._seeds)
        if view is None:
            return False
        self.topology = view.topology
        self._seen = time.monotonic()
        self._follow(view.topology)
        return True

    async def _best(self, nodes: Sequence[Node]) -> View | None:
        """Ask nodes at once, and return what the one says that knows of the latest election."""
        if not nodes:
            return None
        asked = [asyncio.create_task(self._view(node)) for node in nodes]
        try:
            views = await _first(asked, LIMIT)
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        return best(views, self.topology)

    async def _view(self, node: Node) -> View | None:
        try:
            replies = await self._ask(node, COMMANDS, time.monotonic() + LIMIT)
            return View.of([*map(checked, replies)], node.host)
        except Exception as error:  # noqa: BLE001 - whatever one says, others are asked as well
            LOGGER.debug("%s does not say who has what: %s", node, error)
            if not isinstance(self.trouble, Barred):
                self.trouble = error
            return None


async def _first(asked: Sequence[asyncio.Task[View | None]], limit: float) -> list[View]:
    """Return what some say, and of the others what comes soon after."""
    end = time.monotonic() + limit
    views: list[View] = []
    waiting = set(asked)
    while waiting and (left := end - time.monotonic()) > 0:
        done, waiting = await asyncio.wait(
            waiting, timeout=left, return_when=asyncio.FIRST_COMPLETED
        )
        found = [view for task in done if (view := task.result())]
        if found and not views:
            end = min(end, time.monotonic() + GRACE)
        views += found
    return views
