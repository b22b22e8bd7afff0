"""A report that waits: it leaves as the bytes that were shown, in part, or never."""

import asyncio
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.exceptions import HomeAssistantError

from scripts.sink import Answer

from ..conftest import CommandError, SetClock
from .conftest import Home

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


async def test_nothing_leaves_before_it_was_approved(home: Home) -> None:
    for _ in range(3):
        await home.wait(DAY)
    [item] = await home.items()
    assert home.receiver.arrivals == []
    assert (await home.command("analytics/journal"))["entries"] == []
    assert item["kind"] == "report"
    assert item["url"] == home.receiver.url
    status = await home.command("analytics/status")
    assert status["held"] == 1
    assert status["last_report"]["outcome"] == "held"


async def test_what_leaves_is_what_was_shown_byte_for_byte(home: Home) -> None:
    item = await home.made()
    assert item["digest"] == sha256(item["body"].encode()).hexdigest()
    assert item["size"] == len(item["body"].encode())
    assert item["payload"] == json.loads(item["body"])
    home.hass.states.async_set("light.new", "on")  # by now a report would be another
    assert (await home.approve(item))["outcome"] == "sent"
    [arrival] = home.receiver.arrivals
    assert arrival.path == "/v1"
    assert arrival.body == item["body"].encode()
    assert await home.items() == []
    [entry] = (await home.command("analytics/journal"))["entries"]
    assert entry["payload"] == item["payload"]
    assert entry["outcome"] == "sent"
    assert entry["tiers"] == item["tiers"] == {"base": 1, "usage": 1, "statistics": 1}
    status = await home.command("analytics/status")
    assert status["held"] == 0
    assert status["last_report"]["outcome"] == "sent"


async def test_an_approval_is_of_the_bytes_that_were_seen(home: Home) -> None:
    item = await home.made()
    home.hass.states.async_set("light.new", "on")
    newer = await home.made()
    assert newer["key"] == item["key"]
    assert newer["digest"] != item["digest"]
    with pytest.raises(CommandError) as raised:
        await home.approve(item)
    assert raised.value.translation_key == "held_changed"
    assert home.receiver.arrivals == []
    assert (await home.approve(newer))["outcome"] == "sent"
    with pytest.raises(CommandError) as raised:
        await home.approve(newer)
    assert raised.value.translation_key == "held_gone"
    assert len(home.receiver.arrivals) == 1


async def test_two_who_approve_at_once_send_it_once(home: Home) -> None:
    item = await home.made()
    ended = await asyncio.gather(home.approve(item), home.approve(item))
    assert [each["outcome"] for each in ended] == ["sent", "sent"]
    assert len(home.receiver.arrivals) == 1


async def test_a_report_is_trimmed_by_tier(home: Home) -> None:
    item = await home.made()
    left = await home.command(
        "analytics/outbox/trim", key=item["key"], digest=item["digest"], tiers=["usage"]
    )
    assert left["tiers"] == {"base": 1, "statistics": 1}
    assert "integrations" in item["payload"]
    assert left["payload"] == {
        name: value
        for name, value in item["payload"].items()
        if name not in {"integrations", "custom_integrations", "certificate", "energy", "recorder"}
    }
    with pytest.raises(CommandError) as raised:
        await home.approve(item)
    assert raised.value.translation_key == "held_changed"
    assert (await home.approve(left))["outcome"] == "sent"
    [arrival] = home.receiver.arrivals
    assert arrival.body == left["body"].encode()
    [entry] = (await home.command("analytics/journal"))["entries"]
    assert entry["tiers"] == left["tiers"]


async def test_nothing_is_left_without_what_all_require(home: Home) -> None:
    item = await home.made()
    with pytest.raises(CommandError) as raised:
        await home.command(
            "analytics/outbox/trim", key=item["key"], digest=item["digest"], tiers=["base"]
        )
    assert raised.value.translation_key == "held_nothing_left"
    assert [each["digest"] for each in await home.items()] == [item["digest"]]


async def test_what_was_discarded_never_leaves(home: Home) -> None:
    item = await home.made()
    with pytest.raises(CommandError) as raised:
        await home.command("analytics/outbox/discard", key=item["key"], digest="of another")
    assert raised.value.translation_key == "held_changed"
    await home.command("analytics/outbox/discard", key=item["key"], digest=item["digest"])
    assert await home.items() == []
    with pytest.raises(CommandError) as raised:
        await home.approve(item)
    assert raised.value.translation_key == "held_gone"
    assert home.receiver.arrivals == []


async def test_what_did_not_arrive_waits_on_and_says_so(home: Home) -> None:
    item = await home.made()
    home.receiver.answer = Answer(status=503)
    assert (await home.approve(item))["outcome"] == "retryable"
    await home.wait(timedelta(minutes=5))
    assert len(home.receiver.arrivals) == 1
    [again] = await home.items()
    assert again["digest"] == item["digest"]
    assert again["last_outcome"]["outcome"] == "retryable"
    assert again["last_outcome"]["status"] == 503
    home.receiver.answer = Answer()
    assert (await home.approve(again))["outcome"] == "sent"
    assert [each.body for each in home.receiver.arrivals] == [item["body"].encode()] * 2
    assert [each["attempt"] for each in (await home.command("analytics/journal"))["entries"]] == [
        2,
        1,
    ]


async def test_after_its_time_it_is_discarded_and_never_sent(
    home: Home,
    set_clock: SetClock,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    item = await home.made()
    freezer.tick(WEEK - timedelta(minutes=2))
    assert home.digests == [item["digest"]]
    freezer.tick(timedelta(minutes=2))
    assert home.digests == []
    with pytest.raises(HomeAssistantError) as raised:
        await home.data.holding.async_approve(item["key"], item["digest"])
    assert raised.value.translation_key == "held_gone"
    await home.data.async_watch_switches()
    assert "What nobody has approved in time is discarded, and not sent" in caplog.text
    assert home.receiver.arrivals == []


@pytest.mark.parametrize("by", [timedelta(days=-4000), timedelta(days=4000)])
async def test_no_leap_of_the_clock_discards_or_keeps(
    home: Home, set_clock: SetClock, freezer: FrozenDateTimeFactory, by: timedelta
) -> None:
    item = await home.made()
    set_clock(by)
    await home.data.async_watch_switches()
    assert home.digests == [item["digest"]]
    freezer.tick(WEEK)
    assert home.digests == []


async def test_what_waits_is_for_administrators(
    home: Home, hass_read_only_access_token: str
) -> None:
    item = await home.made()
    named = {"key": item["key"], "digest": item["digest"]}
    for name, arguments in (
        ("analytics/outbox", {}),
        ("analytics/outbox/approve", named),
        ("analytics/outbox/trim", {**named, "tiers": ["usage"]}),
        ("analytics/outbox/discard", named),
    ):
        with pytest.raises(CommandError) as raised:
            await home.command(name, hass_read_only_access_token, **arguments)
        assert raised.value.code == "unauthorized"
    assert home.receiver.arrivals == []


async def test_the_action_that_sends_says_that_it_waits(home: Home) -> None:
    answer = await home.hass.services.async_call(
        "analytics", "send_report", blocking=True, return_response=True
    )
    assert answer is not None
    assert answer["outcome"] == "held"
    assert home.receiver.arrivals == []
