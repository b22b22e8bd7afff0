"""The servers of a cluster that rows can be kept on, and how an operator wants that done."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Durability(StrEnum):
    """What has to be true of a report before it is answered."""

    DISK = "disk"
    """It is on the disks of two servers."""
    MEMORY = "memory"
    """It is in the memory of two servers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Servers:
    """Some of the servers, by which the others are found, and how they are spoken to."""

    hosts: tuple[tuple[str, int], ...]
    tls: bool = False
    user: str = ""
    password: str = field(default="", repr=False)
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    durability: Durability = Durability.DISK

    def __str__(self) -> str:
        """Return the address as it is given."""
        hosts = ",".join(f"{_bracketed(host)}:{port}" for host, port in self.hosts)
        return f"{'valkeys' if self.tls else 'valkey'}://{hosts}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
