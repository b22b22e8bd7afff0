"""Models and makers that an address asks for: the same words lead to a page and to its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlencode

from .. import sorting
from ..sorting import INSTALLATIONS
from .catalogue import Catalogue, Maker, Model
from .classes import CLASSES, GROUPS, of

# Of what is searched for, and of each filter.
LONGEST: Final = 256
# What can be sorted by, and whether the largest come first.
MODELS: Final[sorting.Orders[Model]] = {
    "model": (lambda one: one.model.casefold(), False),
    "manufacturer": (lambda one: one.made_by.casefold(), False),
    "integration": (lambda one: one.integrations[:1], False),
    "class": (lambda one: tuple(map([*GROUPS].index, one.groups)) or (len(GROUPS),), False),
    "kinds": (lambda one: len(one.kinds), True),
    INSTALLATIONS: (lambda one: one.total, True),
    "devices": (lambda one: one.devices, True),
    "first": (lambda one: one.first, True),
}
MAKERS: Final[sorting.Orders[Maker]] = {
    "manufacturer": (lambda one: one.label.casefold(), False),
    "models": (lambda one: one.models, True),
    INSTALLATIONS: (lambda one: one.total, True),
    "devices": (lambda one: one.devices, True),
    "first": (lambda one: one.first, True),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Query(sorting.Sorting):
    """What an address asks for; a filter that is not there is None."""

    ORDERS: ClassVar[sorting.Orders[Any]] = {**MODELS, **MAKERS}

    text: str = ""
    manufacturer: str | None = None
    kind: str | None = None
    reached: str | None = None
    """A class, or a group of them."""
    integration: str | None = None

    def with_(self, filtered: str, value: str | None) -> Self:
        """Return the query with a filter, or without it."""
        changed: dict[str, Any] = {filtered: value, "page": 1}
        return replace(self, **changed)

    @property
    def filters(self) -> Mapping[str, str]:
        """Return the filters by their names in an address."""
        named = {
            "manufacturer": self.manufacturer,
            "kind": self.kind,
            "class": self.reached,
            "integration": self.integration,
        }
        return {name: value for name, value in named.items() if value is not None}

    @property
    def narrowed(self) -> bool:
        """Tell whether anything is left out."""
        return bool(self.text or self.filters)

    @property
    def cleared(self) -> Self:
        """Return the query that leaves nothing out."""
        return type(self)(sort=self.sort, descending=self.descending)

    @property
    def order(self) -> Mapping[str, str]:
        """Return how it is sorted, as an address says it, where that is not as usual."""
        if (self.sort, self.descending) == (INSTALLATIONS, True):
            return {}
        return {"sort": self.sort, "order": "desc" if self.descending else "asc"}

    def __str__(self) -> str:
        fields = {"q": self.text} if self.text else {}
        fields |= {**self.filters, **self.order}
        fields |= {"page": str(self.page)} if self.page > 1 else {}
        return f"?{urlencode(fields, errors='replace')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found[T]:
    """A page of what matches."""

    query: Query
    rows: Sequence[T]
    matching: int
    pages: int
    longest: int
    """The most installations of one that matches."""


def read(parameters: Mapping[str, str], orders: Mapping[str, Any] = MODELS) -> Query:
    """Read an address; what is not understood is as if it was not there."""
    reached = parameters.get("class")
    return Query(
        text=parameters.get("q", "").strip()[:LONGEST],
        manufacturer=_filter(parameters, "manufacturer"),
        kind=_filter(parameters, "kind") or None,
        reached=reached if reached in {*GROUPS, *CLASSES} else None,
        integration=_filter(parameters, "integration") or None,
        **sorting.read(parameters, orders),
    )


def read_makers(parameters: Mapping[str, str]) -> Query:
    """Read an address of makers, which are only searched and sorted."""
    asked = read(parameters, MAKERS)
    return Query(text=asked.text, sort=asked.sort, descending=asked.descending, page=asked.page)


def matching(catalogue: Catalogue, query: Query) -> list[Model]:
    """Return the models that a query leaves, most used first."""
    found: Sequence[Model] = catalogue.models
    if query.manufacturer is not None:
        maker = catalogue.maker(query.manufacturer)
        found = [one for one in found if one.maker == maker]
    if (kind := query.kind) is not None:
        found = [one for one in found if kind in one.row.get("kinds", {})]
    if (domain := query.integration) is not None:
        found = [one for one in found if domain in one.integrations]
    if query.reached in GROUPS:
        found = [one for one in found if query.reached in one.groups]
    elif query.reached is not None:
        found = [one for one in found if query.reached in map(of, one.integrations)]
    words = query.text.casefold().split()
    return [one for one in found if all(word in one.text for word in words)]


def models(catalogue: Catalogue, query: Query, rows: int) -> Found[Model]:
    """Search, sort and cut the models."""
    return _cut(matching(catalogue, query), query, MODELS, rows)


def makers(catalogue: Catalogue, query: Query, rows: int) -> Found[Maker]:
    """Search, sort and cut the makers."""
    words = query.text.casefold().split()
    found = [
        one
        for one in catalogue.makers.values()
        if all(word in "\n".join((one.key, one.label, *one.spellings)).casefold() for word in words)
    ]
    return _cut(found, query, MAKERS, rows)


def _cut[T: (Maker, Model)](
    found: list[T], query: Query, orders: sorting.Orders[T], rows: int
) -> Found[T]:
    shown = sorting.cut(found, query, orders, rows)
    return Found(
        query=query.on(shown.page),
        rows=shown.rows,
        matching=len(found),
        pages=shown.pages,
        longest=max((one.total for one in found), default=0),
    )


def _filter(parameters: Mapping[str, str], name: str) -> str | None:
    value = parameters.get(name)
    return None if value is None else value[:LONGEST]
