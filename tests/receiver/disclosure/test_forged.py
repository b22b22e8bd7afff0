"""Made-up reports: what they tell about others, and what they cost who sends them.

The attack: k - 1 made-up installations say that they have each of many names. Whichever name is
published then, somebody else has.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import orjson
import pytest

from receiver.keys import PUBLISHER
from receiver.options import Options
from receiver.schema import MAX_ITEMS
from tests.receiver.reports import base_report, new_id, start_event
from tests.receiver.running import Receiver, StartReceiver

DAYS = Options().count_after
K = Options().smallest_group
ADDRESS = "192.0.2.1"
DOMAIN, VERSION = "annamaria_boiler", "3.1.4"
GUESSES = [f"3.1.{number}" for number in range(10)]
HOME = base_report(custom_integrations=[{"domain": DOMAIN, "version": VERSION}])
# Where names are published; the names of the attack are in no other file.
FILES = ("/current_data.json", "/custom_integrations.json", "/addons.json", "/stability.json")
ROOT = Path(__file__).parents[3]


def many(kind: str) -> list[str]:
    """Return as many names as a list of a report may have, the home's among them."""
    return [*(f"{kind}_{number}" for number in range(MAX_ITEMS - 1)), DOMAIN]


ASKED = {*many("built_in"), *many("custom"), *many("app")}


def question() -> dict[str, Any]:
    """Return what one report can ask for at most."""
    return {
        "integrations": many("built_in"),
        "custom_integrations": [{"domain": name} for name in many("custom")],
        "addons": [{"slug": name} for name in many("app")],
    }


