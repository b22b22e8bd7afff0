import json

from scripts.demo_crash import described, leaked, plant

RECORD = {
    "issue": "1",
    "data": {
        "exception": {
            "values": [{"type": "KeyError"}, {"module": "a.b", "type": "DemoFaultError"}]
        },
        "tags": {"integration": "a"},
    },
    "stacktrace_md": "# DemoFaultError\n### a/b.py:3 in `c`",
}


def test_an_event_is_described_by_type_tags_and_stack() -> None:
    assert [*described(RECORD)] == [
        "Type: a.b.DemoFaultError, KeyError",
        "integration: a",
        "",
        "# DemoFaultError",
        "### a/b.py:3 in `c`",
    ]


def test_what_was_planted_is_found_wherever_it_is() -> None:
    planted = plant()
    harmless = json.dumps(RECORD).encode()
    assert leaked(planted, [harmless]) == []
    for name, value in planted.items():
        assert leaked(planted, [harmless, f'{{"url": "/a?{value}/"}}'.encode()]) == [name]


def test_something_else_is_planted_each_time() -> None:
    first, second = plant(), plant()
    assert all(first[name] != second[name] for name in first)
