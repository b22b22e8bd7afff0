"""The host's log of snapshots: how large one is and its digest, for the whole may be megabytes."""

from hashlib import sha256

from ..const import LOGGER
from ..models import Destination, Report
from ..outbound import ReportLog


class SnapshotLog(ReportLog):
    """Writes where the whole of a snapshot can be read: in the journal, byte for byte."""

    after_a_refusal = "The next daily one will try again"

    def sending(self, destination: Destination, report: Report, body: bytes) -> None:
        """Show what is about to be sent."""
        LOGGER.info(
            "Sending a snapshot of devices to %s: %d integrations, %d bytes, SHA-256 %s. The "
            "journal (analytics/journal) has all of it",
            destination.label,
            len(report.payload),
            len(body),
            sha256(body).hexdigest(),
        )
