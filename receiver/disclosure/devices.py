"""Decide what may be seen of the devices that installations share.

What looks as if it told of a home is left out, however many have it. Whoever takes snapshots has
dropped it already; what was kept before a rule was there is not shown either.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from ..counting import Counts, Names
from ..schema import CATEGORIES, REPORTED, EntityKind, devices
from ..texts import reveals_as_model, reveals_as_name, reveals_as_version
from .rounding import MOST_SHOWN, Rounding, full

# Of one table of parts, those of all models: made-up ones must not fill the memory.
MOST_PARTS: Final = 5 * MOST_SHOWN
# Of one model, or maker: nor its page.
MOST_OF_ONE: Final = 100
_NAME: Final = re.compile(r"[a-z0-9_]+")

type Devices = dict[str, Any]
# One text, or a maker and a model.
type _Owner = tuple[str, ...]
type _Rows = dict[_Owner, dict[str, Any]]
type _Reveals = Callable[[str], bool]


def _reveals_as_kind(kind: str) -> bool:
    """Tell it of what is made of two names at most, and a category perhaps."""
    read = EntityKind.read(kind)
    if str(read) != kind or read.category not in {"", *CATEGORIES}:
        return True
    names = (read.domain, read.device_class) if read.device_class else (read.domain,)
    return any(not _NAME.fullmatch(one) or reveals_as_name(one) for one in names)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rowed:
    """By which tables rows are made: who has any, who so many devices or more, and parts."""

    totals: str
    many: str
    reveals: _Reveals
    parts: Mapping[str, tuple[str, _Reveals]] = field(default_factory=dict)
    """By what they are called in figures."""


_REACHES: Final = _Rowed(totals=devices.REACHES, many=devices.REACH_MANY, reveals=reveals_as_name)
_CLASSES: Final = _Rowed(totals=devices.CLASSES, many=devices.CLASS_MANY, reveals=reveals_as_name)
_INTEGRATIONS: Final = _Rowed(
    totals=devices.INTEGRATIONS, many=devices.INTEGRATION_MANY, reveals=reveals_as_name
)
_MAKERS: Final = _Rowed(
    totals=devices.MAKERS,
    many=devices.MAKER_MANY,
    reveals=reveals_as_model,
    parts={"spellings": (devices.MAKER_SPELLINGS, reveals_as_model)},
)
_MODELS: Final = _Rowed(
    totals=devices.MODELS,
    many=devices.MODEL_MANY,
    reveals=reveals_as_model,
    parts={
        "ids": (devices.MODEL_IDS, reveals_as_model),
        "software": (devices.MODEL_SOFTWARE, reveals_as_version),
        "hardware": (devices.MODEL_HARDWARE, reveals_as_version),
        "kinds": (devices.MODEL_KINDS, _reveals_as_kind),
        "integrations": (devices.MODEL_INTEGRATIONS, reveals_as_name),
        "hubs": (devices.MODEL_HUBS, reveals_as_name),
    },
)


def publish_devices(counts: Counts, show: Rounding) -> Devices:
    """Return the figures of devices."""
    makers = _rows(_MAKERS, counts, show)
    # None of a maker that is not shown.
    models = _rows(_MODELS, counts, show, lambda model: model[:1] in makers)
    kinds = {name: many for name, many in counts[devices.KINDS].items() if many >= show.k}
    return {
        "installations": show.count(counts[REPORTED][devices.SHARED]),
        "reaches": _by_one(_rows(_REACHES, counts, show)),
        "classes": _by_one(_rows(_CLASSES, counts, show)),
        "integrations": _by_one(_rows(_INTEGRATIONS, counts, show)),
        "kinds": show.table({k: many for k, many in kinds.items() if not _reveals_as_kind(k)}),
        "makers": _by_one(makers),
        "models": _by_two(models),
    }


def still_public(figures: Devices) -> Devices:
    """Leave out makers and models that an earlier version published, and this one would not."""
    makers = {name: one for name, one in figures["makers"].items() if not reveals_as_model(name)}
    models = {
        maker: {name: one for name, one in of.items() if not reveals_as_model(name)}
        for maker, of in figures["models"].items()
        if maker in makers
    }
    return figures | {"makers": makers, "models": full(models)}


def coarsen_devices(figures: Devices, show: Rounding) -> Devices:
    """Round figures once more, also those of which there are totals only."""
    again: Mapping[str, Callable[[Any], Any]] = {
        "installations": show.count,
        "kinds": show.again,
        **dict.fromkeys(("reaches", "classes", "integrations", "makers"), partial(_again, show)),
        "models": lambda makers: full({name: _again(show, of) for name, of in makers.items()}),
    }
    return {name: again[name](value) for name, value in figures.items()}


def _again(show: Rounding, table: Mapping[str, Any]) -> dict[str, Any]:
    has_rows = any(isinstance(one, Mapping) for one in table.values())
    again: dict[str, Any] = show.rows(table) if has_rows else show.again(table)
    return again


def _rows(
    of: _Rowed, counts: Counts, show: Rounding, shown: Callable[[_Owner], bool] = lambda _: True
) -> _Rows:
    """Return a row for each name that may be seen."""
    names = {
        owner: number
        for name, number in counts[of.totals].items()
        if number >= show.k
        and shown(owner := name if isinstance(name, tuple) else (name,))
        and not any(map(of.reveals, owner))
    }
    rows: _Rows = {owner: {"total": total} for owner, total in show.table(names).items()}
    _add(rows, "devices", _at_least(counts[of.many], rows), show.steps)
    for part, (table, reveals) in of.parts.items():
        found = _enough(counts[table], rows, show, reveals)
        _add(rows, part, show.table(found, MOST_PARTS), lambda one: show.table(one, MOST_OF_ONE))
    return rows


def _at_least(pairs: Names, rows: _Rows) -> dict[Any, int]:
    """Return of each row how many have so many devices or more, by steps.

    Each is summed up before it is rounded: of homes that are apart by steps, fewer would be shown.
    """
    found: Counter[Any] = Counter()
    for (*owner, reached), number in pairs.items():
        if tuple(owner) in rows:
            found.update({(*owner, step): number for step in devices.STEPS if step <= reached})
    return found


def _enough(
    pairs: Names, rows: _Rows, show: Rounding, reveals: Callable[[Any], bool] = lambda _: False
) -> dict[Any, int]:
    """Return what belongs to rows, enough have, and may be seen."""
    return {
        name: number
        for name, number in pairs.items()
        if number >= show.k and name[:-1] in rows and not reveals(name[-1])
    }


def _add(
    rows: _Rows, part: str, pairs: Mapping[Any, int], table: Callable[[Any], dict[str, int]]
) -> None:
    """Add to each row the table of its part."""
    groups = defaultdict[_Owner, dict[Any, int]](dict)
    for name, number in pairs.items():
        groups[name[:-1]][name[-1]] = number
    for owner, row in rows.items():
        row[part] = table(groups.get(owner, {}))


def _by_one(rows: _Rows) -> dict[str, Any]:
    return {name: row for (name,), row in rows.items()}


def _by_two(rows: _Rows) -> dict[str, dict[str, Any]]:
    """Return rows of models by their makers."""
    makers: dict[str, dict[str, Any]] = {}
    for (maker, model), row in rows.items():
        makers.setdefault(maker, {})[model] = row
    return makers
