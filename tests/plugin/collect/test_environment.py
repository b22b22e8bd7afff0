"""What the host runs on: recognised from captured machines, and nothing else of them told."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.code.published import host_domains
from custom_components.analytics.collect import Source, async_collect
from custom_components.analytics.collect.detect_virt import PROGRAMS, detect_virt
from custom_components.analytics.collect.environment import read
from custom_components.analytics.collect.machine import MOST, Machine, Place, Uname
from custom_components.analytics.guard.last_look import Inspected, inspect
from custom_components.analytics.guard.public_names import PUBLIC_NAMES
from custom_components.analytics.models import Knowledge
from custom_components.analytics.tiers import words
from custom_components.analytics.tiers.extended import ENVIRONMENT
from custom_components.analytics.tiers.facts import (
    Environment,
    Facts,
    Hardware,
    OperatingSystem,
    Python,
    SystemFound,
)
from custom_components.analytics.tiers.payload import build

from ..supervisor import Supervisor, Told, attach
from .machines import MACHINES, NAME, PRIVATE, PYTHON, Captured, meminfo, os_release

ROOT: Final = Path(__file__).parents[3]
KNOWLEDGE: Final = Knowledge(
    built_in=host_domains(), secrets=frozenset({NAME, "debian", "12"}), public=PUBLIC_NAMES
)
# All that may be looked at. What is added here is read on the machines of people: no names, no
# serial numbers, no addresses.
ALLOWED: Final = {
    ".dockerenv",
    "System/Library/CoreServices/SystemVersion.plist",
    "etc/os-release",
    "host/etc/os-release",
    "proc/1/cgroup",
    "proc/1/environ",
    "proc/cpuinfo",
    "proc/device-tree/compatible",
    "proc/device-tree/hypervisor/compatible",
    "proc/meminfo",
    "run/.containerenv",
    "run/host/container-manager",
    "run/host/etc/os-release",
    "run/host/os-release",
    "run/systemd/container",
    "sys/class/dmi/id/bios_vendor",
    "sys/class/dmi/id/board_vendor",
    "sys/class/dmi/id/product_name",
    "sys/class/dmi/id/sys_vendor",
    "sys/devices/system/clocksource/clocksource0/available_clocksource",
    "sys/hypervisor/type",
    "usr/lib/os-release",
}
# Of the memory that is left, which is no part of a report.
READ_FOR_EVENTS: Final = {
    "sys/fs/cgroup/memory.current",
    "sys/fs/cgroup/memory.max",
    "sys/fs/cgroup/memory.stat",
    "sys/fs/cgroup/memory/memory.limit_in_bytes",
    "sys/fs/cgroup/memory/memory.stat",
    "sys/fs/cgroup/memory/memory.usage_in_bytes",
}
EVERY_WORD: Final = {
    *words.SYSTEMS,
    *words.SYSTEMS.values(),
    *words.KERNELS,
    *words.ARCHITECTURES,
    *words.VIRTUALIZATIONS,
    *words.CONTAINERS,
    *words.DETECTIONS,
}
VERSION: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){0,2}")


def passed(environment: Environment) -> Mapping[str, Any]:
    """Return what would be sent of an environment: all of it, by the guard and the schema."""
    payload = build(Facts(environment=environment), ENVIRONMENT.fields)
    assert inspect(payload, ENVIRONMENT.fields, KNOWLEDGE) == Inspected(payload=payload)
    return payload


def leaves(value: object) -> list[object]:
    """Return what is in a payload, without its keys."""
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    return [value]


def shown(captured: Captured, folder: Path) -> Environment:
    """Read a captured machine, with the interpreter of its own."""
    return replace(read(captured.at(folder), captured.supervised), python=PYTHON)


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_is_recognised_and_not_more_is_told(name: str, tmp_path: Path) -> None:
    environment = shown(MACHINES[name], tmp_path)
    assert environment == MACHINES[name].expected
    told = json.dumps(passed(environment)).lower()
    assert [private for private in PRIVATE if private in told] == []


def test_the_interpreters_version_is_told(tmp_path: Path) -> None:
    told = read(MACHINES["nothing at all"].at(tmp_path)).python
    assert told == Python(version=".".join(map(str, sys.version_info[:3])))


def test_files_that_cannot_be_read_are_as_none(tmp_path: Path) -> None:
    for place in Place:
        (tmp_path / place).mkdir(parents=True)
    for place in (Place.DOCKERENV, Place.CONTAINERENV, Place.DEVICE_TREE_HYPERVISOR):
        (tmp_path / place).rmdir()
    nothing = MACHINES["nothing at all"]
    assert shown(nothing, tmp_path) == nothing.expected


@pytest.mark.parametrize(
    ("sold", "kib", "told"),
    [
        ("512 MB", 440_000, 0),
        ("1 GB", 945_364, 1),
        ("1 GB, with some for graphics", 868_000, 1),
        ("2 GB", 1_899_000, 2),
        ("4 GB", 3_884_368, 4),
        ("4 GB, with some for graphics", 3_450_000, 4),
        ("6 GB", 6_291_456, 4),
        ("8 GB", 7_900_000, 8),
        ("12 GB", 12_582_912, 8),
        ("16 GB", 16_199_156, 16),
        ("1 TB", 1_073_741_824, 128),
    ],
)
def test_memory_is_told_as_it_is_sold(sold: str, kib: int, told: int, tmp_path: Path) -> None:
    machine = replace(MACHINES["nothing at all"], files={Place.MEMINFO: meminfo(kib)})
    assert shown(machine, tmp_path).hardware == Hardware(cores=None, memory=told)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("12", "12"),
        ("24.04", "24.04"),
        ("6.8.12-4-pve", "6.8.12"),
        ("5.15.167.4-microsoft-standard-WSL2", "5.15.167"),
        ("14.2-RELEASE-p3", "14.2"),
        ("10.43.7.1", "10.43.7"),
        ("20241105", None),
        ("6.20241105", "6"),
        ("١٢", None),
        ("1.٢", "1"),
        ("v6", None),
        ("", None),
        ("keller", None),
    ],
)
def test_of_a_version_not_more_than_three_short_numbers_are_told(
    text: str, version: str | None
) -> None:
    assert words.numbers(text) == version


@pytest.mark.parametrize(
    ("told", "architecture"),
    [("armv7l", "armv7l"), ("arm64", "aarch64"), ("amd64", "x86_64"), ("i586", "i386")],
)
def test_architectures_have_one_name(told: str, architecture: str, tmp_path: Path) -> None:
    uname = Uname(system="Linux", release="6.1", machine=told)
    machine = replace(MACHINES["nothing at all"], uname=uname)
    assert shown(machine, tmp_path).architecture.name == architecture


@pytest.mark.parametrize("prefix", ["proc", "sys", "etc"])
def test_a_machine_may_lack_whole_folders(prefix: str, tmp_path: Path) -> None:
    for name, captured in MACHINES.items():
        files = {path: text for path, text in captured.files.items() if path[:4] != prefix[:4]}
        files = {path: text for path, text in files.items() if not path.startswith(prefix)}
        passed(shown(replace(captured, files=files), tmp_path / name))


# In the report


async def test_it_is_read_in_a_thread(hass: HomeAssistant, tmp_path: Path) -> None:
    threads: set[threading.Thread] = set()
    captured = MACHINES["Podman"]

    def uname() -> Uname:
        threads.add(threading.current_thread())
        return captured.uname

    source = Source(
        hass=hass,
        yaml_domains=frozenset(),
        machine=replace(captured.at(tmp_path), uname=uname),
    )
    facts = await async_collect(source, {"environment"})
    assert facts.environment is not None
    assert replace(facts.environment, python=PYTHON) == captured.expected
    assert threads
    assert threading.current_thread() not in threads


async def test_the_supervisor_tells_its_system(
    hass: HomeAssistant, supervisor: Supervisor, tmp_path: Path
) -> None:
    attach(hass, supervisor, Told(board="green", os_version="15.2.1.rc1"))
    machine = replace(
        MACHINES["Docker on Debian"], files={Place.HOST_OS_RELEASE: os_release("debian", "12")}
    ).at(tmp_path)
    source = Source(hass=hass, yaml_domains=frozenset(), machine=machine)
    facts = await async_collect(source, {"environment"})
    assert facts.environment is not None
    assert facts.environment.host_system == SystemFound(
        name="Home Assistant OS", version="15.2.1", id="haos", id_like=None, detection="supervisor"
    )


async def test_this_machine_passes(hass: HomeAssistant) -> None:
    facts = await async_collect(Source(hass=hass, yaml_domains=frozenset()), {"environment"})
    assert facts.environment is not None
    assert set(passed(facts.environment)) >= {"system", "kernel", "container", "hardware"}


# Whatever is written there

SIGNS: Final = [text for each in MACHINES.values() for text in each.files.values()]
SNIPPETS: Final = st.sampled_from(
    [
        "ID=",
        "ID=debian\n",
        "VERSION_ID=",
        "ID_LIKE=",
        "container=",
        "\0",
        "flags\t: ",
        "hypervisor ",
        "MemTotal: ",
        " kB",
        "-microsoft-standard",
        "/docker/",
        "QEMU",
        "<key>ProductVersion</key><string>",
        "192.168.1.5",
        NAME,
        *EVERY_WORD,
    ]
)
ANY_TEXT: Final = st.one_of(
    st.text(max_size=60),
    st.sampled_from(SIGNS),
    st.lists(st.one_of(SNIPPETS, st.text(max_size=8)), max_size=8).map("".join),
)
FILES: Final = st.dictionaries(
    st.sampled_from(list(Place)),
    st.one_of(st.binary(max_size=60), ANY_TEXT.map(str.encode)),
    max_size=len(Place),
)
VARIABLES: Final = st.dictionaries(
    st.one_of(st.sampled_from(["container", "KUBERNETES_SERVICE_HOST"]), ANY_TEXT),
    ANY_TEXT,
    max_size=4,
)


@given(
    files=FILES,
    variables=VARIABLES,
    uname=st.builds(
        Uname,
        system=st.one_of(ANY_TEXT, st.sampled_from(words.KERNELS)),
        release=ANY_TEXT,
        machine=st.one_of(ANY_TEXT, st.sampled_from(words.ARCHITECTURES)),
    ),
    answer=ANY_TEXT,
    cores=st.one_of(st.none(), st.integers()),
    memory=st.one_of(st.none(), st.integers()),
    supervised=st.one_of(st.none(), st.builds(OperatingSystem, board=ANY_TEXT, version=ANY_TEXT)),
)
def test_of_no_text_more_than_words_and_versions_get_out(
    files: dict[Place, bytes],
    variables: dict[str, str],
    uname: Uname,
    answer: str,
    cores: int | None,
    memory: int | None,
    supervised: OperatingSystem | None,
) -> None:
    with TemporaryDirectory() as folder:
        for place, content in files.items():
            path = Path(folder) / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        environment = read(
            Machine(
                root=Path(folder),
                variables=variables,
                uname=lambda: uname,
                cores=lambda: cores,
                memory=lambda: memory,
                detect_virt=lambda _: answer,
            ),
            supervised,
        )
    for leaf in leaves(passed(environment)):
        if isinstance(leaf, str):
            assert leaf in EVERY_WORD or VERSION.fullmatch(leaf)
        else:
            assert leaf is None or leaf in (*words.CORE_STEPS, *words.MEMORY_STEPS)


# What is looked at

READING: Final = """
import json, sys
from pathlib import Path
from custom_components.analytics.collect.environment import read
from custom_components.analytics.collect.machine import Machine
from tests.plugin.collect.machines import MACHINES

