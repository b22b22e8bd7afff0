import pytest

from scripts.logged_report import differences, logged_reports

pytestmark = pytest.mark.once

RECEIVED = {"uuid": "ab12" + "0" * 28, "version": "2026.10.4", "energy": {"configured": False}}
LOGGED = {**RECEIVED, "uuid": "ab12…"}

LOG = """\
2026-11-21 01:00:00.000 WARNING (MainThread) [homeassistant.loader] {"uuid": "not ours"}
2026-11-21 01:00:01.000 INFO (MainThread) [custom_components.analytics] Sending to {x}: {"uuid":"ab12…","a":{"b":1}}
2026-11-21 01:00:01.500 INFO (MainThread) [homeassistant.core] between
2026-11-21 01:00:02.000 INFO (MainThread) [custom_components.analytics.outbound.delivery] Sent to {x}
2026-11-21 01:00:03.000 INFO (MainThread) [custom_components.analytics] Sending to {x}: {"uuid":"cd34…"}
"""  # noqa: E501


def test_reports_are_found_by_their_json_with_the_line_that_follows() -> None:
    first, second = logged_reports(LOG)
    assert first.report == {"uuid": "ab12…", "a": {"b": 1}}
    assert first.line.endswith('"a":{"b":1}}')
    assert first.outcome is not None
    assert first.outcome.endswith("Sent to {x}")
    assert second.report == {"uuid": "cd34…"}
    assert second.outcome is None


@pytest.mark.parametrize("log", ["", LOG.splitlines(keepends=True)[0]])
def test_a_log_without_reports_has_none(log: str) -> None:
    assert logged_reports(log) == []


def test_a_shortened_id_is_no_difference() -> None:
    assert differences(LOGGED, RECEIVED) == []


@pytest.mark.parametrize(
    ("logged", "key"),
    [
        ({**LOGGED, "version": "2026.10.5"}, "version"),
        ({**LOGGED, "energy": {"configured": 0}}, "energy"),
        ({**LOGGED, "extra": None}, "extra"),
        ({"uuid": LOGGED["uuid"], "version": LOGGED["version"]}, "energy"),
        ({**LOGGED, "uuid": RECEIVED["uuid"]}, "uuid"),
        ({**LOGGED, "uuid": "ffff…"}, "uuid"),
        ({**LOGGED, "uuid": None}, "uuid"),
    ],
    ids=["value", "type", "extra", "missing", "whole id", "other id", "no id"],
)
def test_every_other_difference_is_named(logged: dict[str, object], key: str) -> None:
    assert [line.split(":")[0] for line in differences(logged, RECEIVED)] == [key]
