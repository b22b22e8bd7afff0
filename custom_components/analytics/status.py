"""What the integration is doing, in words and JSON, for status, diagnostics and system health."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from . import host, taking_back
from .consent import (
    ATTR_SNAPSHOTS,
    EXTENDED_NAMES,
    allowed_tiers,
    choose,
    consented_version,
    deletes,
)
from .const import CRASH, DOMAIN, REPORT, SNAPSHOT
from .crash import consent as crash_consent
from .crash import request
from .data import AnalyticsData
from .guard import GuardError
from .lifecycle import UNCLEAN
from .models import EVENTS, Consent, Message, Report
from .outbound import last_report
from .snapshots import preview as preview_snapshot
from .snapshots import state as snapshots_state
from .tiers import TIERS, Tier, encode


def status(data: AnalyticsData) -> dict[str, Any]:
    """Return the state of reporting; nothing in it is secret."""
    about_snapshots = {ATTR_SNAPSHOTS: snapshots_state(data.snapshots)} if data.snapshots else {}
    return {
        **about_snapshots,
        "destination": destination(data),
        "blocked": blocked(data),
        "effective": effective(data),
        "last_report": last_report(data.last_report),
        "next_report": due.isoformat() if (due := next_report(data)) else None,
        "retry_pending": data.scheduler.retrying,
        "told": taking_back.shown(data),
        "deletions_pending": data.forgetter.waiting,
        "crash_reports": crash_reports(data),
        "events_waiting": data.lifecycle.waiting,
        "previous_run": data.run.previous.end,
    }


def crash_reports(data: AnalyticsData) -> dict[str, Any] | None:
    """Return what becomes of crash reports; None where no server is set."""
    server = data.settings.crash_server
    if server is None:
        return None
    return {
        "name": server.destination.name,
        "url": server.destination.url,
        "confirmed": crash_consent.consented_version(data.store, server) > 0,
        "effective": data.crash_reporter.allowed,
        "waiting": data.crash_reporter.waiting,
        "deletes_on_request": False,
    }


def destination(data: AnalyticsData) -> dict[str, Any]:
    """Return where reports go, and what is known of it."""
    target = data.choices.destination
    return {
        "name": target.name,
        "url": target.url,
        "privacy_url": target.privacy_url,
        # The operator's claim, not a finding of ours.
        "named_in_frontend": target.named_in_frontend,
        "extended": target.extended,
        "confirmed": data.choices.confirmed,
        "deletes_on_request": deletes(target.url),
    }


def blocked(data: AnalyticsData) -> dict[str, Any] | None:
    """Return what keeps reports from being sent."""
    found = data.pipeline.blocked()
    return {"reason": found.obstacle, "detail": found.detail} if found else None


def effective(data: AnalyticsData) -> dict[str, bool]:
    """Return which tiers are in force at this moment, whatever the toggles show."""
    free = data.pipeline.blocked() is None
    tiers = allowed_tiers(data.choices.in_force) if free else ()
    return {tier.name: tier.name in tiers for tier in _offered(data) if tier.fields}


def tiers(data: AnalyticsData) -> list[dict[str, Any]]:
    """Return all that can be shared, what the user chose of it, and what is in force."""
    consent = data.choices.consent
    in_force = effective(data)
    chosen = data.choices.preferences | data.choices.more
    return [
        {
            "name": tier.name,
            "title": tier.title,
            "description": tier.description,
            "fields": [
                {"name": field.name, "description": field.description, "since": field.since}
                for field in tier.fields
            ],
            "version": tier.version,
            "accepted_version": consented_version(consent, tier.name),
            "requires": list(tier.requires),
            "taken": data.choices.destination.extended or not tier.extended,
            "chosen": chosen[tier.name],
            "effective": in_force.get(tier.name, False),
        }
        for tier in TIERS.values()
    ]


def _offered(data: AnalyticsData) -> list[Tier]:
    """Return the tiers that the destination takes."""
    return [
        tier for tier in TIERS.values() if data.choices.destination.extended or not tier.extended
    ]


def next_report(data: AnalyticsData) -> datetime | None:
    """Return the time of the next attempt."""
    due = data.scheduler.next_due
    return None if due is None else _moment(due - data.hass.loop.time())


def previewed_kinds() -> tuple[str, ...]:
    """Return what a preview can be of."""
    kinds = (REPORT, *(event.value for event in EVENTS), CRASH)
    return (*kinds, SNAPSHOT) if host.has_snapshots() else kinds


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
    if kind == CRASH:
        return await _preview_crash(data)
    if kind == SNAPSHOT:
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
        "bytes": len(request(server, lines).body) if server and lines else 0,
    }


def _moment(seconds: float) -> datetime:
    return dt_util.utcnow() + timedelta(seconds=seconds)
