"""Rules that hold for all modules, texts and docs; each test finds its files by itself."""

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from custom_components.analytics.models import Obstacle
from custom_components.analytics.tiers.standard import TIERS
from scripts.field_reference import crash_reference, field_reference
from tests.rooms import House, sentence

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "custom_components" / "analytics"
MODULES = sorted(PLUGIN.rglob("*.py"))

HOUSE = House(ROOT, "custom_components.analytics", nested=False)
ROOMS = sorted(HOUSE.rooms)

# What all may use, and has no door.
GROUND = {"changes", "clock", "const", "models", "host", "part", "texts"}
# Data moves one way: a room gives to those below it, through its door. Each row names what the room
# takes from, beside the ground; whatever stands at the top of the plugin may take from all of them.
FLOW = {
    "files": "",
    "settings": "",
    "code": "",
    "tiers": "",
    "run": "tiers files",
    "guard": "tiers",
    "collect": "tiers guard code",
    "consent": "tiers settings files",
    "outbound": "tiers consent settings files",
    "pipeline": "collect tiers consent guard outbound settings",
    "lifecycle": "pipeline collect tiers consent outbound files code run",
    "interface": "pipeline tiers consent files",
    "snapshots": "collect tiers consent guard outbound settings",
    "crash": "collect tiers consent guard outbound settings files code run",
    "holding": "pipeline crash snapshots collect tiers consent guard outbound settings files",
}
# Whoever stands above all rooms takes from what it likes, and gives only to who calls it.
ABOVE = {"panel": {"__init__.py", "websocket_api.py"}}
PURE = ("models", "texts", "tiers", "guard", "consent/rules", "outbound/opt_out", "outbound/retry")


def test_each_room_stands_below_those_that_it_takes_from() -> None:
    assert HOUSE.rooms | {"pipeline"} == {*FLOW, *ABOVE}
    rows = list(FLOW)
    for number, room in enumerate(rows):
        assert set(FLOW[room].split()) <= set(rows[:number]), room


@pytest.mark.parametrize("room", FLOW)
def test_a_room_takes_from_what_its_row_names(room: str) -> None:
    assert HOUSE.uses(room) - GROUND == set(FLOW[room].split())


@pytest.mark.parametrize("room", ABOVE)
def test_a_room_above_all_others_gives_only_to_who_calls_it(room: str) -> None:
    callers = {str((ROOT / path).relative_to(PLUGIN)) for path in HOUSE.taken(room)}
    assert callers <= ABOVE[room]


def test_no_module_needs_itself() -> None:
    TopologicalSorter(HOUSE.circle()).prepare()


@pytest.mark.parametrize("room", ROOMS)
def test_a_door_hands_out_what_others_take_and_no_more(room: str) -> None:
    taken, offered = HOUSE.taken(room), HOUSE.offers(room)
    assert {name: around for name, names in taken.items() if (around := names - offered)} == {}
    assert set().union(*taken.values()) == offered


@pytest.mark.parametrize("name", PURE)
def test_pure_stages_know_no_host(name: str) -> None:
    place = PLUGIN / name
    for path in place.glob("*.py") if place.is_dir() else [place.with_suffix(".py")]:
        imported = re.findall(r"^(?:from|import) (\w+)", path.read_text(), re.MULTILINE)
        assert "homeassistant" not in imported, path.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PLUGIN)))
def test_modules_are_short_and_say_where_they_stand(path: Path) -> None:
    assert sentence(path).endswith(".")
    # The table of tiers is data: a field a row.
    assert not HOUSE.enters(path, "tiers") or len(path.read_text().splitlines()) <= 240


@pytest.mark.parametrize("room", ROOMS)
def test_the_docs_name_each_room(room: str) -> None:
    plugin, _, _ = (ROOT / "docs" / "architecture.md").read_text().partition("## The receiver")
    assert f"\n| `{room}/` |" in plugin


WAYS_OUT = re.compile(
    r"clientsession|ClientSession|session\.(?:post|get|put|delete|patch|head|request|ws_connect)"
    r"|urllib\.request|\bhttp\.client\b|import socket|import requests|import httpx|subprocess"
    r"|(?:import|from) sentry|sentry_sdk\.(?:init|capture)|HttpTransport"
    r"|async_check_can_reach_url|getaddrinfo|\bresolver\b|open_connection|create_connection"
)


