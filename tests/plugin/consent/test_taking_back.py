"""Whoever was told something is named, former destinations too, and gives it back where it can."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics
from custom_components.analytics.host import DEVICE_DATABASE_URL, RECEIVER_URL
from custom_components.analytics.outbound.forget import SETTLED_AFTER
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.settings.addresses import web_address
from scripts.sink import SNAPSHOT_PATH, Answer, Sink

from ..conftest import ALL_TIERS, Command, CommandError, Start, Wait
from .test_consent import answer

OWN = "analytics.destinations"
UUID = "0123456789abcdef0123456789abcdef"
FORMER = "https://former.example.com/v1"


@pytest.fixture
async def former(socket_enabled: None) -> AsyncIterator[Sink]:
    """Return a receiver that is the destination at first."""
    async with Sink() as sink:
        yield sink


@pytest.fixture
async def repairs(hass: HomeAssistant) -> None:
    """Set the host's repairs up, before its web server is in use."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def moved(
    hass: HomeAssistant, repairs: None, start: Start, command: Command, former: Sink, receiver: Sink
) -> Any:
    """Have a home that has reported to one destination, and reports to another now."""
    entry = await start()
    options = {"destination": {"url": former.url}}
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done(wait_background_tasks=True)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    hass.config_entries.async_update_entry(entry, options={"destination": {"url": receiver.url}})
    await hass.async_block_till_done(wait_background_tasks=True)
    await command("analytics/preferences", preferences=ALL_TIERS)
    await command("analytics/send")
    return entry


def kept(*records: tuple[str, str], **data: Any) -> dict[str, Any]:
    """Return a store of ours in which addresses know this installation by an id."""
    known = {
        url: {"onboarded": True, "preferences": {"base": True}, "uuid": uuid}
        for url, uuid in records
    }
    content = {"destinations": known, **data}
    return {"version": 1, "minor_version": 1, "key": OWN, "data": content}


def deleted(sink: Sink) -> list[str]:
    """Return the paths of the deletions that a receiver was asked for."""
    return [arrival.path for arrival in sink.arrivals if arrival.method == "DELETE"]


def named(told: list[dict[str, Any]]) -> dict[str, bool]:
    """Return whose id is kept, by address."""
    return {item["url"]: item["id_kept"] for item in told}


async def settled(hass: HomeAssistant) -> None:
    """Let what was started finish."""
    await hass.async_block_till_done(wait_background_tasks=True)


async def test_a_former_destination_is_named_and_asked_too(
    hass: HomeAssistant, moved: Any, command: Command, former: Sink, receiver: Sink
) -> None:
    told = (await command("analytics/status"))["told"]
    assert named(told) == {former.url: True, receiver.url: True}
    assert {item["url"]: item["current"] for item in told} == {
        former.url: False,
        receiver.url: True,
    }
    taken = await command("analytics/forget")
    await settled(hass)
    assert named(taken["taken_back"]) == {former.url: False, receiver.url: False}
    for sink in (former, receiver):
        assert deleted(sink) == [f"/v1/{sink.reports[0].report['uuid']}"]
    assert named((await command("analytics/status"))["told"]) == named(taken["taken_back"])


async def test_one_is_asked_and_no_other(
    hass: HomeAssistant, moved: Any, command: Command, former: Sink, receiver: Sink
) -> None:
    spelled = former.url.replace("http://", " HTTP://")
    taken = await command("analytics/forget", destination=spelled)
    await settled(hass)
    assert named(taken["taken_back"]) == {former.url: False}
    assert taken["deletions_pending"] == 1
    assert (len(deleted(former)), deleted(receiver)) == (1, [])
    assert named((await command("analytics/status"))["told"])[receiver.url] is True
    await command("analytics/send")
    assert receiver.reports[0].report["uuid"] == receiver.reports[1].report["uuid"]


async def test_the_action_asks_one_or_all(
    hass: HomeAssistant, moved: Any, former: Sink, receiver: Sink
) -> None:
    for asked, urls in (({"destination": receiver.url}, [receiver.url]), ({}, None)):
        response = await hass.services.async_call(
            "analytics", "forget", asked, blocking=True, return_response=True
        )
        taken = json.loads(json.dumps(response))["taken_back"]
        assert [item["url"] for item in taken] == (urls or sorted([former.url, receiver.url]))
    await settled(hass)
    for sink in (former, receiver):
        assert set(deleted(sink)) == {f"/v1/{sink.reports[0].report['uuid']}"}


