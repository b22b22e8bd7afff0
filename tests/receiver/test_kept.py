"""What is kept of addresses that anybody can make up is bounded, by number and by size."""

from receiver.wire import Kept


def test_what_was_made_last_is_kept_however_many_addresses_are_made_up() -> None:
    kept = Kept[str]()
    for number in range(10 * Kept.MOST):
        kept.keep(f"/{number}", "page", 1)
        assert kept.get(f"/{number}") == "page"
    there = [number for number in range(10 * Kept.MOST) if kept.get(f"/{number}")]
    assert 0 < len(there) <= Kept.MOST


def test_large_ones_take_no_more_than_some_memory() -> None:
    kept = Kept[int]()
    size = Kept.LARGEST // 3
    for number in range(20):
        kept.keep(f"/{number}", number, size)
        there = [one for one in range(number + 1) if kept.get(f"/{one}") is not None]
        assert there[-1] == number
        assert len(there) * size <= Kept.LARGEST


def test_one_that_is_too_large_takes_the_place_of_all_others() -> None:
    kept = Kept[str]()
    kept.keep("/small", "small", 1)
    kept.keep("/large", "large", 2 * Kept.LARGEST)
    assert (kept.get("/small"), kept.get("/large")) == (None, "large")
    kept.keep("/small", "small", 1)
    assert (kept.get("/small"), kept.get("/large")) == ("small", None)
