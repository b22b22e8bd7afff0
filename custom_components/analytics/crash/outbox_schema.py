"""What must be as it is in the file of crash reports: anybody may have written into it."""

from typing import Final

import voluptuous as vol

from ..tiers import SECONDS, UUID

ATTR_DIGEST: Final = "digest"
ATTR_EVENT: Final = "event"
ATTR_INTEGRATION: Final = "integration"
ATTR_MADE_BY: Final = "made_by"
ATTR_NEVER: Final = "never"
ATTR_REPORTED: Final = "reported"
ATTR_SERVER: Final = "server"
ATTR_SINCE: Final = "since"
ATTR_WAITING: Final = "waiting"

DATED: Final = {ATTR_WAITING: ATTR_SINCE, ATTR_REPORTED: None}
SCHEMA: Final = vol.Schema(
    {
        vol.Optional(ATTR_SINCE): vol.Any(None, SECONDS),
        vol.Optional(ATTR_SERVER): vol.Any(None, str),
        vol.Optional(ATTR_REPORTED, default=dict): {str: SECONDS},
        vol.Optional(ATTR_NEVER, default=list): [str],
        vol.Optional(ATTR_WAITING, default=list): [
            {
                vol.Required(ATTR_DIGEST): str,
                vol.Required(ATTR_SINCE): SECONDS,
                # Of a version that kept none: what that let through is not sent.
                vol.Optional(ATTR_MADE_BY, default=""): str,
                vol.Optional(ATTR_INTEGRATION): vol.Any(None, str),
                vol.Required(ATTR_EVENT): vol.Schema(
                    {
                        vol.Required("event_id"): UUID,
                        vol.Required("exception"): vol.Schema(
                            {vol.Required("values"): vol.All([dict], vol.Length(min=1))},
                            extra=vol.ALLOW_EXTRA,
                        ),
                    },
                    extra=vol.ALLOW_EXTRA,
                ),
            }
        ],
    }
)
