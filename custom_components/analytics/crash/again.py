"""A report that waited, by what is known of the home now: of custom code what names nobody."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from ..guard import mentions_secret, offends, reveals
from ..models import Knowledge
from ..tiers import Content
from .naming import UNKNOWN
from .scrub import scrub

type Json = dict[str, Any]
type Mentions = Callable[[str], bool]

# Where files of custom integrations lie, which are public in no proven way.
CUSTOM: Final = "custom_components"


def look_again(event: Mapping[str, Any], version: int, knowledge: Knowledge) -> Json:
    """Return what of an event may be told today, with the fields of a version of the table."""
    mentions = mentions_secret(knowledge)
    kept = scrub(event, version)
    for raised in kept["exception"]["values"]:
        if str(raised.get("module", "")).startswith(CUSTOM) and mentions(raised["type"]):
            raised |= {"type": "Exception"}
            del raised["module"]
        raised["stacktrace"]["frames"] = [*_frames(raised["stacktrace"]["frames"], mentions)]
    tags = kept.get("tags", {})
    if tags.get("custom_integration") != "yes":
        return kept
    told = [tags.get("integration", ""), tags.get("integration_version", "")]
    if any(offends(text, Content.TEXT, knowledge) or mentions(text) for text in told):
        kept.pop("tags", None)
    message = kept.get("logentry", {}).get("message", "")
    if mentions(message) or reveals(message):
        kept.pop("logentry", None)
    return kept


def _frames(frames: list[Json], mentions: Mentions) -> Iterator[Json]:
    for frame in frames:
        file = frame.get("filename", "")
        if not file.startswith(CUSTOM):
            yield frame
        elif not mentions(file):
            told = UNKNOWN if mentions(frame["function"]) else frame["function"]
            yield {**frame, "function": told}