@pytest.mark.parametrize(
    "given", ["https://other.example.com/v1", "", "nonsense", "<b>https://x</b>", "a\nb: c"]
)
async def test_an_address_that_was_told_nothing_is_refused_with_those_that_were(
    hass: HomeAssistant, moved: Any, command: Command, former: Sink, receiver: Sink, given: str
) -> None:
    with pytest.raises(CommandError, match="destination") as refused:
        await command("analytics/forget", destination=given)
    assert former.url in refused.value.message
    assert "device-database" not in refused.value.message
    assert "\n" not in refused.value.message
    with pytest.raises(ServiceValidationError) as refused_too:
        await hass.services.async_call(
            "analytics", "forget", {"destination": given}, blocking=True, return_response=True
        )
    assert refused_too.value.translation_key == "never_told"
    assert deleted(former) == deleted(receiver) == []


async def test_off_is_off_for_former_destinations_and_they_are_asked_when_it_ends(
    hass: HomeAssistant, moved: Any, command: Command, former: Sink, tmp_path: Path
) -> None:
    (tmp_path / FILE_NAME).touch()
    taken = await command("analytics/forget", destination=former.url)
    await settled(hass)
    assert deleted(former) == []
    assert taken["taken_back"][0]["deletions_pending"] == 1
    (tmp_path / FILE_NAME).unlink()
    await command("analytics/status")
    await settled(hass)
    assert len(deleted(former)) == 1


async def test_a_question_names_the_former_destination_and_takes_back_from_it_alone(
    hass: HomeAssistant, moved: Any, command: Command, former: Sink, receiver: Sink
) -> None:
    issue = ir.async_get(hass).async_get_issue("analytics", "delete_sent")
    assert issue is not None
    assert issue.translation_placeholders == {
        "url": former.url,
        "destinations": f"- `{former.url}`",
    }
    await answer(hass, "delete_sent", "delete")
    await settled(hass)
    assert (len(deleted(former)), deleted(receiver)) == (1, [])
    assert ir.async_get(hass).async_get_issue("analytics", "delete_sent") is None
    await command("analytics/preferences", preferences={"base": False})
    issue = ir.async_get(hass).async_get_issue("analytics", "delete_sent")
    assert issue is not None
    assert (issue.translation_placeholders or {})["url"] == receiver.url


@pytest.mark.parametrize(
    "address", ["https://Ex\u00e4mple.com/v1", "https://example.com/`![x](https://example.org/p)"]
)
async def test_a_question_names_an_address_as_it_is_posted_to(
    hass: HomeAssistant, hass_storage: dict[str, Any], start: Start, address: str
) -> None:
    hass_storage[OWN] = kept((address, UUID))
    await start()
    issue = ir.async_get(hass).async_get_issue("analytics", "delete_sent")
    assert issue is not None
    told = issue.translation_placeholders or {}
    assert told["destinations"] == f"- `{web_address(address)}`"
    assert told["url"] == web_address(address)


async def test_what_a_former_destination_has_may_stay_there(
    hass: HomeAssistant, moved: Any, command: Command, former: Sink, receiver: Sink
) -> None:
    await answer(hass, "delete_sent", "leave")
    await hass.config_entries.async_reload(moved.entry_id)
    assert ir.async_get(hass).async_get_issue("analytics", "delete_sent") is None
    assert named((await command("analytics/status"))["told"])[former.url] is True
    # Back again, so that it gets more, and then away.
    for url in (former.url, receiver.url):
        hass.config_entries.async_update_entry(moved, options={"destination": {"url": url}})
        await settled(hass)
    assert ir.async_get(hass).async_get_issue("analytics", "delete_sent") is not None
    assert deleted(former) == []


async def test_settings_that_can_not_be_used_make_no_destination_a_former_one(
    hass: HomeAssistant, hass_storage: dict[str, Any], start: Start
) -> None:
    hass_storage[OWN] = kept((FORMER, UUID))
    await start({"destination": {"url": "nonsense"}})
    assert ir.async_get(hass).async_get_issue("analytics", "delete_sent") is None


