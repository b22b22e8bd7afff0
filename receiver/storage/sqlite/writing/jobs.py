"""What is asked of the writer: done in the order in which it came, and answered when it is kept."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...errors import StorageUnavailable
from ...rows import Event, Row
from . import statements, upgrade
from .ledger import Ledger

type Record = Row | Event
type Work = Callable[[Ledger], int]
type Outcome = int | StorageUnavailable


@dataclass(frozen=True, slots=True)
class Job:
    """A record to put, or other work to do, and who waits for it."""

    task: Record | Work
    done: asyncio.Future[int]


def done(ledger: Ledger, batch: list[Job]) -> Iterator[int]:
    """Do the jobs in their order, rows that follow each other at once; yield their results."""
    rows: list[Record] = []
    for job in batch:
        if isinstance(job.task, Row | Event):
            rows.append(job.task)
            yield 0
            continue
        _put(ledger, rows)
        yield job.task(ledger)
    _put(ledger, rows)


def _put(ledger: Ledger, rows: list[Record]) -> None:
    if rows:
        upgrade.move(ledger, list({row.key: None for row in rows}))
        statements.put(ledger, rows)
        rows.clear()


def answer(batch: list[Job], outcomes: list[Outcome]) -> None:
    """Tell those who wait, all in one turn of their event loop."""
    if batch:
        batch[0].done.get_loop().call_soon_threadsafe(_tell, batch, outcomes)


def _tell(batch: list[Job], outcomes: list[Outcome]) -> None:
    for job, outcome in zip(batch, outcomes, strict=True):
        # Who does not wait any more was disconnected.
        if job.done.done():
            continue
        if isinstance(outcome, StorageUnavailable):
            job.done.set_exception(outcome)
        else:
            job.done.set_result(outcome)
