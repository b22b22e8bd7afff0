"""Write the names that people know integrations by, as the dashboard shows them.

    python -m scripts.integration_names .venv/2025.4 .venv/2026.11

Each argument is an environment with a Home Assistant, the oldest first. The names are those of its
own list, `generated/integrations.json`, which is made of the manifests that are read here: they
have the integrations, too, that nobody sets up. Where several have one, the last name counts.
"""

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "receiver" / "dashboard" / "integrations.json"
# A brand that is supported by another integration: no host reports it.
VIRTUAL = "virtual"


def main() -> None:
    """Read the command line, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("environments", nargs="+", type=Path)
    packages = [_packages(one) for one in parser.parse_args().environments]
    FILE.write_text(document(packages), "utf-8")


def document(packages: Iterable[Path]) -> str:
    """Return the file made of these folders of packages: the same at each call."""
    known: dict[str, str] = {}
    releases = []
    for folder in packages:
        releases.append(_release(folder))
        known |= names(folder / "homeassistant" / "components")
    source = f"homeassistant {', '.join(releases)} (Apache-2.0): name in components/*/manifest.json"
    content = {"source": source, "names": dict(sorted(known.items()))}
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


def names(components: Path) -> Mapping[str, str]:
    """Return the names of a host's integrations by domain."""
    manifests = [json.loads(path.read_text("utf-8")) for path in components.glob("*/manifest.json")]
    return {
        manifest["domain"]: manifest["name"]
        for manifest in manifests
        if manifest.get("integration_type") != VIRTUAL
    }


def _packages(environment: Path) -> Path:
    (found,) = environment.glob("lib/python3.*/site-packages")
    return found


def _release(packages: Path) -> str:
    (found,) = packages.glob("homeassistant-*.dist-info")
    return found.name.removeprefix("homeassistant-").removesuffix(".dist-info")


if __name__ == "__main__":
    main()
