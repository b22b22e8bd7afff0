"""Home Assistant's releases by its calendar: a new one on each month's first Wednesday."""

from datetime import date, timedelta

WEDNESDAY = 2
PATCHES = 4  # one a week


def version_on(day: date) -> str:
    """Return the newest version of a day."""
    month = day.replace(day=1)
    if first_wednesday(month) > day:
        month = (month - timedelta(days=1)).replace(day=1)
    weeks = (day - first_wednesday(month)).days // 7
    return f"{month.year}.{month.month}.{min(weeks, PATCHES)}"


def first_wednesday(month: date) -> date:
    """Return the day of a month's release; `month` is its first day."""
    return month + timedelta(days=(WEDNESDAY - month.weekday()) % 7)


def others_version(name: str, day: date) -> str:
    """Return the newest version, on a day, of something with this name that others release."""
    pace = 14 + sum(name.encode()) % 40  # days between two
    number = (day - date(2025, 1, 1)).days // pace
    return f"{1 + len(name) % 3}.{number}.0"


def system_version(day: date) -> str:
    """Return the newest version of Home Assistant OS on a day."""
    months = (day.year - 2025) * 12 + day.month - 1
    return f"{14 + months // 6}.{months % 6 // 2}"
