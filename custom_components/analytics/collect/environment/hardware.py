"""Read the number of processor cores and the memory, in coarse steps."""

import re
from typing import Final

from ...tiers import Hardware, words
from ..machine import Machine, Place

GIB: Final = 2**30
# Firmware and graphics keep some for themselves: of what is sold as 4 GB, 3.2 GiB may be left.
LEFT: Final = 0.8
_TOTAL: Final = re.compile(r"^MemTotal:\s{0,20}(\d{1,15}) kB$", re.MULTILINE | re.ASCII)


def hardware(machine: Machine) -> Hardware:
    """Read cores and memory; None for what the system doesn't tell."""
    cores = machine.cores()
    memory = _memory(machine)
    return Hardware(
        cores=words.step(cores, words.CORE_STEPS) if cores and cores > 0 else None,
        memory=None if memory is None else words.step(memory / GIB / LEFT, words.MEMORY_STEPS),
    )


def _memory(machine: Machine) -> int | None:
    """Return the bytes of memory."""
    if total := _TOTAL.search(machine.text(Place.MEMINFO)):
        return int(total[1]) * 1024
    memory = machine.memory()
    return memory if memory and memory > 0 else None
