"""Write what the receiver knows of Home Assistant's own files, as one of JSON that is its own."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

RECEIVER = Path(__file__).resolve().parent.parent / "receiver"

# From a host's folder of integrations to what they tell.
type Told = Callable[[Path], Mapping[str, str]]


def asked_for(description: str | None) -> list[Path]:
    """Read the command line: return the packages of the environments that it names."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("environments", nargs="+", type=Path)
    return [_packages(one) for one in parser.parse_args().environments]


def document(name: str, where: str, told: Told, packages: Iterable[Path]) -> str:
    """Return the file made of these folders of packages, the oldest first: the last counts.

    It is the same at each call, and says from `where` it has what stands under a `name`.
    """
    known: dict[str, str] = {}
    releases = []
    for folder in packages:
        releases.append(_release(folder))
        known |= told(folder / "homeassistant" / "components")
    content = {
        "source": f"homeassistant {', '.join(releases)} (Apache-2.0): {where}",
        name: dict(sorted(known.items())),
    }
    return json.dumps(content, ensure_ascii=False, indent=0) + "\n"


def _packages(environment: Path) -> Path:
    (found,) = environment.glob("lib/python3.*/site-packages")
    return found


def _release(packages: Path) -> str:
    (found,) = packages.glob("homeassistant-*.dist-info")
    return found.name.removeprefix("homeassistant-").removesuffix(".dist-info")
