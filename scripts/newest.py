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
    install("--constraint", constraints(), *names())
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


def names() -> list[str]:
    """Return the packages of the newest host's group, but for itself and its tests."""
    with (ROOT / "pyproject.toml").open("rb") as project:
        group = tomllib.load(project)["dependency-groups"][HOSTS[-1].group]
    found = [match[0] for pin in group if isinstance(pin, str) and (match := NAME.match(pin))]
    return [name for name in found if name not in {"homeassistant", TEST_PACKAGE}]


def constraints() -> str:
    """Return the file in which the host pins what its integrations need."""
    return str(distribution("homeassistant").locate_file("homeassistant/package_constraints.txt"))


def installed() -> str:
    """Return the version that is there now."""
    return distribution("homeassistant").version


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
