"""Make the environments in .venv: one for each supported host, the receiver, Bugsink and Node.js.

Needs nothing but Python 3.11 and its standard library, so it must not use younger syntax. What is
there already is found within moments. The environments asked for are printed, progress goes to
standard error.
"""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".venv"
STAMP = ".dependencies"

UV_AT_LEAST = (0, 7)  # the first that installs dependency groups
UV_REQUIREMENT = "uv>=0.7"

# An interpreter counts only where it has what hosts import; distributions split these off.
PROBE = "import ctypes, lzma, sqlite3, ssl, sys; print(*sys.version_info[:3])"
PROBE_TIMEOUT = 20
VENV_TIMEOUT = 600  # a small computer takes its time

Version = tuple[int, ...]


class SetupError(Exception):
    """Something is missing that only the user can provide."""


@dataclass(frozen=True)
class Environment:
    """What an environment is for, and the Pythons that this runs on."""

    compiles: ClassVar[bool] = False

    name: str
    at_least: Version
    below: Version
    # Where the packages are named that it gets from npm.
    npm: "Path | None" = field(default=None, kw_only=True)

    @property
    def title(self) -> str:
        """Return what the user calls it."""
        return self.name.capitalize()

    @property
    def group(self) -> str:
        """Return the name of its dependency group in pyproject.toml."""
        return self.name

    @property
    def groups(self) -> tuple[str, ...]:
        """Return every dependency group that it gets."""
        return (self.group,)

    @property
    def borrowed(self) -> tuple[str, ...]:
        """Return dependency groups whose own dependencies it does not get."""
        return ()

    @property
    def pythons(self) -> list[str]:
        """Return the Pythons that may do, such as 3.14, newest first."""
        (major, first), last = self.at_least[:2], self.below[1]
        return [f"{major}.{minor}" for minor in reversed(range(first, last))]

    @property
    def folder(self) -> Path:
        """Return where it is."""
        return ENVIRONMENTS / self.name

    def runs_on(self, version: Version) -> bool:
        """Tell whether it can be made with that Python."""
        return self.at_least <= version < self.below


class Checked(IntEnum):
    """What is checked on a host each time; each includes those before it."""

    DEMO = 1
    PLUGIN = 2  # the tests in tests/plugin
    BROWSER = 3  # all tests, those in a browser too


@dataclass(frozen=True)
class Host(Environment):
    """A supported Home Assistant, and the tests of another one where its own are not yet out."""

    compiles = True

    checked: Checked
    borrows_tests: bool = False

    @property
    def title(self) -> str:
        """Return what the user calls it."""
        return f"Home Assistant {self.name}"

    @property
    def group(self) -> str:
        """Return the name of its dependency group in pyproject.toml."""
        return f"host-{self.name.replace('.', '-')}"

    @property
    def groups(self) -> tuple[str, ...]:
        """Return every dependency group that it gets."""
        return (self.group, "dev")

    @property
    def borrowed(self) -> tuple[str, ...]:
        """Return the dependency group of the test package of another host."""
        return (f"{self.group}-borrowed",) if self.borrows_tests else ()


# Oldest first, and each that came with a change which the plugin has to know. 2025.4 does not run
# on 3.14: the orjson that it pins does not compile there.
HOSTS = (
    Host("2025.4", (3, 13, 0), (3, 14), Checked.BROWSER),
    Host("2025.12", (3, 13, 2), (3, 14), Checked.DEMO),
    Host("2026.1", (3, 13, 2), (3, 15), Checked.PLUGIN),
    Host("2026.4", (3, 14, 2), (3, 15), Checked.PLUGIN),
    Host("2026.10", (3, 14, 2), (3, 15), Checked.DEMO),
    Host("2026.11", (3, 14, 2), (3, 15), Checked.BROWSER, borrows_tests=True),
)

# What is sent reports. It knows nothing of any host.
RECEIVER = Environment("receiver", at_least=(3, 13, 0), below=(3, 15))

# The server that crash reports are tried against. Its libraries are not those of any host.
BUGSINK = Environment("bugsink", at_least=(3, 11, 0), below=(3, 15))

