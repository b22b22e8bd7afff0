"""What a report, an event and a place can be, and what of it counts: all rooms agree on it here."""

from . import devices, words
from .checks import ReportError
from .counted import ANY, FILLED, MAX_NAME_BYTES, MAX_NAMES, REPORTED, Name
from .entities import CATEGORIES, CONFIG, DIAGNOSTIC, EntityKind
from .extended import AFTER_UNCLEAN, EVENTS, NEARLY_FULL, SETUP_FAILURES
from .objects import MAX_ITEMS
from .reports import FIELDS, STATISTICS
from .states import STATE_CODES, STATES
from .taken import Taken, validate, validate_event
from .told import LATEST, TABLES, Told

__all__ = [
    "AFTER_UNCLEAN",
    "ANY",
    "CATEGORIES",
    "CONFIG",
    "DIAGNOSTIC",
    "EVENTS",
    "FIELDS",
    "FILLED",
    "LATEST",
    "MAX_ITEMS",
    "MAX_NAMES",
    "MAX_NAME_BYTES",
    "NEARLY_FULL",
    "REPORTED",
    "SETUP_FAILURES",
    "STATES",
    "STATE_CODES",
    "STATISTICS",
    "TABLES",
    "EntityKind",
    "Name",
    "ReportError",
    "Taken",
    "Told",
    "devices",
    "validate",
    "validate_event",
    "words",
]
