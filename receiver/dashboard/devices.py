"""The pages of devices: all models, all makers, and one of each."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from ..devices import Catalogue, Maker, Model, Newest, named, query, similar
from . import device_charts as charts
from . import device_words as words
from .charts import History, rank, trends
from .charts.wording import breakable, month, name, noun, number, percent, share
from .device_facets import facets
from .integrations import known
from .tables import place
from .views import Context, Figures

ROWS: Final = 100
# Of a maker, on its own page.
MODELS: Final = 25


class Devices:
    """Views of a publication's devices."""

    def __init__(self, newest: Newest) -> None:
        """Name what reads them."""
        self._newest = newest

    def models(self, figures: Figures, history: History, asked: query.Query) -> Context:
        """Return the values of the page of all models."""
        catalogue = self._newest.read(figures, history)
        found = query.models(catalogue, asked, ROWS)
        whole = not asked.narrowed and found.query.page == 1
        return {
            "shared": catalogue.installations,
            "known": len(catalogue.models),
            "found": found,
            "facets": facets(catalogue, found.query),
            "made_by": _made_by(catalogue, asked),
            "asked": words.asked(asked, lambda one: _label(catalogue, one)),
            "rows": _rows(catalogue, found.rows, found.longest),
            "around": charts.around(figures, history) if whole else None,
        }

    def makers(self, figures: Figures, history: History, asked: query.Query) -> Context:
        """Return the values of the page of all makers."""
        catalogue = self._newest.read(figures, history)
        return {
            "shared": catalogue.installations,
            "known": len(catalogue.makers),
            "found": query.makers(catalogue, asked, ROWS),
            "address": words.maker_address,
            "written": words.maker,
            "share": lambda one: percent(share(one.total, catalogue.installations)),
            "bar": lambda one, most: round(share(one.total, most), 2),
        }

    def model(self, figures: Figures, history: History, maker: str, model: str) -> Context | None:
        """Return the values of the page of a model; None where there is no figure for it."""
        catalogue = self._newest.read(figures, history)
        one = catalogue.known.get((named(maker), named(model)))
        if one is None:
            return None
        alike = similar(catalogue, one)
        return {
            "one": one,
            "label": name(one.model),
            "top": _rows(catalogue, [one], 0)[0],
            "json": words.json_address(one.maker, one.model),
            "facts": _facts(catalogue, one, catalogue.models),
            "chart": trends.devices(
                history, lambda told: told["models"].get(one.maker, {}).get(one.model)
            ),
            "many": charts.steps(one.row, one.total, charts.HAVE),
            "reached": charts.reached(figures, one),
            "brought": charts.brought(one),
            "versions": charts.versions(one),
            "similar": [
                {"row": row, "common": words.brought(two.common)}
                for row, two in zip(
                    _rows(catalogue, [two.model for two in alike], 0), alike, strict=True
                )
            ],
        }

    def maker(self, figures: Figures, history: History, maker: str) -> Context | None:
        """Return the values of the page of a maker; None where there is no figure for it."""
        catalogue = self._newest.read(figures, history)
        one = catalogue.makers.get(named(maker))
        if one is None:
            return None
        asked = query.Query(manufacturer=one.key)
        found = query.models(catalogue, asked, MODELS)
        return {
            "one": one,
            "label": words.maker(one.label),
            "label_of_key": name(one.key),
            "facts": _facts(catalogue, one, catalogue.makers.values()),
            "chart": trends.devices(history, lambda told: told["makers"].get(one.key)),
            "many": charts.steps(one.row, one.total, "that have one of its devices"),
            "spellings": rank(
                one.row.get("spellings", {}),
                one.total,
                key="spellings",
                title="How it is written",
                column="Spelling",
                of="that have one of its devices",
            ),
            "found": found,
            "rows": _rows(catalogue, found.rows, found.longest),
        }


def _label(catalogue: Catalogue, text: str) -> str:
    one = catalogue.makers.get(catalogue.maker(text) or text)
    return words.maker(one.label if one else text)


def _made_by(catalogue: Catalogue, asked: query.Query) -> Mapping[str, Any] | None:
    """Return the maker that is asked for, and the query without it."""
    if asked.manufacturer is None:
        return None
    return {
        "label": _label(catalogue, asked.manufacturer),
        "query": asked.with_("manufacturer", None),
    }


def _rows(catalogue: Catalogue, models: Sequence[Model], longest: int) -> list[Mapping[str, Any]]:
    """Return the rows of a table of models."""
    return [
        {
            "one": one,
            "label": breakable(name(one.model)),
            "address": words.model_address(one.maker, one.model),
            "made_by": words.maker(one.made_by),
            "maker_address": words.maker_address(one.maker)
            if one.maker in catalogue.makers
            else "",
            "reached": [known(domain) or name(domain) for domain in one.integrations],
            "signs": [words.GROUPS[group] for group in one.groups],
            "brings": words.brought(one.kinds),
            "share": percent(share(one.total, catalogue.installations)),
            "bar": round(share(one.total, longest), 2),
        }
        for one in models
    ]


def _facts(
    catalogue: Catalogue, one: Model | Maker, others: Collection[Model | Maker]
) -> list[tuple[Any, str]]:
    """Return what is told of one at a glance, with its place among the others."""
    whole = catalogue.installations
    return [
        (percent(share(one.total, whole)), f"of {number(whole)} {noun(whole)} {charts.OF}"),
        (number(one.total), noun(one.total)),
        *([(number(one.devices), "devices at least")] if one.devices else []),
        place(one.total, others),
        *_since(one.first),
    ]


def _since(first: str) -> list[tuple[Any, str]]:
    if not first:
        return []
    return [(Markup('<time datetime="{}">{}</time>').format(first, month(first)), "first shown")]