# Node.js, which no machine has to have, and what the panel's page is checked with.
NODE = Environment("node", at_least=(3, 11, 0), below=(3, 15), npm=ROOT / "scripts" / "page")
NPM_FILES = ("package.json", "package-lock.json")


def say(message: str) -> None:
    """Show progress."""
    print(message, file=sys.stderr, flush=True)


def run(*command: "str | Path", timeout: "float | None" = None) -> bool:
    """Run a command whose output is progress; tell whether it succeeded, in time where that is."""
    try:
        done = subprocess.run(command, stdout=sys.stderr, cwd=ROOT, check=False, timeout=timeout)
    except subprocess.TimeoutExpired:
        say(f"{' '.join(map(str, command))} was stopped after {timeout:.0f} s.")
        return False
    return done.returncode == 0


def output(*command: "str | Path", timeout: float = PROBE_TIMEOUT) -> "str | None":
    """Return what a command prints, None where it fails."""
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return result.stdout.strip()


# --- Pythons


def candidates(environment: Environment, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield where a Python that may do can be: on the PATH, then in pyenv's folder."""
    folders = [Path(folder) for folder in environ.get("PATH", "").split(os.pathsep) if folder]
    for name in (*(f"python{python}" for python in environment.pythons), "python3"):
        yield from (folder / name for folder in folders)
    home = Path(environ.get("HOME", "/"))
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    for python in environment.pythons:
        for version in sorted(pyenv.glob(f"versions/{python}*"), reverse=True):
            yield version / "bin" / f"python{python}"


def version_of(python: Path) -> "Version | None":
    """Return the version of a Python that works; a pyenv shim may exist and not work."""
    if not os.access(python, os.X_OK):
        return None
    answer = output(python, "-c", PROBE)
    return tuple(int(part) for part in answer.split()) if answer else None


def find_python(environment: Environment, environ: Mapping[str, str]) -> "Path | None":
    """Return the first Python on this machine that the environment can be made with."""
    for python in candidates(environment, environ):
        version = version_of(python)
        if version and environment.runs_on(version):
            return python
    return None


def download_python(environment: Environment, uv: Path) -> Path:
    """Get a Python by uv, where the machine has none that would do."""
    python = environment.pythons[0]
    say(f"No Python for {environment.title} found on this machine: uv downloads {python} …")
    run(uv, "python", "install", python)
    found = output(uv, "python", "find", "--managed-python", python)
    version = version_of(Path(found)) if found else None
    if not found or not version or not environment.runs_on(version):
        at_least, below = (
            ".".join(str(part) for part in version)
            for version in (environment.at_least, environment.below)
        )
        raise SetupError(
            f"{environment.title} needs Python {at_least} or later, but before {below}, which "
            f"is neither on this machine nor could be downloaded. Install python{python} "
            "so that it is on the PATH, and run this again."
        )
    return Path(found)


# --- uv


def find_uv() -> Path:
    """Return a uv that is young enough: the machine's, or one of our own."""
    ours = ENVIRONMENTS / "uv" / "bin" / "uv"
    for uv in (shutil.which("uv"), ours):
        if uv and uv_is_recent(Path(uv)):
            return Path(uv)
    install_uv(ours.parent.parent)
    return ours


def uv_is_recent(uv: Path) -> bool:
    """Tell whether this uv works and installs dependency groups."""
    answer = (output(uv, "--version") or "").split()
    if len(answer) < 2:
        return False
    return tuple(int(part) for part in answer[1].split(".")[:2]) >= UV_AT_LEAST


def install_uv(folder: Path) -> None:
    """Install uv into an environment of its own."""
    say("Installing uv, which makes the environments …")
    make_venv = (sys.executable, "-m", "venv", "--clear", folder)
    if output(*make_venv, timeout=VENV_TIMEOUT) is None:
        install_packages(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
        if not run(*make_venv):
            raise SetupError(f"{sys.executable} -m venv does not work, see above.")
    pip = (folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    if not run(*pip, "install", "--quiet", UV_REQUIREMENT):
        raise SetupError("uv could not be installed, see above. Is the package index reachable?")


# --- Packages of the operating system


def as_root() -> "tuple[str, ...] | None":
    """Return what makes a command run as root and ask nothing, None where only a password does."""
    sudo = ("sudo", "-n")
    quietly = ("env", "DEBIAN_FRONTEND=noninteractive")
    if os.geteuid() == 0:
        return quietly
    return None if output(*sudo, "true") is None else (*sudo, *quietly)


def install_packages(*packages: str) -> None:
    """Install Debian packages where we may, else say how."""
    command = ("apt-get", "install", "-y", "--no-install-recommends", *packages)
    if not shutil.which("apt-get"):
        raise SetupError(f"Please install what Debian calls {' '.join(packages)}, then try again.")
    root = as_root()
    if root is None:
        raise SetupError(f"Please run this, then try again:\n  sudo {' '.join(command)}")
    say(f"Installing {' '.join(packages)} …")
    if not (run(*root, "apt-get", "update", "-q") and run(*root, *command)):
        raise SetupError(f"{' '.join(command)} failed, see above.")


def missing_build_packages(python: Path) -> list[str]:
    """Return the Debian packages that compiling for this Python lacks."""
    code = "import sysconfig; print(sysconfig.get_path('include'), sysconfig.get_python_version())"
    include, version = (output(python, "-c", code) or ". 3").split()
    compilers = ("c++", "g++", "clang++")
    return [
        *([] if any(map(shutil.which, compilers)) else ["g++"]),
        *([] if (Path(include) / "Python.h").exists() else [f"python{version}-dev"]),
    ]


# --- Environments


def dependencies(environment: Environment) -> str:
    """Return a digest that changes when an environment has to be filled again."""
    with (ROOT / "pyproject.toml").open("rb") as project:
        groups = tomllib.load(project)["dependency-groups"]
    named = json.dumps([environment.name, groups, *locked(environment)], sort_keys=True)
    return hashlib.sha256(named.encode()).hexdigest()


def locked(environment: Environment) -> "list[str]":
    """Return what names the packages that an environment gets from npm."""
    folder = environment.npm
    return [(folder / name).read_text(encoding="utf-8") for name in NPM_FILES] if folder else []


def is_complete(environment: Environment) -> bool:
    """Tell whether an environment has all that pyproject.toml asks for."""
    stamp = environment.folder / STAMP
    python = environment.folder / "bin" / "python"
    return (
        os.access(python, os.X_OK)
        and stamp.exists()
        and stamp.read_text(encoding="utf-8") == dependencies(environment)
    )


def make(environment: Environment) -> None:
    """Make an environment, or fill it again, unless all is there already."""
    with one_at_a_time():
        if not is_complete(environment):
            complete(environment)


def complete(environment: Environment) -> None:
    """Make or fill an environment."""
    uv, folder = find_uv(), environment.folder
    version = version_of(folder / "bin" / "python")
    if not version or not environment.runs_on(version):
        base = find_python(environment, os.environ) or download_python(environment, uv)
        say(f"Making {relative(folder)} with {base} …")
        if not run(uv, "venv", "--quiet", "--clear", "--python", base, folder):
            raise SetupError(f"The environment {relative(folder)} could not be made.")
    say(f"Installing {environment.title} into {relative(folder)} …")
    install_dependencies(environment, uv)
    (folder / STAMP).write_text(dependencies(environment), encoding="utf-8")


def install_dependencies(environment: Environment, uv: Path) -> None:
    """Fill an environment; some packages of hosts compile C++."""
    python = environment.folder / "bin" / "python"
    install: list[str | Path] = [uv, "pip", "install", "--python", python]
    command = [*install, *named(*environment.groups)]
    if not run(*command):
        provide_compiler(environment, python)
        if not run(*command):
            raise SetupError(f"{environment.title} could not be installed, see above.")
    if environment.npm:
        install_from_npm(environment.npm, environment.folder)
    borrowed = named(*environment.borrowed)
    if borrowed and not run(*install, "--no-deps", *borrowed):
        raise SetupError(f"The tests of {environment.title} could not be installed, see above.")


def install_from_npm(source: Path, folder: Path) -> None:
    """Put exactly what the lock file names beside an environment's Node.js, and run none of it."""
    for name in NPM_FILES:
        shutil.copyfile(source / name, folder / name)
    # A link on the way there would make it a package of its own to npm.
    npm = (folder / "bin" / "npm", "ci", "--prefix", folder.resolve())
    if not run(*npm, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"):
        raise SetupError("What npm has could not be installed, see above. Is it reachable?")


def named(*groups: str) -> list[str]:
    """Return how uv is told of dependency groups."""
    return [part for group in groups for part in ("--group", f"pyproject.toml:{group}")]


def provide_compiler(environment: Environment, python: Path) -> None:
    """Install what compiling needs, unless it is there, and something else was the matter."""
    missing = missing_build_packages(python) if environment.compiles else []
    if not missing:
        raise SetupError(f"{environment.title} could not be installed, see above.")
    say("pymicro-vad and pyspeex-noise, which the front end needs, have to be compiled.")
    if sys.platform == "darwin":
        raise SetupError("Please run this, then try again:\n  xcode-select --install")
    install_packages(*missing)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other process changes the environments."""
    ENVIRONMENTS.mkdir(exist_ok=True)
    with (ENVIRONMENTS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- Choice of environments


def newest_host() -> Host:
    """Return the newest host that a Python of this machine runs; without any, the newest."""
    for host in reversed(HOSTS):
        if is_complete(host) or find_python(host, os.environ):
            return host
    return HOSTS[-1]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/setup", description=__doc__)
    names = [host.name for host in HOSTS]
    parser.add_argument("hosts", metavar="HOST", nargs="*", help=f"one of {', '.join(names)}")
    parser.add_argument(
        "--all",
        action="store_true",
        help="every host, the receiver, and Bugsink and Node.js where possible",
    )
    parser.add_argument(
        "--newest", action="store_true", help="the newest host, with a Python for it"
    )
    parser.add_argument(
        "--checked",
        choices=[checked.name.lower() for checked in Checked],
        help="every host on which these are checked each time",
    )
    parser.add_argument("--receiver", action="store_true", help="the environment of the receiver")
    parser.add_argument("--bugsink", action="store_true", help="the environment of Bugsink")
    parser.add_argument("--node", action="store_true", help="Node.js, to check the panel's page")
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.hosts) - set(names)):
        parser.error(f"unknown host {', '.join(unknown)}: there are {', '.join(names)}")
    return options


def chosen(options: argparse.Namespace) -> list[Environment]:
    """Return the environments that the command line asks for."""
    hosts = [host for host in HOSTS if options.all or host.name in options.hosts]
    if options.newest:
        hosts = [HOSTS[-1]]
    if options.checked:
        hosts = [host for host in HOSTS if host.checked >= Checked[options.checked.upper()]]
    others = [RECEIVER] * options.receiver + [BUGSINK] * options.bugsink + [NODE] * options.node
    return [*hosts, *others] or [newest_host()]


def make_where_possible(environment: Environment) -> None:
    """Make an environment; without it there are fewer tests, and nothing worse."""
    try:
        make(environment)
    except SetupError as error:
        say(f"No {environment.title}, so tests that need it will be skipped: {error}")


def relative(path: Path) -> str:
    """Return a path as the user would write it in the project's folder."""
    return str(path.relative_to(ROOT))


def main(arguments: Sequence[str]) -> int:
    """Make the environments asked for and print where they are."""
    os.environ.setdefault("UV_HTTP_TIMEOUT", "300")  # the front end is 100 MB
    options = parse(arguments)
    try:
        for environment in chosen(options):
            make(environment)
            print(relative(environment.folder), flush=True)
        if options.all:
            make(RECEIVER)
            make_where_possible(BUGSINK)
            make_where_possible(NODE)
    except SetupError as error:
        say(f"\nSetup failed: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
