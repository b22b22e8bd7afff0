"""What goes between the page and Home Assistant, message by message."""

import json
from typing import Any


def several(text: str | bytes) -> list[dict[str, Any]]:
    """Return messages, of which one or more come at once."""
    messages: Any = json.loads(text)
    return messages if isinstance(messages, list) else [messages]
