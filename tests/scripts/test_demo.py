"""What the demo compares, and what it keeps from one start to the next."""

import json
from pathlib import Path
from typing import Any

import homeassistant.components
import pytest

from scripts import demo_state
from scripts.demo import parse
from scripts.demo_devices import DEVICES, described, install, known, pages
from scripts.demo_receiver import differences
from scripts.demo_state import DemoError, load_or_create

pytestmark = pytest.mark.usefixtures("socket_enabled")

REPORT: dict[str, Any] = {
    "version": "2026.10.4",
    "installation_type": "Home Assistant OS",
    "integrations": ["b", "a"],
    "certificate": True,
    "state_count": 1,
}
KEPT: dict[str, Any] = {
    "versions": ["2026.10.4"],
    "types": ["Home Assistant OS"],
    "integrations": ["a", "b"],
    "filled": ["integrations"],
    "reported": ["certificate", "integrations"],
    "state_count": 1,
}


def test_the_id_and_the_order_of_lists_are_no_difference() -> None:
    assert differences({"uuid": "1234…", **REPORT}, KEPT) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"state_count": True}, "state_count: the log tells 1, the receiver keeps true"),
        (
            {"integrations": ["a"]},
            'integrations: the log tells ["a", "b"], the receiver keeps ["a"]',
        ),
        ({"places": [["DE", None]]}, 'places: the log tells nothing, the receiver keeps [["DE", '),
    ],
)
def test_everything_else_is_a_difference(change: dict[str, Any], expected: str) -> None:
    [found] = differences(REPORT, {**KEPT, **change})
    assert found.startswith(expected)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the demo keep its state in a folder of this test."""
    monkeypatch.setattr(demo_state, "FOLDER", tmp_path)
    return tmp_path


def test_the_ports_stay_because_consent_belongs_to_an_address() -> None:
    made = load_or_create("2026.10", port=None, receiver_port=None, fleet=None)
    assert load_or_create("2026.10", port=None, receiver_port=None, fleet=None) == made
    with pytest.raises(DemoError, match="--fresh"):
        load_or_create("2026.10", port=None, receiver_port=made.receiver_port + 1, fleet=None)


def test_the_fleet_stays_because_its_history_is_past() -> None:
    made = load_or_create("2026.10", port=None, receiver_port=None, fleet=20)
    assert load_or_create("2026.10", port=None, receiver_port=None, fleet=None) == made
    with pytest.raises(DemoError, match="20 made-up homes: add --fresh"):
        load_or_create("2026.10", port=None, receiver_port=None, fleet=21)


@pytest.mark.parametrize("homes", ["-1", "many", "20001", "1.5"])
def test_no_number_of_homes_is_refused_by_name(
    homes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parse(["--fleet", homes])
    assert "argument --fleet: expected a whole number up to 20000" in capsys.readouterr().err


@pytest.mark.parametrize("other", [["--crash"], ["--fleet", "5"]])
def test_a_cluster_is_shown_by_itself(other: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--cluster", *other])
    assert "without --crash and --fleet" in capsys.readouterr().err


def test_what_an_older_demo_left_is_named_with_its_remedy(folder: Path) -> None:
    state = {"port": 1, "sink_port": 2, "username": "demo", "password": "demo"}
    (folder / "2026.10.json").write_text(json.dumps(state))
    with pytest.raises(DemoError, match="--fresh"):
        load_or_create("2026.10", port=None, receiver_port=None, fleet=None)


def test_a_snapshot_is_printed_by_device_with_how_many_entities() -> None:
    entity = {"domain": "button", "entity_category": None}
    device = {"manufacturer": "LG", "via_device": None, "entities": [entity, entity]}
    entry = {
        "size": 9,
        "url": "http://127.0.0.1:1",
        "outcome": "sent",
        "status": 200,
        "payload": {"lg_infrared": {"devices": [device], "entities": []}},
    }
    assert [*described(entry)] == [
        "9 bytes to http://127.0.0.1:1, sent with 200:",
        'lg_infrared: {"manufacturer": "LG", "via_device": null}',
        '  2 of {"domain": "button", "entity_category": null}',
    ]


def test_each_maker_and_model_has_a_page_whatever_it_is_called() -> None:
    tells = {"makers": ["a/b"], "models": [("a/b", "Fan 5/7")]}
    assert [*pages(tells)] == [
        "/devices/manufacturers/a%2Fb",
        "/devices/models/a%2Fb/Fan%205%2F7",
    ]
    assert [*pages({"makers": ["lg"]})] == ["/devices/manufacturers/lg"]


def test_the_sender_is_put_where_a_host_has_devices_that_listen(tmp_path: Path) -> None:
    components = Path(homeassistant.components.__file__).parent
    there = [domain for domain in DEVICES if (components / domain / "manifest.json").exists()]
    assert [*known()] == there
    install(tmp_path)
    install(tmp_path)
    place = tmp_path / "custom_components" / "demo_infrared"
    assert json.loads((place / "manifest.json").read_text())["domain"] == "demo_infrared"
