"""Write what the receiver calls kinds of entities, as Home Assistant does.

    python -m scripts.kind_names .venv/2025.4 .venv/2026.11

Each argument is an environment with a Home Assistant, the oldest first: the last names count.
A kind is a domain, or a domain and a device class.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from scripts.integration_names import packages_of, release_of

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "receiver" / "devices" / "kinds.json"
# Where a domain has its names, and the name of what has no device class.
NAMES = "entity_component"
PLAIN = "_"


def main() -> None:
    """Read the command line, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environments", nargs="+", type=Path)
    packages = [packages_of(one) for one in parser.parse_args().environments]
    FILE.write_text(document(packages), "utf-8")


def document(packages: Iterable[Path]) -> str:
    """Return the file made of these folders of packages: the same at each call."""
    known: dict[str, str] = {}
    releases = []
    for folder in packages:
        releases.append(release_of(folder))
        known |= names(folder / "homeassistant" / "components")
    where = f"(Apache-2.0): {NAMES} in components/*/translations/en.json"
    content = {
        "source": f"homeassistant {', '.join(releases)} {where}",
        "names": dict(sorted(known.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


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
