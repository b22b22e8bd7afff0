"""Pages made of sections of charts, each of which has something to show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from .charts import Chart, Ranking, rank
from .charts.wording import name
from .labels import Label, of

type Figures = Mapping[str, Any]

_BETWEEN: Final = "\0"  # the parts are words of ours, which have none
DETAILED: Final = 2  # names of a ranking whose parts have a chart, too


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """Charts under one heading."""

    key: str
    title: str
    rankings: tuple[Ranking, ...]
    line: Chart | None = None

    def shown(self) -> "Section":
        """Return it without the charts that have nothing to show."""
        return Section(
            key=self.key,
            title=self.title,
            rankings=tuple(one for one in self.rankings if one.rows),
            line=self.line if self.line and self.line.series else None,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The figures of a page, what its shares are parts of, and how that is called."""

    figures: Figures
    whole: int
    of: str

    def ranking(
        self, table: str, title: str, column: str, label: Label = name, **more: Any
    ) -> Ranking:
        """Return the chart of a table; of rows the totals."""
        counts = totals(self.figures.get(table, {}))
        return rank(
            counts,
            self.whole,
            key=table,
            title=title,
            column=column,
            of=self.of,
            label=label,
            **more,
        )

    def of_table(self, table: str) -> "Source":
        """Return it for shares of those that tell what a table has, in which each is once."""
        whole = sum(totals(self.figures.get(table, {})).values())
        return replace(self, whole=whole, of="that tell it")

    def steps(self, table: str, title: str, column: str, written: Mapping[str, str]) -> Ranking:
        """Return the chart of a table of steps, with all of them in their order."""
        return self.ranking(table, title, column, of(written), order=int, shown=len(written))

    def parts(
        self,
        table: str,
        parts: str,
        *,
        column: str,
        whole: str,
        title: Callable[[str], str],  # of a word of ours, since it is told in many places
        most: int = DETAILED,
        **more: Any,
    ) -> tuple[Ranking, ...]:
        """Return a chart of the parts of each of the most frequent names of a table."""
        rows = self.figures.get(table, {})
        frequent = sorted(rows, key=lambda one: (-rows[one]["total"], one))[:most]
        return tuple(
            rank(
                rows[one][parts],
                rows[one]["total"],
                key=f"{table}-{number}",
                title=title(one),
                column=column,
                of=whole,
                **more,
            )
            for number, one in enumerate(frequent, 1)
        )

    def pairs(
        self, table: str, parts: str, *, column: str, title: str, label: Callable[[str, str], str]
    ) -> Ranking:
        """Return the chart of the parts of all names, each with its name."""
        counts = {
            f"{one}{_BETWEEN}{part}": number
            for one, row in self.figures.get(table, {}).items()
            for part, number in row[parts].items()
        }
        return rank(
            counts,
            self.whole,
            key=f"{table}-{parts}",
            title=title,
            column=column,
            of=self.of,
            label=lambda pair: label(*pair.rsplit(_BETWEEN, 1)),
        )


def totals(table: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts of a table; of rows their totals."""
    return {key: row if isinstance(row, int) else row["total"] for key, row in table.items()}
