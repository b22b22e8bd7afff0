"""Write what the receiver calls kinds of entities, as Home Assistant does.

    python -m scripts.kind_names .venv/2025.4 .venv/2026.11

Each argument is an environment with a Home Assistant, the oldest first: the last names count.
A kind is a domain, or a domain and a device class.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from scripts import host_facts

FILE = host_facts.RECEIVER / "devices" / "kinds.json"
# Where a domain has its names, and the name of what has no device class.
NAMES = "entity_component"
PLAIN = "_"


def main() -> None:
    """Read the command line, and write the file."""
    FILE.write_text(document(host_facts.asked_for(__doc__)), "utf-8")


def document(packages: Iterable[Path]) -> str:
    """Return the file made of these folders of packages."""
    where = f"{NAMES} in components/*/translations/en.json"
    return host_facts.document("names", where, names, packages)


def names(components: Path) -> Mapping[str, str]:
    """Return the names of a host's kinds of entities."""
    found = {}
    for path in components.glob("*/translations/en.json"):
        told = json.loads(path.read_text("utf-8"))
        domain = path.parents[1].name
        for device_class, one in told.get(NAMES, {}).items():
            if device_class == PLAIN:
                found[domain] = told.get("title") or one["name"]
            elif name := one.get("name"):
                found[f"{domain}.{device_class}"] = name
    return found


if __name__ == "__main__":
    main()
