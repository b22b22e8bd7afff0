"""What Compose starts of deploy/: a proxy, three receivers, and six or nine nodes of a cluster."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from receiver.options.values import networks, place
from scripts.environments import ROOT

pytestmark = pytest.mark.once

DEPLOY = ROOT / "deploy"
NINE = "compose.nine.yaml"
PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+(-[\w.]+)?")


class Loader(yaml.SafeLoader):
    """YAML as Compose reads it: what is marked so takes the place of what it would be added to."""


def overriding(loader: Loader, node: yaml.Node) -> Any:
    """Return what is marked."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


Loader.add_constructor("!override", overriding)


def load(name: str) -> dict[str, Any]:
    """Return a Compose file."""
    loaded: dict[str, Any] = yaml.load((DEPLOY / name).read_text(), Loader)  # a safe one
    return loaded


def nine() -> dict[str, Any]:
    """Return both Compose files as one, with what the second says of services of the first."""
    base, more = load("compose.yaml"), load(NINE)
    services = dict(base["services"])
    for name, told in more["services"].items():
        parent = told.pop("extends", {"file": "compose.yaml", "service": name})
        of = base["services"][parent["service"]]
        services[name] = {**of, **told}
        if "environment" in told:
            services[name]["environment"] = {**of["environment"], **told["environment"]}
        if "depends_on" in told:
            services[name]["depends_on"] = [*of["depends_on"], *told["depends_on"]]
    return {**base, "services": services, "volumes": {**base["volumes"], **more["volumes"]}}


@pytest.fixture(params=["six", "nine"])
def compose(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return what Compose starts, with six nodes and with nine."""
    return load("compose.yaml") if request.param == "six" else nine()


def services_of(compose: Mapping[str, Any], image: str) -> dict[str, Any]:
    """Return the services that stay on, of an image."""
    found = compose["services"].items()
    return {name: told for name, told in found if image in told["image"] and name != "cluster"}


def place_of(node: Mapping[str, Any]) -> str:
    """Return the address of a node."""
    return f"{node['networks']['store']['ipv4_address']}:6379"


def test_each_service_that_stays_says_how_it_is(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        once = name == "cluster"
        assert (service["healthcheck"] == {"disable": True}) is once
        assert ("test" in service["healthcheck"]) is not once
        assert (service.get("restart") == "unless-stopped") is not once


def test_images_are_of_one_version_or_made_here(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        if "build" in service:
            file = DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]
            assert file.resolve() == ROOT / "Containerfile"
        else:
            assert PINNED.fullmatch(service["image"])
    assert len({service["image"] for service in compose["services"].values()}) == 3


def test_only_the_proxy_can_be_reached_and_nodes_only_by_receivers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    assert compose["networks"]["store"]["internal"]
    for node in [*services_of(compose, "valkey").values(), services["cluster"]]:
        assert set(node["networks"]) == {"store"}
    assert set(services["caddy"]["networks"]) == {"web"}


def test_all_that_is_named_is_there(compose: dict[str, Any]) -> None:
    used: dict[str, set[str]] = {"volumes": set(), "configs": set(), "secrets": set()}
    for service in compose["services"].values():
        used["volumes"] |= {line.partition(":")[0] for line in service.get("volumes", ())}
        used["configs"] |= {config["source"] for config in service.get("configs", ())}
        used["secrets"] |= set(service.get("secrets", ()))
        assert set(service["networks"]) <= set(compose["networks"])
        assert set(service.get("depends_on", ())) <= set(compose["services"])
    for kind, names in used.items():
        assert names == set(compose[kind])
    assert all((DEPLOY / config["file"]).is_file() for config in compose["configs"].values())


def test_each_node_keeps_its_data_and_its_address(compose: dict[str, Any]) -> None:
    nodes = services_of(compose, "valkey")
    for name, node in nodes.items():
        assert node["volumes"] == [f"{name}:/data"]
        address = node["networks"]["store"]["ipv4_address"]
        [ranges] = compose["networks"]["store"]["ipam"]["config"]
        assert ip_address(address) in ip_network(ranges["subnet"])
    assert len({place_of(node) for node in nodes.values()}) == len(nodes)


def test_the_cluster_is_of_all_nodes(compose: dict[str, Any]) -> None:
    nodes = services_of(compose, "valkey")
    cluster = compose["services"]["cluster"]
    assert cluster["environment"]["NODES"].split() == [*map(place_of, nodes.values())]
    assert len(nodes) == 3 * (1 + int(cluster["environment"]["REPLICAS"]))
    assert cluster["depends_on"] == [*nodes]


def test_receivers_begin_with_the_cluster_and_find_it(compose: dict[str, Any]) -> None:
    receivers = services_of(compose, "open-analytics")
    assert len(receivers) == 3
    nodes = {place_of(node) for node in services_of(compose, "valkey").values()}
    for receiver in receivers.values():
        began = receiver["depends_on"]["cluster"]["condition"]
        assert began == "service_completed_successfully"
        hosts = place(receiver["environment"]["OPEN_ANALYTICS_STORE"]).hosts  # type: ignore[union-attr]
        assert {f"{host}:{port}" for host, port in hosts} <= nodes
        assert len(hosts) == 6


def test_receivers_believe_the_proxy_only(compose: dict[str, Any]) -> None:
    caddy = compose["services"]["caddy"]
    address = ip_address(caddy["networks"]["web"]["ipv4_address"])
    receivers = services_of(compose, "open-analytics")
    for receiver in receivers.values():
        [believed] = networks(receiver["environment"]["OPEN_ANALYTICS_TRUSTED_PROXY"])
        assert [*believed] == [address]
    assert caddy["environment"]["RECEIVERS"].split() == [f"{name}:8080" for name in receivers]


def test_receivers_and_nodes_have_the_same_password_from_files(compose: dict[str, Any]) -> None:
    for receiver in services_of(compose, "open-analytics").values():
        file = receiver["environment"]["OPEN_ANALYTICS_STORE_PASSWORD_FILE"]
        assert file.removeprefix("/run/secrets/") in receiver["secrets"]
    for node in services_of(compose, "valkey").values():
        assert node["command"][-1].removeprefix("/run/secrets/") in node["secrets"]
    assert "PASSWORD=" not in (DEPLOY / "compose.yaml").read_text()
    ignored = (DEPLOY / ".gitignore").read_text().split()
    assert {"/secrets/", "/.env"} <= {*ignored}


def test_both_files_make_what_compose_itself_makes_of_them(tmp_path: Path) -> None:
    folder = shutil.copytree(DEPLOY, tmp_path / "deploy", ignore=shutil.ignore_patterns("secrets"))
    files = [part for name in ("compose.yaml", NINE) for part in ("-f", str(folder / name))]
    made = nine()
    # Where Compose is not installed, it is at least what is read here.
    if compose := shutil.which("docker-compose"):
        told = subprocess.run(
            [compose, *files, "config", "--format", "json"],
            env={**os.environ, "DOMAIN": "analytics.example.com"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr
        made = json.loads(told.stdout)
    nodes = services_of(made, "valkey")
    assert [*nodes] == [f"valkey-{number}" for number in range(1, 10)]
    assert len({place_of(node) for node in nodes.values()}) == 9
    assert made["services"]["cluster"]["environment"]["REPLICAS"] == "2"
    assert len(made["services"]["cluster"]["depends_on"]) == 9
