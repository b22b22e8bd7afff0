"""What pages show numbers by: lines, bars, ranges, a map, and how numbers and names are written."""

from . import ranges, trends, versions, wording, worldmap
from .lines import Chart
from .rankings import Ranking, rank, rates
from .releases import tone
from .trends import History

__all__ = [
    "Chart",
    "History",
    "Ranking",
    "ranges",
    "rank",
    "rates",
    "tone",
    "trends",
    "versions",
    "wording",
    "worldmap",
]
