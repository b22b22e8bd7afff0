"""What would be sent, of all kinds that there are: shown, and not sent."""

from collections.abc import Mapping
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from . import host
from .consent import EXTENDED_NAMES, choose
from .const import DOMAIN
from .crash import encoded
from .data import AnalyticsData
from .guard import GuardError
from .models import EVENTS, Consent, Message, Report
from .run import UNCLEAN
from .snapshots import preview as preview_snapshot
from .status import crash_reports, destination
from .tiers import TIERS, encode


def previewed_kinds() -> tuple[str, ...]:
    """Return what a preview can be of."""
    return tuple(
        kind.value for kind in Message if kind is not Message.SNAPSHOT or host.has_snapshots()
    )


def previewed_keys() -> tuple[str, ...]:
    """Return the choices that a preview can be asked for."""
    return (*host.preference_keys(), *EXTENDED_NAMES)


async def preview(
    data: AnalyticsData, kind: str, preferences: Mapping[str, bool] | None = None
) -> dict[str, Any]:
    """Return what would be sent, of reports and events with these choices, by default the current.

    Nothing is sent, and no id is made: zeros stand for one. Raises HomeAssistantError where nothing
    can be shown.
    """
    try:
        return await _preview(data, kind, preferences)
    except GuardError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="field_refused",
            translation_placeholders={"field": error.field},
        ) from error
    except OSError as error:
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="secrets_unreadable"
        ) from error


async def _preview(
    data: AnalyticsData, kind: str, preferences: Mapping[str, bool] | None
) -> dict[str, Any]:
    """Return it. Raises GuardError too, and OSError where this home's secrets can't be read."""
    if kind == Message.CRASH:
        return await _preview_crash(data)
    if kind == Message.SNAPSHOT:
        return await preview_snapshot(data.snapshots)
    if kind in EVENTS:
        return await _preview_event(data, Message(kind), _supposed(data, preferences))
    return _previewed(data, await data.pipeline.async_preview(_supposed(data, preferences)))


async def _preview_event(data: AnalyticsData, message: Message, consent: Consent) -> dict[str, Any]:
    """Return the message of a start, a stop or a crash, and whether that has happened."""
    report = await data.lifecycle.async_preview(message, consent)
    crashed = message is Message.FAULT and data.run.previous.end in UNCLEAN
    return {**_previewed(data, report), "happened": message is Message.START or crashed}


def _supposed(data: AnalyticsData, preferences: Mapping[str, bool] | None) -> Consent:
    """Return the consent that a preview is for."""
    if preferences is None:
        return data.choices.consent
    # What saving exactly these would come to: new fields stay withheld in a preview, too.
    return choose(data.choices.consent, {**dict.fromkeys(TIERS, False), **preferences})


def _previewed(data: AnalyticsData, report: Report) -> dict[str, Any]:
    return {
        "payload": report.payload,
        "destination": destination(data),
        "bytes": len(encode(report.payload)) if report.payload else 0,
        "dropped": dict(report.dropped),
    }


async def _preview_crash(data: AnalyticsData) -> dict[str, Any]:
    """Return the envelope that the newest fault would be sent in; without one, no payload.

    Nothing is sent, and no id is made. Faults are noticed only while crash reports are in force.
    """
    server = data.settings.crash_server
    lines = await data.crash_reporter.async_preview()
    return {
        "payload": lines,
        "destination": crash_reports(data),
        "bytes": len(encoded(lines)) if server and lines else 0,
    }