async def test_home_assistants_receiver_is_named_as_a_former_one_without_a_deletion(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    hass_storage["core.analytics"] = {
        "version": 1,
        "key": "core.analytics",
        "data": {"onboarded": True, "preferences": {"base": True}, "uuid": UUID},
    }
    entry = await start({"destination": {"url": "http://127.0.0.1:9/v1"}})
    [item] = (await command("analytics/status"))["told"]
    assert (item["url"], item["current"], item["id_kept"]) == (RECEIVER_URL, False, True)
    assert ir.async_get(hass).async_get_issue("analytics", "delete_sent") is None
    [item] = (await command("analytics/forget"))["taken_back"]
    assert (item["deletes_on_request"], item["gone_after_days"]) == (False, 60)
    assert hass_storage["core.analytics"]["data"]["uuid"] is None
    await hass.config_entries.async_reload(entry.entry_id)
    [item] = (await command("analytics/status"))["told"]
    assert (item["id_kept"], item["id_dropped"] is not None) == (False, True)
    assert aioclient_mock.mock_calls == []


async def test_a_server_for_crash_reports_is_named_without_a_deletion(
    hass_storage: dict[str, Any], start: Start, command: Command
) -> None:
    server = "https://sentry.example.com/api/1/envelope/"
    hass_storage[OWN] = kept()
    hass_storage[OWN]["data"]["destinations"] = {server: {"confirmed": True, "uuid": UUID}}
    await start()
    [item] = (await command("analytics/forget"))["taken_back"]
    assert (item["kind"], item["url"]) == ("crash_reports", server)
    assert (item["deletes_on_request"], item["deletions_pending"]) == (False, 0)
    assert hass_storage[OWN]["data"]["destinations"][server]["uuid"] is None
    assert hass_storage[OWN]["data"]["destinations"][server]["confirmed"] is True


@pytest.mark.parametrize("keeps_all", [True, False])
async def test_home_assistants_device_database_is_named_without_a_deletion_and_not_asked(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    aioclient_mock: AiohttpClientMocker,
    keeps_all: bool,
) -> None:
    url = DEVICE_DATABASE_URL
    data = {"onboarded": True, "preferences": {}, "submission_identifier": "known"}
    if keeps_all:
        hass_storage["core.analytics"] = {"version": 1, "key": "core.analytics", "data": data}
    else:
        hass_storage[OWN] = kept(snapshots={url: {"sent": 1.0}, url + "/": {}})
        hass_storage[OWN]["data"]["snapshots"][url + "/"] = {"submission_identifier": "known"}
    await start()
    told = (await command("analytics/status"))["told"]
    assert {(item["kind"], item["deletes_on_request"]) for item in told} == {("snapshots", False)}
    assert [item["url"] for item in told if item["id_kept"]] == [url if keeps_all else url + "/"]
    for item in (await command("analytics/forget"))["taken_back"]:
        assert (item["id_kept"], item["deletes_on_request"]) == (False, False)
        assert item["deletions_pending"] == 0
    await settled(hass)
    assert "known" not in json.dumps(hass_storage)
    assert aioclient_mock.mock_calls == []


@pytest.mark.parametrize("deletes", [True, False])
async def test_a_former_device_database_is_asked_whether_it_deletes_on_any_host(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    wait: Wait,
    former: Sink,
    freezer: FrozenDateTimeFactory,
    deletes: bool,
) -> None:
    url = former.device_database
    hass_storage[OWN] = kept(snapshots={url: {"submission_identifier": "known", "sent": 1.0}})
    offer = {"snapshots": {"path": SNAPSHOT_PATH, "deletes": deletes}}
    former.offer_answer = Answer(body=json.dumps(offer))
    await start()
    assert former.arrivals == []
    [item] = (await command("analytics/status"))["told"]
    assert (item["kind"], item["url"], item["id_kept"]) == ("snapshots", url, True)
    assert (item["current"], item["deletes_on_request"]) == (False, None)
    [item] = (await command("analytics/forget", destination=url))["taken_back"]
    assert (item["id_kept"], item["deletions_pending"]) == (False, 1)
    await settled(hass)
    freezer.tick(SETTLED_AFTER)
    await wait(timedelta(0))
    assert set(deleted(former)) == ({f"{SNAPSHOT_PATH}/known"} if deletes else set())
    told = (await command("analytics/status"))["told"]
    left = [(item["deletes_on_request"], item["id_dropped"] is not None) for item in told]
    assert left == ([] if deletes else [(False, True)])
    assert "known" not in json.dumps(hass_storage)


@pytest.mark.parametrize(
    "address",
    [
        "https://a..b/v1",
        "https://xn--a/v1",
        "http://plain.example.com/v1",
        "https://me:word@former.example.com/v1",
        "https://[",
        "nonsense",
        "",
        "a\nb",
    ],
)
async def test_a_deletion_of_an_address_that_is_none_costs_no_choice(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    aioclient_mock: AiohttpClientMocker,
    caplog: pytest.LogCaptureFixture,
    address: str,
) -> None:
    deletion = {"url": address, "uuid": UUID, "since": 0.0}
    hass_storage[OWN] = kept((receiver.url, "a" * 32), deletions=[deletion])
    entry = await start(section)
    await settled(hass)
    assert (await command("analytics"))["preferences"]["base"] is True
    status = await command("analytics/status")
    assert status["blocked"] is None
    assert status["deletions_pending"] == 1
    told = {item["url"]: item for item in status["told"]}
    shown = address.replace("\n", r"\n")
    assert told[shown]["deletes_on_request"] is False
    assert aioclient_mock.mock_calls == []
    await command("analytics/forget", destination=receiver.url)
    assert deletion in hass_storage[OWN]["data"]["deletions"]
    download = await async_get_config_entry_diagnostics(hass, entry)
    assert UUID not in str(download)
    assert all("\n" not in record.getMessage() for record in caplog.records)


async def test_an_id_of_an_address_that_is_none_is_dropped_and_nobody_asked(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
) -> None:
    hass_storage[OWN] = kept(("https://a..b/v1", UUID))
    await start(section)
    [item] = (await command("analytics/forget"))["taken_back"]
    assert (item["id_kept"], item["deletes_on_request"]) == (False, False)
    assert (await command("analytics/status"))["deletions_pending"] == 0
    assert UUID not in json.dumps(hass_storage[OWN])


@pytest.mark.parametrize(
    ("key", "damaged"),
    [
        ("deletions", [{"url": "https://x.example.com", "uuid": "short", "since": 1.0}]),
        ("deletions", [{"url": "https://x.example.com", "uuid": UUID, "since": "nan"}]),
        ("deletions", [{"url": 1}, None, "x"]),
        ("destinations", {FORMER: {"preferences": {"base": "yes"}}, "https://x": []}),
        ("destinations", {FORMER: {"left": -1}}),
        ("snapshots", {"https://x": {"sent": "today"}}),
        ("deletions", [{"url": "https://x", "uuid": UUID, "since": 1.0, "matter": "reports"}]),
        ("deletions", [{"url": "https://x", "uuid": "..", "since": 1.0, "matter": "snapshots"}]),
        ("deletions", [{"url": "https://x", "uuid": "a b", "since": 1.0, "matter": "snapshots"}]),
    ],
)
async def test_what_is_damaged_costs_nothing_else_and_is_kept_aside(
    storage_folder: Path,
    start: Start,
    command: Command,
    receiver: Sink,
    section: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    key: str,
    damaged: Any,
) -> None:
    stored = kept((receiver.url, UUID))
    whole = stored["data"].get(key, type(damaged)())
    stored["data"][key] = {**whole, **damaged} if isinstance(damaged, dict) else damaged
    content = json.dumps(stored)
    (storage_folder / OWN).write_text(content)
    await start(section)
    assert (await command("analytics"))["preferences"]["base"] is True
    assert "Part of" in caplog.text
    await command("analytics/send")
    assert receiver.reports[0].report["uuid"] == UUID
    await command("analytics/forget")
    [aside] = [path for path in storage_folder.iterdir() if path.name.startswith(f"{OWN}.")]
    assert aside.read_text() == content
