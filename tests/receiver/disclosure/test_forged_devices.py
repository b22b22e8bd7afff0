"""Made-up snapshots of devices: what they tell about others, and what they cost who sends them.

The attack is that of test_forged.py, by models in the place of names.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from receiver.keys import PUBLISHER
from receiver.options import Options
from receiver.schema import devices as tables
from receiver.schema.snapshots import taken as kept_of
from tests.receiver.running import Receiver, StartReceiver
from tests.receiver.snapshots import CLIENT, device, post, snapshot

DAYS = Options().count_after
K = Options().smallest_group
# How many models one snapshot can ask for.
MOST = 1_330
FROM = CLIENT | {"X-Forwarded-For": "192.0.2.1"}
# Before all that is made up, by its name.
MODEL = "Annamaria 3000"
HOME = snapshot(device(model=MODEL, model_id=None, sw_version="3.1.4"))
ROOT = Path(__file__).parents[3]


def question(many: int = MOST) -> dict[str, Any]:
    """Return what one snapshot can ask for at most: models, and nothing else of each."""
    bare: dict[str, Any] = {"model_id": None, "sw_version": None, "entities": []}
    models = (MODEL, *(f"Model {number}" for number in range(many - 1)))
    return snapshot(*(device() | bare | {"model": model} for model in models))


class Attacker:
    """Sends from one address, and notes how many requests that takes."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.identifiers: list[str | None] = [None] * (K - 1)
        self.requests = 0

    async def send(self, body: Any) -> None:
        """Send a snapshot by each of the made-up homes."""
        for place, known in enumerate(self.identifiers):
            status, answer = await post(self.receiver, body, known, FROM)
            assert status == 200, answer
            self.identifiers[place] = answer["submission_identifier"]
            self.requests += 1

    async def found(self) -> dict[str, Any]:
        """Return the models that are published next."""
        publisher = self.receiver.app[PUBLISHER]
        assert await publisher.refresh()
        makers: dict[str, dict[str, Any]] = publisher.figures["devices"]["models"]
        return makers.get("example lamps", {})


async def attacked(start: StartReceiver, *, count_after: int = DAYS) -> Attacker:
    """Return an attacker of a receiver with which a home has shared its devices for long."""
    receiver = await start(trusted_proxy=(ip_network("127.0.0.0/8"),), count_after=count_after)
    _, answer = await post(receiver, HOME)
    receiver.clock.move(days=2 * DAYS)
    status, _ = await post(receiver, HOME, answer["submission_identifier"])
    assert status == 200
    return Attacker(receiver)


async def test_where_all_count_at_once_who_asks_is_told(start_receiver: StartReceiver) -> None:
    attacker = await attacked(start_receiver, count_after=0)
    await attacker.send(question())
    assert attacker.requests == K - 1
    shown = await attacker.found()
    assert shown.keys() == {MODEL}
    # What only the home tells of it is not shown.
    assert shown[MODEL]["software"] == {}


async def test_who_just_came_is_told_nothing(start_receiver: StartReceiver) -> None:
    attacker = await attacked(start_receiver)
    await attacker.send(question())
    assert await attacker.found() == {}
    # However old that gets.
    attacker.receiver.clock.move(days=2 * DAYS)
    assert await attacker.found() == {}


@pytest.mark.parametrize(("days", "counts"), [(DAYS - 1, False), (DAYS, True)])
async def test_a_second_snapshot_a_week_later_counts_and_not_a_day_before(
    start_receiver: StartReceiver, days: int, counts: bool
) -> None:
    """What an attacker pays, and so what the texts say: 7 days, and 8 requests."""
    attacker = await attacked(start_receiver)
    await attacker.send(snapshot(device()))
    attacker.receiver.clock.move(days=days)
    await attacker.send(question())
    assert (await attacker.found()).keys() == ({MODEL} if counts else set())
    assert (DAYS, attacker.requests) == (7, 8)


async def test_docs_tell_these_costs() -> None:
    told = kept_of(question(MOST + 100)).told.names
    assert len(told[tables.MODELS]) == MOST
    docs = " ".join((ROOT / "docs" / "privacy.md").read_text(encoding="utf-8").split())
    cost = f"{DAYS} days and {2 * (K - 1)} requests"
    assert f"after the same {cost}, for up to {MOST:,} models at once" in docs
