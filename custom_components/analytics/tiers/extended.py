"""The tiers that Home Assistant's receiver does not know: for destinations that take them only."""

from collections.abc import Callable
from typing import Final

import voluptuous as vol

from ..models import EVENTS, Message
from . import words
from .facts import Facts
from .table import Content, Field, Tier, count, fact, optional_text, part_of, text

_NUMBERS: Final = vol.All(str, vol.Match(rf"\A{words.NUMBERS}\Z"))

_SYSTEM: Final = {
    vol.Required("name"): vol.In(tuple(words.SYSTEMS.values())),
    vol.Required("version"): vol.Any(None, _NUMBERS),
    vol.Required("id"): vol.In(tuple(words.SYSTEMS)),
    vol.Required("id_like"): vol.In((None, *words.SYSTEMS)),
    vol.Required("detection"): vol.In(words.DETECTIONS),
}
_SYSTEM_STRINGS: Final = {
    "name": Content.FIXED,
    "version": Content.FIXED,
    "id": Content.FIXED,
    "id_like": Content.FIXED,
    "detection": Content.FIXED,
}


def _found(name: str, description: str, known: tuple[str, ...]) -> Field:
    """Return the row of what is one word of a table, with how it was found."""
    return Field(
        name=name,
        description=description,
        facts=("environment",),
        value=part_of("environment", name),
        schema={
            vol.Required("name"): vol.In(known),
            vol.Required("detection"): vol.In(words.DETECTIONS),
        },
        strings={"name": Content.FIXED, "detection": Content.FIXED},
    )


def _of_event(name: str) -> Callable[[Facts], object]:
    return part_of("event", name)


ENVIRONMENT: Final = Tier(
    name="environment",
    title="Environment",
    description="What Home Assistant runs on: system, kernel, virtualization, container, Python, "
    "processor and memory. No serial numbers, no names of the machine, no network addresses.",
    requires=("base",),
    extended=True,
    fields=(
        Field(
            name="system",
            description="The operating system: name, id and the system that it is like, each from "
            "a list of known ones, the numbers of its version, and how it was found.",
            facts=("environment",),
            value=part_of("environment", "system"),
            schema=_SYSTEM,
            strings=_SYSTEM_STRINGS,
        ),
        Field(
            name="host_system",
            description="In a container: the same of the system around it, where it shows.",
            facts=("environment",),
            value=part_of("environment", "host_system"),
            schema=_SYSTEM,
            strings=_SYSTEM_STRINGS,
        ),
        Field(
            name="kernel",
            description="Name of the kernel, and the numbers of its version without what the "
            "build added to them.",
            facts=("environment",),
            value=part_of("environment", "kernel"),
            schema={
                vol.Required("name"): vol.In(words.KERNELS),
                vol.Required("version"): vol.Any(None, _NUMBERS),
                vol.Required("detection"): vol.In(words.DETECTIONS),
            },
            strings={
                "name": Content.FIXED,
                "version": Content.FIXED,
                "detection": Content.FIXED,
            },
        ),
        _found(
            "architecture",
            "Architecture of the processor, as the kernel calls it.",
            words.ARCHITECTURES,
        ),
        _found("virtualization", "Kind of virtual machine, or none.", words.VIRTUALIZATIONS),
        _found("container", "Kind of container, or none.", words.CONTAINERS),
        Field(
            name="python",
            description="Version of Python.",
            facts=("environment",),
            value=part_of("environment", "python"),
            schema={vol.Required("version"): _NUMBERS},
            strings={"version": Content.FIXED},
        ),
        Field(
            name="hardware",
            description="Number of processor cores, and memory in GiB, both in coarse steps.",
            facts=("environment",),
            value=part_of("environment", "hardware"),
            schema={
                vol.Required("cores"): vol.In((None, *words.CORE_STEPS)),
                vol.Required("memory"): vol.In((None, *words.MEMORY_STEPS)),
            },
        ),
    ),
)

