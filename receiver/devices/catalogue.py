"""All models and makers of a publication, ready to be looked through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import is_
from threading import Lock
from typing import Any, Final, Self

from . import kinds
from .classes import classes_of, groups_of

# The part of the figures, and of a day of the history, that is about devices.
TABLE: Final = "devices"
MONTH: Final = len("2026-11")

type Figures = Mapping[str, Any]
type History = Sequence[Mapping[str, Any]]
type Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Maker:
    """A manufacturer: all that its spellings have in common is its key."""

    key: str
    label: str
    total: int
    devices: int
    models: int
    first: str
    row: Mapping[str, Any]

    @property
    def spellings(self) -> tuple[str, ...]:
        """Return how it is written, most used first."""
        return most_first(self.row.get("spellings", {}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A model of a maker."""

    maker: str
    made_by: str
    """How the maker is mostly written."""
    model: str
    total: int
    devices: int
    """How many there are at least."""
    integrations: tuple[str, ...]
    groups: tuple[str, ...]
    kinds: frozenset[str]
    """What it is for, without settings and diagnoses."""
    first: str
    """The month in which it was shown first; empty where the history does not have it."""
    row: Mapping[str, Any]
    text: str
    """What is searched."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the classes of the integrations by which it is reached."""
        return classes_of(self.integrations)


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """Models and makers, most used first."""

    installations: int = 0
    """How many share which devices they have."""
    models: tuple[Model, ...] = ()
    makers: Mapping[str, Maker] = field(default_factory=dict)
    known: Mapping[Key, Model] = field(default_factory=dict)

    @classmethod
    def of(cls, figures: Figures, history: History) -> Self:
        """Read figures and history."""
        devices = figures.get(TABLE) or {}
        months = _months(history)
        rows = devices.get("models", {})
        makers = _makers(devices.get("makers", {}), rows, _first(months, "makers", _names))
        first = _first(months, "models", _pairs)
        models = [
            _model(makers.get(maker) or _untold(maker), model, row, first)
            for maker, of_maker in rows.items()
            for model, row in of_maker.items()
        ]
        models.sort(key=lambda one: (-one.total, one.maker, one.model))
        return cls(
            installations=devices.get("installations", 0),
            models=tuple(models),
            makers=makers,
            known={(one.maker, one.model): one for one in models},
        )

    def maker(self, text: str) -> str | None:
        """Return the key of a maker, by that or by one of its spellings; None if there is none."""
        if text in self.makers:
            return text
        folded = text.casefold()
        return next(
            (
                one.key
                for one in self.makers.values()
                if folded == one.key or folded in map(str.casefold, one.spellings)
            ),
            None,
        )


class Newest:
    """The catalogue of what is published now: made once for pages and files, for it is large."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._of: tuple[Any, Any] = (None, None)
        self._catalogue = Catalogue()
        # Several threads ask, and one of them may have come with earlier figures.
        self._turn = Lock()

    def read(self, figures: Figures, history: History) -> Catalogue:
        """Return the catalogue of figures, which are replaced and never changed."""
        with self._turn:
            if not all(map(is_, self._of, (figures, history))):
                self._of, self._catalogue = (figures, history), Catalogue.of(figures, history)
            return self._catalogue


def at_least(steps: Mapping[str, int]) -> int:
    """Return how many there are at least where so many homes have so many or more."""
    reached = sorted((int(step), number) for step, number in steps.items())
    before = (0, *(step for step, _ in reached))
    return sum(
        (step - less) * number for (step, number), less in zip(reached, before, strict=False)
    )


def label_of(key: str, row: Mapping[str, Any]) -> str:
    """Return how a maker is mostly written."""
    return next(iter(most_first(row.get("spellings", {}))), key)


def most_first(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Return names by how many have them."""
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


type _Months = Sequence[tuple[str, Mapping[str, Any]]]


def _months(history: History) -> _Months:
    """Return the devices of the days of which they are kept: the last one of each month."""
    return [(one["day"][:MONTH], one[TABLE]) for one in history if one.get(TABLE)]


def _first(
    told: _Months, table: str, names: Callable[[Mapping[Any, Any]], Iterable[Any]]
) -> Mapping[Any, str]:
    """Return the first month in which each name of a table is shown."""
    found: dict[Any, str] = {}
    for month, devices in reversed(told):
        found.update(dict.fromkeys(names(devices.get(table, {})), month))
    return found


def _names(table: Mapping[str, Any]) -> Iterable[str]:
    return table


def _pairs(table: Mapping[str, Mapping[str, Any]]) -> Iterable[Key]:
    return ((maker, model) for maker, models in table.items() for model in models)


def _makers(
    rows: Mapping[str, Any], models: Mapping[str, Any], first: Mapping[str, str]
) -> Mapping[str, Maker]:
    ordered = sorted(rows, key=lambda key: (-rows[key]["total"], key))
    return {
        key: Maker(
            key=key,
            label=label_of(key, rows[key]),
            total=rows[key]["total"],
            devices=at_least(rows[key].get("devices", {})),
            models=len(models.get(key, {})),
            first=first.get(key, ""),
            row=rows[key],
        )
        for key in ordered
    }


def _untold(key: str) -> Maker:
    """Return a maker that has no row: too many may have one."""
    return Maker(key=key, label=key, total=0, devices=0, models=0, first="", row={})


def _model(maker: Maker, model: str, row: Mapping[str, Any], first: Mapping[Key, str]) -> Model:
    domains = most_first(row.get("integrations", {}))
    main = frozenset(filter(kinds.is_main, row.get("kinds", {})))
    words = (
        *(maker.key, maker.label, *maker.spellings, model, *row.get("ids", {})),
        *domains,
        *sorted({*main, *map(kinds.known, main)}),
    )
    return Model(
        maker=maker.key,
        made_by=maker.label,
        model=model,
        total=row["total"],
        devices=at_least(row.get("devices", {})),
        integrations=domains,
        groups=groups_of(domains),
        kinds=main,
        first=first.get((maker.key, model), ""),
        row=row,
        text="\n".join(words).casefold(),
    )
