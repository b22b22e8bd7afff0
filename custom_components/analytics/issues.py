"""Repair issues: what a user should know or decide, each there for as long as it is true."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from . import consent
from .const import DOMAIN
from .pipeline import Pipeline
from .settings import is_home_assistant
from .tiers import BASE

ANALYTICS_PAGE: Final = "homeassistant://config/analytics"

CONFIRM_DESTINATION: Final = "confirm_destination"
DELETE_SENT: Final = "delete_sent"
DESTINATION_UNDECIDED: Final = "destination_undecided"
DROPPED: Final = "dropped"
NEW_FIELDS: Final = "new_fields"
NOT_SAVED: Final = "not_saved"
OFF: Final = "off"
SETTINGS: Final = "settings"
STOPPED: Final = "stopped"
FOLLOWING: Final = (
    CONFIRM_DESTINATION,
    DELETE_SENT,
    DESTINATION_UNDECIDED,
    NEW_FIELDS,
    NOT_SAVED,
    OFF,
    SETTINGS,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """An issue that should be shown; `text` is the key of its translation."""

    name: str
    text: str
    fixable: bool = False
    error: bool = False
    placeholders: Mapping[str, str] = field(default_factory=dict)
    page: str | None = None


@callback
def async_update(hass: HomeAssistant, pipeline: Pipeline) -> None:
    """Show the issues that are true now, and no others."""
    shown = {issue.name: issue for issue in _true_now(pipeline)}
    for name in FOLLOWING:
        if name in shown:
            _create(hass, shown[name])
        else:
            ir.async_delete_issue(hass, DOMAIN, name)


@callback
def async_tell_dropped(hass: HomeAssistant, dropped: Mapping[str, int]) -> None:
    """Tell what the guard left out of the last report, by field and number, never by value."""
    if not dropped:
        ir.async_delete_issue(hass, DOMAIN, DROPPED)
        return
    counted = ", ".join(f"{name}: {number}" for name, number in sorted(dropped.items()))
    _create(hass, Issue(name=DROPPED, text=DROPPED, placeholders={"dropped": counted}))


@callback
def async_tell_stopped(hass: HomeAssistant, reason: str | None) -> None:
    """Tell that the guard stopped a report, and at which field; None when one passed again."""
    if reason is None:
        ir.async_delete_issue(hass, DOMAIN, STOPPED)
    else:
        _create(hass, Issue(name=STOPPED, text=STOPPED, error=True, placeholders={"field": reason}))


@callback
def async_clear(hass: HomeAssistant) -> None:
    """Take all issues away."""
    for name in (*FOLLOWING, DROPPED, STOPPED):
        ir.async_delete_issue(hass, DOMAIN, name)


def _true_now(pipeline: Pipeline) -> Iterator[Issue]:
    destination = pipeline.choices.destination
    named = {
        "name": destination.name,
        "url": destination.url,
        "privacy_url": destination.privacy_url or "-",
    }
    if switch := pipeline.gate.switch:
        yield Issue(name=OFF, text=f"off_{switch.kind}", placeholders={"switch": switch.name})
    if problem := pipeline.settings.problem:
        yield Issue(name=SETTINGS, text=SETTINGS, error=True, placeholders={"problem": problem})
    if not pipeline.store.saved:
        yield Issue(name=NOT_SAVED, text=NOT_SAVED, error=True)
    if _undecided(pipeline):
        yield Issue(
            name=DESTINATION_UNDECIDED,
            text=DESTINATION_UNDECIDED,
            placeholders=named,
            page=ANALYTICS_PAGE,
        )
    if pipeline.choices.pending:
        yield Issue(
            name=CONFIRM_DESTINATION, text=CONFIRM_DESTINATION, fixable=True, placeholders=named
        )
    if fields := consent.new_fields(pipeline.choices.in_force):
        listed = "\n".join(f"- `{item.name}`: {item.description}" for item in fields)
        yield Issue(
            name=NEW_FIELDS,
            text=NEW_FIELDS,
            fixable=True,
            placeholders={**named, "fields": listed},
        )
    if _withdrawn(pipeline):
        yield Issue(name=DELETE_SENT, text=DELETE_SENT, fixable=True, placeholders=named)


def _undecided(pipeline: Pipeline) -> bool:
    """Tell whether the destination changed to one that the user was not asked about."""
    destination = pipeline.choices.destination
    return not pipeline.choices.consent.decided and pipeline.store.decided_elsewhere(destination)


def _withdrawn(pipeline: Pipeline) -> bool:
    """Tell whether something was sent that can be deleted, and the user wants no more of it."""
    choices = pipeline.choices
    return (
        choices.consent.decided
        and not choices.consent.preferences.get(BASE.name, False)
        and pipeline.store.uuid(choices.destination) is not None
        and not is_home_assistant(choices.destination)
    )


def _create(hass: HomeAssistant, issue: Issue) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.name,
        is_fixable=issue.fixable,
        severity=ir.IssueSeverity.ERROR if issue.error else ir.IssueSeverity.WARNING,
        translation_key=issue.text,
        translation_placeholders=dict(issue.placeholders),
        learn_more_url=issue.page,
    )