def test_no_request_goes_around_the_gate() -> None:
    found = [path for path in MODULES if WAYS_OUT.search(path.read_text())]
    # The client of sentry-sdk hands events back: test_client.py shows that it sends nothing. The
    # program that is started, systemd-detect-virt, reads: test_environment.py shows that it is the
    # only one, with one word for an argument.
    assert {str(path.relative_to(PLUGIN)) for path in found} == {
        "outbound/gate.py",
        "crash/client.py",
        "collect/detect_virt.py",
    }


def test_the_field_reference_in_the_docs_is_the_table() -> None:
    docs = (ROOT / "docs" / "privacy.md").read_text()
    assert field_reference() in docs
    assert crash_reference() in docs


def test_every_field_belongs_to_one_tier_that_requires_known_ones() -> None:
    names = [field.name for tier in TIERS.values() for field in tier.fields]
    assert len(names) == len(set(names))
    assert {required for tier in TIERS.values() for required in tier.requires} <= set(TIERS)


def texts() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PLUGIN / "translations" / "en.json").read_text())
    return loaded


def leaves(node: object) -> Iterator[str]:
    """Yield every text below a node of the translations."""
    if isinstance(node, dict):
        for value in node.values():
            yield from leaves(value)
    else:
        yield str(node)


def test_texts_are_as_the_hosts_checker_wants_them() -> None:
    assert "step" in texts()["config"]
    # It lets links into what Labs shows, which can fill in none.
    others = {name: part for name, part in texts().items() if name != "preview_features"}
    assert [text for text in leaves(others) if re.search(r"https?://\w", text)] == []
    assert [text for text in leaves(texts()) if text != text.strip()] == []


def test_every_error_has_a_text() -> None:
    source = "".join(path.read_text() for path in MODULES)
    raised = set(re.findall(r'SettingError\(\s*"(\w+)"', source))
    assert raised <= set(texts()["options"]["error"])
    keys = set(re.findall(r'translation_key="(\w+)"', source))
    keys |= {f"blocked_{obstacle}" for obstacle in Obstacle}
    assert keys
    assert keys <= set(texts()["exceptions"]) | set(texts().get("issues", {}))


def test_every_text_of_an_error_is_used() -> None:
    source = "".join(path.read_text() for path in MODULES)
    assert [key for key in texts()["options"]["error"] if f'"{key}"' not in source] == []


def test_the_form_has_a_text_for_each_field() -> None:
    from custom_components.analytics.options_form import SELECTORS

    form = texts()["options"]["step"]["settings"]
    fields = {name.replace(".", "_") for name in SELECTORS}
    assert set(form["data"]) == fields
    assert set(form["data_description"]) == fields


def test_actions_have_texts_and_icons() -> None:
    actions = set(texts()["services"])
    assert set(json.loads((PLUGIN / "icons.json").read_text())["services"]) == actions
    described = (PLUGIN / "services.yaml").read_text()
    assert set(re.findall(r"^(\w+):", described, re.MULTILINE)) == actions


def test_the_manifest_asks_for_what_every_host_has() -> None:
    manifest = json.loads((PLUGIN / "manifest.json").read_text())
    assert manifest["requirements"] == ["async-timeout>=4.0.3", "sentry-sdk>=1.45.1"]


PAGES = sorted(
    page for folder in (".", "docs", "benchmarks") for page in (ROOT / folder).glob("*.md")
)


def headings(page: Path) -> set[str]:
    """Return what links call the headings of a page: in lower case, with `-` for each space."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_in_the_docs_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)]+)", page.read_text(encoding="utf-8")):
        name, _, heading = link.partition("#")
        target = page.parent / name if name else page
        assert target.exists(), link
        assert not heading or heading in headings(target), link


def test_each_promise_names_tests_that_exist() -> None:
    named = re.findall(r"`(test_\w+)`", (ROOT / "docs" / "privacy.md").read_text())
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert named
    assert [name for name in named if f"def {name}(" not in tests] == []
