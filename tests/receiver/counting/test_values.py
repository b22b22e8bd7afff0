"""Numbers that are counted, not listed: nobody notices, but for the memory."""

from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.counting import Values

numbers = st.lists(st.integers(0, 12) | st.integers(0, 10_000_000))


@given(numbers, numbers, st.integers(0, 14), st.integers(0, 3))
def test_it_is_what_a_list_would_be(
    some: list[int], more: list[int], limit: int, least: int
) -> None:
    values, others = Values(), Values()
    values.extend(some)
    others.extend(more)
    both = values + others
    listed = sorted(some + more)
    assert list(both) == listed
    assert len(both) == len(listed)
    assert bool(both) == bool(listed)
    ordered = both.ordered(least=least)
    left = listed[bisect_left(listed, least) :]
    assert [ordered[place] for place in range(len(ordered))] == left
    assert ordered.below(limit) == bisect_left(left, limit)
    assert list(values) == sorted(some)


def test_who_tells_the_same_is_the_same() -> None:
    values, others = Values(), Values({7: 2})
    values.extend([7])
    assert values != others
    values.add(7, 1)
    assert values == others
    assert values != [7, 7]
    with pytest.raises(TypeError):
        hash(values)
