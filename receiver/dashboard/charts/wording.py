"""How numbers, days and names are written on the pages."""

import unicodedata
from datetime import UTC, date, datetime
from typing import Final

from markupsafe import Markup

from ...paths import segment_of

TYPES: Final = {
    "os": "Home Assistant OS",
    "container": "Container",
    "core": "Core",
    "supervised": "Supervised",
    "unsupported_container": "Third-party container",
    "unknown": "Unknown",
}
STATISTICS: Final = {
    "state_count": "Entities",
    "automation_count": "Automations",
    "integration_count": "Integrations",
    "addon_count": "Apps",
    "user_count": "Users",
}
ENGINES: Final = {"sqlite": "SQLite", "mysql": "MariaDB or MySQL", "postgresql": "PostgreSQL"}

LONGEST_NAME: Final = 80
UNSEEN: Final = {
    "Cc",
    "Cf",
    "Cs",
    "Zl",
    "Zp",
}  # categories of Unicode that show nothing, or move text


def number(value: float) -> str:
    """Write a number with separators, and with decimals only where it has some."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def noun(count: float) -> str:
    """Return what is counted, as it is called for this number."""
    return "installation" if count == 1 else "installations"


def share(part: float, whole: float) -> float:
    """Return a part as a percentage, at most 100: roundings of parts and wholes are separate."""
    return min(100 * part / whole, 100) if whole else 0


def percent(value: float) -> str:
    """Write a percentage, with a decimal where it matters."""
    if 0 < value < 0.1:
        return "<0.1%"
    return f"{value:.0f}%" if value in {0, 100} else f"{value:.1f}%"


def day(value: date) -> str:
    """Write a day, like 25 Nov 2026."""
    return f"{value.day} {value:%b %Y}"


def month(text: str) -> str:
    """Write a month, like Nov 2026, of its ISO 8601 form."""
    return f"{date.fromisoformat(f'{text}-01'):%b %Y}"


def moment(milliseconds: float) -> datetime | None:
    """Return a time of the figures, or nothing where there has been none."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds > 0 else None


def name(text: str) -> str:
    """Return a name of someone else's making as one line that moves nothing around it."""
    seen = "".join("�" if unicodedata.category(sign) in UNSEEN else sign for sign in text)
    return seen if len(seen) <= LONGEST_NAME else f"{seen[: LONGEST_NAME - 1]}…"


def folded(text: str) -> str:
    """Return what a name and a domain have in common: "Mobile App" is mobile_app."""
    return text.casefold().replace(" ", "_")


def every(seconds: int) -> str:
    """Write how often something happens, like "every 6 hours"."""
    units = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
    unit, length = next(unit for unit in units if seconds % unit[1] == 0)
    count = seconds // length
    return f"every {unit}" if count == 1 else f"every {count} {unit}s"


def days(count: int) -> str:
    """Write a number of days."""
    return "1 day" if count == 1 else f"{number(count)} days"


def breakable(text: str) -> Markup:
    """Return a name that may go on in the next line after each of its parts."""
    return Markup("_<wbr>").join(text.split("_"))


def segment(text: str) -> str:
    """Return a name as a segment of a path; empty where it can't be one, as a browser reads it."""
    return "" if text in {"", ".", ".."} else segment_of(text)
