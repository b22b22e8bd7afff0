"""The receiver's words are the plugin's, and so is what it takes for one of them."""

from typing import Any

import pytest

from receiver.dashboard import labels
from receiver.schema import words
from receiver.schema.checks import numbers, step_of, word_of
from receiver.schema.extended import UNCLEAN

STEPS = {name: steps for name, steps in vars(words).items() if name.endswith("_STEPS")}


def test_an_unclean_end_is_an_end() -> None:
    assert set(words.ENDS) > UNCLEAN


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("6.12.51-haos", "6.12.51"),
        ("12", "12"),
        ("3.13.1rc1", "3.13.1"),
        ("1.2.3.4.5", "1.2.3"),
        ("192.168.1.7", "192.168.1"),
        ("20260101", None),
        ("", None),
        ("v1", None),
    ],
)
def test_of_a_version_its_first_numbers_are_read(text: str, read: str | None) -> None:
    assert numbers(text, set()) == words.numbers(text) == read


@pytest.mark.parametrize("value", [0, 1, 3, 5, 7, 63, 64, 10_000])
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_both_take_the_same_steps(value: int, steps: tuple[int, ...]) -> None:
    assert step_of(steps)(value, set()) == words.step(value, steps)


def test_both_take_a_word_that_is_not_known_for_another() -> None:
    assert word_of(words.ENDS)("hung", set()) == words.OTHER
    assert words.word("hung", words.ENDS) == words.OTHER


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
