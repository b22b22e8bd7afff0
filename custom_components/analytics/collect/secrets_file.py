"""The values in a secrets.yaml, which no report may have in it."""

from collections.abc import Iterable, Iterator
from typing import Final

import yaml

# In C where the library was built with it.
_LOADER: Final[type] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_secrets(path: str) -> set[str]:
    """Return the values in a secrets.yaml as they are written, none where there is no such file.

    One that is no YAML is read line by line: it may be in the middle of being written. Raises
    OSError where it is there but can't be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer than the read
            text = file.read().decode("utf-8-sig", errors="replace")
    except FileNotFoundError:
        return set()
    try:
        # Not loaded but parsed: the PIN 0042 is to stay that, tags are nobody's business, and no
        # depth of nesting is too much.
        return set(_scalars(yaml.parse(text, Loader=_LOADER)))
    except (yaml.YAMLError, ValueError):
        return set(_values(text))


def _scalars(events: Iterable[yaml.Event]) -> Iterator[str]:
    """Yield the scalars that are values, not keys, of mappings or items of sequences."""
    # Of each collection that is open, whether its next node is a key.
    keys: list[bool] = []
    mappings: list[bool] = []
    for event in events:
        if isinstance(event, yaml.CollectionEndEvent):
            keys.pop()
            mappings.pop()
        elif isinstance(event, yaml.NodeEvent):
            if isinstance(event, yaml.ScalarEvent) and not (keys and keys[-1]):
                yield event.value
            if keys and mappings[-1]:
                keys[-1] = not keys[-1]
            if isinstance(event, yaml.CollectionStartEvent):
                mappings.append(isinstance(event, yaml.MappingStartEvent))
                keys.append(mappings[-1])


def _values(text: str) -> Iterator[str]:
    """Yield what could be a value in each line, with and without a dash, quotes and a comment."""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        whole = (value or key).strip()
        for found in (whole, whole.split(" #")[0], whole.removeprefix("- ")):
            yield found.strip().strip("\"'")
