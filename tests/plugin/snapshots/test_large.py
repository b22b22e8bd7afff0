"""Five thousand devices: the snapshot is whole in the journal, and pushes nothing out."""

from pathlib import Path
from typing import Any

import orjson

from custom_components.analytics.models import Knowledge
from custom_components.analytics.outbound.journal_file import (
    FILE_NAME,
    MAX_BESIDE,
    MAX_BYTES,
    JournalFile,
)
from custom_components.analytics.snapshots.inspect import Inspector

from .test_inspect import DEVICE, ENTITY

DEVICES = 5_000
SNAPSHOTS = 7
LINE: dict[str, Any] = {
    "time": "2026-11-01T00:00:00+00:00",
    "destination": "n",
    "url": "u",
    "tiers": {"snapshots": 1},
}


def home() -> dict[str, Any]:
    """Return what the host says of a large home."""
    entities = [{**ENTITY, "unit_of_measurement": unit} for unit in ("km/h", "lx", "W", "V", "A")]
    devices = [
        {**DEVICE, "model": f"E{number}", "sw_version": f"1.{number}.2", "entities": entities}
        for number in range(DEVICES)
    ]
    return {"hue": {"devices": devices, "entities": []}}


def test_the_whole_of_it_is_in_the_journal_and_so_is_what_was_there_before(
    tmp_path: Path,
) -> None:
    known = Knowledge(built_in=frozenset({"hue", "sensor"}))
    passed = Inspector(known).inspect(home())
    assert passed.dropped == {}
    body = orjson.dumps(passed.payload)
    assert len(body) > MAX_BYTES
    file = JournalFile(tmp_path)
    report = {"uuid": "0" * 32}
    number = file.open({**LINE, "size": 1}, report, b"{}")
    file.append({"number": number, "outcome": "sent"})
    for _ in range(SNAPSHOTS):
        number = file.open({**LINE, "size": len(body)}, passed.payload, body)
        file.append({"number": number, "outcome": "sent"})
    entries = JournalFile(tmp_path).newest(100)
    assert [entry.payload == home() for entry in entries] == [True] * SNAPSHOTS + [False]
    assert entries[-1].payload == report
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert (tmp_path / FILE_NAME).stat().st_size < 10_000
    assert sum(sizes) < MAX_BESIDE
