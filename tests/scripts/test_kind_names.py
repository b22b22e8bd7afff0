"""What the receiver calls kinds of entities is what the hosts call them that it is made of."""

import json
from pathlib import Path

import homeassistant.components

from scripts.kind_names import FILE, names

COMPONENTS = Path(homeassistant.components.__file__).parent


def shipped() -> dict[str, str]:
    """Return the names that the receiver has."""
    found: dict[str, str] = json.loads(FILE.read_text("utf-8"))["names"]
    return found


def test_each_kind_of_the_host_has_a_name() -> None:
    assert names(COMPONENTS).keys() - shipped() == set()


def test_names_are_those_that_people_see() -> None:
    known = shipped()
    assert known["binary_sensor.motion"] == "Motion"
    assert known["sensor.temperature"] == "Temperature"
    assert known["light"] == "Light"
    assert not [name for name in known.values() if not name or "component::" in name]
