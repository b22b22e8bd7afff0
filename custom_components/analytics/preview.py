"""What would be sent, of all kinds that there are: shown, and not sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from . import host
from .consent import EXTENDED_NAMES, accept_versions, choose
from .const import DOMAIN
from .crash import encoded
from .data import AnalyticsData
from .guard import GuardError, Held
from .models import EVENTS, Consent, JsonValue, Message
from .pipeline import Shown
from .run import UNCLEAN
from .snapshots import Told
from .snapshots import upcoming as upcoming_snapshot
from .status import crash_reports, destination
from .tiers import TIERS, encode

type Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Upcoming:
    """What would be sent, byte for byte, to whom, and what of the home would not.

    `more` is what else is said of it. `held` and `devices` are there for whoever asks for them.
    """

    payload: JsonValue
    body: bytes
    destination: Json | None
    more: Json = field(default_factory=dict)
    held: tuple[Held, ...] = field(default=(), repr=False)
    devices: list[Told] | None = field(default=None, repr=False)


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
) -> Json:
    """Return what would be sent, and to whom; raises as `upcoming`."""
    found = await upcoming(data, kind, preferences)
    return {
        "payload": found.payload,
        "destination": found.destination,
        "bytes": len(found.body),
        **found.more,
    }


async def upcoming(
    data: AnalyticsData,
    kind: str,
    preferences: Mapping[str, bool] | None = None,
    *,
    new_fields: bool = False,
    explain: bool = False,
) -> Upcoming:
    """Return what would be sent, of reports and events with these choices, by default the current.

    Nothing is sent, and no id is made: zeros stand for one. With `new_fields` it is as after a yes
    to those of tiers that are shared already; with `explain` it is told what is held back. Raises
    HomeAssistantError where nothing can be shown.
    """
    consent = _supposed(data, preferences)
    if new_fields:
        consent = accept_versions(consent)
    try:
        return await _upcoming(data, kind, consent, explain=explain)
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


async def _upcoming(data: AnalyticsData, kind: str, consent: Consent, *, explain: bool) -> Upcoming:
    """Return it. Raises GuardError too, and OSError where this home's secrets can't be read."""
    if kind == Message.CRASH:
        return await _upcoming_crash(data)
    if kind == Message.SNAPSHOT:
        return await _upcoming_snapshot(data, explain=explain)
    if kind in EVENTS:
        return await _upcoming_event(data, Message(kind), consent)
    return _shown(data, await data.pipeline.async_preview(consent))


async def _upcoming_event(data: AnalyticsData, message: Message, consent: Consent) -> Upcoming:
    """Return the message of a start, a stop or a crash, and whether that has happened."""
    shown = await data.lifecycle.async_preview(message, consent)
    crashed = message is Message.FAULT and data.run.previous.end in UNCLEAN
    return _shown(data, shown, happened=message is Message.START or crashed)


def _supposed(data: AnalyticsData, preferences: Mapping[str, bool] | None) -> Consent:
    """Return the consent that a preview is for."""
    if preferences is None:
        return data.choices.consent
    # What saving exactly these would come to: new fields stay withheld in a preview, too.
    return choose(data.choices.consent, {**dict.fromkeys(TIERS, False), **preferences})


def _shown(data: AnalyticsData, shown: Shown, **more: bool) -> Upcoming:
    payload = shown.report.payload
    return Upcoming(
        payload=payload,
        body=encode(payload) if payload else b"",
        destination=destination(data),
        more={"dropped": dict(shown.report.dropped), **more},
        held=shown.held,
    )


async def _upcoming_snapshot(data: AnalyticsData, *, explain: bool) -> Upcoming:
    """Return the snapshot that would be sent now, whether or not it may be."""
    if data.snapshots is None:
        return Upcoming(payload={}, body=b"", destination=None)
    found = await upcoming_snapshot(data.snapshots, explain=explain)
    payload = found.report.payload
    return Upcoming(
        payload=payload,
        body=found.body if payload else b"",
        destination=found.destination,
        more={"dropped": dict(found.report.dropped)},
        held=found.held,
        devices=found.devices,
    )


async def _upcoming_crash(data: AnalyticsData) -> Upcoming:
    """Return the envelope that the newest fault would be sent in; without one, no payload.

    Nothing is sent, and no id is made. Faults are noticed only while crash reports are in force.
    """
    newest = await data.crash_reporter.async_newest()
    return Upcoming(
        payload=newest.lines if newest else None,
        body=encoded(newest.lines) if newest else b"",
        destination=crash_reports(data),
        held=newest.held if newest else (),
    )
