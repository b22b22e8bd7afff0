"""What the process that counts needs of what keeps the rows, whichever engine that is."""

from collections.abc import Iterator, Sequence
from typing import Final, Protocol

from ..schema import Name

# Which pieces of what is kept one process reads, by the engine's numbers.
type Share = tuple[int, ...]
ALL: Final[Share] = ()


class Kept(Protocol):
    """All that is kept, read a part at a time."""

    def shares(self, most: int) -> Sequence[Share]:
        """Return what so many processes at most may read beside each other: it is all there is."""

    def rows(self, share: Share = ALL) -> Iterator[list[bytes]]:
        """Yield the rows of a share, each once, a part after the other, each as it is then."""

    def names(self) -> Iterator[tuple[int, str, Name]]:
        """Yield each code with its table and its name; those of rows that were read are there."""

    def swept(self) -> int:
        """Return how many times codes were freed: what was read before it is not of them."""
