"""What is on the disks of a cluster."""

from collections.abc import Iterator
from contextlib import suppress

from scripts.valkey_servers import Node, Servers


def holding(servers: Servers, found: bytes) -> int:
    """Return on how many disks these bytes are."""
    return sum(any(found in content for content in contents(node)) for node in servers.nodes)


def contents(node: Node) -> Iterator[bytes]:
    """Yield what is in each file of a node, whatever it is for."""
    for file in node.folder.rglob("*"):
        # Some are there for a moment only.
        with suppress(FileNotFoundError):
            if file.is_file():
                yield file.read_bytes()
