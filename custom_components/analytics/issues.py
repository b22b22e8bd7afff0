"""Repair issues: what a user should know or decide, each there for as long as it is true."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir

from .consent import new_fields
from .const import DOMAIN, PANEL
from .crash import CrashField
from .crash import consent as crash_consent
from .models import CrashServer, Destination, Matter, Told
from .part import Part
from .pipeline import Pipeline
from .settings import usable
from .snapshots import SnapshotReporter
from .texts import markdown, markdown_link
from .tiers import Field
from .unshared import unshared

NO_PRIVACY_URL: Final = "none given"
# Rooms of the panel, in the form that the front end of every host follows. A question that can be
# answered in its dialog has no such link: its text has one.
ROOM: Final = f"homeassistant://{PANEL}"

CONFIRM_CRASH_SERVER: Final = "confirm_crash_server"
CONFIRM_SNAPSHOTS: Final = "confirm_snapshots"
CONFIRM_DESTINATION: Final = "confirm_destination"
DELETE_SENT: Final = "delete_sent"
DESTINATION_UNDECIDED: Final = "destination_undecided"
DROPPED: Final = "dropped"
NEW_CRASH_FIELDS: Final = "new_crash_fields"
NEW_FIELDS: Final = "new_fields"
NOT_SAVED: Final = "not_saved"
OFF: Final = "off"
SETTINGS: Final = "settings"
STOPPED: Final = "stopped"
FOLLOWING: Final = (
    CONFIRM_CRASH_SERVER,
    CONFIRM_DESTINATION,
    CONFIRM_SNAPSHOTS,
    DELETE_SENT,
    DESTINATION_UNDECIDED,
    NEW_CRASH_FIELDS,
    NEW_FIELDS,
    NOT_SAVED,
    OFF,
    SETTINGS,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """An issue that should be shown; `text` is the key of its translation, unless it is `name`."""

    name: str
    text: str = ""
    fixable: bool = False
    error: bool = False
    placeholders: Mapping[str, str] = field(default_factory=dict)
    room: str | None = None


@dataclass(frozen=True, kw_only=True)
class Issues(Part):
    """Shows the issues that are true, and no others."""

    hass: HomeAssistant
    pipeline: Pipeline
    snapshots: SnapshotReporter | None

    @callback
    def async_update(self) -> None:
        """Show what is true now."""
        shown = {issue.name: issue for issue in self._true_now()}
        for name in FOLLOWING:
            if name in shown:
                _create(self.hass, shown[name])
            else:
                ir.async_delete_issue(self.hass, DOMAIN, name)

    def _true_now(self) -> Iterator[Issue]:
        yield from _about_reports(self.pipeline, self.snapshots)
        if server := self.pipeline.settings.crash_server:
            yield from _about_crash_reports(self.pipeline, server)
        if self.snapshots and self.snapshots.pending:
            yield _about_snapshots(self.snapshots.destination)


@callback
def async_tell_dropped(hass: HomeAssistant, dropped: Mapping[str, int]) -> None:
    """Tell what the guard left out of the last report, by field and number, never by value."""
    if not dropped:
        ir.async_delete_issue(hass, DOMAIN, DROPPED)
        return
    counted = ", ".join(f"{name}: {number}" for name, number in sorted(dropped.items()))
    _create(hass, Issue(name=DROPPED, placeholders={"dropped": markdown(counted)}, room="left"))


@callback
def async_tell_stopped(hass: HomeAssistant, reason: str | None) -> None:
    """Tell that the guard stopped a report, and at which field; None when one passed again."""
    if reason is None:
        ir.async_delete_issue(hass, DOMAIN, STOPPED)
    else:
        _create(
            hass,
            Issue(name=STOPPED, error=True, placeholders={"field": markdown(reason)}, room="next"),
        )


@callback
def async_clear(hass: HomeAssistant) -> None:
    """Take all issues away."""
    for name in (*FOLLOWING, DROPPED, STOPPED):
        ir.async_delete_issue(hass, DOMAIN, name)


def _about_reports(pipeline: Pipeline, snapshots: SnapshotReporter | None) -> Iterator[Issue]:
    named = _named(pipeline.choices.destination)
    if switch := pipeline.gate.switch:
        yield Issue(
            name=OFF, text=f"off_{switch.kind}", placeholders={"switch": switch.name}, room="now"
        )
    if problem := pipeline.problem:
        yield Issue(
            name=SETTINGS, error=True, placeholders={"problem": markdown(problem)}, room="options"
        )
    if not pipeline.store.saved:
        yield Issue(name=NOT_SAVED, error=True, room="now")
    if _undecided(pipeline):
        yield Issue(
            name=DESTINATION_UNDECIDED,
            placeholders=named,
            room="choose",
        )
    if pipeline.choices.pending:
        yield Issue(name=CONFIRM_DESTINATION, fixable=True, placeholders=named)
    if fields := new_fields(pipeline.choices.in_force):
        yield Issue(
            name=NEW_FIELDS,
            fixable=True,
            placeholders={**named, "fields": _listed(fields)},
        )
    # Some may have been kept in another form, with whatever is in it.
    if urls := [*dict.fromkeys(filter(None, map(_address, unshared(pipeline, snapshots))))]:
        listed = {"url": ", ".join(urls), "destinations": "\n".join(f"- `{url}`" for url in urls)}
        yield Issue(name=DELETE_SENT, fixable=True, placeholders=listed)


def _about_crash_reports(pipeline: Pipeline, server: CrashServer) -> Iterator[Issue]:
    """Yield what is to be asked about the crash report server, which is confirmed by itself."""
    choices, store = pipeline.choices, pipeline.store
    named = _named(server.destination)
    if crash_consent.pending(choices, store, server):
        yield Issue(name=CONFIRM_CRASH_SERVER, fixable=True, placeholders=named)
    if fields := crash_consent.new_fields(choices, store, server):
        yield Issue(
            name=NEW_CRASH_FIELDS,
            fixable=True,
            placeholders={**named, "fields": _listed(fields)},
        )


def _about_snapshots(destination: Destination) -> Issue:
    """Return what is to be asked where configuration.yaml has turned snapshots on."""
    return Issue(
        name=CONFIRM_SNAPSHOTS,
        fixable=True,
        placeholders=_named(destination),
    )


def _named(destination: Destination) -> dict[str, str]:
    """Return what descriptions say of a destination, in Markdown.

    Titles and buttons say nothing of it: they are cut off where they are long, and with them the
    end of a host, by which it is known.
    """
    url, policy = destination.url, destination.privacy_url
    return {
        "name": markdown(destination.name),
        "url": url,
        "privacy_url": markdown_link(policy) if policy else NO_PRIVACY_URL,
    }


def _address(item: Told) -> str | None:
    """Return an address as it is shown elsewhere: a path is put behind that of snapshots."""
    url = usable(item.url)
    return url.rstrip("/") if url and item.matter is Matter.SNAPSHOTS else url


def _listed(fields: Iterable[Field | CrashField]) -> str:
    return "\n".join(f"- `{item.name}`: {item.description}" for item in fields)


def _undecided(pipeline: Pipeline) -> bool:
    """Tell whether the destination changed to one that the user was not asked about."""
    destination = pipeline.choices.destination
    return not pipeline.choices.consent.decided and pipeline.store.decided_elsewhere(destination)


def _create(hass: HomeAssistant, issue: Issue) -> None:
    text = issue.text or issue.name
    known = ir.async_get(hass).async_get_issue(DOMAIN, issue.name)
    if known is not None and _subject(known.translation_key, known.translation_placeholders) != (
        _subject(text, issue.placeholders)
    ):
        # Another question under the same name: that the old one was ignored says nothing of it.
        ir.async_delete_issue(hass, DOMAIN, issue.name)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.name,
        is_fixable=issue.fixable,
        severity=ir.IssueSeverity.ERROR if issue.error else ir.IssueSeverity.WARNING,
        translation_key=text,
        translation_placeholders=dict(issue.placeholders),
        learn_more_url=f"{ROOM}/{issue.room}" if issue.room else None,
    )


def _subject(text: str | None, placeholders: Mapping[str, str] | None) -> tuple[str | None, ...]:
    """Return what an issue is about: which text, and which destination or switch."""
    named = placeholders or {}
    return text, named.get("url"), named.get("switch")
