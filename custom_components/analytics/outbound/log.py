"""The host's log: what is about to be sent, to whom, and how that ended."""

import logging

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback

from ..const import ATTR_UUID, LOGGER
from ..models import Destination, Kind, Outcome, Report
from ..texts import one_line

EVENT_LOGGING_CHANGED = "logging_changed"
SHOWN_DIGITS = 4


def make_visible() -> None:
    """Let INFO lines reach the host's log, which shows only warnings by default.

    A level that anybody has set for our logger wins.
    """
    if LOGGER.level == logging.NOTSET:
        LOGGER.setLevel(logging.INFO)


def async_keep_visible(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Do so again whenever the host changes log levels: ending debug logging unsets ours."""

    @callback
    def logging_changed(_event: Event) -> None:
        make_visible()

    return hass.bus.async_listen(EVENT_LOGGING_CHANGED, logging_changed)


def shown(body: bytes, uuid: str) -> str:
    """Return what leaves, but for the id, a secret of which four digits are shown."""
    return one_line(body.decode().replace(uuid, f"{uuid[:SHOWN_DIGITS]}…"))


class ReportLog:
    """Writes each report before it is sent, and of failures the first and the end of them."""

    after_a_refusal = "The next regular report will try again"

    def __init__(self) -> None:
        """Start without a failure."""
        self._failing = False

    def sending(self, destination: Destination, report: Report, body: bytes) -> None:
        """Show what is about to be sent."""
        LOGGER.info("Sending to %s: %s", destination.label, shown(body, report.payload[ATTR_UUID]))

    def held(self, destination: Destination) -> None:
        """Tell that something was made, and does not leave by itself."""
        LOGGER.info("Made for %s, and waits until somebody approves it", destination.label)

    def ended(self, destination: Destination, outcome: Outcome, *, waits: bool = False) -> None:
        """Tell the outcome; while failures go on, only the first is worth a line.

        What was approved `waits` on for somebody, as long as it was not sent.
        """
        if outcome.kind is Kind.SENT:
            again = ", which works again" if self._failing else ""
            LOGGER.info("Sent to %s%s", destination.label, again)
            self._failing = False
            return
        if outcome.kind in {Kind.STOPPED, Kind.BLOCKED}:
            LOGGER.info("Stopped sending to %s: %s", destination.label, outcome.reason)
            return
        when = "It will be tried again" if outcome.kind is Kind.RETRYABLE else self.after_a_refusal
        if waits:
            when = "It waits for somebody to approve it again"
        self._failed(
            "Not sent to %s: %s. %s; this is said once",
            destination.label,
            outcome.reason,
            when,
        )

    def unsendable(self, reason: str) -> Outcome:
        """Tell that nothing was sent, for a reason that lies in this home."""
        self._failed("Nothing is sent: %s. It will be tried again; this is said once", reason)
        return Outcome(kind=Kind.RETRYABLE, reason=reason)

    def _failed(self, message: str, *arguments: object) -> None:
        """Show the first of several failures."""
        LOGGER.log(logging.DEBUG if self._failing else logging.INFO, message, *arguments)
        self._failing = True
