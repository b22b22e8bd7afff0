"""What may be of any kind, as JSON can have it: what is held back was never meant to be written."""

from ..models import JsonValue

MAX_INTEGER = 2**63 - 1


def plain(value: object) -> JsonValue:
    """Return a value that can be shown; of what JSON can't have its text, or its kind."""
    if isinstance(value, dict):
        return {plain_text(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [*map(plain, value)]
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    return plain_text(value)


def plain_text(value: object) -> str:
    """Return a text; half a surrogate pair, as names of files may have, is no character."""
    known = str(value) if isinstance(value, str | int) else f"({type(value).__name__})"
    return known.encode(errors="replace").decode()
