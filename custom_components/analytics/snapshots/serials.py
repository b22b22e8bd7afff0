"""What single devices are known by, serial numbers and addresses: no text may have it as a word."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

SHORTEST: Final = 6
_MAC: Final = re.compile(r"[0-9a-f]{12}|[0-9a-f]{16}")
_SIGNS: Final = re.compile(r"[\W_]+")
_BETWEEN: Final = re.compile(r"[\s/,;:()=]+")


def serials(devices: Iterable[Any]) -> frozenset[str]:
    """Return the serial numbers and addresses of devices, bare of capitals and signs."""
    return frozenset(
        number
        for device in devices
        for number in _numbers(device)
        if len(number) >= SHORTEST and any(map(str.isdigit, number))
    )


def _numbers(device: Any) -> Iterator[str]:
    yield _bare(str(getattr(device, "serial_number", None) or ""))
    for _kind, address in getattr(device, "connections", ()):
        bare = _bare(str(address))
        yield bare
        if _MAC.fullmatch(bare):
            # As devices call themselves that are otherwise all called the same.
            yield bare[-SHORTEST:]


def has_serial(text: str, known: frozenset[str]) -> bool:
    """Tell whether one of these is a word of a text, or the whole of it."""
    words = {text, *_BETWEEN.split(text), *_SIGNS.split(text)}
    return not known.isdisjoint(map(_bare, words))


def _bare(text: str) -> str:
    return _SIGNS.sub("", text).casefold()
