"""Disclosure control of devices: nothing that is published tells of fewer than k installations."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.disclosure import coarsen, nothing, publish
from receiver.publishing.history import entry, of_day
from receiver.schema import REPORTED
from receiver.schema import devices as tables
from tests.receiver.counted import Counts
from tests.receiver.homes import Snapshot, count_homes, device, home, homes
from tests.receiver.homes_reference import figures
from tests.receiver.published import numbers

K = 5
NOW = 1_795_608_000_000

some_k = st.sampled_from((1, 2, 3, 5, 11))


def published(fleet: Iterable[Snapshot], k: int = K) -> dict[str, Any]:
    found: dict[str, Any] = publish(count_homes(fleet), k, NOW)["devices"]
    return found


@given(homes(), some_k)
def test_figures_are_what_a_slow_and_plain_program_finds(fleet: list[Snapshot], k: int) -> None:
    assert published(fleet, k) == figures(fleet, k)
