"""Too much from one address."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

import pytest

from receiver.intake import RateLimiter, limits
from tests.receiver.reports import base_report, new_id, stop_event
from tests.receiver.running import Receiver, StartReceiver

PROXY = (ip_network("127.0.0.0/8"),)
NOON = 12 * 3600.0
SENDER = ip_address("192.0.2.1")


class Watch:
    """A clock that stands still."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def taken(limiter: RateLimiter, address: Any, requests: int = 100) -> int:
    """Return how many of so many requests pass."""
    return sum(limiter.wait(address) == 0 for _ in range(requests))


def behind(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


@pytest.fixture
async def limited(start_receiver: StartReceiver) -> Receiver:
    """Return a receiver behind a proxy, which takes three reports a minute."""
    return await start_receiver(rate_limit=3, trusted_proxy=PROXY)


async def test_too_many_reports_from_one_address_have_to_wait(limited: Receiver) -> None:
    for _ in range(3):
        assert (await limited.post(base_report(), headers=behind("192.0.2.1")))[0] == 200
    async with limited.session.post(
        limited.url(), json=base_report(), headers=behind("192.0.2.1")
    ) as refused:
        assert refused.status == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert "try again" in (await refused.json())["error"]
    assert (await limited.post(base_report(), headers=behind("192.0.2.2")))[0] == 200


async def test_deletions_are_limited_too(limited: Receiver) -> None:
    statuses = []
    for _ in range(4):
        url = limited.url(f"/v1/{new_id()}")
        async with limited.session.delete(url, headers=behind("192.0.2.1")) as answer:
            statuses.append(answer.status)
    assert statuses == [204, 204, 204, 429]


async def test_reports_and_events_share_a_limit(limited: Receiver) -> None:
    sent = [(base_report(), "/v1"), (stop_event(), "/v1/events")] * 2
    statuses = [
        (await limited.post(body, headers=behind("192.0.2.1"), path=path))[0] for body, path in sent
    ]
    assert statuses == [200, 200, 200, 429]


async def test_the_machine_itself_is_not_limited(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(rate_limit=1)
    assert [(await receiver.post(base_report()))[0] for _ in range(5)] == [200] * 5


async def test_nobody_chooses_another_address_by_a_header(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(rate_limit=1, trusted_proxy=PROXY)
    chains = [f"127.0.0.1, 198.51.100.{number}, 192.0.2.1" for number in range(5)]
    statuses = [(await receiver.post(base_report(), headers=behind(one)))[0] for one in chains]
    assert statuses == [200, 429, 429, 429, 429]


def test_zero_is_no_limit(watch: Watch) -> None:
    assert taken(RateLimiter(0, clock=watch), SENDER) == 100


def test_the_limit_is_one_of_any_minute(watch: Watch) -> None:
    limiter = RateLimiter(60, clock=watch)
    watch.now = NOON + 59
    assert taken(limiter, SENDER) == 60
    watch.now = NOON + 60
    assert taken(limiter, SENDER) == 0
    watch.now = NOON + 90
    assert taken(limiter, SENDER) == 30
    watch.now = NOON + 600
    assert taken(limiter, SENDER) == 60


def test_who_waits_as_long_as_told_is_taken(watch: Watch) -> None:
    limiter = RateLimiter(5, clock=watch)
    watch.now = NOON + 12.5
    assert taken(limiter, SENDER) == 5
    watch.now += limiter.wait(SENDER)
    assert limiter.wait(SENDER) == 0


def test_a_network_of_ipv6_addresses_is_one_sender(watch: Watch) -> None:
    limiter = RateLimiter(5, clock=watch)
    addresses = [ip_address(f"2001:db8::{number:x}") for number in range(1, 11)]
    assert sum(limiter.wait(address) == 0 for address in addresses) == 5
    assert taken(limiter, ip_address("2001:db8:0:1::1")) == 5


def test_memory_is_bounded_and_nobody_is_locked_out(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_SENDERS", 10)
    limiter = RateLimiter(1, clock=watch)
    senders = [IPv4Address(number) for number in range(1, 101)]
    assert sum(limiter.wait(sender) == 0 for sender in senders) == 100
    assert taken(limiter, senders[0]) == 0
    assert taken(limiter, senders[-1]) == 100


def test_addresses_are_kept_as_hashes_whose_salt_changes_daily(watch: Watch) -> None:
    limiter = RateLimiter(1, clock=watch)
    kept = []
    for day in range(2):
        watch.now = NOON + day * limits.DAY
        assert limiter.wait(SENDER) == 0
        kept.append(set(limiter._now))
    assert not kept[0] & kept[1]
    assert all(SENDER.packed not in one and len(one) == 16 for one in kept[0] | kept[1])


def test_one_thing_at_a_time_is_under_way_of_an_address(watch: Watch) -> None:
    limiter = RateLimiter(1, clock=watch)
    with limiter.alone(SENDER) as first, limiter.alone(SENDER) as second:
        assert (first, second) == (True, False)
        with limiter.alone(ip_address("192.0.2.2")) as other:
            assert other
    with limiter.alone(SENDER) as again:
        assert again
    network = [ip_address(f"2001:db8::{one}") for one in (1, 2)]
    with limiter.alone(network[0]) as first, limiter.alone(network[1]) as second:
        assert (first, second) == (True, False)


@pytest.mark.parametrize("address", [None, ip_address("127.0.0.1"), ip_address("::1")])
def test_of_who_is_not_known_any_number_is(watch: Watch, address: Any) -> None:
    limiter = RateLimiter(1, clock=watch)
    with limiter.alone(address) as first, limiter.alone(address) as second:
        assert (first, second) == (True, True)
