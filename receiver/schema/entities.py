"""Kinds of entities by Home Assistant's names, each written as one word."""

from typing import Final, NamedTuple, Self

CONFIG: Final = "config"
DIAGNOSTIC: Final = "diagnostic"
CATEGORIES: Final = (CONFIG, DIAGNOSTIC)


class EntityKind(NamedTuple):
    """A kind: `sensor.temperature:diagnostic`, of which the last two parts may be empty."""

    domain: str
    device_class: str = ""
    category: str = ""

    @classmethod
    def read(cls, word: str) -> Self:
        """Return what a word says."""
        term, _, category = word.partition(":")
        domain, _, device_class = term.partition(".")
        return cls(domain, device_class, category)

    @property
    def term(self) -> str:
        """Return it without its category."""
        return f"{self.domain}.{self.device_class}" if self.device_class else self.domain

    def __str__(self) -> str:
        """Write it as a word."""
        return f"{self.term}:{self.category}" if self.category else self.term
