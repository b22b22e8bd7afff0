"""The receiver's words are the plugin's: a word that is missing here would be kept as "other"."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from receiver.dashboard import labels
from receiver.schema import words
from receiver.schema.checks import numbers, step_of, word_of

PLUGIN = Path(__file__).parents[3] / "custom_components" / "analytics" / "tiers" / "words.py"


def _plugin() -> ModuleType:
    """Read the file by itself: its package needs Home Assistant."""
    spec = importlib.util.spec_from_file_location("plugin_words", PLUGIN)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def tables(module: ModuleType) -> dict[str, Any]:
    return {
        name: value
        for name, value in vars(module).items()
        if name.isupper() and isinstance(value, str | tuple | dict)
    }


def test_both_have_the_same_words() -> None:
    theirs, ours = tables(_plugin()), tables(words)
    assert theirs.pop("NUMBERS") + r"(?!\d)" == words.NUMBERS.pattern
    assert theirs == ours
    assert set(words.ENDS) > words.UNCLEAN


@pytest.mark.parametrize(
    "text", ["6.12.51-haos", "12", "192.168.1.7", "20260101", "3.13.1rc1", "", "v1", "1.2.3.4.5"]
)
def test_both_read_the_same_numbers(text: str) -> None:
    assert numbers(text, set()) == _plugin().numbers(text)


@pytest.mark.parametrize("value", [0, 1, 3, 5, 7, 63, 64, 10_000])
@pytest.mark.parametrize("name", [name for name in tables(words) if name.endswith("_STEPS")])
def test_both_take_the_same_steps(value: int, name: str) -> None:
    steps = getattr(words, name)
    assert step_of(steps)(value, set()) == _plugin().step(value, steps)


def test_both_take_a_word_that_is_not_known_for_another() -> None:
    assert word_of(words.ENDS)("hung", set()) == words.OTHER
    assert _plugin().word("hung", words.ENDS) == words.OTHER


@pytest.mark.parametrize(
    ("written", "known"),
    [
        (labels.VIRTUALIZATIONS, words.VIRTUALIZATIONS),
        (labels.CONTAINERS, words.CONTAINERS),
        (labels.ENDS, words.ENDS),
        (labels.REASONS, words.REASONS),
        (labels.CLOUD, words.CLOUD_STATES),
        (labels.PANELS, words.PANELS),
        (labels.CORES, map(str, words.CORE_STEPS)),
        (labels.MEMORY, map(str, words.MEMORY_STEPS)),
        (labels.DURATIONS, map(str, words.DURATION_STEPS)),
        (labels.OPENED, map(str, words.OPENED_STEPS)),
        (labels.ROWS, words.ROWS),
        (labels.RUNS, map(str, words.RUN_STEPS)),
        (labels.STOPS, map(str, words.STOP_STEPS)),
    ],
)
def test_no_label_is_of_a_word_that_does_not_exist(written: dict[str, str], known: Any) -> None:
    assert written.keys() <= set(known)
    assert all(map(labels.of(written), written))
