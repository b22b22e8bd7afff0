"""What must be as it is in the file of what waits: anybody may have written into it."""

from typing import Any, Final

import voluptuous as vol

from ..const import ATTR_UUID
from ..models import Message
from ..outbound import is_too_deep
from ..tiers import SECONDS, UUID
from .held import MATTERS, parsed

ATTR_MADE_BY: Final = "made_by"
ATTR_SINCE: Final = "since"
ATTR_WAITING: Final = "waiting"

# Numbers that the journal takes.
_NUMBER: Final = vol.All(int, vol.Range(min=0, max=2**31))
_COUNTS: Final = {str: _NUMBER}
_IDENTIFIED: Final = vol.Schema({vol.Required(ATTR_UUID): UUID}, extra=vol.ALLOW_EXTRA)
_FAULT: Final = vol.Schema(
    {
        vol.Required("event_id"): UUID,
        vol.Required("user"): {vol.Required("id"): UUID},
        vol.Required("exception"): vol.Schema(
            {vol.Required("values"): vol.All([dict], vol.Length(min=1))}, extra=vol.ALLOW_EXTRA
        ),
    },
    extra=vol.ALLOW_EXTRA,
)
_LAST: Final = vol.Schema(
    {
        vol.Required("time"): str,
        vol.Required("outcome"): str,
        vol.Required("reason"): vol.Any(None, str),
        vol.Required("status"): vol.Any(None, _NUMBER),
        vol.Required("attempt"): vol.All(_NUMBER, vol.Range(min=1)),
    }
)


def _says_what_it_is(line: dict[str, Any]) -> dict[str, Any]:
    """Let a line pass of which the bytes are of its kind."""
    try:
        kind = Message(line["kind"])
        payload = parsed(kind, line["body"])
    except ValueError:
        raise vol.Invalid("no JSON") from None
    if is_too_deep(payload):
        raise vol.Invalid("nested too deeply")
    if kind is Message.CRASH:
        vol.Schema(vol.All([dict], vol.Length(min=3, max=3)))(payload)
        _FAULT(payload[-1])
    elif kind is Message.SNAPSHOT:
        vol.Schema(dict)(payload)
    else:
        _IDENTIFIED(payload)
    return line


_LINE: Final = vol.Schema(
    {
        vol.Required("key"): str,
        vol.Required("kind"): vol.In([*MATTERS]),
        vol.Required(ATTR_SINCE): SECONDS,
        vol.Required("time"): str,
        vol.Required("name"): str,
        vol.Required("url"): str,
        vol.Required("body"): str,
        vol.Required("tiers"): _COUNTS,
        vol.Required("dropped"): _COUNTS,
        vol.Optional("integration"): vol.Any(None, str),
        vol.Optional("reason"): vol.Any(None, str),
        vol.Optional("last"): vol.Any(None, _LAST),
    }
)
SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_MADE_BY, default=""): str,
        vol.Optional(ATTR_WAITING, default=list): [vol.All(_LINE, _says_what_it_is)],
    }
)
