"""Names of makers and models as parts of an address: any text has one, and leads back."""

from typing import Final

from ..paths import segment_of

# Before what is none as it is: nothing, what a browser takes for a folder, and this sign.
_MARK: Final = "~"


def segment(text: str) -> str:
    """Return a name as a segment of a path; empty where it can't be one, as half characters."""
    marked = text in {"", ".", ".."} or text.startswith(_MARK)
    return segment_of(f"{_MARK}{text}" if marked else text)


def named(segment: str) -> str:
    """Return the name that a segment, with its escapes read, stands for."""
    return segment.removeprefix(_MARK)
