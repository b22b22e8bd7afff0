"""What a page shows: figures in, the values of its template out; here of the small ones."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from ..schema import MAX_ITEMS
from .charts import History, ranges, trends

# In one report: three of its lists are of names that anybody can choose.
MOST_NAMES: Final = 3 * MAX_ITEMS

type Figures = Mapping[str, Any]
type Context = dict[str, Any]


def about(_: Figures, history: History) -> Context:
    """Return how many names made-up reports can ask for at once, and the first day shown."""
    oldest = date.fromisoformat(history[0]["day"]) if history else None
    return {"most_names": MOST_NAMES, "oldest": oldest}


def statistics(figures: Figures, history: History) -> Context:
    """Return the values of the page of distributions."""
    found = ranges.read(figures.get("statistics", {}))
    return {"ranges": [(one, trends.medians(history, one.key)) for one in found]}
