"""The names that the receiver ships are those of the hosts that it is made of."""

import json
from pathlib import Path

import homeassistant.components

from scripts.integration_names import FILE, document, names

PACKAGES = Path(homeassistant.components.__file__).parents[2]
SHIPPED = json.loads(FILE.read_text("utf-8"))["names"]


def test_each_integration_of_the_host_has_its_name() -> None:
    found = names(PACKAGES / "homeassistant" / "components")
    assert len(found) > 1_000
    assert found.keys() <= SHIPPED.keys()
    # Some were renamed in later releases.
    other = [domain for domain, name in found.items() if SHIPPED[domain] != name]
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
    found = names(PACKAGES / "homeassistant" / "components")
    assert len(domains) > 900
    assert {domain: found[domain] for domain in domains} == domains


def test_it_is_the_same_at_each_making() -> None:
    text = FILE.read_text("utf-8")
    assert list(SHIPPED) == sorted(SHIPPED)
    assert document([PACKAGES]) == document([PACKAGES])
    content = json.loads(text)
    assert text == json.dumps(content, ensure_ascii=False, indent=0) + "\n"
    assert content["source"].startswith("homeassistant ")


def test_names_are_lines_of_text() -> None:
    odd = [
        one for one in SHIPPED.values() if not one.isprintable() or one != one.strip() or not one
    ]
    assert odd == []
