"""How a deletion is kept until it is done: one of reports as by versions that knew no other."""

from dataclasses import asdict
from typing import Any

from ..models import Deletion, Matter
from .schema import ATTR_MATTER


def read(line: dict[str, Any]) -> Deletion:
    """Return a deletion that was kept."""
    return Deletion(**{**line, ATTR_MATTER: Matter(line.get(ATTR_MATTER, Matter.REPORTS))})


def kept(item: Deletion) -> dict[str, Any]:
    """Return what is kept of a deletion."""
    line = asdict(item)
    if item.matter is Matter.REPORTS:
        del line[ATTR_MATTER]
    return line
