"""What the collectors read from."""

from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The host, the domains of its running YAML configuration, and what can't be read just now.

    `failing` holds the names of collectors, and slugs of add-ons, that were logged already.
    """

    hass: HomeAssistant
    yaml_domains: frozenset[str]
    failing: set[str] = field(default_factory=set)
