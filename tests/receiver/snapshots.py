"""Snapshots of devices, and clients that send them."""

import json
from collections.abc import AsyncIterable, Mapping
from typing import Any

import aiohttp

from tests.receiver.running import Receiver
from tests.receiver.waiting import at_most

PATH = "/api/v1/snapshot/1"
HEADER = "X-Device-Database-Submission-Identifier"
CLIENT = {"User-Agent": "home-assistant/2026.11.0"}
LIGHT = {
    "assumed_state": False,
    "domain": "light",
    "entity_category": None,
    "has_entity_name": True,
    "original_device_class": None,
    "unit_of_measurement": None,
}


def device(number: int = 0, **more: Any) -> dict[str, Any]:
    """Return a device of a model that has this number."""
    return {
        "entities": [LIGHT],
        "entry_type": None,
        "has_configuration_url": False,
        "hw_version": None,
        "manufacturer": "Example Lamps GmbH",
        "model": f"Lamp {number}",
        "model_id": f"EL{number}",
        "sw_version": f"1.{number}",
        "via_device": None,
        **more,
    }


def snapshot(*devices: dict[str, Any], domain: str = "hue") -> dict[str, Any]:
    """Return the snapshot of a home with these devices, one where none is named."""
    return {domain: {"devices": [*(devices or [device()])], "entities": []}}


async def send(
    session: aiohttp.ClientSession,
    url: str,
    body: Any,
    identifier: str | None = None,
    headers: Mapping[str, str] = CLIENT,
) -> tuple[int, Any]:
    """Send a snapshot, bytes and chunks as they are; return status and answer."""
    sent_as_it_is = isinstance(body, bytes | AsyncIterable)
    data = body if sent_as_it_is else json.dumps(body).encode()
    known = {HEADER: identifier} if identifier is not None else {}
    async with session.post(f"{url}{PATH}", data=data, headers={**headers, **known}) as answer:
        return answer.status, await answer.json()


async def post(
    receiver: Receiver,
    body: Any,
    identifier: str | None = None,
    headers: Mapping[str, str] = CLIENT,
) -> tuple[int, Any]:
    """Send a snapshot to a receiver; return status and answer."""
    return await send(receiver.session, receiver.url("").rstrip("/"), body, identifier, headers)


async def post_again(
    receiver: Receiver, body: Any, headers: Mapping[str, str] = CLIENT
) -> tuple[int, Any]:
    """Send a snapshot as hosts do: again where the receiver is busy, as a busy machine makes it."""
    answer: tuple[int, Any] = (503, None)
    async with at_most(120, lambda: f"a snapshot to be looked at: {answer}"):
        while (answer := await post(receiver, body, headers=headers))[0] == 503:
            pass
    return answer


async def taken(receiver: Receiver, body: Any, identifier: str | None = None) -> str:
    """Send a snapshot that has to be taken; return its identifier."""
    status, answer = await post(receiver, body, identifier)
    assert status == 200, answer
    assert answer.keys() == {"submission_identifier"}
    found: str = answer["submission_identifier"]
    return found


async def delete(receiver: Receiver, identifier: str, **more: Any) -> int:
    """Ask for the deletion of a snapshot; return the status."""
    async with receiver.session.delete(receiver.url(f"{PATH}/{identifier}"), **more) as answer:
        return answer.status
