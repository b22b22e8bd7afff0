"""The choices as the host's own pages show and set them, in onboarding and in its settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import host
from .consent import ATTR_SNAPSHOTS, Choices, ConsentStore
from .crash import consent as crash_consent
from .settings import Settings
from .snapshots import Records


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
        snapshots, shown = self._snapshots, self.choices.preferences
        if snapshots and ATTR_SNAPSHOTS in shown:
            shown[ATTR_SNAPSHOTS] = snapshots.agreed
        return shown

    def choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force."""
        server = self.settings.crash_server
        if (
            server is not None
            and chosen.get(crash_consent.TIER)
            and not self.choices.preferences[crash_consent.TIER]
        ):
            crash_consent.ask_again(self.store, server)
        on, shown = chosen.get(ATTR_SNAPSHOTS), self.preferences.get(ATTR_SNAPSHOTS)
        # The front end sends what it was told: only a change of what it shows is the user's word.
        if (snapshots := self._snapshots) and None not in {on, shown} and on is not shown:
            snapshots.toggled(bool(on))
        self.choices.choose(chosen)
