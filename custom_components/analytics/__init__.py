"""Open Analytics: set up, wire the stages of the flow together, unload."""

import aiohttp
import voluptuous as vol
from homeassistant.config_entries import SOURCE_SYSTEM
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_create_clientsession
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.typing import ConfigType

from . import consent_store, host, report_log, services, websocket_api
from .choices import Choices
from .collect import Source
from .consent_store import ConsentStore
from .const import DOMAIN, LOGGER
from .data import RUNNING_CONFIG, AnalyticsConfigEntry, AnalyticsData, RunningConfig
from .pipeline import Pipeline
from .report_log import ReportLog
from .scheduler import Scheduler
from .settings import resolve

# Anything passes here: a section that can't be used must stop reports, not the integration, for
# without it onboarding gets stuck. `settings.resolve` validates, and says what to mend.
CONFIG_SCHEMA = vol.Schema({DOMAIN: object}, extra=vol.ALLOW_EXTRA)

report_log.make_visible()


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Answer the front end, and see to it that there is a config entry."""
    hass.data[RUNNING_CONFIG] = RunningConfig(
        section=config.get(DOMAIN), domains=host.yaml_domains(config)
    )
    report_log.async_keep_visible(hass)
    websocket_api.async_register(hass)
    services.async_register(hass)
    if word := host.untested():
        LOGGER.info(word)
    # At once, and not when the host has started, as a discovery flow would: onboarding may be
    # faster than a slow start.
    hass.async_create_background_task(
        hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_SYSTEM}),
        "analytics config entry",
    )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: AnalyticsConfigEntry) -> bool:
    """Load the user's choices, and wire the flow."""
    running = hass.data[RUNNING_CONFIG]
    settings = resolve(running.section, entry.options)
    if settings.problem:
        LOGGER.error(
            "Nothing is sent until the settings of analytics are mended: %s", settings.problem
        )
    store = ConsentStore(hass)
    await store.async_load()
    choices = Choices(hass, store, settings.destination)
    pipeline = Pipeline(
        settings=settings,
        choices=choices,
        source=Source(hass=hass, yaml_domains=running.domains),
        # A session of our own on the host's connections: the shared one keeps cookies, by which a
        # receiver could know an installation again.
        session=async_create_clientsession(hass, cookie_jar=aiohttp.DummyCookieJar()),
        log=ReportLog(),
    )
    scheduler = Scheduler(
        hass,
        send=pipeline.async_send,
        allowed=lambda: pipeline.blocked() is None,
        initial_delay=settings.initial_delay,
        interval=settings.interval,
    )
    entry.runtime_data = AnalyticsData(
        settings=settings, choices=choices, pipeline=pipeline, scheduler=scheduler
    )
    _wire(hass, entry, scheduler)
    return True


def _wire(hass: HomeAssistant, entry: AnalyticsConfigEntry, scheduler: Scheduler) -> None:
    """Start with the host, stop with it, and follow changes of the options."""

    @callback
    def started(_hass: HomeAssistant) -> None:
        scheduler.async_start()

    async def stopping(_event: Event) -> None:
        await scheduler.async_stop()

    entry.async_on_unload(async_at_started(hass, started))
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stopping))
    entry.async_on_unload(entry.add_update_listener(_async_options_changed))


async def _async_options_changed(hass: HomeAssistant, entry: AnalyticsConfigEntry) -> None:
    """Apply changed options by loading the entry again."""
    await hass.config_entries.async_reload(entry.entry_id)


async def async_unload_entry(_hass: HomeAssistant, entry: AnalyticsConfigEntry) -> bool:
    """Stop the scheduler; the rest was given to async_on_unload."""
    await entry.runtime_data.scheduler.async_stop()
    return True


async def async_remove_entry(hass: HomeAssistant, _entry: AnalyticsConfigEntry) -> None:
    """Delete what is ours; what is shared with the built-in integration stays."""
    await consent_store.async_remove_own(hass)
