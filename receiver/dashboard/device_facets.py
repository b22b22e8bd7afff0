"""What the models of a table can be narrowed down by, each a link that says how many it leaves."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..devices import Catalogue, Model, Query, classes, query
from . import device_words as words
from .charts.wording import name
from .integrations import known

INTEGRATIONS: Final = 7
MOST: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A link: what it narrows down to, how many models that leaves, and whether it is chosen."""

    id: str
    label: str
    beside: str = ""
    models: int
    chosen: bool
    query: Query
    """What the link leads to: without this choice where it is chosen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Facet:
    """Choices of one sort: some at once, the rest behind a word."""

    title: str
    all: str
    first: tuple[Choice, ...]
    rest: tuple[Choice, ...]


def facets(catalogue: Catalogue, asked: Query) -> tuple[Facet, ...]:
    """Return what a query can be narrowed down by, without what leads to nothing."""
    made = (_brings(catalogue, asked), _reached(catalogue, asked), _through(catalogue, asked))
    return tuple(one for one in made if one.first or one.rest)


def _brings(catalogue: Catalogue, asked: Query) -> Facet:
    counts = _counted(catalogue, asked, "kind", lambda model: model.kinds)
    choices = _choices(asked, "kind", asked.kind, counts, words.kind, words.term)
    prominent = [one for one in words.PROMINENT if one in choices]
    return _facet("Brings", "All kinds", choices, prominent, asked.kind)


def _reached(catalogue: Catalogue, asked: Query) -> Facet:
    groups = _counted(catalogue, asked, "reached", lambda model: model.groups)
    exact = _counted(catalogue, asked, "reached", lambda model: model.classes)
    counts = groups + exact
    choices = _choices(asked, "reached", asked.reached, counts, words.reach, lambda _: "")
    ordered = {one: choices[one] for one in (*classes.GROUPS, *classes.CLASSES) if one in choices}
    first = [one for one in ordered if one in classes.GROUPS]
    return _facet("Reached", "How exactly", ordered, first, asked.reached)


def _through(catalogue: Catalogue, asked: Query) -> Facet:
    counts = _counted(catalogue, asked, "integration", lambda model: model.integrations)
    choices = _choices(
        asked,
        "integration",
        asked.integration,
        counts,
        lambda one: known(one) or name(one),
        lambda one: name(one) if known(one) else "",
    )
    most = sorted(counts, key=lambda one: (-counts[one], one))
    return _facet("Through", "All integrations", choices, most[:INTEGRATIONS], asked.integration)


def _counted(
    catalogue: Catalogue, asked: Query, filtered: str, names: Callable[[Model], Iterable[str]]
) -> Counter[str]:
    """Count the models by what a filter asks for, as all other filters leave them."""
    found = query.matching(catalogue, asked.with_(filtered, None))
    return Counter(one for model in found for one in names(model))


def _choices(
    asked: Query,
    filtered: str,
    chosen: str | None,
    counts: Mapping[str, int],
    label: Callable[[str], str],
    beside: Callable[[str], str],
) -> dict[str, Choice]:
    names = counts if chosen is None else {chosen: 0} | dict(counts)
    made = {
        one: Choice(
            id=f"{filtered}-{one}" if one.replace(".", "_").isidentifier() else "",
            label=label(one),
            beside=beside(one),
            models=counts.get(one, 0),
            chosen=one == chosen,
            query=asked.with_(filtered, None if one == chosen else one),
        )
        for one in names
    }
    return dict(sorted(made.items(), key=lambda item: (item[1].label.casefold(), item[0])))


def _facet(
    title: str,
    everything: str,
    choices: Mapping[str, Choice],
    first: Sequence[str],
    chosen: str | None,
) -> Facet:
    shown = first if chosen is None or chosen in first else [*first, chosen]
    rest = [one for name, one in choices.items() if name not in shown]
    return Facet(
        title=title,
        all=everything,
        first=tuple(choices[name] for name in shown),
        rest=tuple(rest[:MOST]),
    )
