"""The devices of a publication: looked through, filtered and sorted, for pages and files alike."""

from . import classes, kinds, query
from .addresses import named, segment
from .catalogue import Catalogue, Maker, Model, Newest, at_least, label_of, most_first
from .query import Found, Query
from .similar import similar

__all__ = [
    "Catalogue",
    "Found",
    "Maker",
    "Model",
    "Newest",
    "Query",
    "at_least",
    "classes",
    "kinds",
    "label_of",
    "most_first",
    "named",
    "query",
    "segment",
    "similar",
]
