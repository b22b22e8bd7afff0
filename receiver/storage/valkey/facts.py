"""What a node says of itself: its version, its memory, how it was set up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .link import Command

# What only CONFIG tells, which managed clusters may refuse.
CONFIG: Final = (
    "appendfsync",
    "cluster-node-timeout",
    "cluster-require-full-coverage",
    "no-appendfsync-on-rewrite",
    "repl-diskless-load",
    "repl-diskless-sync",
    "save",
    "slowlog-log-slower-than",
)
ASKED: Final[tuple[Command, ...]] = (
    ("INFO", "server", "memory", "persistence"),
    ("CONFIG", "GET", *CONFIG),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """A node as it says it is; `settings` are None where they may not be read."""

    server: str
    version: tuple[int, ...]
    append_only: bool
    eviction: str
    memory: int
    most_memory: int
    """In bytes, 0 where there is no bound."""
    settings: Mapping[str, str] | None


def read_info(text: bytes) -> dict[str, str]:
    """Read a reply of lines, each of which has a name and a value."""
    return dict(line.split(":", 1) for line in text.decode().splitlines() if ":" in line)


def read_facts(info: bytes, config: Sequence[Any] | None) -> Facts:
    """Read what INFO and CONFIG GET tell."""
    told = read_info(info)
    # What copies Redis says which of its versions it is like, beside its own.
    server = "valkey" if "valkey_version" in told else "redis"
    version = told.get(f"{server}_version", "0")
    words = None if config is None else [word.decode() for word in config]
    return Facts(
        server=server,
        version=tuple(int(part) for part in version.split(".") if part.isdigit()),
        append_only=told.get("aof_enabled") == "1",
        eviction=told.get("maxmemory_policy", ""),
        memory=int(told.get("used_memory", 0)),
        most_memory=int(told.get("maxmemory", 0)),
        settings=None if words is None else dict(zip(words[::2], words[1::2], strict=True)),
    )
