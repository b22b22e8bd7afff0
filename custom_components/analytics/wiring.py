"""Wire the stages of the flow together: who sends what, when, and through which gate."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from . import host
from .collect import Source
from .consent import Choices, ConsentStore
from .crash import CrashLog, CrashReporter, Outbox
from .data import RUNNING_CONFIG, AnalyticsData
from .interface import Interface, PanelCounter
from .lifecycle import EventQueue, LifecycleReporter
from .outbound import Delivery, Forgetter, Gate, Journal, ReportLog, Scheduler
from .pipeline import Pipeline
from .run import Run
from .settings import Settings
from .snapshots import SnapshotLog, SnapshotReporter


def wired(
    hass: HomeAssistant,
    settings: Settings,
    store: ConsentStore,
    outbox: Outbox,
    events: EventQueue,
    run: Run,
) -> AnalyticsData:
    """Give each part its collaborators."""
    gate = Gate(hass, enabled=settings.enabled)
    choices = Choices(hass, store, settings.destination)
    journal = Journal(hass, Path(hass.config.path(STORAGE_DIR)))
    counter = PanelCounter(hass)
    source = Source(
        hass=hass, yaml_domains=hass.data[RUNNING_CONFIG].domains, panels=counter.last_day
    )
    pipeline = Pipeline(
        settings=settings,
        choices=choices,
        store=store,
        source=source,
        delivery=Delivery(gate=gate, journal=journal, log=ReportLog()),
    )
    scheduler = Scheduler(
        hass,
        send=pipeline.async_send,
        allowed=lambda: pipeline.blocked() is None,
        ended=lambda outcome: data.async_ended(outcome),  # noqa: PLW0108 - made below
        initial_delay=settings.initial_delay.total_seconds,
        interval=settings.interval,
    )
    data = AnalyticsData(
        hass=hass,
        settings=settings,
        choices=choices,
        pipeline=pipeline,
        scheduler=scheduler,
        forgetter=Forgetter(hass, store, gate),
        crash_reporter=CrashReporter(
            hass,
            server=None if settings.problem else settings.crash_server,
            choices=choices,
            store=store,
            source=source,
            delivery=Delivery(gate=gate, journal=journal, log=CrashLog()),
            outbox=outbox,
            run=run,
        ),
        lifecycle=LifecycleReporter(hass, pipeline=pipeline, queue=events, run=run),
        interface=Interface(hass, pipeline, counter),
        snapshots=SnapshotReporter(
            hass,
            settings=settings,
            store=store,
            source=source,
            delivery=Delivery(gate=gate, journal=journal, log=SnapshotLog()),
        )
        if host.has_snapshots()
        else None,
        run=run,
        journal=journal,
    )
    return data
