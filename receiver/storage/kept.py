"""What the process that counts needs of what keeps the rows, whichever engine that is."""

from collections.abc import Iterator
from typing import Protocol

from ..schema import Name


class Kept(Protocol):
    """All that is kept, read a part at a time."""

    def rows(self) -> Iterator[list[bytes]]:
        """Yield all rows, each once, a part after the other, each as it is then."""

    def names(self) -> Iterator[tuple[int, str, Name]]:
        """Yield each code with its table and its name; those of rows that were read are there."""

    def swept(self) -> int:
        """Return how many times codes were freed: what was read before it is not of them."""