def main(folder):
    machines = [each.at(folder / name) for name, each in MACHINES.items()] + [Machine()]
    read(machines[-1])  # what is imported late is imported now
    events = []
    armed = True
    sys.addaudithook(lambda event, args: armed and events.append((event, list(map(str, args[:2])))))
    for machine in machines:
        read(machine)
    armed = False
    print(json.dumps(events))

main(Path(sys.argv[1]))
"""
STARTS: Final = {"subprocess.Popen", "os.posix_spawn"}
# While it waits for the program.
HARMLESS: Final = {"time.sleep"}


def test_no_file_but_those_of_the_list_is_opened_and_no_socket(tmp_path: Path) -> None:
    assert set(Place) - READ_FOR_EVENTS == ALLOWED
    done = subprocess.run(
        [sys.executable, "-c", READING, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        check=True,
    )
    events = [(event, args) for event, args in json.loads(done.stdout) if event not in HARMLESS]
    roots = ["/", *(f"{tmp_path / name}/" for name in MACHINES)]
    allowed = {f"{root}{place}" for root in roots for place in ALLOWED}
    opened = {args[0] for event, args in events if event == "open"}
    # Numbers are the pipes of the program that was started.
    assert {path for path in opened if not path.isdigit()} - {os.devnull} <= allowed
    assert f"{tmp_path}/Raspberry Pi/proc/device-tree/compatible" in opened
    assert f"{tmp_path}/Raspberry Pi/proc/cpuinfo" not in opened
    started = [args for event, args in events if event in STARTS]
    assert {program for program, _ in started} <= set(map(str, PROGRAMS))
    assert all(re.search(r"'--(vm|container)'\]", args) for _, args in started)
    assert {event for event, _ in events} <= {"open", *STARTS}


def test_of_a_large_file_the_beginning_is_read(tmp_path: Path) -> None:
    path = tmp_path / Place.CPUINFO
    path.parent.mkdir()
    path.write_text("x" * (MOST + 1))
    assert len(Machine(root=tmp_path).text(Place.CPUINFO)) == MOST


# The program


def program(folder: Path, *lines: str) -> tuple[Path, ...]:
    """Write one that stands for systemd-detect-virt, after one that is not there."""
    path = folder / "systemd-detect-virt"
    path.write_text("\n".join(("#!/bin/sh", *lines, "")))
    path.chmod(0o755)
    return (folder / "missing", path)


def test_its_word_is_taken_whatever_its_status(tmp_path: Path) -> None:
    assert detect_virt("vm", program(tmp_path, "echo none", "exit 1")) == "none"


def test_it_gets_one_word_and_none_of_the_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPERVISOR_TOKEN", NAME)
    asked = program(tmp_path, 'echo "$# $1 [$SUPERVISOR_TOKEN]"', "cat")
    assert detect_virt("container", asked) == "1 --container []"


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["exec sleep 600"], id="hangs"),
        pytest.param(["exit 1"], id="says nothing"),
        pytest.param(["kill -9 $$"], id="dies"),
        pytest.param(["exec 1>&2", "echo kvm"], id="complains"),
    ],
)
def test_one_that_fails_has_no_word(lines: list[str], tmp_path: Path) -> None:
    assert detect_virt("vm", program(tmp_path, *lines), limit=1.0) == ""


def test_it_need_not_be_there_or_be_a_program(tmp_path: Path) -> None:
    assert detect_virt("vm", (tmp_path / "missing",)) == ""
    path = tmp_path / "text"
    path.write_text("kvm")
    assert detect_virt("vm", (path,)) == ""
    assert detect_virt("vm", (tmp_path,)) == ""
