"""The public JSON files: Home Assistant's shapes, which its own client library reads."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import orjson
import pytest
from python_homeassistant_analytics import HomeassistantAnalyticsClient
from python_homeassistant_analytics.exceptions import HomeassistantAnalyticsNotModifiedError
from yarl import URL

from receiver.disclosure import coarsen
from receiver.files.as_json import FILES
from receiver.keys import PUBLISHER
from tests.receiver.figures import example_figures, example_history
from tests.receiver.published import Publication, read, serving
from tests.receiver.reports import valid_report
from tests.receiver.running import Receiver


class Rerouted:
    """A session whose requests all go to the receiver: the library knows one host only."""

    def __init__(self, session: aiohttp.ClientSession, receiver: Receiver) -> None:
        self._session = session
        self._receiver = receiver

    async def get(self, url: URL, **more: Any) -> aiohttp.ClientResponse:
        assert url.host == "analytics.home-assistant.io"
        return await self._session.get(self._receiver.url(url.path), **more)


@pytest.fixture
async def library(receiver: Receiver) -> AsyncIterator[HomeassistantAnalyticsClient]:
    session: Any = Rerouted(receiver.session, receiver)
    async with HomeassistantAnalyticsClient(session=session) as client:
        yield client


def example() -> Publication:
    return Publication(figures=example_figures(), history=example_history())


async def test_the_library_reads_every_file(
    receiver: Receiver, library: HomeassistantAnalyticsClient
) -> None:
    await receiver.post_all(valid_report() for _ in range(13))
    await receiver.app[PUBLISHER].refresh()
    current = await library.get_current_analytics()
    assert current.active_installations == current.reports_integrations == 10
    assert current.installation_types.os == current.integrations["hue"] == 10
    assert current.installation_types.unsupported_container == 0
    assert (current.average_states, current.average_automations) == (420, 17)
    assert (current.average_integrations, current.average_addons) == (8, 2)
    assert current.average_users == 3
    assert (await library.get_analytics()).current == current
    addon = (await library.get_addons())["core_mosquitto"]
    assert (addon.total, addon.versions) == (10, {"6.5.2": 10})
    custom = (await library.get_custom_integrations())["analytics"]
    assert (custom.total, custom.versions) == (10, {})


async def test_the_files_mean_what_home_assistants_mean(receiver: Receiver) -> None:
    await receiver.post_all(
        valid_report(version=f"2026.10.{number % 2}", automation_count=9) for number in range(10)
    )
    nobody = {"integrations": [], "addons": [], "state_count": 0, "automation_count": 0}
    await receiver.post_all(valid_report(version="2026.9.1", **nobody) for _ in range(20))
    await receiver.app[PUBLISHER].refresh()
    data = orjson.loads((await receiver.get("/data.json"))[1])
    current, figures = data["current"], receiver.app[PUBLISHER].figures
    assert data["schema_version"] == 3
    assert data["history"][-1]["versions"] == {"2026.10": 10, "2026.9": 20}
    for name in ("integrations", "addons", "statistics"):
        assert (current[f"reports_{name}"], figures[f"reports_{name}"]) == (10, 30)
    assert current["avg_automations"] == 9
    assert figures["statistics"]["automation_count"]["quartiles"] == [0, 0, 9]


async def test_add_ons_of_ones_own_are_published_nowhere(receiver: Receiver) -> None:
    own = {"slug": "local_of_my_own", "version": "1.0"}
    public = {"slug": "core_ssh", "version": "1.0"}
    await receiver.post_all(valid_report(addons=[own, public]) for _ in range(10))
    publisher = receiver.app[PUBLISHER]
    await publisher.refresh()
    kept = coarsen(publisher.figures | {"addons": {"local_of_my_own": {"total": 10}}}, 5)
    assert kept["addons"] == {}
    paths = [*FILES, "/apps", "/csv/addons.csv", "/csv/history_addons.csv", "/metrics"]
    for path in paths:
        assert b"local_of_my_own" not in (await receiver.get(path))[1]
    assert (await receiver.get("/apps/local_of_my_own"))[0] == 404
    assert publisher.figures["addons"].keys() == {"core_ssh"}


async def test_the_library_reads_them_before_there_is_anything(
    library: HomeassistantAnalyticsClient,
) -> None:
    current = await library.get_current_analytics()
    assert current.active_installations == current.average_users == 0
    assert current.countries == {}
    assert (await library.get_analytics()).current.integrations == {}
    assert await library.get_addons() == {}
    assert await library.get_custom_integrations() == {}


async def test_the_library_is_told_that_nothing_has_changed(
    receiver: Receiver, library: HomeassistantAnalyticsClient
) -> None:
    publisher = receiver.app[PUBLISHER]
    await publisher.refresh()
    await library.get_current_analytics()
    with pytest.raises(HomeassistantAnalyticsNotModifiedError):
        await library.get_current_analytics()
    await receiver.post_all(valid_report() for _ in range(5))
    await publisher.refresh()
    assert (await library.get_current_analytics()).active_installations == 5


@pytest.mark.parametrize("path", FILES)
async def test_there_are_whole_numbers_only_and_no_null(path: str) -> None:
    def leaves(content: Any) -> list[Any]:
        if isinstance(content, dict | list):
            parts = content.values() if isinstance(content, dict) else content
            return [leaf for part in parts for leaf in leaves(part)]
        return [content]

    async with serving(example()) as client:
        found = leaves(orjson.loads(await read(client, path)))
    # Home Assistant's own has the history's times as texts.
    assert {type(one) for one in found if not str(one).startswith("17")} == {int}


async def test_the_files_have_home_assistants_names() -> None:
    published = example()
    async with serving(published) as client:
        data = orjson.loads(await read(client, "/data.json"))
        assert data["current"] == orjson.loads(await read(client, "/current_data.json"))
        addons = orjson.loads(await read(client, "/addons.json"))
        custom = orjson.loads(await read(client, "/custom_integrations.json"))
    assert data["current"].keys() >= {
        *("last_updated", "countries", "installation_types", "active_installations", "versions"),
        *("avg_users", "avg_automations", "avg_integrations", "avg_addons", "avg_states"),
        *("integrations", "reports_integrations", "reports_statistics", "operating_system"),
    }
    assert list(data["current"]["installation_types"]) == [
        *("os", "container", "core", "supervised", "unsupported_container", "unknown")
    ]
    assert data["current"]["operating_system"].keys() == {"boards", "versions"}
    assert data["current"]["recorder"]["engines"]["sqlite"].keys() == {
        "count_configured",
        "versions",
    }
    assert len(data["history"]) == len(published.history)
    assert data["history"][-1]["timestamp"] == "1795564800000"
    assert data["history"][-1].keys() == {
        *("timestamp", "active_installations", "installation_types", "versions")
    }
    assert addons == published.figures["addons"]
    assert custom["__proto__"].keys() == {"total", "versions"}


@pytest.mark.parametrize("path", FILES)
async def test_each_file_is_json_that_may_be_kept_for_a_while(path: str) -> None:
    async with serving(example()) as client:
        answer = await client.get(path)
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        etag = answer.headers["ETag"]
        again = await client.get(path, headers={"If-None-Match": etag})
        assert (again.status, await again.read()) == (304, b"")
        assert again.headers["ETag"] == etag
        other = await client.get(path, headers={"If-None-Match": '"other"'})
        assert other.status == 200
        assert (await client.head(path)).status == 200


async def test_a_file_that_did_not_change_keeps_its_etag_over_publications() -> None:
    published = example()
    async with serving(published) as client:
        before = await client.get("/addons.json"), await client.get("/current_data.json")
        published.figures = published.figures | {"last_updated": 1}
        after = await client.get("/addons.json"), await client.get("/current_data.json")
    tags = [[answer.headers["ETag"] for answer in answers] for answers in (before, after)]
    assert tags[0][0] == tags[1][0]
    assert tags[0][1] != tags[1][1]


async def test_files_are_packed_for_those_who_can_unpack_them() -> None:
    async with serving(example()) as client:
        plain = await client.get("/data.json", headers={"Accept-Encoding": "identity"})
        packed = await client.get("/data.json", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 4
        assert await plain.read() == await packed.read()
