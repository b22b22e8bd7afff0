"""What is asked of the writer: done in the order in which it came, and answered when it is kept."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ...errors import NotKeptError, StorageUnavailable
from ...rows import Event, Row
from . import statements, upgrade
from .ledger import Ledger

type Record = Row | Event
type Work = Callable[[Ledger], int]
type Outcome = int | StorageUnavailable | NotKeptError


@dataclass(frozen=True, slots=True)
class Job:
    """A record to put, or other work to do, and who waits for it."""

    task: Record | Work
    done: asyncio.Future[int]


def done(ledger: Ledger, batch: Sequence[Job]) -> list[Outcome]:
    """Do the jobs in their order, rows that follow each other at once; return their results."""
    outcomes: list[Outcome] = []
    rows: list[Record] = []
    for job in batch:
        if isinstance(job.task, Row | Event):
            rows.append(job.task)
            continue
        outcomes += _put(ledger, rows)
        rows.clear()
        outcomes.append(job.task(ledger))
    return outcomes + _put(ledger, rows)


def _put(ledger: Ledger, rows: list[Record]) -> list[Outcome]:
    if not rows:
        return []
    upgrade.move(ledger, list({row.key: None for row in rows}))
    return [0 if kept else NotKeptError() for kept in statements.put(ledger, rows)]


def deleted(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether any work says that it deleted rows."""
    return any(isinstance(one, int) and one for one in outcomes)


def answer(batch: list[Job], outcomes: list[Outcome]) -> None:
    """Tell those who wait, all in one turn of their event loop."""
    if batch:
        batch[0].done.get_loop().call_soon_threadsafe(_tell, batch, outcomes)


def _tell(batch: list[Job], outcomes: list[Outcome]) -> None:
    for job, outcome in zip(batch, outcomes, strict=True):
        # Who does not wait any more was disconnected.
        if job.done.done():
            continue
        if isinstance(outcome, int):
            job.done.set_result(outcome)
        else:
            job.done.set_exception(outcome)
