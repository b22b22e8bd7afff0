"""What the user's choices allow; the last filter before the journal and the wire."""

from collections.abc import Mapping

from .models import Consent, Payload
from .tiers import BASE, TIERS


def allowed_tiers(consent: Consent) -> tuple[str, ...]:
    """Return the tiers in force, in the table's order: chosen, decided, and with what they require.

    Empty where nothing may be sent. Nothing is sent without base, whatever else was chosen: the
    built-in integration leaves that rule to the front end.
    """
    chosen = [
        tier
        for tier in TIERS.values()
        if tier.fields and consent.preferences.get(tier.name) is True
    ]
    names = {tier.name for tier in chosen}
    if not consent.decided or BASE.name not in names:
        return ()
    return tuple(tier.name for tier in chosen if names.issuperset(tier.requires))


def keep_allowed(payload: Payload, consent: Consent) -> Payload:
    """Return the payload without the fields of tiers that are not allowed, empty if none is."""
    owned = {field.name for name in allowed_tiers(consent) for field in TIERS[name].fields}
    return {name: value for name, value in payload.items() if name in owned}


def merge(current: Mapping[str, bool], chosen: Mapping[str, bool]) -> dict[str, bool]:
    """Return the current choices with the newly made ones laid over them."""
    return {**current, **chosen}
