import aiohttp
import pytest

from scripts.sink import Answer, Arrival, Sink

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("socket_enabled")]


async def post(sink: Sink, path: str = "/v1", body: object = None) -> int:
    url = sink.url.replace("/v1", path)
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status


async def test_report_is_kept_as_it_arrived() -> None:
    async with Sink() as sink:
        assert await post(sink, body={"uuid": "1", "version": "2"}) == 200
        arrival = await sink.wait_for_report(timeout=1)
    assert arrival.body == b'{"uuid": "1", "version": "2"}'
    assert arrival.report == {"uuid": "1", "version": "2"}
    assert arrival.headers["Content-Type"] == "application/json"


async def test_answers_are_given_in_turn_then_the_usual_one() -> None:
    async with Sink(answer=Answer(status=202)) as sink:
        sink.answer_next(Answer(status=503, headers={"Retry-After": "7"}), Answer(status=400))
        assert [await post(sink) for _ in range(4)] == [503, 400, 202, 202]
        assert len(sink.reports) == 4


async def test_requests_elsewhere_are_recorded_but_no_reports() -> None:
    async with Sink() as sink:
        assert await post(sink, path="/elsewhere") == 404
        with pytest.raises(TimeoutError):
            await sink.wait_for_report(timeout=0.05)
        assert [arrival.path for arrival in sink.arrivals] == ["/elsewhere"]


async def test_waits_for_the_report_of_that_number() -> None:
    async with Sink() as sink:
        await post(sink, body=1)
        await post(sink, body=2)
        second: Arrival = await sink.wait_for_report(2, timeout=1)
    assert second.report == 2


async def test_port_is_free_after_the_stop_and_refused_while_taken() -> None:
    async with Sink() as sink:
        with pytest.raises(OSError, match="in use"):
            await Sink(port=sink.port).start()
    async with Sink(port=sink.port):
        pass