class Attacker:
    """Sends from one address unless told otherwise, and notes how many requests that takes."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        self.requests = 0

    async def send(self, body: Any, *, address: str = ADDRESS, path: str = "/v1") -> None:
        """Send what has to be taken, so within all limits."""
        await self.receiver.post_all([body], headers={"X-Forwarded-For": address}, path=path)
        self.requests += 1

    async def report(self, ids: list[str], **asked: Any) -> None:
        """Report by each of these made-up installations."""
        for uuid in ids:
            await self.send(base_report(uuid=uuid, **asked))

    async def found(self) -> set[str]:
        """Return the names asked for that are published next."""
        everything = await published(self.receiver)
        return {name for name in ASKED if f'"{name}"' in everything}


def some_ids() -> list[str]:
    """Return as many as are missing from k, with one of somebody else."""
    return [new_id() for _ in range(K - 1)]


async def published(receiver: Receiver) -> str:
    """Publish, and return the files as anybody can read them."""
    assert await receiver.app[PUBLISHER].refresh()
    answers = [await receiver.get(path) for path in FILES]
    assert {status for status, _ in answers} == {200}
    return "".join(body.decode() for _, body in answers)


async def attacked(start: StartReceiver, *, count_after: int = DAYS) -> Attacker:
    """Return an attacker of a receiver that a home has reported to for long."""
    # Behind a proxy, for who connects from this machine is not limited.
    receiver = await start(trusted_proxy=(ip_network("127.0.0.0/8"),), count_after=count_after)
    await receiver.post_all([HOME])
    receiver.clock.move(days=2 * DAYS)
    await receiver.post_all([HOME])
    return Attacker(receiver)


async def ask_for_versions(attacker: Attacker) -> None:
    for version in GUESSES:
        known = {"domain": DOMAIN, "version": version}
        await attacker.report(some_ids(), custom_integrations=[known])


async def test_where_all_count_at_once_who_asks_is_told(start_receiver: StartReceiver) -> None:
    """The attack works where nothing is done against it, or the tests below would prove nothing."""
    attacker = await attacked(start_receiver, count_after=0)
    await attacker.report(some_ids(), **question())
    assert attacker.requests == 4
    assert await attacker.found() == {DOMAIN}
    await ask_for_versions(attacker)
    assert attacker.requests == 44
    await published(attacker.receiver)
    _, body = await attacker.receiver.get("/custom_integrations.json")
    assert orjson.loads(body)[DOMAIN]["versions"] == {VERSION: 5}


async def test_who_just_came_is_told_nothing(start_receiver: StartReceiver) -> None:
    attacker = await attacked(start_receiver)
    await attacker.report(some_ids(), **question())
    await ask_for_versions(attacker)
    assert await attacker.found() == set()


async def test_neither_more_installations_nor_more_addresses_are_told_more(
    start_receiver: StartReceiver,
) -> None:
    attacker = await attacked(start_receiver)
    for number in range(20 * K):
        body = base_report(custom_integrations=HOME["custom_integrations"])
        await attacker.send(body, address=f"198.51.100.{number}")
    assert await attacker.found() == set()


@pytest.mark.parametrize("reported", [True, False], ids=["reported once", "never reported"])
async def test_events_of_who_just_came_are_told_nothing(
    start_receiver: StartReceiver, reported: bool
) -> None:
    attacker = await attacked(start_receiver)
    ids = some_ids() + some_ids()
    if reported:
        await attacker.report(ids)
    failed = {"setup_failures": [{"domain": DOMAIN, "reason": "error"}]}
    for _ in range(2):
        for uuid in ids:
            await attacker.send(start_event(uuid=uuid, **failed), path="/v1/events")
        attacker.receiver.clock.move(days=DAYS)
    assert await attacker.found() == set()


async def test_one_report_never_counts_however_old_it_gets(start_receiver: StartReceiver) -> None:
    attacker = await attacked(start_receiver)
    await attacker.report(some_ids(), **question())
    attacker.receiver.clock.move(days=2 * DAYS)
    assert await attacker.found() == set()


async def test_a_second_report_a_week_later_counts_and_not_an_hour_before(
    start_receiver: StartReceiver,
) -> None:
    """What an attacker pays now, and so what the texts say: 7 days, and 8 requests."""
    attacker = await attacked(start_receiver)
    ids = some_ids()
    await attacker.report(ids)
    attacker.receiver.clock.move(days=DAYS, hours=-1)
    await attacker.report(ids, **question())
    assert await attacker.found() == set()
    attacker.receiver.clock.move(hours=1)
    await attacker.report(ids, **question())
    assert await attacker.found() == {DOMAIN}
    # Without those that came too early.
    assert (DAYS, attacker.requests - len(ids)) == (7, 8)


async def test_who_has_waited_once_can_go_on(start_receiver: StartReceiver) -> None:
    """What is not prevented, so that the texts have to say it."""
    attacker = await attacked(start_receiver)
    ids = some_ids()
    await attacker.report(ids)
    attacker.receiver.clock.move(days=DAYS)
    await attacker.report(ids)
    assert await attacker.found() == set()
    for asked in (question(), {"addons": [{"slug": "another"}]}, question()):
        before = attacker.requests
        await attacker.report(ids, **asked)
        assert attacker.requests - before == 4
        assert await attacker.found() == ({DOMAIN} if asked == question() else set())


async def test_who_has_reported_for_long_counts_with_all_it_tells(
    start_receiver: StartReceiver,
) -> None:
    receiver = await start_receiver(count_after=DAYS)
    homes = [{**HOME, "uuid": new_id()} for _ in range(K)]
    await receiver.post_all(homes)
    await receiver.post_events([start_event(uuid=home["uuid"]) for home in homes])
    assert f'"active_installations":{K}' not in await published(receiver)
    receiver.clock.move(days=DAYS)
    await receiver.post_all(homes)
    found = await published(receiver)
    assert f'"active_installations":{K}' in found
    assert f'"reports_lifecycle":{K}' in found
    assert f'"{DOMAIN}":{{"total":{K}' in found


async def test_pages_and_docs_tell_these_costs(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(count_after=DAYS)
    _, about = await receiver.get("/about")
    names = sum(map(len, question().values()))
    cost = f"{DAYS} days and {2 * (K - 1)} requests"
    assert f"{cost}, from one address, are enough for {names:,} names at once" in about.decode()
    docs = " ".join((ROOT / "docs" / "privacy.md").read_text(encoding="utf-8").split())
    assert f"that takes {cost}, for up to {names:,} names at once, from one address" in docs
    assert f"{K - 1} requests before each publication ask for as many other names" in docs
    _, overview = await receiver.get("/")
    assert f"once it has reported for {DAYS} days" in overview.decode()
