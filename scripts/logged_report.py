"""Find reports in a host's log and hold them against what arrived.

The log shows the exact JSON but for the id, of which it shows four digits.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

ID_KEY = "uuid"
ID_DIGITS_SHOWN = 4
PLUGIN_LINE = re.compile(r"^.*\[custom_components\.analytics[^\]]*\] .*$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoggedReport:
    """A report as the log has it: its line, the JSON in it, and the plugin's line after it."""

    line: str
    report: Mapping[str, object]
    outcome: str | None


def logged_reports(log: str) -> list[LoggedReport]:
    """Return the reports in a log, oldest first."""
    lines = PLUGIN_LINE.findall(log)
    return [
        LoggedReport(line=line, report=report, outcome=outcome)
        for line, outcome in zip_longest(lines, lines[1:])
        for report in _reports_in(line)
    ]


def differences(logged: Mapping[str, object], received: Mapping[str, object]) -> list[str]:
    """Say in what a logged report is not the received one; empty where they agree."""
    found = [
        f"{key}: the log has {_shown(logged, key)}, the sink received {_shown(received, key)}"
        for key in sorted({*logged, *received} - {ID_KEY})
        if not _same(logged, received, key)
    ]
    if not _id_is_shortened(logged.get(ID_KEY), received.get(ID_KEY)):
        found.append(f"{ID_KEY}: the log should show {ID_DIGITS_SHOWN} digits of the received id")
    return found


def _reports_in(line: str) -> Iterator[Mapping[str, object]]:
    """Yield the JSON object of a log line where that is a report."""
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r"\{", line)):
        try:
            value, _ = decoder.raw_decode(line, start)
        except json.JSONDecodeError:
            continue
        if isinstance(value, dict) and ID_KEY in value:
            yield value
            return


def _same(logged: Mapping[str, object], received: Mapping[str, object], key: str) -> bool:
    # As JSON, because Python holds 1, 1.0 and True for equal.
    return _shown(logged, key) == _shown(received, key)


def _shown(report: Mapping[str, object], key: str) -> str:
    return json.dumps(report[key], sort_keys=True) if key in report else "nothing"


def _id_is_shortened(logged: object, received: object) -> bool:
    if not isinstance(logged, str) or not isinstance(received, str):
        return False
    digits = "".join(re.findall(r"[0-9a-f]", logged))
    return len(digits) == ID_DIGITS_SHOWN and received.startswith(digits)
