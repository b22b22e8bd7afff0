"""What a monitoring system reads: metrics in the format of Prometheus, and health."""

from typing import Any

import orjson
import pytest

from receiver.disclosure import publish
from receiver.files import metrics as metrics_module
from receiver.keys import PUBLISHER, STORE
from tests.receiver.counted import count, count_lives
from tests.receiver.disk import locked
from tests.receiver.fleets import life, member
from tests.receiver.homes import count_homes, device, home
from tests.receiver.published import (
    Publication,
    Storage,
    publication,
    read,
    samples,
    serving,
)
from tests.receiver.publishing.scheduled import settle
from tests.receiver.reports import (
    base_report,
    fault_event,
    new_id,
    start_event,
    stop_event,
    valid_report,
)
from tests.receiver.running import Receiver, StartReceiver

HOSTILE = 'a"b\\c=1{x}'


def fleet(k: int = 5, **changes: Any) -> Publication:
    counts = count([member(valid_report(**changes), "US", "CA")] * 12)
    count_lives(counts, [life(start_event(), stop_event(), fault_event())] * 12)
    return publication(publish(counts, k, 1_795_608_000_000))


async def metrics(published: Publication, **options: Any) -> dict[tuple[str, str], str]:
    async with serving(published, **options) as client:
        text = (await read(client, "/metrics")).decode()
    found = {(name, labels): value for name, labels, value in samples(text)}
    assert len(found) == text.count("\n") - text.count("# TYPE ")
    return found


async def test_the_aggregates_are_metrics() -> None:
    found = await metrics(fleet())
    assert found["open_analytics_installations", ""] == "10"
    assert found["open_analytics_installations_by_type", 'type="os"'] == "10"
    assert found["open_analytics_installations_by_region", 'country="US",region="CA"'] == "10"
    assert found["open_analytics_integration_installations", 'domain="hue"'] == "10"
    assert found["open_analytics_addon_installations", 'slug="core_ssh"'] == "10"
    version = 'domain="hacs",version="2.0.5"'
    assert found["open_analytics_custom_integration_version_installations", version] == "10"
    quartile = 'name="state_count",quantile="0.5"'
    assert found["open_analytics_statistic_quartile", quartile] == "420"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("reports_with_lifecycle", ""),
        ("unclean_installations", ""),
        ("installations_by_system", 'system="alpine"'),
        ("installations_by_host_system_version", 'system="haos",version="16.2"'),
        ("installations_by_kernel_version", 'kernel="Linux",version="6.12"'),
        ("installations_by_memory_gib", 'gib="8"'),
        ("start_installations", 'version="2026.10.4"'),
        ("unclean_start_installations", 'version="2026.10.4"'),
        ("previous_end_installations", 'end="power_loss"'),
        ("setup_failure_reason_installations", 'domain="hue",reason="not_ready"'),
        ("cloud_installations", 'state="connected"'),
        (
            "fault_file_installations",
            'error="SegmentationFault",file="asyncio/selector_events.py"',
        ),
        ("stop_duration_installations", 'seconds="10"'),
        ("clean_run_installations", 'seconds="86400"'),
        ("unclean_run_installations", 'seconds="3600"'),
        ("unclean_end_installations", 'row="repeated"'),
        ("fullness_installations", 'what="disk"'),
        ("nearly_full_installations", 'what="disk"'),
        ("panel_use_installations", 'panel="energy",opened="2"'),
    ],
)
async def test_what_only_this_receiver_takes_is_a_metric(name: str, labels: str) -> None:
    assert (await metrics(fleet()))[f"open_analytics_{name}", labels] == "10"


async def test_every_figure_is_a_metric() -> None:
    found = {name for name, _ in await metrics(fleet())}
    tables = (metrics_module.TABLES, metrics_module.PARTS, metrics_module.RATED)
    shown = {*metrics_module.TOTALS, "devices"}.union(*tables)
    asked = {"statistics", "regions", "last_updated", "smallest_group"}
    asked |= {"filled"}  # of Home Assistant's form only
    assert shown | asked == fleet().figures.keys()
    assert len(found) > len(shown)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("installations_with_devices", ""),
        ("device_reach_installations", 'reached="local"'),
        ("device_class_installations", 'class="local_push"'),
        ("device_integration_installations", 'domain="hue"'),
        ("device_kind_installations", 'kind="light"'),
        ("device_manufacturer_installations", 'manufacturer="aqara"'),
        ("device_model_installations", 'manufacturer="aqara",model="LWB010"'),
    ],
)
async def test_devices_are_metrics(name: str, labels: str) -> None:
    figures = publish(count_homes([home(device())] * 12), 5, 1_795_608_000_000)
    found = await metrics(publication(figures))
    assert found[f"open_analytics_{name}", labels] == "10"
    assert found["open_analytics_installations", ""] == "0"


async def test_labels_are_escaped() -> None:
    custom = [{"domain": HOSTILE, "version": HOSTILE}]
    found = await metrics(fleet(integrations=[HOSTILE, "__proto__"], custom_integrations=custom))
    escaped = r"a\"b\\c=1{x}"
    assert found["open_analytics_integration_installations", f'domain="{escaped}"'] == "10"
    assert found["open_analytics_integration_installations", 'domain="__proto__"'] == "10"
    both = f'domain="{escaped}",version="{escaped}"'
    assert found["open_analytics_custom_integration_version_installations", both] == "10"


