"""Write what the receiver knows of integrations: their names, and how they reach their devices.

    python -m scripts.integration_names .venv/2025.4 .venv/2026.11

Each argument is an environment with a Home Assistant, the oldest first. The names are those of its
own list, `generated/integrations.json`, which is made of the manifests that are read here: they
have the integrations, too, that nobody sets up. Where several have one, the last counts.
"""

import json
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from scripts import host_facts
from scripts.host_facts import RECEIVER

# What is written, and what of a manifest is in it.
FILES = {
    "name": (RECEIVER / "dashboard" / "integrations.json", "names"),
    "iot_class": (RECEIVER / "schema" / "snapshots" / "iot_classes.json", "classes"),
}
# A brand that is supported by another integration: no host reports it.
VIRTUAL = "virtual"


def main() -> None:
    """Read the command line, and write the files."""
    packages = host_facts.asked_for(__doc__)
    for key, (file, _) in FILES.items():
        file.write_text(document(key, packages), "utf-8")


def document(key: str, packages: Iterable[Path]) -> str:
    """Return the file made of a key of the manifests in these packages."""
    where = f"{key} in components/*/manifest.json"
    return host_facts.document(FILES[key][1], where, partial(told, key), packages)


def told(key: str, components: Path) -> Mapping[str, str]:
    """Return what a host's integrations tell under a key, by domain."""
    manifests = [json.loads(path.read_text("utf-8")) for path in components.glob("*/manifest.json")]
    return {
        manifest["domain"]: manifest[key]
        for manifest in manifests
        if manifest.get("integration_type") != VIRTUAL and key in manifest
    }


if __name__ == "__main__":
    main()
