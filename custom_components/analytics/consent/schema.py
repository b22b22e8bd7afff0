"""The keys and the shape of the two files that hold the user's choices."""

import re
from typing import Any, Final

import voluptuous as vol

from ..const import ATTR_ONBOARDED, ATTR_PREFERENCES, ATTR_UUID
from ..models import Matter
from ..tiers import SECONDS, UUID
from .held import ATTR_BEFORE

SHARED_KEY: Final = "core.analytics"
OWN_KEY: Final = "analytics.destinations"

ATTR_CONFIRMED: Final = "confirmed"
ATTR_DECLINED: Final = "declined"
ATTR_DELETIONS: Final = "deletions"
ATTR_DESTINATIONS: Final = "destinations"
ATTR_FINGERPRINT: Final = "fingerprint"
ATTR_HABITS: Final = "habits"
ATTR_HELD: Final = "held"
ATTR_LEFT: Final = "left"
ATTR_MATTER: Final = "matter"
ATTR_SENT: Final = "sent"
ATTR_SINCE: Final = "since"
ATTR_SNAPSHOTS: Final = "snapshots"
ATTR_STAYS: Final = "stays"
ATTR_SUBMISSION_IDENTIFIER: Final = "submission_identifier"
ATTR_SUBMISSION_TIME: Final = "snapshot_submission_time"
ATTR_URL: Final = "url"
ATTR_VERSIONS: Final = "versions"

# What fits into a header, and is in an address what it is by itself: dots alone are none.
_IDENTIFIER: Final = re.compile(r"(?!\.+\Z)[!-~]{1,255}")


def is_identifier(value: object) -> bool:
    """Tell whether a device database can know an installation by this."""
    return isinstance(value, str) and _IDENTIFIER.fullmatch(value) is not None


def _of_its_matter(deletion: dict[str, Any]) -> dict[str, Any]:
    """Return a deletion whose id can be one of its matter. Raises vol.Invalid for another."""
    uuid = deletion[ATTR_UUID]
    if ATTR_MATTER not in deletion:
        UUID(uuid)
    elif not is_identifier(uuid):
        raise vol.Invalid("not an identifier of a device database")
    return deletion


SHARED_SCHEMA: Final = vol.Schema(
    {
        vol.Required(ATTR_ONBOARDED): bool,
        vol.Required(ATTR_PREFERENCES): {str: bool},
        vol.Optional(ATTR_UUID): vol.Any(None, UUID),
    },
    extra=vol.ALLOW_EXTRA,
)
OWN_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_DESTINATIONS, default=dict): {
            str: {
                vol.Optional(ATTR_ONBOARDED): bool,
                vol.Optional(ATTR_PREFERENCES): {str: bool},
                vol.Optional(ATTR_UUID): vol.Any(None, UUID),
                vol.Optional(ATTR_CONFIRMED): bool,
                vol.Optional(ATTR_VERSIONS): {str: int},
                vol.Optional(ATTR_DECLINED): {str: int},
                vol.Optional(ATTR_LEFT): SECONDS,
                vol.Optional(ATTR_STAYS): bool,
            }
        },
        vol.Optional(ATTR_SNAPSHOTS, default=dict): {
            str: {
                vol.Optional(ATTR_CONFIRMED): bool,
                vol.Optional(ATTR_DECLINED): bool,
                vol.Optional(ATTR_SUBMISSION_IDENTIFIER): vol.Any(None, str),
                vol.Optional(ATTR_SENT): vol.Any(None, SECONDS),
                vol.Optional(ATTR_LEFT): SECONDS,
                vol.Optional(ATTR_STAYS): bool,
            }
        },
        vol.Optional(ATTR_DELETIONS, default=list): [
            vol.All(
                {
                    # Of an address that can't be asked any more, too: no reason to lose all else.
                    vol.Required(ATTR_URL): str,
                    vol.Required(ATTR_UUID): str,
                    vol.Required(ATTR_SINCE): SECONDS,
                    # Not there of reports, so that an earlier version asks for those on.
                    vol.Optional(ATTR_MATTER): Matter.SNAPSHOTS.value,
                },
                _of_its_matter,
            )
        ],
        vol.Optional(ATTR_FINGERPRINT, default=dict): {str: str},
        vol.Optional(ATTR_HABITS, default=dict): {str: vol.ExactSequence((int, int))},
        vol.Optional(ATTR_HELD, default=dict): {
            vol.Optional(ATTR_PREFERENCES): {str: bool},
            vol.Optional(ATTR_BEFORE): {str: bool},
        },
    }
)
# What stands by itself in ours: one that can't be read is no reason to lose the others.
OWN_ITEMS: Final = (ATTR_DESTINATIONS, ATTR_SNAPSHOTS, ATTR_DELETIONS, ATTR_HELD)
# What gets old in it, and where the time of each is.
OWN_DATED: Final = {ATTR_DELETIONS: ATTR_SINCE, ATTR_SNAPSHOTS: ATTR_SENT}
# What a destination of reports has in the shared file.
SHARED_KEYS: Final = (ATTR_ONBOARDED, ATTR_PREFERENCES, ATTR_UUID)
# What is made for one installation, and so not for a copy of it.
MADE_FOR_ONE: Final = (ATTR_UUID, ATTR_SUBMISSION_IDENTIFIER, ATTR_SUBMISSION_TIME)
