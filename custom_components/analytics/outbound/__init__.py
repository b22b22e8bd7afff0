"""How it leaves: `Delivery` writes it down, logs it, and sends it through the one `Gate`."""

from . import log
from .delivery import Delivery
from .forget import Forgetter
from .gate import Gate
from .journal import Journal
from .journal_entry import Entry
from .journal_file import MAX_ENTRIES
from .log import ReportLog
from .opt_out import Switch
from .outcomes import last_report, outcome
from .pacing import Pacing
from .scheduler import Scheduler
from .way import async_fault_of_file
from .worker import Worker

__all__ = [
    "MAX_ENTRIES",
    "Delivery",
    "Entry",
    "Forgetter",
    "Gate",
    "Journal",
    "Pacing",
    "ReportLog",
    "Scheduler",
    "Switch",
    "Worker",
    "async_fault_of_file",
    "last_report",
    "log",
    "outcome",
]