async def test_each_metric_has_its_type_once_and_before_its_samples() -> None:
    async with serving(fleet()) as client:
        answer = await client.get("/metrics")
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        # Names come from strangers: no browser may take them for a page.
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        lines = (await answer.text()).splitlines()
    typed: list[str] = []
    for line in lines:
        if line.startswith("# TYPE "):
            typed.append(line.split()[2])
        else:
            assert line.partition("{")[0].partition(" ")[0] == typed[-1]
    assert len(typed) == len(set(typed))


async def requests(receiver: Receiver) -> dict[str, str]:
    text = (await receiver.get("/metrics"))[1].decode()
    return {
        labels: value
        for name, labels, value in samples(text)
        if name == "open_analytics_requests_total"
    }


async def test_the_receivers_own_counters_tell_no_single_report(receiver: Receiver) -> None:
    publisher = receiver.app[PUBLISHER]
    await settle(publisher)
    before = await requests(receiver)
    # Somebody who sends four of his own must not see the fifth come in.
    await receiver.post_all(base_report() for _ in range(4))
    assert await requests(receiver) == before
    await receiver.post_all([base_report()])
    assert await requests(receiver) == before
    await publisher.refresh()
    assert (await requests(receiver))['outcome="accepted"'] == "5"


async def test_that_something_never_happened_looks_like_a_few_times(receiver: Receiver) -> None:
    before = await requests(receiver)
    assert set(before.values()) == {"0"}
    await receiver.delete(new_id())
    await receiver.post({"uuid": 1})
    await receiver.app[PUBLISHER].refresh()
    assert await requests(receiver) == before


async def test_exact_counters_are_live(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(smallest_group=1)
    await requests(receiver)
    await receiver.post_all([base_report()])
    assert (await requests(receiver))['outcome="accepted"'] == "1"


class Watched(dict[str, Any]):
    """Figures that note which of them are read."""

    def __init__(self, figures: dict[str, Any]) -> None:
        super().__init__(figures)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("path", ["/metrics", "/current_data.json", "/csv/versions.csv", "/"])
async def test_who_asks_often_has_no_table_written_again(path: str) -> None:
    """Large ones take half a second, in which reports would wait."""
    published = fleet()
    async with serving(published) as client:
        for _ in range(2):
            published.figures = figures = Watched(published.figures)
            first = await read(client, path)
            assert "versions" in figures.read
            figures.read.clear()
            assert await read(client, path) == first
            assert figures.read <= {"last_updated", "smallest_group"}


async def test_the_receiver_tells_how_it_is() -> None:
    found = await metrics(fleet(), storage=Storage(available=False))
    assert found["open_analytics_storage_available", ""] == "0"
    assert found["open_analytics_last_published_timestamp_seconds", ""] == "1795608000.0"
    assert found["open_analytics_smallest_group", ""] == "5"


@pytest.mark.parametrize(("on_disk", "word"), [(True, "disk"), (False, "memory")])
async def test_it_tells_where_what_was_taken_is(on_disk: bool, word: str) -> None:
    storage = Storage(on_disk=on_disk)
    found = await metrics(fleet(), storage=storage)
    assert found["open_analytics_storage_on_disk", ""] == str(int(on_disk))
    async with serving(fleet(), storage=storage) as client:
        assert orjson.loads(await read(client, "/healthz"))["durability"] == word


async def health(receiver: Receiver) -> tuple[int, list[str]]:
    status, body = await receiver.get("/healthz")
    answer = orjson.loads(body)
    assert answer["status"] == ("ok" if status == 200 else "failing")
    return status, answer["problems"]


async def test_health_is_ok_while_all_works(receiver: Receiver) -> None:
    await receiver.app[PUBLISHER].refresh()
    assert await health(receiver) == (200, [])


async def test_a_receiver_that_has_just_started_is_not_at_fault(receiver: Receiver) -> None:
    assert await health(receiver) == (200, [])


@pytest.mark.parametrize("published", [True, False])
@pytest.mark.parametrize(("hours", "status"), [(2.9, 200), (3.1, 503)])
async def test_figures_that_are_too_old_are_a_fault(
    receiver: Receiver, hours: float, status: int, published: bool
) -> None:
    if published:
        await receiver.app[PUBLISHER].refresh()
    receiver.clock.move(hours=hours)
    found, problems = await health(receiver)
    assert found == status
    assert [problem.partition(":")[0] for problem in problems] == ["the figures are too old"] * (
        status == 503
    )


async def test_a_database_that_can_not_be_written_is_a_fault_until_it_can(
    receiver: Receiver,
) -> None:
    await receiver.app[PUBLISHER].refresh()
    with locked(receiver.database):
        assert (await receiver.post(base_report()))[0] == 503
        assert await health(receiver) == (503, ["the database can't be written"])
        # Reading goes on.
        assert (await receiver.get("/current_data.json"))[0] == 200
    await receiver.post_all([base_report()])
    assert receiver.app[STORE].available
    assert await health(receiver) == (200, [])
