"""Who may have something of this installation that was sent before, and gets no more."""

from .consent import told
from .models import Matter, Told
from .pipeline import Pipeline
from .snapshots import SnapshotReporter
from .tiers import BASE


def unshared(pipeline: Pipeline, snapshots: SnapshotReporter | None) -> tuple[Told, ...]:
    """Return who may delete what it has, and gets no more: a former destination, or after a no.

    With settings that can't be used nobody knows which destination is a former one.
    """
    if pipeline.settings.problem:
        return ()
    consent = pipeline.choices.consent
    going = {
        Matter.REPORTS: (
            pipeline.choices.destination.url,
            not consent.decided or consent.preferences.get(BASE.name, False),
        )
    }
    if snapshots:
        going[Matter.SNAPSHOTS] = (snapshots.destination.url, not snapshots.declined)
    return tuple(
        item
        for item in told(pipeline.store, pipeline.settings.device_database)
        if item.identified
        and item.deletes is not False
        and not item.stays
        and going.get(item.matter) != (item.url, True)
    )
