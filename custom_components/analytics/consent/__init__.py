"""What is allowed: `Choices` tells what is in force, `ConsentStore` keeps it by destination."""

from . import copies, fingerprint
from .choices import Choices
from .recipients import ask_again, deletes, leave, take_back, told
from .rules import (
    EXTENDED_NAMES,
    accept_versions,
    allowed_fields,
    allowed_tiers,
    choose,
    consented_version,
    keep_allowed,
    new_fields,
)
from .schema import (
    ATTR_CONFIRMED,
    ATTR_DECLINED,
    ATTR_SENT,
    ATTR_SNAPSHOTS,
    ATTR_SUBMISSION_IDENTIFIER,
    ATTR_SUBMISSION_TIME,
)
from .store import ConsentStore, Record

__all__ = [
    "ATTR_CONFIRMED",
    "ATTR_DECLINED",
    "ATTR_SENT",
    "ATTR_SNAPSHOTS",
    "ATTR_SUBMISSION_IDENTIFIER",
    "ATTR_SUBMISSION_TIME",
    "EXTENDED_NAMES",
    "Choices",
    "ConsentStore",
    "Record",
    "accept_versions",
    "allowed_fields",
    "allowed_tiers",
    "ask_again",
    "choose",
    "consented_version",
    "copies",
    "deletes",
    "fingerprint",
    "keep_allowed",
    "leave",
    "new_fields",
    "take_back",
    "told",
]
