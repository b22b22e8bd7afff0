"""What was held back is named by the rule that held it back, and nothing else is named."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.guard import Held, Why, held, inspect, offends, why
from custom_components.analytics.models import Knowledge
from custom_components.analytics.tiers import TIERS, Content

from .test_last_look import REPORT

TEXTS = Path(__file__).parents[3] / "custom_components/analytics/translations/en.json"
HOME = Knowledge(
    built_in=frozenset({"hue", "zha", "recorder"}),
    secrets=frozenset({"nina mueller", "hunter2-hunter2"}),
    people=frozenset({"nina mueller"}),
)
FIELDS = tuple(field for tier in TIERS.values() for field in tier.fields)
LONG = "x" * 300

EXAMPLES = [
    (Content.DOMAIN, "my_own", Why.NOT_BUILT_IN),
    (Content.TEXT, "Nina Müller", Why.OWN),
    (Content.TEXT, "hunter2-hunter2", Why.OWN),
    (Content.TEXT, "00:17:88:01:02:03", Why.MAC_ADDRESS),
    (Content.TEXT, "10.1.2.3", Why.IP_ADDRESS),
    (Content.TEXT, "52.3702, 4.8952", Why.COORDINATES),
    (Content.TEXT, "anna@example.com", Why.EMAIL),
    (Content.TEXT, "/config/www", Why.PATH),
    (Content.TEXT, "nas.local", Why.HOST_NAME),
    (Content.TEXT, "nas:8123", Why.HOST_NAME),
    (Content.TEXT, "6ba7b810-9dad-11d1-80b4-00c04fd430c8", Why.UUID),
    (Content.TEXT, "123456789012345", Why.NUMBER),
    (Content.TEXT, "q7Rk2mZx9Lp4Wv8Tn3Bs", Why.RANDOM),
    (Content.VERSION, "192.168.1.5", Why.OWN_NETWORK),
    (Content.VERSION, "2.0-nas.local", Why.HOST_NAME),
    (Content.FILE, "custom_components/x/y.py", Why.CUSTOM_CODE),
    (Content.FILE, "homeassistant/components/mine/y.py", Why.NOT_BUILT_IN),
    (Content.FILE, "../secret.txt", Why.PATH),
    (Content.FILE, "homeassistant/ninamueller.py", Why.OWN),
    (Content.MODEL, LONG, Why.TOO_LONG),
    (Content.MODEL, "Lamp of Nina", Why.OWN),
    (Content.MODEL, "Anna's lamp", Why.WHOSE),
    (Content.MODEL, "a\u0007b", Why.UNPRINTABLE),
    (Content.MODEL, "S/N: AB123456", Why.SERIAL_NUMBER),
    (Content.MODEL, "/dev/ttyUSB0", Why.PATH),
    (Content.MODEL, "nas.local", Why.HOST_NAME),
    (Content.MODEL, "at 10.1.2.3", Why.IP_ADDRESS),
]


@pytest.mark.parametrize(("content", "value", "rule"), EXAMPLES)
def test_each_rule_has_a_name(content: Content, value: str, rule: Why) -> None:
    assert why(value, content, HOME) is rule


@given(st.text(max_size=60), st.sampled_from(Content))
def test_what_is_not_held_back_has_no_rule(value: str, content: Content) -> None:
    assert (why(value, content, HOME) is not None) is offends(value, content, HOME)


def test_each_rule_has_words_for_people() -> None:
    rules: dict[str, Any] = json.loads(TEXTS.read_text())["config_panel"]["rule"]
    assert set(rules) == {rule.value for rule in Why}


def held_of(**changed: Any) -> list[Held]:
    """Return what is held back of a report, and see that it is what was counted."""
    payload = {**REPORT, **changed}
    inspected = inspect(payload, FIELDS, HOME)
    found = held(inspected.left_out, HOME)
    assert len(found) == sum(inspected.dropped.values())
    assert {part.field.split(".")[0] for part in found} == {
        path.split(".")[0] for path in inspected.dropped
    }
    return [*found]


def custom(domain: str = "hacs", version: object = "2.0.5") -> dict[str, Any]:
    return {"domain": domain, "version": version}


def part(field: str, rule: Why, value: Any, instead: Any = None) -> Held:
    return Held(field=field, rule=rule, value=value, instead=instead)


HELD: list[tuple[dict[str, Any], list[Held]]] = [
    ({"integrations": ["hue", "my_own"]}, [part("integrations", Why.NOT_BUILT_IN, "my_own")]),
    (
        {"custom_integrations": [custom("nina_mueller"), custom("ok", "nas.local")]},
        [
            part("custom_integrations.domain", Why.OWN, "nina_mueller"),
            part("custom_integrations.version", Why.HOST_NAME, "nas.local"),
        ],
    ),
    (
        {"custom_integrations": [custom(version=LONG)]},
        [part("custom_integrations.version", Why.TOO_LONG, LONG)],
    ),
    (
        {"custom_integrations": [{**custom(), "mine": "x"}]},
        [part("custom_integrations", Why.UNKNOWN_KEY, "x")],
    ),
    (
        {"recorder": {"engine": "sqlite", "version": "nas.local"}},
        [part("recorder.version", Why.HOST_NAME, "nas.local", "Unknown")],
    ),
    ({"installation_type": "Mine"}, [part("installation_type", Why.FORM, "Mine", "Unknown")]),
    ({"state_count": -1}, [part("state_count", Why.FORM, -1)]),
    ({"state_count": "many"}, [part("state_count", Why.FORM, "many")]),
]


@pytest.mark.parametrize(("changed", "expected"), HELD)
def test_what_is_held_back_of_a_report_is_told_with_what_is_there_instead(
    changed: dict[str, Any], expected: list[Held]
) -> None:
    assert held_of(**changed) == expected


def test_of_a_report_that_says_nothing_of_the_home_nothing_is_held_back() -> None:
    inspected = inspect({**REPORT, "integrations": ["hue"]}, FIELDS, HOME)
    assert held(inspected.left_out, HOME) == ()


def test_a_value_that_is_held_back_is_in_no_text_of_ours() -> None:
    inspected = inspect({**REPORT, "integrations": ["nina_mueller"]}, FIELDS, HOME)
    found = held(inspected.left_out, HOME)
    assert found[0].value == "nina_mueller"
    assert "nina" not in f"{inspected!r} {found!r}"
