"""What the demo compares, and what it keeps from one start to the next."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import demo_state
from scripts.demo import parse
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
