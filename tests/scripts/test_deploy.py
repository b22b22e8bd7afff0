"""What operators start of deploy/ without containers: servers, a cluster, units and a proxy."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from receiver.options import Options
from receiver.options.options import PREFIX
from receiver.options.values import place
from scripts.environments import ROOT
from scripts.valkey_servers import Access, Servers

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("socket_enabled")]

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
# Of what systemd can keep from a service, as its own `security` counts; 100 is nothing of it.
MOST_EXPOSED = 20
PASSWORD = "Zm9vYmFy+/=="
PROMISED = {
    "appendonly": b"yes",
    "appendfsync": b"always",
    "cluster-enabled": b"yes",
    "cluster-require-full-coverage": b"no",
    "masterauth": PASSWORD.encode(),
    "maxmemory-policy": b"noeviction",
    "no-appendfsync-on-rewrite": b"no",
    "repl-diskless-load": b"swapdb",
    "repl-diskless-sync": b"yes",
    "save": b"",
    "slowlog-log-slower-than": b"-1",
}
CADDY = {"DOMAIN": "analytics.example.com", "RECEIVERS": "10.0.0.1:8080 10.0.0.2:8080"}


def named() -> Iterator[str]:
    """Yield each variable of the receiver that is named in the folder."""
    for file in DEPLOY.iterdir():
        if file.is_file():
            yield from re.findall(rf"\b{PREFIX}([A-Z_]+)\b", file.read_text())


def test_each_variable_is_an_option_of_the_receiver() -> None:
    assert set(named())
    assert {name.lower() for name in named()} <= set(Options.__dataclass_fields__)


def test_each_file_is_one_that_the_guide_tells_of() -> None:
    guide = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    for name in re.findall(r"\bdeploy/([\w.-]+\w)", guide):
        assert (DEPLOY / name).is_file()
    for file in DEPLOY.glob("[a-zA-Z]*.*"):
        # Of units it has the names of instances.
        assert file.name.partition("@")[0] in guide


# --- The servers' settings


@pytest.mark.long
def test_a_server_takes_its_settings_and_they_keep_what_is_promised(tmp_path: Path) -> None:
    secret = tmp_path / "valkey-password"
    secret.write_text(f"requirepass {PASSWORD}\nmasterauth {PASSWORD}\n")
    files = {"include": f"{DEPLOY / 'valkey.conf'}\ninclude {secret}"}
    with Servers(1, 0, settings=files, access=Access(password=PASSWORD)) as servers:
        [node] = servers.nodes
        told = {name: node.call("CONFIG", "GET", name)[1] for name in PROMISED}
        assert told == PROMISED
        assert int(node.call("CONFIG", "GET", "maxmemory")[1]) > 0


# --- Making the cluster

CLI = """#!/bin/sh
# Says what nodes say, and forms a cluster of them when told to.
if [ "$REDISCLI_AUTH" != secret ]; then echo "NOAUTH Authentication required."; exit 0; fi
case "$*" in
  "--cluster create "*) echo "$*" >>"$STATE/created"; echo 6 >"$STATE/known" ;;
  *"cluster info") printf 'cluster_known_nodes:%s\\r\\n' "$(cat "$STATE/known")" ;;
  *"info replication") printf 'role:slave\\r\\nmaster_link_status:up\\r\\n' ;;
esac
"""
PLACES = "10.0.0.1:7001 10.0.0.2:7001 10.0.0.3:7001"


@pytest.fixture
def creating(tmp_path: Path) -> dict[str, str]:
    """Return the environment of create-cluster, and a program that stands in for valkey-cli."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name, text in {"valkey-cli": CLI, "sleep": "#!/bin/sh\n"}.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "password").write_text("secret\n")
    (tmp_path / "known").write_text("1")
    return {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "STATE": str(tmp_path),
        "NODES": PLACES,
        "REPLICAS": "0",
        "PASSWORD_FILE": str(tmp_path / "password"),
    }


def create(environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run create-cluster."""
    return subprocess.run(
        ["sh", DEPLOY / "create-cluster"], env=environ, capture_output=True, text=True, check=False
    )


def test_a_cluster_is_made_once(creating: dict[str, str], tmp_path: Path) -> None:
    for _ in range(2):
        assert create(creating).returncode == 0
    assert (tmp_path / "created").read_text().splitlines() == [
        f"--cluster create {PLACES} --cluster-replicas 0 --cluster-yes"
    ]


def test_what_keeps_it_from_being_made_is_said(creating: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "password").write_text("another\n")
    done = create(creating)
    assert done.returncode == 1
    assert done.stderr == "10.0.0.1:7001: NOAUTH Authentication required.\n"
    assert not (tmp_path / "created").exists()


# --- Units


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_names_files_of_the_guide_and_is_kept_from_the_rest(
    unit: Path, tmp_path: Path
) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.read(unit)
    service = read["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["Restart"] == "always"
    assert service["ProtectSystem"] == "strict"
    assert "/etc/open-analytics/" in service["LoadCredential"]
    assert read["Install"]["WantedBy"] == "multi-user.target"
    if analyze := shutil.which("systemd-analyze"):
        program = service["ExecStart"].split()[0]
        here = tmp_path / unit.name
        here.write_text(unit.read_text().replace(program, sys.executable))
        run(analyze, "verify", here)
        limit = f"--threshold={MOST_EXPOSED}"
        run(analyze, "security", "--offline=true", "--no-pager", limit, here)


def run(*command: str | Path, environ: Mapping[str, str] | None = None) -> None:
    """Run a program that says what is wrong; raises AssertionError with its words."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(environ or {})},
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_nodes_and_receivers_on_machines_find_their_files() -> None:
    valkey, receiver = (
        (DEPLOY / f"{name}@.service").read_text() for name in ("valkey", "receiver")
    )
    assert "/etc/open-analytics/valkey.conf" in valkey
    assert "EnvironmentFile=/etc/open-analytics/receiver.env" in receiver
    lines = (DEPLOY / "receiver.env").read_text().splitlines()
    options = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert len(place(options["OPEN_ANALYTICS_STORE"]).hosts) == 6  # type: ignore[union-attr]


# --- The proxy


def words(caddyfile: str) -> Sequence[Sequence[str]]:
    """Return the lines of a Caddyfile without comments, each as its words."""
    lines = (line.strip() for line in caddyfile.splitlines())
    return [line.split() for line in lines if line and not line.startswith("#")]


def test_the_proxy_asks_receivers_and_tells_nothing_of_senders() -> None:
    text = (DEPLOY / "Caddyfile").read_text()
    told = words(text)
    assert ["reverse_proxy", "{$RECEIVERS}", "{"] in told
    # Not /healthz: of a shard that is down all receivers say so, and one could take the rest.
    assert ["health_uri", "/v1"] in told
    for line in (["exclude", "http.log.error"], ["header_up", "-CF-IPCountry"]):
        assert line in told
    assert ["header_up", "-CF-Region-Code"] in told
    assert text.count("{") == text.count("}")
    if caddy := shutil.which("caddy"):
        place = str(DEPLOY / "Caddyfile")
        run(caddy, "adapt", "--adapter", "caddyfile", "--config", place, environ=CADDY)
