"""Charts of devices: of all together, and of one model."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..devices import Model, label_of
from ..schema import CONFIG, DIAGNOSTIC, EntityKind
from . import device_words as words
from .charts import History, Ranking, rank, trends
from .charts.versions import newest_first
from .charts.wording import name
from .integrations import written
from .sections import totals
from .views import Context, Figures

OF: Final = "that share their devices"
MOST: Final = 40
HAVE: Final = "that have it"


def overview(figures: Figures) -> Context:
    """Return what is told of all devices at a glance."""
    devices = figures.get("devices") or {}
    return {
        "shared": devices.get("installations", 0),
        "reaches": _of_all(
            devices,
            "reaches",
            key="device-reaches",
            title="Local or cloud",
            column="Reached",
            label=lambda one: words.GROUPS[one][0] if one in words.GROUPS else name(one),
            link=lambda one: words.asked_address("reached", one) if one in words.GROUPS else "",
        ),
        "manufacturers": _of_all(
            devices,
            "makers",
            key="manufacturers",
            title="Manufacturers",
            column="Manufacturer",
            label=lambda key: words.maker(label_of(key, devices["makers"][key])),
            link=words.maker_address,
        ),
    }


def around(figures: Figures, history: History) -> Context:
    """Return all that is told of all devices together."""
    labels = {one: label for one, (label, _) in words.GROUPS.items()}
    return overview(figures) | {
        "reaches_chart": trends.device_reaches(history, labels),
        "classes": _of_all(
            figures.get("devices") or {},
            "classes",
            key="device-classes",
            title="How exactly",
            column="Class",
            label=lambda one: words.CLASSES.get(one, name(one)),
            link=lambda one: words.asked_address("reached", one) if one in words.CLASSES else "",
        ),
    }


def _of_all(
    devices: Mapping[str, Any],
    table: str,
    *,
    key: str,
    title: str,
    column: str,
    label: Callable[[str], str],
    link: Callable[[str], str],
) -> Ranking:
    """Return how many of those that share their devices have each of a table."""
    return rank(
        totals(devices.get(table, {})),
        devices.get("installations", 0),
        key=key,
        title=title,
        column=column,
        of=OF,
        label=label,
        link=link,
    )


def steps(row: Mapping[str, Any], total: int, of: str) -> Ranking:
    """Return how many devices homes have."""
    return rank(
        row.get("devices", {}),
        total,
        key="many",
        title="How many a home has",
        column="Devices",
        of=of,
        label=lambda step: words.STEPS.get(step, step),
        order=int,
        shown=len(words.STEPS),
    )


def reached(figures: Figures, one: Model) -> list[Ranking]:
    """Return by which integrations a model is reached, and behind whose hubs."""
    pages = figures.get("integrations", {})
    rankings = [
        rank(
            one.row.get(part, {}),
            one.total,
            key=part,
            title=title,
            column="Integration",
            of=HAVE,
            label=written,
            beside=beside,
            link=lambda domain: (
                f"/integrations/{domain}"
                if domain in pages and domain.isascii() and domain.isidentifier()
                else ""
            ),
        )
        for part, title, beside in (
            ("integrations", "Integrations", words.iot_class),
            ("hubs", "Behind a hub of", lambda _: ""),
        )
    ]
    return [one for one in rankings if one.rows]


def brought(one: Model) -> list[Ranking]:
    """Return which kinds of entities a model brings, and which of these are only about itself."""
    parts = (
        ("", "What it is for"),
        (DIAGNOSTIC, "Diagnostics"),
        (CONFIG, "Settings"),
    )
    rankings = [
        rank(
            {
                kind: count
                for kind, count in one.row.get("kinds", {}).items()
                if EntityKind.read(kind).category == category
            },
            one.total,
            key=f"kinds-{category or 'main'}",
            title=title,
            column="Kind",
            of=HAVE,
            label=words.kind,
            beside=words.term,
            link=lambda kind: words.asked_address("kind", kind),
        )
        for category, title in parts
    ]
    return [one for one in rankings if one.rows]


def versions(one: Model) -> list[Ranking]:
    """Return which versions of a model are in use, and by which ids it goes."""
    parts = (
        ("software", "Software", "Version"),
        ("hardware", "Hardware", "Version"),
        ("ids", "Model ids", "Id"),
    )
    rankings = [
        rank(
            one.row.get(part, {}),
            one.total,
            key=part,
            title=title,
            column=column,
            of=HAVE,
            ties=newest_first,
        )
        for part, title, column in parts
    ]
    return [one for one in rankings if one.rows]
