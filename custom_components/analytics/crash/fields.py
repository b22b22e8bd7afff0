"""The table of what a crash report may hold; docs/privacy.md and the last filter come from it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashField:
    """A key of the event, by its dotted path, what it says, and the version that brought it."""

    name: str
    description: str
    since: int = 1


def _row(name: str, description: str) -> CrashField:
    return CrashField(name=name, description=description)


FIELDS: Final = (
    _row("event_id", "Random number of the report."),
    _row("timestamp", "When the fault happened, to the second."),
    _row("platform", "`python`."),
    _row("level", "`error`, or `fatal` for a native crash."),
    _row("release", "Version of Home Assistant, as `homeassistant@2026.10.4`."),
    _row("environment", "`production`."),
    _row(
        "logentry.message",
        "The log message as its source has it, with gaps or `%s` for what was filled in. Of custom "
        "integrations, and where the source does not show it, what is left when only plain words "
        "are kept that name nobody. Of your own scripts nothing.",
    ),
    _row(
        "exception.values[].type",
        "Class of the exception. Classes of your own scripts, and such as were made while running, "
        "are called `Exception`.",
    ),
    _row("exception.values[].module", "Module of that class."),
    _row(
        "exception.values[].mechanism",
        "How it was noticed, and which exception caused or groups which.",
    ),
    _row(
        "exception.values[].stacktrace.frames[]",
        "Each place that it passed in the host, an integration, a published package or Python: "
        "`filename` below the package, `module`, `function`, `lineno`, `in_app`; of native crashes "
        "`package` (the library) and the symbol. Places in your own scripts and templates are left "
        "out.",
    ),
    _row(
        "exception.values[].stacktrace.frames[].context_line",
        "With `pre_context` and `post_context` the source around it, of the host and of published "
        "packages only, for the ten innermost places of an exception.",
    ),
    _row(
        "breadcrumbs.values[]", "When this run of Home Assistant was starting, running, stopping."
    ),
    _row("tags.integration", "Domain of the integration in which it happened."),
    _row("tags.integration_version", "Its version, if it is a custom integration."),
    _row("tags.custom_integration", "`yes` or `no`."),
    _row("contexts.home_assistant.version", "Version of Home Assistant."),
    _row("contexts.home_assistant.installation_type", "How Home Assistant was installed."),
    _row("contexts.home_assistant.recorder_engine", "Kind of database that keeps the history."),
    _row("contexts.home_assistant.previous_run", "How the run before this one ended."),
    _row("contexts.runtime.name", "`CPython`."),
    _row("contexts.runtime.version", "Version of Python."),
    _row("contexts.device.arch", "Processor architecture."),
    _row("contexts.fault.count", "How often the fault happened since it was reported last."),
    _row("user.id", "Random id of this installation, made for this server only."),
    _row("sdk.name", "`sentry.python`."),
    _row("sdk.version", "Version of sentry-sdk."),
)

# What the user's yes to a crash report server is given to.
VERSION: Final = max(field.since for field in FIELDS)
