"""Looks at a cluster before anything is promised, and says what of it would not hold, and why.

What can't be looked at, since managed clusters and access rules forbid it, is said as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..errors import StorageError, StorageUnavailable
from ..servers import Durability
from .facts import ASKED, CONFIG, Facts, read_facts
from .faults import Barred, Refused
from .link import Command
from .topology import SLOTS, Node, Topology

# The first versions that have WAITAOF, and have been tried.
OLDEST: Final = {"valkey": (8, 0), "redis": (7, 2)}
# Milliseconds. A node that is silent for longer is given up, and its shard is silent until then.
LONGEST_TIMEOUT: Final = 15_000
# Of maxmemory: more in use leaves too little for what comes.
FULL: Final = 0.8

# Beside the append-only file, which is rewritten: a setting, what it is to be, and how.
_COPIES: Final = (
    ("save", "", 'set save to "" and remove dump.rdb'),
    # As some versions do each time that a replica gets all from its primary.
    ("repl-diskless-load", "swapdb", "set repl-diskless-load to swapdb and remove dump.rdb"),
    ("repl-diskless-sync", "yes", "set repl-diskless-sync to yes"),
)
# What a node may say for a while.
_PASSING: Final = {"NOREPLICAS", "MISCONF", "OOM"}

type On = Callable[[Node, Sequence[Command]], Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold, in a sentence with the remedy, and whether nothing can be kept so."""

    text: str
    fatal: bool = False

    def __str__(self) -> str:
        return self.text


def nobody(why: Exception | None) -> StorageError | StorageUnavailable:
    """Return that no node tells where others are, and why the last one did not."""
    if isinstance(why, Barred) or (isinstance(why, Refused) and why.code not in _PASSING):
        return StorageError(f"The cluster can't be used: {why}")
    return StorageUnavailable(f"No node of the cluster can be asked: {why}")


async def look(topology: Topology, durability: Durability, on: On) -> list[Finding]:
    """Return what does not hold of what `durability` promises; `on` asks a node."""
    findings = list(_shards(topology))
    told: dict[Finding, list[Node]] = {}
    found = await asyncio.gather(*(_node(node, durability, on) for node in topology.nodes))
    for node, findings_there in zip(topology.nodes, found, strict=True):
        for finding in findings_there:
            told.setdefault(finding, []).append(node)
    for finding, nodes in told.items():
        names = ", ".join(map(str, nodes))
        # What only replicas lack keeps nothing from being kept, if others are there.
        fatal = finding.fatal and not {*nodes}.isdisjoint(topology.primaries)
        findings.append(Finding(f"{names}: {finding}", fatal))
    return findings


def _shards(topology: Topology) -> Sequence[Finding]:
    if topology.uncovered == SLOTS:
        return [Finding("No node has any slots: give them out by `--cluster create`", fatal=True)]
    found = []
    if topology.uncovered:
        found.append(
            Finding(f"{topology.uncovered} slots have no node: start it, or give them to another")
        )
    alone = [str(shard.primary) for shard in topology.shards if not shard.replicas]
    if alone:
        found.append(
            Finding(
                f"{', '.join(alone)}: has no replica, so nothing is kept there: add one",
                fatal=len(alone) == len(topology.shards),
            )
        )
    return found


async def _node(node: Node, durability: Durability, on: On) -> Sequence[Finding]:
    try:
        info, config = await on(node, ASKED)
    except StorageUnavailable as error:
        return [Finding(f"could not be looked at ({error})")]
    if isinstance(info, Exception):
        return [Finding(f"could not be looked at: let the receiver's user call INFO ({info})")]
    facts = read_facts(info, None if isinstance(config, Exception) else config)
    if facts.version < OLDEST.get(facts.server, (0,)):
        version = ".".join(map(str, facts.version))
        return [Finding(f"is {facts.server} {version}, install Valkey 8 or newer", fatal=True)]
    return [*_memory(facts), *_settings(facts), *(_disk(facts) if durability == "disk" else ())]


def _memory(facts: Facts) -> Sequence[Finding]:
    found = []
    if facts.eviction != "noeviction":
        found.append(
            Finding(
                f"drops rows when memory is short (maxmemory-policy {facts.eviction}): "
                "set it to noeviction"
            )
        )
    if not facts.most_memory:
        found.append(
            Finding("has no maxmemory, so the system may kill it: set it below the machine's")
        )
    elif facts.memory > FULL * facts.most_memory:
        found.append(
            Finding(
                f"uses more than {FULL:.0%} of its maxmemory: raise it, or add nodes and move "
                "slots there"
            )
        )
    return found


def _settings(facts: Facts) -> Sequence[Finding]:
    if facts.settings is None:
        return [
            Finding(
                f"could not be asked for {', '.join(CONFIG)}: let the receiver's user call "
                "CONFIG GET, or see to them"
            )
        ]
    found = []
    timeout = int(facts.settings.get("cluster-node-timeout", 0))
    if timeout > LONGEST_TIMEOUT:
        found.append(
            Finding(
                f"is given up only after {timeout / 1000:g} seconds of silence: "
                "set cluster-node-timeout to 5000"
            )
        )
    if facts.settings.get("cluster-require-full-coverage") == "yes":
        found.append(
            Finding(
                "answers nothing while another shard has no primary: "
                "set cluster-require-full-coverage to no"
            )
        )
    found += [
        Finding(f"writes copies of all that it has, which keep what is deleted: {remedy}")
        for name, value, remedy in _COPIES
        if facts.settings.get(name, value) != value
    ]
    if int(facts.settings.get("slowlog-log-slower-than", -1)) >= 0:
        found.append(
            Finding(
                "lists slow commands, with rows in them that may be deleted by then: "
                "set slowlog-log-slower-than to -1"
            )
        )
    return found


def _disk(facts: Facts) -> Sequence[Finding]:
    if not facts.append_only:
        return [Finding("writes nothing to its disk: set appendonly to yes", fatal=True)]
    settings = facts.settings or {}
    found = []
    if (sync := settings.get("appendfsync", "always")) != "always":
        found.append(
            Finding(
                f"writes to its disk too seldom (appendfsync {sync}), so that each report waits "
                "for that: set it to always"
            )
        )
    if settings.get("no-appendfsync-on-rewrite") == "yes":
        found.append(
            Finding(
                "keeps nothing while it rewrites its append-only file: "
                "set no-appendfsync-on-rewrite to no"
            )
        )
    return found
