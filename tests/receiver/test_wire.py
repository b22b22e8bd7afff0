"""What is made of a publication is made once, off the loop, and kept within bounds."""

import asyncio
import gc
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from receiver.wire import Shelf, Shelves


@dataclass(frozen=True)
class Made:
    """Something that was made of a publication."""

    of: str
    size: int


@dataclass
class Maker:
    """Makes things of what is published, and counts how often it did."""

    published: tuple[str, ...] = ("first",)
    made: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.shelves = Shelves[Made](lambda: self.published)
        self.shelf = self.shelves.asked

    async def get(self, address: str, size: int = 1) -> Made:
        def make(of: str) -> Made:
            self.made[address] += 1
            return Made(of, size)

        return await self.shelf.get(address, make)

    async def kept(self, address: str) -> bool:
        """Tell whether a thing is still there; it is taken for it, and not made."""

        def make(_: str) -> Made:
            raise LookupError

        try:
            await self.shelf.get(address, make)
        except LookupError:
            return False
        return True


async def test_what_was_made_last_is_kept_however_many_addresses_are_made_up() -> None:
    maker = Maker()
    for number in range(10 * Shelf.MOST):
        await maker.get(f"/{number}")
        assert await maker.kept(f"/{number}")
    there = [number for number in range(10 * Shelf.MOST) if await maker.kept(f"/{number}")]
    assert 0 < len(there) <= Shelf.MOST


async def test_large_ones_take_no_more_than_some_memory() -> None:
    maker = Maker()
    size = Shelf.LARGEST // 3
    for number in range(20):
        await maker.get(f"/{number}", size)
        there = [one for one in range(number + 1) if await maker.kept(f"/{one}")]
        assert there[-1] == number
        assert len(there) * size <= Shelf.LARGEST


async def test_one_that_is_too_large_takes_the_place_of_all_others() -> None:
    maker = Maker()
    await maker.get("/small")
    await maker.get("/large", 2 * Shelf.LARGEST)
    assert (await maker.kept("/small"), await maker.kept("/large")) == (False, True)
    await maker.get("/small")
    assert (await maker.kept("/small"), await maker.kept("/large")) == (True, False)


async def test_a_thing_is_made_once_for_all_who_ask_at_once() -> None:
    maker = Maker()
    found = await asyncio.gather(*(maker.get("/one") for _ in range(20)))
    assert set(found) == {Made("first", 1)}
    assert maker.made == {"/one": 1}


async def test_it_is_made_anew_of_what_is_published_next() -> None:
    maker = Maker()
    await maker.get("/one")
    maker.published = ("second",)
    assert not await maker.kept("/one")
    assert await maker.get("/one") == Made("second", 1)
    assert await maker.kept("/one")


async def test_addresses_of_ours_stay_however_many_others_make_up() -> None:
    maker = Maker()
    ours = await maker.shelves.ours.get("/", lambda of: Made(of, 1))
    for number in range(2 * Shelf.MOST):
        await maker.get(f"/{number}")
    assert await maker.shelves.ours.get("/", lambda of: Made(of, 2)) is ours


async def test_nothing_of_earlier_figures_stays_though_only_some_are_asked_for() -> None:
    maker = Maker()
    first = weakref.ref(await maker.shelves.ours.get("/", lambda of: Made(of, 1)))
    assert first()
    maker.published = ("second",)
    await maker.get("/one")
    gc.collect()
    assert first() is None


async def during(maker: Maker, happens: Callable[[], None]) -> Made:
    """Ask for a thing, and let something happen on the loop while it is made."""
    begun, go_on = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def make(of: str) -> Made:
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(30)
        return Made(of, 1)

    asked = asyncio.create_task(maker.shelf.get("/one", make))
    await asyncio.wait_for(begun.wait(), 30)
    happens()
    go_on.set()
    return await asked


async def test_what_was_made_of_earlier_figures_is_not_kept_for_later_ones() -> None:
    maker = Maker()

    def publish() -> None:
        maker.published = ("second",)

    assert await during(maker, publish) == Made("first", 1)
    assert await maker.get("/one") == Made("second", 1)


async def test_nothing_is_kept_of_what_could_not_be_made() -> None:
    maker = Maker()

    def make(_: str) -> Made:
        raise LookupError

    with pytest.raises(LookupError):
        await maker.shelf.get("/one", make)
    assert not await maker.kept("/one")
    assert await maker.get("/one") == Made("first", 1)
