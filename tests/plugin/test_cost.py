"""What a report costs, counted and not timed: ways to a thread, and files that are opened."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from homeassistant.core import HomeAssistant

from custom_components.analytics.outbound.journal_file import FILE_NAME
from scripts.sink import Sink

from .conftest import ALL_TIERS, Start

OPENED: list[list[Path]] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if OPENED and event == "open":
        path, mode, _flags = arguments
        # A file with an opener of its own is told twice, the second time without a mode.
        if isinstance(path, str) and mode is not None:
            OPENED[-1].append(Path(path))


# An audit hook is there for good.
sys.addaudithook(_note)


@pytest.fixture
def opened() -> Iterator[list[Path]]:
    """Return the files that are opened from now on."""
    OPENED.append([])
    yield OPENED[-1]
    OPENED.pop()


@pytest.fixture
def jobs(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is given to threads from now on."""
    given: list[str] = []
    real = hass.loop.run_in_executor

    def run(executor: Any, job: Callable[..., Any], *arguments: Any) -> Any:
        given.append(getattr(job, "__qualname__", repr(job)))
        return real(executor, job, *arguments)

    monkeypatch.setattr(hass.loop, "run_in_executor", run)
    return given


BEFORE_THE_REQUEST: Final = 1
AFTER_IT: Final = 1


async def test_a_report_looks_at_the_disk_once_writes_once_and_ends_the_entry(
    storage_folder: Path,
    start: Start,
    receiver: Sink,
    section: dict[str, Any],
    tmp_path: Path,
    jobs: list[str],
    opened: list[Path],
) -> None:
    (tmp_path / "secrets.yaml").write_text("door: swordfish\n")
    data = (await start(section)).runtime_data
    await data.async_choose(ALL_TIERS)
    await data.async_send()  # the first makes the id
    jobs.clear()
    opened.clear()

    assert (await data.pipeline.async_send()).kind == "sent"

    assert len(jobs) == BEFORE_THE_REQUEST + AFTER_IT, jobs
    ours = [path.name for path in opened if path.is_relative_to(tmp_path)]
    assert ours == ["secrets.yaml", FILE_NAME, FILE_NAME]
    assert len(receiver.arrivals) == 2
