"""Log faults of the server without what a client sent: paths have ids, connections addresses."""

import logging
import traceback
from types import TracebackType
from typing import Final

from aiohttp.http_exceptions import HttpProcessingError

LOGGER: Final = logging.getLogger("receiver.http")


class WithoutClient(logging.Filter):
    """Leaves of a fault its class and the places that it passed; drops what is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, or return False for none."""
        error, trace = (record.exc_info or (None, None, None))[1:]
        # What is no HTTP, quoted in the message.
        if isinstance(error, HttpProcessingError):
            return False
        record.msg, record.args, record.exc_info = _summary(error, trace), (), None
        return True


def _summary(error: BaseException | None, trace: TracebackType | None) -> str:
    places = "".join(traceback.format_tb(trace)) if trace else ""
    return f"A request failed: {type(error).__name__ if error else 'unknown'}\n{places}".rstrip()


LOGGER.addFilter(WithoutClient())
