"""All that is taken, and where: what listens, put together, and ended."""

from collections import Counter
from dataclasses import dataclass
from typing import Final, Self

from aiohttp import web

from ..clock import Clock
from ..storage.writing import Store
from .answers import Answers
from .body import Patience
from .deleting import Deleting
from .geo import Geo, Proxies
from .ingest import Ingest
from .lanes import Lanes
from .limits import RateLimiter
from .snapshots import SNAPSHOTS, Snapshots

REPORTS: Final = "/v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """Listens."""

    ingest: Ingest
    snapshots: Snapshots
    deleting: Deleting

    @classmethod
    def of(
        cls,
        store: Store,
        *,
        limiter: RateLimiter,
        proxies: Proxies,
        geo: Geo,
        clock: Clock,
        patience: Patience,
        outcomes: Counter[str],
    ) -> Self:
        """Put it together."""
        answers = Answers(limiter=limiter, proxies=proxies, outcomes=outcomes)
        return cls(
            ingest=Ingest(store=store, answers=answers, geo=geo, clock=clock, patience=patience),
            snapshots=Snapshots(
                store=store,
                answers=answers,
                lanes=Lanes(),
                clock=clock,
                patience=patience,
            ),
            deleting=Deleting(store=store, answers=answers, patience=patience),
        )

    @property
    def routes(self) -> list[web.RouteDef]:
        """Return where the handlers listen."""
        return [
            web.post(REPORTS, self.ingest.post),
            web.post(f"{REPORTS}/events", self.ingest.post_event),
            web.get(REPORTS, self.ingest.describe),
            web.delete(f"{REPORTS}/{{uuid:[^/]+}}", self.deleting.installation),
            web.post(SNAPSHOTS, self.snapshots.post),
            web.delete(f"{SNAPSHOTS}/{{identifier:[^/]+}}", self.deleting.snapshot),
        ]

    async def start(self) -> None:
        """Begin nothing: what unpacks snapshots begins with the first of a kind."""

    async def stop(self) -> None:
        """End what unpacks snapshots."""
        await self.snapshots.lanes.stop()
