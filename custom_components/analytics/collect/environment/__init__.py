"""Collect what the host runs on: words of the tables in tiers/words.py, and how each was found."""

import sys

from ...tiers import Environment, OperatingSystem, Python
from ..machine import Machine
from ..source import Source
from ..system import operating_system
from .container import container
from .hardware import hardware
from .kernel import architecture, kernel
from .system import host_system, system
from .virtualization import virtualization


async def environment(source: Source) -> Environment:
    """Read the environment, in a thread."""
    supervised = operating_system(source)
    return await source.hass.async_add_executor_job(read, source.machine, supervised)


def read(machine: Machine, supervised: OperatingSystem | None = None) -> Environment:
    """Read the environment; `supervised` is Home Assistant OS as its Supervisor tells of it."""
    around = container(machine)
    return Environment(
        system=system(machine),
        host_system=host_system(machine, around, supervised),
        kernel=kernel(machine),
        architecture=architecture(machine),
        virtualization=virtualization(machine),
        container=around,
        python=Python(version=".".join(map(str, sys.version_info[:3]))),
        hardware=hardware(machine),
    )
