"""A process that unpacks and checks snapshots: bodies come in, what is to be kept goes out.

It is a process of its own, so that no body holds up the taking of reports, however it is made: not
even that of the event loop, which Python's lock would hold up beside any thread. It ends with the
receiver, however that ends: nothing more comes then.
"""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ..schema import ReportError, Told
from ..schema.snapshots import TooManyError, taken
from .bodies import BodyError, parsed, unpacked
from .frames import MOST_BODY, Answer, read_request, write_answer

NICENESS: Final = 10
# Far more than any body takes that is let in: what goes wrong ends this process, not the machine.
MOST_MEMORY: Final = 1 << 30
# Of this process's own, for a body: several times what the largest takes that a home can send.
MOST_SECONDS: Final = 4
# Of what is said of a body, which has words of its own.
MOST_SAID: Final = 200


def main(seconds: float = MOST_SECONDS) -> None:
    """Answer each body that comes, until none does; none may take longer than that."""
    _be_modest()
    bodies, answers = sys.stdin.buffer, sys.stdout.buffer
    while (request := read_request(bodies)) is not None:
        body, packed = request
        write_answer(answers, *_answered(body, seconds, packed=packed))


def _answered(body: bytes, seconds: float, *, packed: bool) -> tuple[Answer, Told | None]:
    """Return what is said of a body, and what is to be kept of it."""
    try:
        with _in_time(seconds):
            found = taken(parsed(unpacked(body, MOST_BODY) if packed else body))
    except BodyError as error:
        return Answer(status=error.status, error=error.remedy), None
    except TooManyError as error:
        return Answer(status=413, error=error.remedy), None
    except ReportError as error:
        where = f"{error.field[:MOST_SAID]}: " if error.field else ""
        return Answer(status=400, error=f"{where}{error.remedy}"), None
    return Answer(status=200, dropped=found.dropped), found.told


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """Raise BodyError where it takes too much of the processor's time."""
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _too_long(_signal: int, _frame: object) -> None:
    raise BodyError(413, "expected what can be looked through in less time")


def _be_modest() -> None:
    """Leave the machine to the taking of reports, and nothing of a body anywhere."""
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGVTALRM, _too_long)
    # What ends the receiver by the keyboard or as a service is sent here, too: first it answers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