LIFECYCLE: Final = Tier(
    name="lifecycle",
    title="Starts and stops",
    description="An event at each start and each clean stop: how long start, run and stop took, "
    "how the last run ended, and whether in such a way again and again, what could not be set up, "
    "whether memory or disk are nearly full, and whether Home Assistant Cloud is used. With "
    "diagnostics also on, where a crash happened.",
    requires=("base",),
    extended=True,
    fields=(
        Field(
            name="event",
            description="What happened: a start, a stop, or a crash found at the next start.",
            facts=("event",),
            value=_of_event("event"),
            schema=vol.In(EVENTS),
            strings={"": Content.FIXED},
            messages=EVENTS,
            required=True,
        ),
        Field(
            name="start_duration",
            description="How many seconds the start took, rounded down to coarse steps.",
            facts=("event",),
            value=_of_event("start_duration"),
            schema=vol.In(words.DURATION_STEPS),
            messages=(Message.START,),
        ),
        Field(
            name="previous_end",
            description="How the last run ended, in one word of a list.",
            facts=("event",),
            value=_of_event("previous_end"),
            schema=vol.In(words.ENDS),
            strings={"": Content.FIXED},
            messages=(Message.START, Message.FAULT),
        ),
        Field(
            name="version_changed",
            description="Whether Home Assistant has another version than in the last run.",
            facts=("event",),
            value=_of_event("version_changed"),
            schema=bool,
            messages=(Message.START, Message.FAULT),
        ),
        Field(
            name="setup_failures",
            description="Built-in integrations that could not be set up, and the kind of reason.",
            facts=("event",),
            value=_of_event("setup_failures"),
            schema=[{vol.Required("domain"): text, vol.Required("reason"): vol.In(words.REASONS)}],
            strings={"domain": Content.DOMAIN, "reason": Content.FIXED},
            messages=(Message.START,),
        ),
        Field(
            name="custom_setup_failures",
            description="Numbers of custom integrations that could not be set up, by the kind of "
            "reason.",
            facts=("event",),
            value=_of_event("custom_setup_failures"),
            schema={vol.Optional(reason): count for reason in words.REASONS},
            messages=(Message.START,),
        ),
        Field(
            name="cloud",
            description="Whether Home Assistant Cloud is used and connected, or why not.",
            facts=("event",),
            value=_of_event("cloud"),
            schema=vol.In(words.CLOUD_STATES),
            strings={"": Content.FIXED},
            messages=(Message.START,),
        ),
        Field(
            name="fault",
            description="Where the interpreter crashed: the kind of error and of thread, the "
            "function, the file below its package and the line. Only what is public.",
            facts=("event",),
            value=_of_event("fault"),
            schema={
                vol.Required("error"): vol.In(words.FAULTS),
                vol.Required("thread"): vol.In(words.THREADS),
                vol.Required("function"): optional_text,
                vol.Required("file"): optional_text,
                vol.Required("line"): vol.Any(None, count),
            },
            strings={
                "error": Content.FIXED,
                "thread": Content.FIXED,
                "function": Content.TEXT,
                "file": Content.FILE,
            },
            messages=(Message.FAULT,),
        ),
        Field(
            name="stop_duration",
            description="How many seconds the last run's stop took, rounded down to 0, 10 or 60.",
            facts=("event",),
            value=_of_event("stop_duration"),
            schema=vol.In(words.STOP_STEPS),
            messages=(Message.START,),
            since=2,
        ),
        Field(
            name="run_duration",
            description="How many seconds the run lasted, rounded down to 0, or to those of a "
            "minute, an hour, a day or a week.",
            facts=("event",),
            value=_of_event("run_duration"),
            schema=vol.In(words.RUN_STEPS),
            messages=(Message.STOP, Message.FAULT),
            since=2,
        ),
        Field(
            name="unclean_ends",
            description="How many runs in a row did not end as they should: the first, repeated "
            "(two to four), a loop (five or more); or recovered, by a stop as it should be.",
            facts=("event",),
            value=_of_event("unclean_ends"),
            schema=vol.In(words.ROWS),
            strings={"": Content.FIXED},
            messages=(Message.STOP, Message.FAULT),
            since=2,
        ),
        Field(
            name="memory_nearly_full",
            description="Whether less than a tenth of the memory was left; after a crash, whether "
            "the kernel had to end a program for lack of memory.",
            facts=("event",),
            value=_of_event("memory_nearly_full"),
            schema=bool,
            messages=(Message.STOP, Message.FAULT),
            since=2,
        ),
        Field(
            name="disk_nearly_full",
            description="Whether less than 1 GiB was left on the disk of the configuration; after "
            "a crash, at the start that follows.",
            facts=("event",),
            value=_of_event("disk_nearly_full"),
            schema=bool,
            messages=(Message.STOP, Message.FAULT),
            since=2,
        ),
    ),
)

INTERFACE: Final = Tier(
    name="interface",
    title="Use of the interface",
    description="How often the parts of the interface were opened on the last whole day: only the "
    "names of Home Assistant's own parts, all else is 'custom'. Not who, when, or on what device. "
    "Browsers that ask not to be tracked are not counted.",
    requires=("base",),
    extended=True,
    fields=(
        Field(
            name="panels",
            description="How often each part of the interface was opened on the last whole day, "
            "rounded down to coarse steps.",
            facts=("panels",),
            value=fact("panels"),
            schema=[
                {
                    vol.Required("panel"): vol.In(words.PANELS),
                    vol.Required("opened"): vol.In(words.OPENED_STEPS),
                }
            ],
            strings={"panel": Content.FIXED},
        ),
    ),
)

EXTENDED: Final = (ENVIRONMENT, LIFECYCLE, INTERFACE)
