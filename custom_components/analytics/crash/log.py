"""The host's log of crash reports: their summary before they are sent, and how that ended."""

from ..const import LOGGER
from ..models import Destination, Report
from ..outbound import ReportLog
from ..texts import one_line
from .build import summary


class CrashLog(ReportLog):
    """Writes what reports of the other kind have whole; the journal has the whole envelope."""

    after_a_refusal = "That report is dropped"

    def sending(self, destination: Destination, report: Report, body: bytes) -> None:
        """Show what is about to be sent."""
        LOGGER.info(
            "Sending a crash report to %s: %s, %d bytes. The journal has all of it",
            destination.label,
            one_line(summary(report.payload[-1])),
            len(body),
        )
