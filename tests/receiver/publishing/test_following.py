"""Several receivers that keep in the same place: one of them counts, and all show the same."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from receiver.clock import Clock
from receiver.options import Options
from receiver.publishing import Publisher
from receiver.publishing.publisher import FOLLOWED_EVERY
from receiver.storage.sqlite.writing import Writer
from tests.receiver.figures import example_figures
from tests.receiver.publishing.scheduled import Naps, printing, stored
from tests.receiver.running import file_of

SECOND = 1000
NEWEST = example_figures()["last_updated"]


class Shared(Writer):
    """A file that lets several publishers in, as a cluster does."""

    shared = True  # type: ignore[misc] # of one receiver otherwise
    taken = False

    def __init__(self, path: Path) -> None:
        """Begin with the file."""
        super().__init__(path)
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def turn(self, _work: str) -> AsyncIterator[bool]:
        """Let one in at a time."""
        yield not self.taken

    async def save_published(
        self, time: int, figures: bytes, day: str, told: bytes, *, obsolete: Iterable[str] = ()
    ) -> bool:
        """Refuse what is older than what is there."""
        async with self._one:
            there = await self.published(-1)
            if there and there.time >= time:
                return False
            return await super().save_published(time, figures, day, told, obsolete=obsolete)


@dataclass(kw_only=True, slots=True)
class Scene:
    """Publishers of receivers that share what they keep."""

    options: Options
    store: Shared
    stack: AsyncExitStack
    naps: list[Naps] = field(default_factory=list)

    async def publisher(self, *, ahead: int = 0, installations: int = 500) -> Publisher:
        """Start one whose figures are so many seconds newer than the example's."""
        naps = Naps()
        figures: dict[str, Any] = example_figures() | {
            "last_updated": NEWEST + ahead * SECOND,
            "active_installations": installations,
        }
        clock = Clock(wall=lambda: NEWEST / SECOND)
        command = printing(figures)
        made = Publisher(self.options, self.store, command=command, sleep=naps, clock=clock)
        await made.start()
        self.stack.push_async_callback(made.stop)
        self.naps.append(naps)
        return made


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    options = Options(store=tmp_path / "analytics.db", count_after=0, publish_every=3600)
    store = Shared(file_of(options))
    await store.start()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(store.close)
        yield Scene(options=options, store=store, stack=stack)


def shown(publisher: Publisher) -> tuple[Any, ...]:
    return publisher.figures, publisher.history


async def test_what_one_receiver_publishes_all_show(scene: Scene) -> None:
    one, other = await scene.publisher(), await scene.publisher()
    assert await one.refresh()
    assert await other.follow()
    assert shown(one) == shown(other)
    assert not await other.follow()


async def test_a_receiver_looks_for_others_figures_while_it_waits_for_its_own_time(
    scene: Scene,
) -> None:
    assert await (await scene.publisher()).refresh()
    waits = await scene.publisher()
    naps = scene.naps[-1]
    assert await naps.next() == FOLLOWED_EVERY
    newer = await scene.publisher(ahead=60)
    assert await newer.refresh()
    naps.end()
    await naps.next()
    assert shown(waits) == shown(newer)


async def test_who_begins_later_shows_what_the_others_do(scene: Scene) -> None:
    one = await scene.publisher()
    assert await one.refresh()
    assert shown(await scene.publisher()) == shown(one)


async def test_it_does_not_count_while_it_is_anothers_turn(scene: Scene) -> None:
    publisher = await scene.publisher()
    scene.store.taken = True
    assert not await publisher.refresh()
    assert stored(scene.options) == []
    scene.store.taken = False
    assert await publisher.refresh()


async def test_figures_that_come_too_late_are_shown_by_nobody(scene: Scene) -> None:
    slow = await scene.publisher(installations=100)
    quick = await scene.publisher(ahead=1, installations=200)
    assert await quick.refresh()
    assert await slow.refresh()
    assert slow.figures["active_installations"] == 200
    assert shown(slow) == shown(quick)
    assert stored(scene.options, "SELECT time FROM published") == [NEWEST // SECOND + 1]


async def test_a_day_that_another_receiver_went_on_with_is_read_anew(scene: Scene) -> None:
    first, second = await scene.publisher(installations=100), await scene.publisher()
    assert await first.refresh()
    await second.follow()
    later = await scene.publisher(ahead=3600, installations=200)
    assert await later.refresh()
    assert await second.follow()
    assert [one["active_installations"] for one in second.history] == [200]


async def test_two_that_publish_at_once_show_the_same_in_the_end(scene: Scene) -> None:
    publishers = [await scene.publisher(ahead=number) for number in range(3)]
    await asyncio.gather(*(one.refresh() for one in publishers))
    for one in publishers:
        await one.follow()
    assert [shown(one) for one in publishers] == [shown(publishers[-1])] * 3


@pytest.mark.parametrize("figures", [b"[]", b'{"last_updated": 1, "countries": []}', b"null"])
async def test_figures_of_another_version_end_nothing(
    scene: Scene, figures: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    publisher = await scene.publisher()
    before = shown(publisher)
    day = "2026-01-01"
    assert await scene.store.save_published(1, figures, day, figures)
    assert not await publisher.follow()
    assert shown(publisher) == before
    assert "can't be read" in caplog.text
    assert await publisher.refresh()
    assert publisher.figures["active_installations"] == 500


async def test_what_nobody_expected_ends_no_publishing_and_is_not_quoted(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert await (await scene.publisher()).refresh()
    publisher = await scene.publisher()
    naps = scene.naps[-1]

    async def fails(after: int) -> None:
        raise RuntimeError("what an installation told")

    assert await naps.next() == FOLLOWED_EVERY
    with monkeypatch.context() as patch:
        patch.setattr(scene.store, "published", fails)
        naps.end()
        # It goes on to look.
        assert await naps.next() == FOLLOWED_EVERY
    newer = await scene.publisher(ahead=60)
    assert await newer.refresh()
    naps.end()
    await naps.next()
    assert shown(publisher) == shown(newer)
    assert "To publish failed: RuntimeError" in caplog.text
    assert "an installation told" not in caplog.text
