"""The cluster that scripts/cluster runs: a real one, which leaves nothing however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from scripts.environments import ROOT
from scripts.valkey_resp import Connection

pytestmark = [
    pytest.mark.once,
    pytest.mark.long,
    pytest.mark.usefixtures("socket_enabled"),
]

TIMEOUT = 60
POLL_INTERVAL = 0.05
PORT = re.compile(r"127\.0\.0\.1:(\d+)")
# What a command after -- is: it says where the cluster is, and what the cluster says.
ASK = (
    "import os, sys; from scripts.valkey_resp import Connection;"
    "store = os.environ['OPEN_ANALYTICS_STORE'];"
    "print(store, Connection(int(store.rpartition(':')[2])).call(*sys.argv[1:]).decode())"
)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose temporary files are in a folder of this test."""
    return {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}


@pytest.fixture
def cluster(environ: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Return a cluster that stays, once it has said where it is."""
    with subprocess.Popen(
        [ROOT / "scripts" / "cluster"],
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        start_new_session=True,
    ) as process:
        yield process
        process.kill()


def ports_of(cluster: subprocess.Popen[str]) -> list[int]:
    """Return the ports that it names, once it does."""
    assert cluster.stdout
    told = next(line for line in cluster.stdout if "--store" in line)
    return [int(port) for port in PORT.findall(told)]


def run(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/cluster to its end."""
    return subprocess.run(
        [ROOT / "scripts" / "cluster", *arguments],
        capture_output=True,
        text=True,
        env=environ,
        check=False,
        timeout=TIMEOUT,
    )


def asking(*command: str) -> Sequence[str]:
    """Return a command that asks the last node of a cluster."""
    return ("--", sys.executable, "-c", ASK, *command)


def answers(port: int) -> bool:
    """Tell whether a server is there."""
    try:
        with Connection(port) as connection:
            return bool(connection.call("PING") == b"PONG")
    except OSError:
        return False


def wait_until_gone(ports: Sequence[int], folder: Path) -> None:
    """Wait until no server answers, and no file is left; raises TimeoutError."""
    deadline = time.monotonic() + TIMEOUT
    while any(map(answers, ports)) or any(folder.iterdir()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Left: {[*filter(answers, ports)]}, {[*folder.iterdir()]}")
        time.sleep(POLL_INTERVAL)


def test_a_command_finds_a_whole_cluster_and_nothing_is_left(
    environ: dict[str, str], tmp_path: Path
) -> None:
    done = run(environ, *asking("CLUSTER", "INFO"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("valkey://127.0.0.1:")
    for line in ("cluster_state:ok", "cluster_known_nodes:6", "cluster_size:3"):
        assert line in done.stdout
    wait_until_gone([int(port) for port in PORT.findall(done.stdout)], tmp_path)


def test_each_primary_has_as_many_replicas_as_asked_for(environ: dict[str, str]) -> None:
    done = run(environ, "--nodes", "9", "--replicas", "2", *asking("CLUSTER", "NODES"))
    assert done.stdout.count(" master ") + done.stdout.count(",master ") == 3
    assert done.stdout.count("slave ") == 6


def test_its_status_is_that_of_the_command(environ: dict[str, str], tmp_path: Path) -> None:
    assert run(environ, "--", "sh", "-c", "exit 7").returncode == 7
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stays_until_it_is_stopped(
    cluster: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    ports = ports_of(cluster)
    assert len(ports) == 6
    assert all(map(answers, ports))
    cluster.send_signal(number)
    assert cluster.wait(TIMEOUT) == 128 + number
    wait_until_gone(ports, tmp_path)


def test_a_kill_leaves_nothing_either_not_even_a_server_that_hangs(
    cluster: subprocess.Popen[str], tmp_path: Path
) -> None:
    ports = ports_of(cluster)
    with Connection(ports[0]) as connection:
        information = connection.call("INFO", "server").decode()
    [hangs] = re.findall(r"process_id:(\d+)", information)
    os.kill(int(hangs), signal.SIGSTOP)
    cluster.kill()
    wait_until_gone(ports, tmp_path)


def test_what_is_written_is_on_the_disks_of_primary_and_replica(environ: dict[str, str]) -> None:
    program = (
        "import os; from scripts.valkey_resp import AnswerError, Connection\n"
        "for place in os.environ['OPEN_ANALYTICS_STORE'][9:].split(','):\n"
        "    with Connection(int(place.rpartition(':')[2])) as node:\n"
        "        try: node.call('SET', 'key', 'value')\n"
        "        except AnswerError: continue\n"
        "        print(node.call('WAIT', 1, 0), node.call('WAITAOF', 1, 1, 0))\n"
    )
    done = run(environ, "--", sys.executable, "-c", program)
    assert done.stdout == "1 [1, 1]\n", done.stderr


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (("--nodes", "5"), "expected 6 or more"),
        (("--nodes", "7"), "expected 6 or more"),
        (("--replicas", "2", "--nodes", "6"), "expected 9 or more"),
        (("--server", "/bin/true"), "no server of Valkey 8 or Redis 7.2"),
    ],
)
def test_what_is_no_cluster_is_refused_with_a_remedy(
    environ: dict[str, str], arguments: Sequence[str], remedy: str
) -> None:
    done = run(environ, *arguments, "--", "true")
    assert done.returncode
    assert remedy in done.stderr
