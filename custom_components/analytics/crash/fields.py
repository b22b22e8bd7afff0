"""The table of what a crash report may hold; docs/privacy.md and the last filter come from it."""

import re
from dataclasses import dataclass
from typing import Final

MAX_MESSAGE: Final = 500

_ANY: Final = re.compile("")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|\+00:00)", re.ASCII)
_DOMAIN: Final = re.compile(r"[a-z0-9_]{1,64}")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_NUMBER: Final = re.compile(r"[1-9]\d{0,8}", re.ASCII)
# What the host's built-in ones are called, and whatever a later one may be called.
_TYPE: Final = re.compile(r"Home Assistant [A-Z]\w{1,20}|Unsupported Third Party Container|Unknown")
_VERSION: Final = re.compile(r"[\w.+!-]{1,64}", re.ASCII)
_WORD: Final = re.compile(r"\w{1,32}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class CrashField:
    """A key of the event, by its dotted path, what it says, and the version that brought it.

    What is no text or number of this form is left out.
    """

    name: str
    description: str
    form: re.Pattern[str] = _ANY
    since: int = 1


def _row(name: str, description: str, form: re.Pattern[str] = _ANY) -> CrashField:
    return CrashField(name=name, description=description, form=form)


FIELDS: Final = (
    _row("event_id", "Random number of the report.", _ID),
    _row("timestamp", "When the fault happened, to the second.", _DATE),
    _row("platform", "`python`.", re.compile("python")),
    _row("level", "`error`, or `fatal` for a native crash.", re.compile("error|fatal")),
    _row(
        "release",
        "Version of Home Assistant, as `homeassistant@2026.10.4`.",
        re.compile(r"homeassistant@[\w.+-]{1,64}"),
    ),
    _row("environment", "`production`.", re.compile("production")),
    _row(
        "logentry.message",
        "The log message as a literal in the source has it, with gaps or `%s` for what was filled "
        "in, and nothing where there is no literal. Of custom integrations only what has no name "
        "or secret of this home in it, of your own scripts nothing.",
    ),
    _row(
        "exception.values[].type",
        "Class of the exception. Classes of your own scripts, and such as the source does not "
        "name since they were made while running, are called `Exception`.",
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
        "`package` (the library, where it is a published one or the system's) and the symbol. "
        "Places in your own scripts and templates, and in files of the host or a package that were "
        "added or edited, are left out.",
    ),
    _row(
        "exception.values[].stacktrace.frames[].context_line",
        "With `pre_context` and `post_context` the source around it, for the ten innermost places "
        "of an exception; of the host and of published packages only, where the file has the hash "
        "that its distribution lists.",
    ),
    _row(
        "breadcrumbs.values[]", "When this run of Home Assistant was starting, running, stopping."
    ),
    _row("tags.integration", "Domain of the integration in which it happened.", _DOMAIN),
    _row("tags.integration_version", "Its version, if it is a custom integration.", _VERSION),
    _row("tags.custom_integration", "`yes` or `no`.", re.compile("yes|no")),
    _row("contexts.home_assistant.version", "Version of Home Assistant.", _VERSION),
    _row("contexts.home_assistant.installation_type", "How Home Assistant was installed.", _TYPE),
    _row(
        "contexts.home_assistant.recorder_engine", "Kind of database that keeps the history.", _WORD
    ),
    _row("contexts.home_assistant.previous_run", "How the run before this one ended.", _WORD),
    _row("contexts.runtime.name", "`CPython`.", re.compile("CPython")),
    _row("contexts.runtime.version", "Version of Python.", _VERSION),
    _row("contexts.device.arch", "Processor architecture.", _WORD),
    _row(
        "contexts.fault.count", "How often the fault happened since it was reported last.", _NUMBER
    ),
    _row("user.id", "Random id of this installation, made for this server only.", _ID),
    _row("sdk.name", "`sentry.python`.", re.compile(r"sentry\.python")),
    _row("sdk.version", "Version of sentry-sdk.", _VERSION),
)

# What the user's yes to a crash report server is given to.
VERSION: Final = max(field.since for field in FIELDS)
