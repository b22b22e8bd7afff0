"""Wire the stages of the flow together: who sends what, when, and through which gate."""

from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR

from . import host
from .collect import Source
from .consent import Choices, ConsentStore
from .crash import CrashLog, CrashReporter, Outbox
from .data import RUNNING_CONFIG, AnalyticsData
from .holding import Crashes, HeldFile, Hold, Holding, Reports, Snapshots
from .interface import Interface, PanelCounter
from .issues import Issues
from .lifecycle import EventQueue, LifecycleReporter
from .models import Matter
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
    held: HeldFile,
    run: Run,
) -> AnalyticsData:
    """Give each part its collaborators."""
    gate = Gate(hass, enabled=settings.enabled, way_out=settings.way_out)
    choices = Choices(hass, store, settings.destination)
    hold = Hold(hass=hass, file=held) if settings.hold else None
    journal = Journal(hass, Path(hass.config.path(STORAGE_DIR)))
    counter = PanelCounter(hass)
    source = Source(
        hass=hass,
        yaml_domains=hass.data[RUNNING_CONFIG].domains,
        panels=counter.last_day,
        way_out=settings.way_out,
    )
    pipeline = Pipeline(
        settings=settings,
        choices=choices,
        store=store,
        source=source,
        delivery=Delivery(gate=gate, journal=journal, log=ReportLog(), hold=hold),
    )
    scheduler = Scheduler(
        hass,
        send=pipeline.async_send,
        allowed=lambda: pipeline.blocked() is None,
        ended=lambda outcome: data.async_ended(outcome),  # noqa: PLW0108 - made below
        initial_delay=settings.initial_delay.total_seconds,
        interval=settings.interval,
    )
    forgetter = Forgetter(hass, store, gate)
    snapshots = None
    if host.has_snapshots():
        snapshots = SnapshotReporter(
            hass,
            settings=settings,
            store=store,
            source=source,
            delivery=Delivery(gate=gate, journal=journal, log=SnapshotLog(), hold=hold),
        )
    interface = Interface(hass, pipeline, counter)
    lifecycle = LifecycleReporter(hass, pipeline=pipeline, queue=events, run=run)
    crash_reporter = CrashReporter(
        hass,
        server=None if settings.problem else settings.crash_server,
        choices=choices,
        store=store,
        source=source,
        delivery=Delivery(gate=gate, journal=journal, log=CrashLog(), hold=hold),
        outbox=outbox,
        run=run,
    )
    holding = Holding(
        hass,
        file=held,
        origins={
            Matter.REPORTS: Reports(
                pipeline=pipeline,
                told=lambda outcome: data.async_ended(outcome),  # noqa: PLW0108 - made below
            ),
            Matter.CRASH_REPORTS: Crashes(
                reporter=crash_reporter, settings=settings, source=source
            ),
            **({Matter.SNAPSHOTS: Snapshots(reporter=snapshots)} if snapshots else {}),
        },
        hold=settings.hold,
        hold_for=settings.hold_for,
    )
    # In the order in which they start; they stop in reverse. So faults of all others are noticed
    # to the end, and the gate gives up what is on its way once no schedule brings more.
    parts = (
        crash_reporter,
        interface,
        lifecycle,
        gate,
        *((snapshots,) if snapshots else ()),
        forgetter,
        scheduler,
        holding,
        Issues(hass=hass, pipeline=pipeline, snapshots=snapshots),
    )
    data = AnalyticsData(
        hass=hass,
        settings=settings,
        choices=choices,
        pipeline=pipeline,
        scheduler=scheduler,
        forgetter=forgetter,
        crash_reporter=crash_reporter,
        lifecycle=lifecycle,
        interface=interface,
        holding=holding,
        snapshots=snapshots,
        parts=parts,
        run=run,
        journal=journal,
    )
    return data
