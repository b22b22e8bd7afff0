"""What an operator can choose: read at the start, told to every room that asks."""

from .choices import PREFIX, Options, parse, parse_backup
from .names import is_name
from .values import Network

__all__ = ["PREFIX", "Network", "Options", "is_name", "parse", "parse_backup"]
