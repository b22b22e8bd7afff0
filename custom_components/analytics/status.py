"""What the integration is doing, in words and JSON, for status, diagnostics and system health."""

from datetime import datetime
from typing import Any

from . import taking_back
from .consent import (
    ATTR_SNAPSHOTS,
    allowed_tiers,
    consented_version,
    deletes,
)
from .crash import consent as crash_consent
from .data import AnalyticsData
from .outbound import last_report
from .snapshots import state as snapshots_state
from .tiers import TIERS, Tier


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
        "held": data.holding.waiting,
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
        "effective": data.crash_reporter.effective,
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
    return data.scheduler.next_time
