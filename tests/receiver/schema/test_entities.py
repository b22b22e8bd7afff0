"""A kind of entities is one word, and is read as it was written."""

import pytest

from receiver.schema.entities import EntityKind


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("light", EntityKind("light")),
        ("sensor.temperature", EntityKind("sensor", "temperature")),
        ("button:config", EntityKind("button", "", "config")),
        ("sensor.battery:diagnostic", EntityKind("sensor", "battery", "diagnostic")),
    ],
)
def test_a_kind_is_read_as_it_was_written(word: str, kind: EntityKind) -> None:
    assert (EntityKind.read(word), str(kind)) == (kind, word)
