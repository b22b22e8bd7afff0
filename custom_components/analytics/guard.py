"""The last look at a report before it is logged and sent: the table of tiers is enforced."""

from functools import cache

import voluptuous as vol

from .models import Payload
from .tiers import TIERS


class GuardError(Exception):
    """A report that must not be sent; `field` names the offender, its value is never told."""

    def __init__(self, field: str) -> None:
        """Keep the name of the field."""
        super().__init__(f"{field} is not as the table of tiers allows")
        self.field = field


@cache
def schema(allowed: tuple[str, ...]) -> vol.Schema:
    """Return the schema of a report with these tiers, generated from the table."""
    return vol.Schema(
        {
            (vol.Required if field.required else vol.Optional)(field.name): field.schema
            for name in allowed
            for field in TIERS[name].fields
        },
        extra=vol.PREVENT_EXTRA,
    )


def check(payload: Payload, allowed: tuple[str, ...]) -> None:
    """Let a report pass that has the fields of the allowed tiers only, each as it should be.

    Raises GuardError for the first field that is not; voluptuous' own messages may quote values.
    """
    try:
        schema(allowed)(payload)
    except vol.Invalid as error:
        first = error.errors[0] if isinstance(error, vol.MultipleInvalid) else error
        raise GuardError(".".join(str(step) for step in first.path)) from None
