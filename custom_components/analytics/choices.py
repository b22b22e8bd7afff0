"""The user's choices for the destination in force, as the front end reads and sets them."""

import asyncio
from collections.abc import Mapping

from homeassistant.core import HomeAssistant

from . import host
from .consent_store import ConsentStore
from .models import Consent, Destination


class Choices:
    """What the user chose for one destination."""

    def __init__(self, hass: HomeAssistant, store: ConsentStore, destination: Destination) -> None:
        """Bind the store to the destination."""
        self._hass = hass
        self._store = store
        self._destination = destination
        # One after the other, so that the Supervisor is left with the latest choice.
        self._mirroring = asyncio.Lock()

    @property
    def consent(self) -> Consent:
        """Return the consent in force."""
        return self._store.consent(self._destination)

    @property
    def preferences(self) -> dict[str, bool]:
        """Return all choices that the front end knows.

        Until the user has decided, diagnostics is what the Supervisor has, as in the built-in
        integration.
        """
        consent = self.consent
        preferences = {key: consent.preferences.get(key, False) for key in host.preference_keys()}
        supervisor = None if consent.decided else host.supervisor_info(self._hass)
        if supervisor is not None:
            preferences["diagnostics"] = bool(supervisor.get("diagnostics"))
        return preferences

    def choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force at once."""
        self._store.choose(self._destination, {**self.preferences, **chosen})

    async def async_save(self) -> None:
        """Write the choices, and tell the Supervisor about diagnostics."""
        await self._store.async_save(self._destination)
        async with self._mirroring:
            await host.async_mirror_diagnostics(self._hass, self.preferences["diagnostics"])

    async def async_uuid(self) -> str:
        """Return the random id that the destination knows."""
        return await self._store.async_uuid(self._destination)
