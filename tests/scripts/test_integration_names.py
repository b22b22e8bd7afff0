"""What the receiver knows of integrations is what the hosts say that it is made of."""

import json
from pathlib import Path

import homeassistant.components
import pytest

from scripts.integration_names import FILES, document, told

PACKAGES = Path(homeassistant.components.__file__).parents[2]
COMPONENTS = PACKAGES / "homeassistant" / "components"


def shipped(key: str) -> dict[str, str]:
    """Return what the receiver has of a key of the manifests."""
    file, name = FILES[key]
    found: dict[str, str] = json.loads(file.read_text("utf-8"))[name]
    return found


@pytest.mark.parametrize("key", FILES)
def test_each_integration_of_the_host_is_there(key: str) -> None:
    found = told(key, COMPONENTS)
    assert len(found) > 1_000
    assert found.keys() <= shipped(key).keys()
    # Some were changed in later releases.
    other = [domain for domain, one in found.items() if shipped(key)[domain] != one]
    assert len(other) < len(found) / 10, other


def test_it_has_what_the_hosts_own_list_has() -> None:
    listed = json.loads(
        (PACKAGES / "homeassistant" / "generated" / "integrations.json").read_text("utf-8")
    )
    of_brands = [one.get("integrations", {}) for one in listed["integration"].values()]
    every = [listed["integration"], *of_brands]
    domains = {
        domain: one["name"]
        for table in every
        for domain, one in table.items()
        if one.get("integration_type", "virtual") != "virtual" and "name" in one
    }
    found = told("name", COMPONENTS)
    assert len(domains) > 900
    assert {domain: found[domain] for domain in domains} == domains


@pytest.mark.parametrize("key", FILES)
def test_it_is_the_same_at_each_making(key: str) -> None:
    text = FILES[key][0].read_text("utf-8")
    assert list(shipped(key)) == sorted(shipped(key))
    assert document(key, [PACKAGES]) == document(key, [PACKAGES])
    content = json.loads(text)
    assert text == json.dumps(content, ensure_ascii=False, indent=0) + "\n"
    assert content["source"].startswith("homeassistant ")


def test_names_are_lines_of_text() -> None:
    odd = [
        one
        for one in shipped("name").values()
        if not one.isprintable() or one != one.strip() or not one
    ]
    assert odd == []


def test_classes_are_those_of_the_hosts_documentation() -> None:
    known = {"assumed_state", "calculated"}
    known |= {f"{where}_{how}" for where in ("cloud", "local") for how in ("polling", "push")}
    assert set(shipped("iot_class").values()) == known
