"""The user's choices for the destination in force, as the front end reads and sets them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers.hassio import is_hassio

from .. import host
from ..models import Consent, Destination
from ..settings import needs_confirmation
from ..tiers import DIAGNOSTICS
from . import rules
from .schema import ATTR_SNAPSHOTS
from .store import ConsentStore


class Choices:
    """What the user chose for one destination."""

    def __init__(self, hass: HomeAssistant, store: ConsentStore, destination: Destination) -> None:
        """Bind the store to the destination."""
        self._hass = hass
        self._store = store
        self.destination = destination
        # One after the other, so that the Supervisor is left with the latest choice.
        self._mirroring = asyncio.Lock()

    @property
    def consent(self) -> Consent:
        """Return what the user chose."""
        return self._store.consent(self.destination)

    @property
    def confirmed(self) -> bool:
        """Tell whether the destination needs no yes by its name, or has one."""
        return self.consent.confirmed or not needs_confirmation(self.destination)

    @property
    def pending(self) -> bool:
        """Tell whether choices wait until the user has confirmed the destination by its name."""
        return self._is_pending(self.consent)

    @property
    def in_force(self) -> Consent:
        """Return the consent that counts: none while it is pending."""
        consent = self.consent
        return Consent() if self._is_pending(consent) else consent

    def _is_pending(self, consent: Consent) -> bool:
        shared = any(on for name, on in consent.preferences.items() if name != ATTR_SNAPSHOTS)
        return (
            consent.decided
            and shared
            and not consent.confirmed
            and needs_confirmation(self.destination)
        )

    @property
    def more(self) -> dict[str, bool]:
        """Return the choices about tiers that not every destination takes."""
        return {name: self.consent.preferences.get(name, False) for name in rules.EXTENDED_NAMES}

    @property
    def preferences(self) -> dict[str, bool]:
        """Return all choices that the front end knows; that of snapshots is not this one's.

        Until the user has decided on it, diagnostics is what the Supervisor has, as in the
        built-in integration.
        """
        consent = self.consent
        shown = host.shown_keys(self._hass)
        preferences = {key: consent.preferences.get(key, False) for key in shown}
        decided = consent.decided and DIAGNOSTICS.name in consent.preferences
        supervisor = None if decided else host.supervisor_info(self._hass)
        if supervisor is not None:
            preferences[DIAGNOSTICS.name] = bool(supervisor.get("diagnostics"))
        return preferences

    def choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force at once, but for snapshots, which go elsewhere."""
        known = {**self.preferences, **chosen}
        known.pop(ATTR_SNAPSHOTS, None)
        if self._diagnostics_unknown and not known[DIAGNOSTICS.name]:
            # The page sends back what it was told while the Supervisor could not tell: no word.
            del known[DIAGNOSTICS.name]
        self._put(rules.choose(self.consent, known))

    @property
    def _diagnostics_unknown(self) -> bool:
        """Tell whether diagnostics is the Supervisor's to tell, and it can't yet."""
        return (
            is_hassio(self._hass)
            and DIAGNOSTICS.name not in self.consent.preferences
            and host.supervisor_info(self._hass) is None
        )

    def choose_more(self, chosen: Mapping[str, bool]) -> None:
        """Put choices about tiers in force that the front end's own page does not show."""
        self._put(rules.choose_more(self.consent, chosen))

    def confirm(self) -> None:
        """Take the user's word that this is the destination that the choices were made for."""
        self._put(replace(self.consent, confirmed=True))

    def accept_new_fields(self) -> None:
        """Take a yes to the fields that were added since the user's last one."""
        self._put(rules.accept_versions(self.consent))

    def decline_new_fields(self) -> None:
        """Take a no to these fields; what was shared before goes on."""
        self._put(rules.decline_versions(self.consent))

    async def async_mirror(self, chosen: Mapping[str, bool]) -> None:
        """Tell the Supervisor about diagnostics, where these choices say something of it."""
        async with self._mirroring:
            on = self.consent.preferences.get(DIAGNOSTICS.name)
            if DIAGNOSTICS.name in chosen and on is not None:
                await host.async_mirror_diagnostics(self._hass, on)

    def _put(self, consent: Consent) -> None:
        self._store.put(self.destination, consent)
