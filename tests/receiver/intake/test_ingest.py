"""POST, GET and DELETE, as Home Assistant and the plugin send them."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from time import monotonic
from typing import Any

import aiohttp
import pytest

from receiver.intake import Patience
from receiver.keys import OUTCOMES
from receiver.storage.sqlite.opening import open_database
from receiver.storage.sqlite.writing import Writer
from tests.receiver.intake.wire import connection
from tests.receiver.reports import base_report, new_id, start_event, valid_report
from tests.receiver.running import Receiver, StartReceiver

GZIP = {"Content-Encoding": "gzip"}


async def test_a_report_is_answered_with_an_empty_body_and_kept(receiver: Receiver) -> None:
    assert await receiver.post(valid_report()) == (200, b"")
    assert len(receiver.rows()) == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "", "multipart/form-data", "no/such; x=\xff"]
)
async def test_any_content_type_is_taken(receiver: Receiver, content_type: str) -> None:
    body = json.dumps(base_report()).encode()
    status, _ = await receiver.post(body=body, headers={"Content-Type": content_type})
    assert status == 200


async def test_a_chunked_body_is_taken(receiver: Receiver) -> None:
    body = json.dumps(base_report()).encode()

    async def chunks() -> AsyncIterator[bytes]:
        yield body[:20]
        yield body[20:]

    async with receiver.session.post(receiver.url(), data=chunks()) as answer:
        assert answer.status == 200


async def test_the_latest_report_replaces_the_one_before(receiver: Receiver) -> None:
    report = valid_report()
    await receiver.post_all([report])
    (first,) = receiver.kept()
    receiver.clock.move(days=1)
    await receiver.post_all([report | {"version": "2026.11.0"}])
    (second,) = receiver.kept()
    assert second.report == first.report | {"versions": ["2026.11.0"]}
    assert second.stored.first_seen == first.stored.first_seen


async def test_an_unchanged_report_refreshes_when_it_was_seen(receiver: Receiver) -> None:
    report = valid_report()
    await receiver.post_all([report])
    (first,) = receiver.kept()
    receiver.clock.move(days=1)
    await receiver.post_all([report])
    (second,) = receiver.kept()
    passed = second.stored.last_seen - first.stored.last_seen
    assert passed == pytest.approx(24 * 3600, abs=5)
    assert replace(second.stored, last_seen=0) == replace(first.stored, last_seen=0)


async def test_an_unchanged_report_within_twelve_hours_is_not_written(receiver: Receiver) -> None:
    report = valid_report()
    await receiver.post_all([report])
    before = receiver.rows()
    receiver.clock.move(hours=11)
    await receiver.post_all([report])
    assert receiver.rows() == before
    # It is another one: from elsewhere, or with anything else in it.
    await receiver.post_all([report | {"state_count": 422}])
    assert receiver.rows() != before


async def test_it_says_what_it_takes(receiver: Receiver) -> None:
    status, body = await receiver.get("/v1")
    assert status == 200
    assert json.loads(body)["extended"] is True
    assert set(json.loads(body)["fields"]) == valid_report().keys()


async def test_a_gzip_body_is_taken(receiver: Receiver) -> None:
    report = valid_report()
    body = gzip.compress(json.dumps(report).encode())
    assert await receiver.post(body=body, headers=GZIP) == (200, b"")
    assert len(receiver.rows()) == 1


async def test_many_reports_at_once_are_all_kept(receiver: Receiver) -> None:
    reports = [base_report() for _ in range(300)]
    answers = await asyncio.gather(*map(receiver.post, reports))
    assert answers == [(200, b"")] * len(reports)
    assert len(receiver.rows()) == len(reports)


async def test_deleting_answers_the_same_whether_it_was_there_or_not(receiver: Receiver) -> None:
    report = valid_report()
    await receiver.post_all([report, valid_report()])
    assert await receiver.delete(report["uuid"]) == 204
    assert len(receiver.rows()) == 1
    assert await receiver.delete(report["uuid"]) == 204
    assert await receiver.delete(new_id()) == 204
    assert len(receiver.rows()) == 1


async def test_who_still_reports_after_a_deletion_is_stored_anew(receiver: Receiver) -> None:
    """A copy of an installation has the id deleted that the original goes on with."""
    report = valid_report()
    await receiver.post_all([report])
    for _asked_twice in range(2):
        assert await receiver.delete(report["uuid"]) == 204
    assert not receiver.rows()
    await receiver.post_all([report])
    assert len(receiver.rows()) == 1


async def test_a_deletion_is_written_whether_there_was_something_or_not(
    receiver: Receiver,
) -> None:
    def version() -> int:
        (number,) = reader.execute("PRAGMA data_version").fetchone()
        return int(number)

    report = valid_report()
    await receiver.post_all([report])
    with closing(open_database(receiver.database, read_only=True)) as reader:
        versions = [version()]
        for uuid in (report["uuid"], report["uuid"], new_id()):
            assert await receiver.delete(uuid) == 204
            versions.append(version())
    # Else how long it takes would tell: it is a wait for the disk.
    assert len(set(versions)) == len(versions)
    assert not receiver.rows()


@pytest.mark.parametrize(
    "uuid", ["x", "%00", "%ff", "🏠", "__proto__", "a" * 4000, "a%2Fb", "..%2f"], ids=len
)
async def test_deleting_what_is_no_id_answers_the_same(receiver: Receiver, uuid: str) -> None:
    assert await receiver.delete(uuid) == 204


async def test_an_id_is_deleted_as_it_was_reported(receiver: Receiver) -> None:
    uuid = "a/b?c#d%e {}" + "x" * 20
    await receiver.post_all([base_report(uuid=uuid)])
    async with connection(receiver, "a deletion to be answered") as (reader, writer):
        path = "a%2Fb%3Fc%23d%25e%20{}" + "x" * 20
        writer.write(f"DELETE /v1/{path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 204 ")
    assert not receiver.rows()


async def test_neither_ids_nor_paths_nor_bodies_are_logged(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    uuid = new_id()
    await receiver.post_all([base_report(uuid=uuid)])
    await receiver.post(base_report(uuid=uuid, version="secret"))
    await receiver.post(body=b"secret")
    await receiver.delete(uuid)
    await receiver.get(f"/v2/{uuid}")
    own = [record for record in caplog.records if not record.name.startswith("asyncio")]
    assert uuid not in caplog.text
    assert "secret" not in "".join(record.getMessage() for record in own)


async def test_a_fault_is_logged_by_its_class_and_place_only(
    receiver: Receiver, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    report = base_report()

    async def fail(_: object, key: object) -> None:
        raise RuntimeError(f"{report} {key!r}")

    monkeypatch.setattr(Writer, "put", fail)
    monkeypatch.setattr(Writer, "delete", fail)
    async with receiver.session.post(receiver.url(), json=report) as answer:
        assert answer.status == 500
        assert not answer.headers.get("Server")
        assert "try again" in (await answer.json())["error"]
    assert await receiver.delete(report["uuid"]) == 500
    assert caplog.text.count("A request failed: RuntimeError") == 2
    assert "in delete" in caplog.text
    assert report["uuid"] not in caplog.text
    assert "127.0.0.1" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/v1"), ("GET", "/nowhere"), ("PUT", "/v1"), ("POST", "/v1"), ("GET", "/")],
)
async def test_an_answer_does_not_tell_the_software(
    receiver: Receiver, method: str, path: str
) -> None:
    async with receiver.session.request(method, receiver.url(path)) as answer:
        assert "Server" not in answer.headers


async def test_the_time_of_a_deletion_does_not_tell_what_was_there(
    start_receiver: StartReceiver,
) -> None:
    receiver = await start_receiver(patience=Patience(deletion=0.3))
    large = valid_report(integrations=[f"integration_{number}" for number in range(999)])
    await receiver.post_all([large])
    for uuid in (large["uuid"], new_id()):
        began = monotonic()
        assert await receiver.delete(uuid) == 204
        # Neither as soon as there was nothing to do, nor when the work was done.
        assert monotonic() - began >= 0.3
    assert not receiver.rows()


async def test_outcomes_are_counted(receiver: Receiver) -> None:
    await receiver.post_all([base_report(), base_report()])
    await receiver.post(body=b"{")
    await receiver.delete(new_id())
    assert receiver.app[OUTCOMES] == {"accepted": 2, "refused": 1, "deleted": 1}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_other_methods_are_refused(receiver: Receiver, method: str) -> None:
    async with receiver.session.request(method, receiver.url(), json=base_report()) as answer:
        assert answer.status == 405


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET", "HEAD"])
@pytest.mark.parametrize("path", ["/v2", "/v1/events/more", "/nothing.json", "/v1//"])
async def test_at_an_address_that_is_none_there_is_nothing_by_any_method(
    receiver: Receiver, method: str, path: str
) -> None:
    async with receiver.session.request(method, receiver.url(path)) as answer:
        assert answer.status == 404


@pytest.mark.parametrize("path", ["/", "/data.json", "/csv/versions.csv", "/apps/one", "/healthz"])
async def test_what_is_there_to_be_read_refuses_other_methods(
    receiver: Receiver, path: str
) -> None:
    async with receiver.session.post(receiver.url(path)) as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET,HEAD"


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://127.0.0.1:8080"])
async def test_no_web_page_reports_or_deletes_by_who_looks_at_it(
    receiver: Receiver, origin: str
) -> None:
    """As a browser sends it without asking first: whatever is no text, it asks about."""
    kept = base_report()
    await receiver.post_all([kept])
    page = {"Origin": origin, "Content-Type": "text/plain"}
    for path, body in (("/v1", base_report()), ("/v1/events", start_event())):
        status, answer = await receiver.post(
            body=json.dumps(body).encode(), headers=page, path=path
        )
        assert (status, "no web page" in answer.decode()) == (403, True)
    # A page may pretend to be the receiver's own by its name, and browsers then ask nobody.
    url = receiver.url(f"/v1/{kept['uuid']}")
    async with receiver.session.delete(url, headers=page) as refused:
        assert refused.status == 403
    assert len(receiver.rows()) == 1


async def test_a_client_with_expect_is_served(receiver: Receiver) -> None:
    session: aiohttp.ClientSession = receiver.session
    more: dict[str, Any] = {"json": base_report(), "expect100": True}
    async with session.post(receiver.url(), **more) as answer:
        assert answer.status == 200
