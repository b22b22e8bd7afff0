"""How it leaves: `Delivery` writes it down, logs it, and sends it through the one `Gate`."""

from . import log
from .answers import parsed
from .delivery import Delivery, Make, Noted
from .forget import Forgetter
from .gate import Gate
from .journal import Found, Journal, Opened
from .journal_entry import Entry, is_too_deep
from .journal_file import MAX_ENTRIES
from .journal_search import OPEN, Wanted, without_ids
from .log import ReportLog
from .opt_out import Switch
from .outcomes import last_report, outcome
from .pacing import Pacing
from .scheduler import Scheduler
from .way import async_fault_of_file
from .worker import Worker

__all__ = [
    "MAX_ENTRIES",
    "OPEN",
    "Delivery",
    "Entry",
    "Forgetter",
    "Found",
    "Gate",
    "Journal",
    "Make",
    "Noted",
    "Opened",
    "Pacing",
    "ReportLog",
    "Scheduler",
    "Switch",
    "Wanted",
    "Worker",
    "async_fault_of_file",
    "is_too_deep",
    "last_report",
    "log",
    "outcome",
    "parsed",
    "without_ids",
]
