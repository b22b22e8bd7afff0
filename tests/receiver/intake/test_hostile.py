"""Bodies that are meant to do harm: each gets a clear status, and reports are still taken."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator

import pytest

from receiver.intake import MAX_BODY
from tests.receiver.intake.wire import A_MOMENT, assert_unharmed
from tests.receiver.reports import base_report, valid_report
from tests.receiver.running import Receiver
from tests.receiver.waiting import at_most

MEGABYTE = 1024 * 1024


GZIP = {"Content-Encoding": "gzip"}


PACKED = gzip.compress(json.dumps(valid_report()).encode())


HOSTILE: dict[str, tuple[bytes, dict[str, str], int]] = {
    "empty": (b"", {}, 400),
    "cut off": (b"{", {}, 400),
    "null": (b"null", {}, 400),
    "list": (b"[]", {}, 400),
    "number": (b"5", {}, 400),
    "NaN": (b'{"state_count": NaN}', {}, 400),
    "infinity": (b'{"state_count": Infinity}', {}, 400),
    "beyond floats": (b'{"state_count": 1e999}', {}, 400),
    "long number": (b'{"state_count": ' + b"9" * 100_000 + b"}", {}, 400),
    "half a character": (b'{"uuid": "\\ud800"}', {}, 400),
    "half a character, encoded": (b'{"uuid": "\xed\xa0\x80"}', {}, 400),
    "no UTF-8": (b'{"uuid": "\xff"}', {}, 400),
    "UTF-16": (json.dumps(valid_report()).encode("utf-16"), {}, 400),
    "prototype": (b'{"__proto__": {"uuid": "x"}}', {}, 400),
    "deep list": (b"[" * 100_000, {}, 400),
    "deep object": (b'{"a":' * 40_000 + b"1" + b"}" * 40_000, {}, 400),
    "deep id": (b'{"uuid": ' + b"[" * 900 + b"]" * 900 + b"}", {}, 400),
    "a byte too long": (b" " * (MAX_BODY + 1), {}, 413),
    "10 MB": (b" " * 10 * MEGABYTE, {}, 413),
    "no gzip": (b"no gzip", GZIP, 400),
    "gzip without end": (PACKED[:-4], GZIP, 400),
    "gzip with more": (PACKED + b"more", GZIP, 400),
    "gzip twice": (PACKED + PACKED, GZIP, 400),
    "gzip bomb": (gzip.compress(b" " * 50 * MEGABYTE), GZIP, 413),
    "gzip in gzip": (gzip.compress(gzip.compress(b" " * 50 * MEGABYTE)), GZIP, 400),
    "gzip untold": (PACKED, {}, 400),
    "deflate": (zlib.compress(b"{}"), {"Content-Encoding": "deflate"}, 415),
    "brotli": (b"{}", {"Content-Encoding": "br"}, 415),
    "two encodings": (b"{}", {"Content-Encoding": "gzip, gzip"}, 415),
}


@pytest.mark.parametrize("path", ["/v1", "/v1/events"])
@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_body_is_refused_in_words(receiver: Receiver, kind: str, path: str) -> None:
    body, headers, status = HOSTILE[kind]
    async with at_most(A_MOMENT, lambda: "a hostile body to be refused"):
        answer = await receiver.post(body=body, headers=headers, path=path)
    assert answer[0] == status
    assert json.loads(answer[1])["error"]
    assert not receiver.rows()
    await assert_unharmed(receiver)


async def test_encodings_in_two_headers_are_two_encodings(receiver: Receiver) -> None:
    headers = [("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")]
    async with receiver.session.post(receiver.url(), data=PACKED, headers=headers) as answer:
        assert answer.status == 415
    assert not receiver.rows()


async def test_deep_nesting_in_an_unknown_key_is_dropped(receiver: Receiver) -> None:
    body = json.dumps(base_report())[:-1].encode() + b', "x": ' + b"[" * 900 + b"]" * 900 + b"}"
    assert await receiver.post(body=body) == (200, b"")


async def test_a_body_of_unknown_length_is_refused_when_it_gets_too_long(
    receiver: Receiver,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(160):
            yield b" " * 65536

    async with receiver.session.post(receiver.url(), data=endless()) as answer:
        assert answer.status == 413
    await assert_unharmed(receiver)
