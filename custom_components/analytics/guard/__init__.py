"""What must not leave: `inspect` looks at what is reported, before the journal and the wire."""

from .held import Held, held
from .last_look import GuardError, Inspected, inspect, offends, rule
from .model_text import in_text
from .own_secrets import mentions_secret
from .public_names import PUBLIC_NAMES
from .reasons import Why, why
from .shapes import reveals

__all__ = [
    "PUBLIC_NAMES",
    "GuardError",
    "Held",
    "Inspected",
    "Why",
    "held",
    "in_text",
    "inspect",
    "mentions_secret",
    "offends",
    "reveals",
    "rule",
    "why",
]
