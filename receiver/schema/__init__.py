"""What a report, an event and a place can be: the fields and words that all rooms agree on."""

from . import words
from .checks import ReportError
from .extended import ENVIRONMENT, EVENTS, INTERFACE
from .objects import MAX_ITEMS
from .reports import FIELDS, Taken, validate, validate_event
from .states import STATE_CODES, STATES

__all__ = [
    "ENVIRONMENT",
    "EVENTS",
    "FIELDS",
    "INTERFACE",
    "MAX_ITEMS",
    "STATES",
    "STATE_CODES",
    "ReportError",
    "Taken",
    "validate",
    "validate_event",
    "words",
]
