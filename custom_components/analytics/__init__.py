"""Open Analytics: set up, follow the host, unload."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import voluptuous as vol
from homeassistant.config_entries import SOURCE_SYSTEM
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.helpers.typing import ConfigType

from . import host, issues, onboarding, panel, services, websocket_api
from .consent import ConsentStore, copies, fingerprint
from .const import DOMAIN, LOGGER
from .crash import async_outbox
from .data import (
    RUNNING_CONFIG,
    STORE,
    AnalyticsConfigEntry,
    AnalyticsData,
    RunningConfig,
    async_loaded,
)
from .holding import async_held
from .interface import PanelCounter
from .lifecycle import async_queue
from .outbound import Journal
from .outbound import log as report_log
from .run import async_begin, async_follow, async_leave
from .run import remove as remove_run
from .settings import resolve
from .snapshots import DevicesView, labs
from .wiring import wired

# Anything passes here: a section that can't be used must stop reports, not the integration, for
# without it onboarding gets stuck. `settings.resolve` validates, and says what to mend.
CONFIG_SCHEMA = vol.Schema({DOMAIN: object}, extra=vol.ALLOW_EXTRA)

SWITCHES_READ_EVERY = timedelta(minutes=1)

report_log.make_visible()


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Answer the front end, and see to it that there is a config entry."""
    hass.data[RUNNING_CONFIG] = RunningConfig(
        section=config.get(DOMAIN), domains=host.yaml_domains(config)
    )
    report_log.async_keep_visible(hass)
    websocket_api.async_register(hass)
    panel.async_register(hass)
    services.async_register(hass)
    if host.has_devices_view():
        hass.http.register_view(DevicesView)
    if host.has_snapshots():
        await labs.async_follow(hass, config.get(DOMAIN), _async_labs_changed)
    if word := host.untested():
        LOGGER.info(word)
    await onboarding.async_until_over(hass, partial(_make_entry, hass))
    return True


async def _async_labs_changed(hass: HomeAssistant) -> None:
    """Take what was chosen under Labs, at once or when the entry is loaded."""
    if data := async_loaded(hass):
        await data.async_follow_labs()


@callback
def _make_entry(hass: HomeAssistant) -> None:
    """Make the config entry if there is none.

    At once, and not when the host has started, as a discovery flow would: commands are answered
    from then on.
    """
    hass.async_create_background_task(
        hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_SYSTEM}),
        "analytics config entry",
    )


async def async_setup_entry(hass: HomeAssistant, entry: AnalyticsConfigEntry) -> bool:
    """Load the user's choices, and wire the flow."""
    # First, or options that are saved while this runs would count at the next start only.
    entry.async_on_unload(entry.add_update_listener(_async_options_changed))
    settings = resolve(hass.data[RUNNING_CONFIG].section, entry.options)
    if settings.problem:
        LOGGER.error(
            "Nothing is sent until the settings of analytics are mended: %s", settings.problem
        )
    store = await _async_store(hass)
    copied = await copies.async_notice(hass, store, settings.device_database)
    run, outbox, events = await async_begin(hass), await async_outbox(hass), await async_queue(hass)
    if copied:
        await hass.async_add_executor_job(run.disown)
    held = await async_held(hass)
    data = wired(hass, settings, store, outbox, events, held, run)
    await data.async_load(copied=copied)
    entry.runtime_data = data
    onboarding.async_end(hass)
    _follow(hass, entry, data)
    await panel.async_show(hass, entry, sidebar=settings.sidebar)
    return True


async def _async_store(hass: HomeAssistant) -> ConsentStore:
    """Return the choices as they are on disk, or as they were left for this load."""
    if left := hass.data.pop(STORE, None):
        return left
    store = ConsentStore(hass)
    await store.async_load()
    return store


def _follow(hass: HomeAssistant, entry: AnalyticsConfigEntry, data: AnalyticsData) -> None:
    """Start with the host, stop with it, and follow changes of options and switches."""

    @callback
    def started(_hass: HomeAssistant) -> None:
        data.async_start()

    async def stopping(_event: Event) -> None:
        await data.async_stop()
        await data.lifecycle.async_end()

    for ending in async_follow(hass, data.run):
        entry.async_on_unload(ending)
    entry.async_on_unload(async_at_started(hass, started))
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stopping))
    entry.async_on_unload(
        async_track_time_interval(
            hass, data.async_watch_switches, SWITCHES_READ_EVERY, cancel_on_shutdown=True
        )
    )


async def _async_options_changed(hass: HomeAssistant, entry: AnalyticsConfigEntry) -> None:
    """Apply changed options by loading the entry again."""
    await hass.config_entries.async_reload(entry.entry_id)


async def async_unload_entry(hass: HomeAssistant, entry: AnalyticsConfigEntry) -> bool:
    """Stop timers and tasks, and finish writing; the rest was given to async_on_unload."""
    data = entry.runtime_data
    await data.async_stop()
    await async_leave(hass)
    await data.store.async_written()
    if not data.store.saved:
        await data.store.async_save()
    if entry.disabled_by:
        panel.async_remove(hass)
    if not data.store.saved:
        hass.data[STORE] = data.store
    return True


async def async_remove_entry(hass: HomeAssistant, _entry: AnalyticsConfigEntry) -> None:
    """Delete what is ours; what is shared with the built-in integration stays.

    So do deletions that were asked for and not done yet: the host makes the entry again at its next
    start.
    """
    issues.async_clear(hass)
    panel.async_remove(hass)
    folder = Path(hass.config.path(STORAGE_DIR))
    store = await _async_store(hass)
    await store.async_remove()
    await Journal(hass, folder).async_delete()
    await (await async_outbox(hass)).async_remove()
    await (await async_queue(hass)).async_remove()
    await (await async_held(hass)).async_remove()
    await PanelCounter(hass).async_remove()
    await hass.async_add_executor_job(fingerprint.remove, folder)
    await hass.async_add_executor_job(remove_run, folder)
