"""Find out which kind of container it is, from the surest sign to the faintest."""

import re
from collections.abc import Callable
from typing import Final

from ...tiers import Found, words
from ..machine import Machine, Place
from .kernel import is_wsl

type Finder = Callable[[Machine], str | None]

# Only whether it is there: what it says is an address.
KUBERNETES_VARIABLE: Final = "KUBERNETES_SERVICE_HOST"
# By https://systemd.io/CONTAINER_INTERFACE, and of the images of some distributions.
CONTAINER_VARIABLE: Final = "container"
# The innermost first. What follows is a container's name, which may be a person's.
CGROUPS: Final = (
    (re.compile(r"/kubepods\b", re.ASCII), "kubernetes"),
    (re.compile(r"/libpod-[0-9a-f]{64}", re.ASCII), "podman"),
    (re.compile(r"/docker[/-][0-9a-f]{64}", re.ASCII), "docker"),
    (re.compile(r":/lxc(?:\.payload)?[./]", re.ASCII), "lxc"),
)
INIT_SCOPE: Final = re.compile(r"^0::/init\.scope$", re.MULTILINE)
WITHOUT_CONTAINERS: Final = "Darwin"


def container(machine: Machine) -> Found:
    """Return the kind of the container, or none, by the first sign that tells."""
    for detection, find in FINDERS:
        if name := find(machine):
            return Found(name=words.word(name, words.CONTAINERS), detection=detection)
    return Found(name=words.UNKNOWN, detection=words.NONE)


def _kubernetes(machine: Machine) -> str | None:
    return "kubernetes" if KUBERNETES_VARIABLE in machine.variables else None


def _podman(machine: Machine) -> str | None:
    return "podman" if machine.has(Place.CONTAINERENV) else None


def _docker(machine: Machine) -> str | None:
    return "docker" if machine.has(Place.DOCKERENV) else None


def _variable(machine: Machine) -> str | None:
    return machine.variables.get(CONTAINER_VARIABLE)


def _manager(machine: Machine) -> str | None:
    """Read what systemd in the container, or the manager around it, has noted for all to read."""
    texts = (machine.text(place).strip() for place in (Place.CONTAINER, Place.CONTAINER_MANAGER))
    return next(filter(None, texts), None)


def _init(machine: Machine) -> str | None:
    """Read the one variable of the first process, where we may; others can be secrets."""
    prefix = f"{CONTAINER_VARIABLE}="
    found = (each for each in machine.parts(Place.INIT_VARIABLES) if each.startswith(prefix))
    return next(found, "").removeprefix(prefix)


def _cgroup(machine: Machine) -> str | None:
    groups = machine.text(Place.INIT_CGROUP)
    return next((name for sign, name in CGROUPS if sign.search(groups)), None)


def _kernel(machine: Machine) -> str | None:
    return "wsl" if is_wsl(machine) else None


def _systemd(machine: Machine) -> str | None:
    return machine.detect_virt("container")


def _own_init(machine: Machine) -> str | None:
    """Recognise systemd as the first process; in a container it would have noted that."""
    return words.NONE if INIT_SCOPE.search(machine.text(Place.INIT_CGROUP)) else None


def _uname(machine: Machine) -> str | None:
    return words.NONE if machine.uname().system == WITHOUT_CONTAINERS else None


FINDERS: Final[tuple[tuple[str, Finder], ...]] = (
    ("kubernetes-variables", _kubernetes),
    ("containerenv", _podman),
    ("dockerenv", _docker),
    ("container-variable", _variable),
    ("container-manager", _manager),
    ("init-environment", _init),
    ("cgroup", _cgroup),
    ("kernel-version", _kernel),
    ("systemd-detect-virt", _systemd),
    ("cgroup", _own_init),
    ("uname", _uname),
)
