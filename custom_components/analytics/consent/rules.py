"""What the user's choices allow; the last filter before the journal and the wire."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from ..models import EVENTS, Consent, Message, Payload
from ..tiers import BASE, DIAGNOSTICS, EXTENDED, LIFECYCLE, TIERS, Field, Tier

EXTENDED_NAMES: Final = dict.fromkeys(tier.name for tier in EXTENDED).keys()


def allowed_tiers(consent: Consent) -> tuple[str, ...]:
    """Return the tiers in force, in the table's order: chosen, decided, and with what they require.

    Empty where nothing may be sent. Nothing is sent without base, whatever else was chosen: the
    built-in integration leaves that rule to the front end. Nor what the destination does not take.
    """
    chosen = [
        tier
        for tier in TIERS.values()
        if tier.fields and _is_on(consent, tier) and (consent.extended or not tier.extended)
    ]
    names = {tier.name for tier in chosen}
    if not consent.decided or BASE.name not in names:
        return ()
    return tuple(tier.name for tier in chosen if names.issuperset(tier.requires))


def allowed_fields(consent: Consent, message: Message = Message.REPORT) -> tuple[Field, ...]:
    """Return the fields of a message in force: of the tiers in force, what the user's yes covers.

    Events need the tier that they are of; where a crash happened needs diagnostics as well.
    """
    tiers = allowed_tiers(consent)
    if message in EVENTS and LIFECYCLE.name not in tiers:
        return ()
    if message is Message.FAULT and not _is_on(consent, DIAGNOSTICS):
        return ()
    return tuple(
        field
        for name in tiers
        for field in TIERS[name].fields
        if message in field.messages and field.since <= consented_version(consent, name)
    )


def _is_on(consent: Consent, tier: Tier) -> bool:
    return consent.preferences.get(tier.name) is True


def consented_version(consent: Consent, tier: str) -> int:
    """Return the version of a tier that the user said yes to."""
    return consent.versions.get(tier, 1)


def keep_allowed(payload: Payload, consent: Consent, message: Message = Message.REPORT) -> Payload:
    """Return the payload without the fields that are not allowed, empty if none is."""
    allowed = {field.name for field in allowed_fields(consent, message)}
    return {name: value for name, value in payload.items() if name in allowed}


def choose(consent: Consent, chosen: Mapping[str, bool]) -> Consent:
    """Return the consent after the user chose: a yes to what was off is one to its newest version.

    What was on stays at its version: saving one toggle sends them all, and is no word about new
    fields of the others. A no to base is one to all that the front end does not show.
    """
    if chosen.get(BASE.name) is False:
        more = EXTENDED_NAMES & consent.preferences.keys()
        chosen = {**dict.fromkeys(more, False), **chosen}
    return replace(choose_more(consent, chosen), decided=True)


def choose_more(consent: Consent, chosen: Mapping[str, bool]) -> Consent:
    """Return the consent after the user chose what is no part of the question about sharing."""
    newly_on = {name for name, on in chosen.items() if on and not consent.preferences.get(name)}
    versions = {name: TIERS[name].version for name in newly_on if name in TIERS}
    return replace(
        consent,
        preferences={**consent.preferences, **chosen},
        versions={**consent.versions, **versions},
    )


def outdated(consent: Consent) -> tuple[Tier, ...]:
    """Return the tiers in force of which a later version waits for a word of the user."""
    return tuple(
        TIERS[name]
        for name in allowed_tiers(consent)
        if TIERS[name].version
        > max(consented_version(consent, name), consent.declined.get(name, 0))
    )


def new_fields(consent: Consent) -> tuple[Field, ...]:
    """Return the fields that are withheld until the user says yes to them."""
    return tuple(
        field
        for tier in outdated(consent)
        for field in tier.fields
        if field.since > consented_version(consent, tier.name)
    )


def accept_versions(consent: Consent) -> Consent:
    """Return the consent after a yes to the newest version of all tiers that wait for one."""
    newest = {tier.name: tier.version for tier in outdated(consent)}
    return replace(consent, versions={**consent.versions, **newest})


def decline_versions(consent: Consent) -> Consent:
    """Return the consent after a no to these versions; the old level goes on."""
    newest = {tier.name: tier.version for tier in outdated(consent)}
    return replace(consent, declined={**consent.declined, **newest})
