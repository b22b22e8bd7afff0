"""A receiver that is killed under load, and what it has answered by then."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import aiohttp

from scripts.kept_rows import KeptRow
from tests.receiver.child import Child
from tests.receiver.reports import new_id, start_event, valid_report
from tests.receiver.waiting import at_most

SENDERS = 16
# In seconds; a round takes less than one.
PATIENCE = 60


@dataclass(slots=True)
class Sent:
    """The ids of what was taken, and how many got which answer."""

    taken: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def __str__(self) -> str:
        return f"{len(self.taken)} taken, by status {dict(self.statuses)}"


def own_name(uuid: str) -> str:
    """Return an integration that nobody else has."""
    return f"of_{uuid}"


def using(uuid: str) -> dict[str, Any]:
    return valid_report(uuid=uuid, custom_integrations=[{"domain": own_name(uuid), "version": "1"}])


def failing(uuid: str) -> dict[str, Any]:
    return start_event(uuid=uuid, setup_failures=[{"domain": own_name(uuid), "reason": "error"}])


async def send(session: aiohttp.ClientSession, url: str, sent: Sent, enough: int) -> None:
    """Send reports and events until enough were taken by anybody, and a bit longer."""
    while len(sent.taken) < enough + SENDERS:
        uuid = new_id()
        # Every other one an event.
        event = int(uuid, 16) % 2
        path, body = ("/v1/events", failing) if event else ("/v1", using)
        async with session.post(f"{url}{path}", json=body(uuid)) as answer:
            sent.statuses[answer.status] += 1
            if answer.status == 200:
                sent.taken.append(uuid)


async def load_and_kill(child: Child, enough: int) -> list[str]:
    """Return the ids of the reports that were taken before the receiver was killed."""
    sent = Sent()
    async with aiohttp.ClientSession() as session:
        senders = [
            asyncio.create_task(send(session, child.url, sent, enough)) for _ in range(SENDERS)
        ]
        try:
            async with at_most(PATIENCE, lambda: f"{enough} reports to be taken: {sent}"):
                while len(sent.taken) < enough:
                    ended, _ = await asyncio.wait(senders, timeout=0.002)
                    # By what is not the kill: that is a failure of its own.
                    for sender in ended:
                        sender.result()
        finally:
            child.kill()
            await asyncio.gather(*senders, return_exceptions=True)
    return sent.taken


def own_names(row: KeptRow) -> set[str]:
    """Return which integrations of only one home a row tells of."""
    told = chain(
        row.report.get("custom_integrations", ()),
        *(event.get("setup_failures", ()) for event in row.events),
    )
    return {name for name, _ in told}
