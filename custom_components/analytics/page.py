"""The choices as the host's own pages show and set them, in onboarding and in its settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import host
from .choices import Choices
from .consent_store import ConsentStore
from .crash.consent import TIER, ask_again
from .settings import Settings
from .snapshots.records import Records
from .store_schema import ATTR_SNAPSHOTS


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """What such a page shows; a change counts at once, whoever asks for it saves the store."""

    settings: Settings
    store: ConsentStore
    choices: Choices

    @property
    def _snapshots(self) -> Records | None:
        return Records(self.store, self.settings.device_database) if host.has_snapshots() else None

    @property
    def preferences(self) -> dict[str, bool]:
        """Return all choices that the front end knows; of snapshots the one in force."""
        snapshots = self._snapshots
        agreed = {ATTR_SNAPSHOTS: snapshots.agreed} if snapshots else {}
        return self.choices.preferences | agreed

    def choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force."""
        server = self.settings.crash_server
        if server is not None and chosen.get(TIER) and not self.choices.preferences[TIER]:
            ask_again(self.store, server)
        snapshots, on = self._snapshots, chosen.get(ATTR_SNAPSHOTS)
        # The front end sends what it was told: only a change is a word of the user.
        if snapshots and on is not None and on != snapshots.agreed:
            snapshots.toggled(on)
        self.choices.choose(chosen)
