"""What an operator can choose: read at the start, told to every room that asks."""

from .commands import parse, parse_aggregate, parse_backup, parse_check, parse_copy
from .options import Options
from .values import Network

__all__ = [
    "Network",
    "Options",
    "parse",
    "parse_aggregate",
    "parse_backup",
    "parse_check",
    "parse_copy",
]
