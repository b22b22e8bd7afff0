"""What is allowed: `Choices` tells what is in force, `ConsentStore` keeps it by destination."""

from . import copies, fingerprint
from .choices import Choices
from .recipients import ask_again, deletes, end_deletion, leave, may_delete, take_back, told
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
    is_identifier,
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
    "end_deletion",
    "fingerprint",
    "is_identifier",
    "keep_allowed",
    "leave",
    "may_delete",
    "new_fields",
    "take_back",
    "told",
]
