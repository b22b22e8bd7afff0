"""What is kept while the integration runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from .choices import Choices
from .const import DOMAIN
from .pipeline import Pipeline
from .scheduler import Scheduler
from .settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningConfig:
    """What configuration.yaml said: our own section as written, and all domains that it names."""

    section: object
    domains: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnalyticsData:
    """The parts of a loaded config entry."""

    settings: Settings
    choices: Choices
    pipeline: Pipeline
    scheduler: Scheduler

    async def async_choose(self, chosen: Mapping[str, bool]) -> None:
        """Put choices in force, stop a report on its way, let the timer follow, and save."""
        self.choices.choose(chosen)
        self.scheduler.async_update()
        await self.choices.async_save()


type AnalyticsConfigEntry = ConfigEntry[AnalyticsData]

RUNNING_CONFIG: HassKey[RunningConfig] = HassKey(f"{DOMAIN}_running_config")


@callback
def async_loaded(hass: HomeAssistant) -> AnalyticsData | None:
    """Return the data of the loaded config entry, of which there is at most one."""
    entries: list[AnalyticsConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return entries[0].runtime_data if entries else None
