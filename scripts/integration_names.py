"""Write what the receiver knows of integrations: their names, and how they reach their devices.

    python -m scripts.integration_names .venv/2025.4 .venv/2026.11

Each argument is an environment with a Home Assistant, the oldest first. The names are those of its
own list, `generated/integrations.json`, which is made of the manifests that are read here: they
have the integrations, too, that nobody sets up. Where several have one, the last counts.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RECEIVER = ROOT / "receiver"
# What is written, and what of a manifest is in it.
FILES = {
    "name": (RECEIVER / "dashboard" / "integrations.json", "names"),
    "iot_class": (RECEIVER / "schema" / "snapshots" / "iot_classes.json", "classes"),
}
# A brand that is supported by another integration: no host reports it.
VIRTUAL = "virtual"


def main() -> None:
    """Read the command line, and write the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environments", nargs="+", type=Path)
    packages = [packages_of(one) for one in parser.parse_args().environments]
    for key, (file, _) in FILES.items():
        file.write_text(document(key, packages), "utf-8")


def document(key: str, packages: Iterable[Path]) -> str:
    """Return the file made of a key of the manifests in these packages: the same at each call."""
    known: dict[str, str] = {}
    releases = []
    for folder in packages:
        releases.append(release_of(folder))
        known |= told(key, folder / "homeassistant" / "components")
    where = f"(Apache-2.0): {key} in components/*/manifest.json"
    content = {
        "source": f"homeassistant {', '.join(releases)} {where}",
        FILES[key][1]: dict(sorted(known.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


def told(key: str, components: Path) -> Mapping[str, str]:
    """Return what a host's integrations tell under a key, by domain."""
    manifests = [json.loads(path.read_text("utf-8")) for path in components.glob("*/manifest.json")]
    return {
        manifest["domain"]: manifest[key]
        for manifest in manifests
        if manifest.get("integration_type") != VIRTUAL and key in manifest
    }


def packages_of(environment: Path) -> Path:
    """Return where an environment has its packages."""
    (found,) = environment.glob("lib/python3.*/site-packages")
    return found


def release_of(packages: Path) -> str:
    """Return which Home Assistant is among packages."""
    (found,) = packages.glob("homeassistant-*.dist-info")
    return found.name.removeprefix("homeassistant-").removesuffix(".dist-info")


if __name__ == "__main__":
    main()
