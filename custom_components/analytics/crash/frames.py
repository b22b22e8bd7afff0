"""Put the places that `naming` found public into an event, with their source; drop all others."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..code import Place

type Json = dict[str, Any]

# Those further out are named only: a report stays small.
MAX_WITH_SOURCE: Final = 10
_AROUND: Final = ("pre_context", "context_line", "post_context")


def placed(event: Mapping[str, Any], places: Mapping[str, Place]) -> Json:
    """Return an event with its places by file; frames in other files are left out."""
    values = [
        {**value, "stacktrace": {"frames": [*_frames(value["stacktrace"]["frames"], places)]}}
        for value in event["exception"]["values"]
    ]
    return {**event, "exception": {"values": values}}


def _frames(frames: list[Json], places: Mapping[str, Place]) -> Iterator[Json]:
    for left, frame in zip(range(len(frames), 0, -1), frames, strict=True):
        if "package" in frame:
            yield frame  # of a native crash: the library and its symbol
            continue
        place = places.get(frame["abs_path"])
        # A line that is not there is one of a text that somebody made up.
        lines = place.content.around(frame["lineno"]) if place else None
        if place is None or lines is None:
            continue
        shows = place.is_published and left <= MAX_WITH_SOURCE
        yield {
            "filename": place.file,
            "lineno": frame["lineno"],
            "function": frame["function"],
            "in_app": place.integration is not None,
            **(dict(zip(_AROUND, lines, strict=True)) if shows else {}),
        }
