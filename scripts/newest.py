"""Put the newest release, or beta, of Home Assistant into the environment that this runs in."""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from scripts.environments import HOSTS, ROOT, find_uv

TEST_PACKAGE = "pytest-homeassistant-custom-component"
NAME = re.compile(r"[\w.-]+")


def main(arguments: Sequence[str]) -> int:
    """Install the host, what its group has in the versions that it asks for, and its tests."""
    parser = argparse.ArgumentParser(prog="scripts/newest", description=__doc__)
    parser.add_argument("--beta", action="store_true", help="a beta, if there is a newer one")
    options = parser.parse_args(arguments)
    # Alone first, or what it needs would be betas, too.
    install("--no-deps", *(["--prerelease=allow"] if options.beta else []), "homeassistant")
    install(f"homeassistant=={installed()}")
    install("--constraint", str(constraints()), *requirements(constraints()))
    # It asks for the host that it is made for, and there may be none for this one yet.
    install("--no-deps", TEST_PACKAGE)
    print(f"Home Assistant {installed()} is in {Path(sys.prefix).relative_to(ROOT)}.")
    return 0


def install(*what: str) -> None:
    """Install into this environment; raises CalledProcessError."""
    command: tuple[str | Path, ...] = (
        find_uv(),
        "pip",
        "install",
        "--python",
        sys.executable,
        "--upgrade",
        *what,
    )
    subprocess.run(command, check=True)


def requirements(constrained: Path) -> list[str]:
    """Return what the newest host's group has: by name where the host pins it, else as is."""
    with (ROOT / "pyproject.toml").open("rb") as project:
        group = tomllib.load(project)["dependency-groups"][HOSTS[-1].group]
    pinned = {name_of(line) for line in constrained.read_text(encoding="utf-8").splitlines()}
    names = {pin: name_of(pin) for pin in group if isinstance(pin, str)}
    return [
        name if name in pinned else pin
        for pin, name in names.items()
        if name not in {"homeassistant", TEST_PACKAGE}
    ]


def name_of(requirement: str) -> str:
    """Return the name of a package that is asked for, as all of them are spelled."""
    found = NAME.match(requirement)
    return found[0].lower().replace("_", "-") if found else ""


def constraints() -> Path:
    """Return the file in which the host pins what its integrations need."""
    file = distribution("homeassistant").locate_file("homeassistant/package_constraints.txt")
    return Path(str(file))


def installed() -> str:
    """Return the version that is there now."""
    return distribution("homeassistant").version


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
