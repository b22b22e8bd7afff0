"""The thread that writes to the database: it takes what waits into one commit.

Who asks is answered when the commit is on the disk. A fault fails what was asked for until then;
the next attempt opens the database anew, so that a full disk or a lock needs no restart. It is on
the disk only if the files there are still those that are open, see `database`.
"""

import asyncio
import logging
import sqlite3
import time
from math import inf
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from ...errors import StorageError, StorageUnavailable
from . import statements
from .database import Database, FilesChangedError
from .jobs import Job, Outcome, Record, Work, answer, deleted, done

LOGGER = logging.getLogger(__name__)

# A commit waits so long for more reports, in seconds, unless some came during the one before.
GATHER: Final = 0.002
ENOUGH: Final = 8
MAX_BATCH: Final = 512
# More than that can't be written in the time that a client waits.
MAX_WAITING: Final = 10_000
# What was deleted leaves the write-ahead log at once, or so many seconds after the last time.
TRUNCATE_EVERY: Final = 1.0
# What was replaced leaves it after so many seconds: few reports may take weeks to fill it.
REPLACED_FOR: Final = 60.0
# Seconds in which a drive that works has written anything; one that hangs raises no fault.
TOO_LONG: Final = 10.0


class Commits:
    """Writes for the tasks of one event loop, in a thread."""

    def __init__(
        self, path: Path, *, patience: float = TOO_LONG, replaced_for: float = REPLACED_FOR
    ) -> None:
        """Name the file, which is opened at the start.

        A write may take so many seconds, and what was replaced be in the log for so many.
        """
        self._path = path
        self._patience = patience
        self._replaced_for = replaced_for
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="writer", daemon=True)
        self._database: Database | None = None
        # Until it was looked through, at the start and whenever somebody changed its files.
        self._suspect = True
        # When the log is to be emptied, and when that was tried last.
        self._empty_at = inf
        self._emptied = 0.0
        # Until a write has worked.
        self._failing = True
        # Since when it writes, while it does.
        self._busy: float | None = None
        # Whether rows of an earlier version are left.
        self._upgrading = False
        self._waiting = 0
        self._closing = False

    @property
    def available(self) -> bool:
        """Tell whether the last write worked and is in its place, and none takes too long."""
        database, since = self._database, self._busy
        if self._failing or (since is not None and time.monotonic() - since > self._patience):
            return False
        return database is not None and database.in_place

    @property
    def upgrading(self) -> bool:
        """Tell whether rows of an earlier version are left: without these nothing is whole."""
        return self._upgrading

    def _begin(self) -> None:
        """Open the database, look for damage, write to it, and begin to take jobs."""
        self._open(create=True)
        self._failing = False
        # Whatever was deleted before a crash may still be in the log.
        self._empty_at = 0.0
        self._thread.start()

    async def close(self) -> None:
        """Do what still waits, and close the database."""
        if self._thread.is_alive() and not self._closing:
            self._closing = True
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    async def _ask(self, task: Record | Work) -> int:
        """Have it done, and return its result when that is durable."""
        if self._waiting >= MAX_WAITING or self._closing or not self._thread.is_alive():
            raise StorageUnavailable("The database does not keep up, or the receiver stops")
        job = Job(task, asyncio.get_running_loop().create_future())
        self._waiting += 1
        self._jobs.put(job)
        try:
            return await job.done
        finally:
            self._waiting -= 1

    def _run(self) -> None:
        """Write until the end, in the thread."""
        going = True
        while going:
            batch, going = self._gather()
            self._busy = time.monotonic()
            outcomes = self._write(batch) if batch else []
            self._tidy()
            self._busy = None
            answer(batch, outcomes)
        self._close_database()

    def _gather(self) -> tuple[list[Job], bool]:
        """Return the jobs of one commit, and whether to go on after it."""
        batch: list[Job] = []
        try:
            job = self._jobs.get(timeout=self._pause())
            if self._jobs.qsize() < ENOUGH:
                # Not woken by each of them: that would take the interpreter from the event loop.
                time.sleep(GATHER)
            while job is not None:
                batch.append(job)
                if len(batch) >= MAX_BATCH:
                    return batch, True
                job = self._jobs.get_nowait()
        except Empty:
            return batch, True
        return batch, False

    def _pause(self) -> float | None:
        """Return how many seconds there are until the log is to be emptied."""
        return None if self._empty_at == inf else max(self._empty_at - time.monotonic(), 0)

    def _write(self, batch: list[Job]) -> list[Outcome]:
        """Do all in one transaction, or nothing."""
        try:
            database = self._database or self._open()
            with database.transaction() as ledger:
                before = ledger.connection.total_changes
                outcomes = done(ledger, batch)
                written = ledger.connection.total_changes > before
            self._upgrading = database.upgrading
        except Exception as error:  # noqa: BLE001 - whatever it is, the next batch needs the thread
            self._fail(error)
            return [StorageUnavailable("The database can't be written") for _job in batch]
        if self._failing:
            LOGGER.warning("The database can be written again")
        self._failing = False
        if written:
            # Each tells how many rows it deleted.
            soon = self._emptied + TRUNCATE_EVERY
            later = time.monotonic() + self._replaced_for
            self._empty_at = min(self._empty_at, soon if deleted(outcomes) else later)
        return outcomes

    def _open(self, *, create: bool = False) -> Database:
        """Open the database; one that vanished meanwhile is not made anew."""
        self._database = database = Database.open(
            self._path, create=create, thoroughly=self._suspect
        )
        self._suspect = False
        self._upgrading = database.upgrading
        return database

    def _fail(self, error: Exception) -> None:
        """Say so once, and begin anew with the next batch: closing undoes what was begun."""
        if not self._failing:
            # What is no fault of the database might quote a report.
            known = isinstance(error, sqlite3.Error | StorageError | StorageUnavailable)
            reason = error if known else type(error).__name__
            LOGGER.error("The database can't be written, reports get 503: %s", reason)
        self._failing = True
        self._suspect |= isinstance(error, FilesChangedError)
        self._close_database()

    def _tidy(self) -> None:
        """Take what was deleted or replaced out of the write-ahead log, when it is time."""
        now = time.monotonic()
        if now < self._empty_at:
            return
        # Once more, where somebody reads it or it can't be written.
        self._emptied, self._empty_at = now, now + TRUNCATE_EVERY
        if self._database is None:
            return
        try:
            with self._database.writing() as connection:
                if statements.truncate_log(connection):
                    self._empty_at = inf
        except (sqlite3.Error, StorageUnavailable) as error:
            self._fail(error)

    def _close_database(self) -> None:
        if self._database is not None:
            try:
                self._database.close()
            except sqlite3.Error as error:
                LOGGER.warning("Closing the database failed: %s", error)
        self._database = None
