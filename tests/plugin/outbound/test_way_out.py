"""Through a proxy, or not at all."""

import json
import logging
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import TCPConnector
from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.analytics import system_health
from custom_components.analytics.collect import async_home
from custom_components.analytics.diagnostics import async_get_config_entry_diagnostics
from custom_components.analytics.outbound.gate import HEADERS
from scripts.sink import SNAPSHOT_PATH, Answer, Sink
from tests.insights.wire import Authority

from ..conftest import Command, Start, Wait
from ..crash.conftest import SETTLE
from ..crash.faulty import installed
from ..host_state import Module, add_module
from ..snapshots.conftest import only_where_there_are_snapshots
from .way import FAR_HOST, LOOPBACK, PASSWORD, USER, HomeProxy, NoNames, login, problem, sent

FAR = f"https://{FAR_HOST}/v1"
TUNNEL = f"CONNECT {FAR_HOST}:443 HTTP/1.1"
FIX = "/api/repairs/issues/fix"
DAY = timedelta(days=1)
OFFER = {"path": SNAPSHOT_PATH, "deletes": True}


@pytest.fixture
def section(ca_file: Path) -> dict[str, Any]:
    """Return a section for a destination far away, which the front end names."""
    return {
        "destination": {"url": FAR, "named_in_frontend": True, "extended": True},
        "ca_file": str(ca_file),
    }


@pytest.fixture
async def names(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> NoNames:
    """Return what is asked for names, by the host's connections or around them."""
    names = NoNames()
    connector = async_get_clientsession(hass).connector
    assert isinstance(connector, TCPConnector)
    monkeypatch.setattr(connector, "_resolver", names)
    look_up = socket.getaddrinfo

    def noted(host: Any, *arguments: Any, **more: Any) -> Any:
        if host not in {None, LOOPBACK}:
            names.asked.append(str(host))
        return look_up(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", noted)
    return names


def with_login(proxy: HomeProxy) -> str:
    """Return the address of a proxy that asks who is there."""
    return proxy.url.replace("://", f"://{USER}:{quote(PASSWORD)}@")


async def test_all_that_leaves_takes_the_proxy_and_no_name_is_looked_up(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    far: Sink,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
) -> None:
    entry = await start({**section, "proxy": with_login(proxy)})
    assert (await sent(command))["outcome"] == "sent"
    assert await (await system_health._async_info(hass))["destination_reachable"] == "ok"
    await entry.runtime_data.async_choose_more({"environment": True, "lifecycle": True})
    await entry.runtime_data.lifecycle.async_end()  # as at a stop of the host
    await far.wait_until(lambda: bool(far.life))
    assert {arrival.method for arrival in far.arrivals} == {"POST", "HEAD"}
    assert set(proxy.asked) == {TUNNEL}
    assert names.asked == []
    assert all(f"Proxy-Authorization: {login()}\r\n" in head for head in proxy.heads)


async def test_a_deletion_takes_the_proxy(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    far: Sink,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
) -> None:
    await start({**section, "proxy": proxy.url})
    assert (await sent(command))["outcome"] == "sent"
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert far.arrivals[-1].method == "DELETE"
    assert set(proxy.asked) == {TUNNEL}
    assert names.asked == []


async def confirmed(hass: HomeAssistant, hass_client: ClientSessionGenerator, name: str) -> None:
    """Say yes to the question of a repair issue."""
    client = await hass_client()
    question = {"handler": "analytics", "issue_id": name}
    flow = await (await client.post(FIX, json=question)).json()
    await client.post(f"{FIX}/{flow['flow_id']}", json={"next_step_id": "confirm"})


async def test_a_crash_report_takes_the_proxy(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start: Start,
    command: Command,
    wait: Wait,
    far: Sink,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
    tmp_path: Path,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    server = {"dsn": f"https://key@{FAR_HOST}/1"}
    await start({**section, "proxy": with_login(proxy), "crash_reports": server})
    await command("analytics/preferences", preferences={"diagnostics": True})
    await confirmed(hass, hass_client, "confirm_crash_server")
    with installed(tmp_path) as faulty:
        faulty.log()
    await hass.async_block_till_done()
    await wait(SETTLE)
    await far.wait_until(lambda: bool(far.events))
    assert (proxy.asked, names.asked) == ([TUNNEL], [])


@only_where_there_are_snapshots
async def test_a_snapshot_takes_the_proxy_and_so_does_its_deletion(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    start: Start,
    command: Command,
    wait: Wait,
    far: Sink,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    assert await async_setup_component(hass, "labs", {})
    mock_integration(hass, MockModule("hue"), built_in=True)
    entry = MockConfigEntry(domain="hue")
    entry.add_to_hass(hass)
    device_registry.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("hue", "1")}, model="LWB010"
    )
    await start({**section, "proxy": proxy.url, "snapshots_url": f"https://{FAR_HOST}"})
    await confirmed(hass, hass_client, "confirm_snapshots")
    far.snapshot_answer = Answer(body='{"submission_identifier": "known"}')
    far.offer_answer = Answer(body=json.dumps({"snapshots": OFFER}))
    await wait(DAY)
    assert len(far.snapshots) == 1
    assert (proxy.asked, names.asked) == ([TUNNEL], [])
    await command("analytics/forget")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [each.method for each in far.arrivals] == ["POST", "GET", "DELETE"]
    assert (set(proxy.asked), names.asked) == ({TUNNEL}, [])


async def test_the_proxy_is_told_no_more_than_a_destination_is(
    start: Start, command: Command, section: dict[str, Any], proxy: HomeProxy, names: NoNames
) -> None:
    await start({**section, "proxy": proxy.url})
    await sent(command)
    [head] = proxy.heads
    told = dict(line.split(": ", 1) for line in head.strip().split("\r\n")[1:])
    assert told == {"Host": FAR_HOST, **HEADERS}


async def test_a_proxy_that_speaks_tls_is_trusted_by_the_same_file(
    start: Start,
    command: Command,
    far: Sink,
    section: dict[str, Any],
    authority: Authority,
) -> None:
    places = {f"{FAR_HOST}:443": far.port}
    async with HomeProxy(places, tls=authority.server(LOOPBACK)) as proxy:
        await start({**section, "proxy": proxy.url})
        assert (await sent(command))["outcome"] == "sent"
    assert proxy.asked == [TUNNEL]
    assert len(far.reports) == 1


@pytest.mark.parametrize("status", [302, 407, 500, 502])
async def test_what_the_proxy_refuses_goes_no_other_way(
    start: Start,
    command: Command,
    far: Sink,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
    status: int,
) -> None:
    proxy.status = status
    await start({**section, "proxy": proxy.url})
    answer = await sent(command)
    assert (answer["outcome"], answer["reason"]) == (
        "retryable",
        f"the proxy answered with status {status}",
    )
    assert far.arrivals == []
    assert names.asked == []


async def test_a_proxy_that_is_gone_is_not_gone_around(
    start: Start, command: Command, section: dict[str, Any], names: NoNames
) -> None:
    async with HomeProxy({}) as gone:
        address = gone.url
    await start({**section, "proxy": address})
    answer = await sent(command)
    assert answer["outcome"] == "retryable"
    assert answer["reason"] == "no connection (ClientProxyConnectionError)"
    assert names.asked == []


async def test_a_name_of_a_proxy_is_looked_up_and_none_else(
    start: Start, command: Command, section: dict[str, Any], names: NoNames
) -> None:
    await start({**section, "proxy": "http://proxy.fritz.box:3128"})
    assert (await sent(command))["outcome"] == "retryable"
    assert set(names.asked) == {"proxy.fritz.box"}


@pytest.mark.parametrize(
    ("address", "port"),
    [("http://proxy.lan", 80), ("https://proxy.lan", 443), ("http://proxy.lan:3128", 3128)],
)
async def test_a_proxy_without_a_port_has_that_of_its_scheme(
    start: Start,
    command: Command,
    section: dict[str, Any],
    names: NoNames,
    address: str,
    port: int,
) -> None:
    await start({**section, "proxy": address})
    assert (await sent(command))["outcome"] == "retryable"
    assert names.ports == {port}


async def test_what_is_for_this_machine_leaves_for_no_proxy(
    start: Start, command: Command, receiver: Sink, proxy: HomeProxy
) -> None:
    """The proxy's loopback address is another machine's."""
    await start({"destination": {"url": receiver.url}, "proxy": proxy.url})
    assert (await sent(command))["outcome"] == "sent"
    assert len(receiver.reports) == 1
    assert proxy.heads == []


@pytest.mark.parametrize("spelling", ["HTTPS_PROXY", "https_proxy"])
async def test_variables_count_only_where_that_is_asked_for(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
    monkeypatch: pytest.MonkeyPatch,
    spelling: str,
) -> None:
    monkeypatch.setenv(spelling, with_login(proxy).removeprefix("http://"))
    entry = await start(section)
    assert (await sent(command))["outcome"] == "retryable"
    assert (proxy.heads, set(names.asked)) == ([], {FAR_HOST})
    names.asked.clear()
    hass.config_entries.async_update_entry(entry, options={"proxy": "environment"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert (await sent(command))["outcome"] == "sent"
    assert (proxy.asked, names.asked) == ([TUNNEL], [])


@pytest.mark.parametrize("exceptions", ["*", FAR_HOST, "a.example, .vendor.example", "example"])
async def test_an_exception_of_the_variable_is_reached_without_the_proxy(
    start: Start,
    command: Command,
    section: dict[str, Any],
    proxy: HomeProxy,
    names: NoNames,
    monkeypatch: pytest.MonkeyPatch,
    exceptions: str,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", exceptions)
    await start({**section, "proxy": "environment"})
    assert (await sent(command))["outcome"] == "retryable"
    assert (proxy.heads, set(names.asked)) == ([], {FAR_HOST})


async def test_an_exception_of_the_variable_is_none_of_an_address_in_the_settings(
    start: Start,
    command: Command,
    section: dict[str, Any],
    proxy: HomeProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    await start({**section, "proxy": proxy.url})
    assert (await sent(command))["outcome"] == "sent"
    assert proxy.asked == [TUNNEL]


async def test_of_proxy_and_file_nothing_is_shown_anywhere(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    far: Sink,
    section: dict[str, Any],
    proxy: HomeProxy,
    ca_file: Path,
    caplog: pytest.LogCaptureFixture,
    storage_folder: Path,
) -> None:
    caplog.set_level(logging.DEBUG, "custom_components.analytics")
    entry = await start({**section, "proxy": with_login(proxy)})
    proxy.status = 407
    assert (await sent(command))["outcome"] == "retryable"
    proxy.status = None
    assert (await command("analytics/send"))["outcome"] == "sent"
    health = await system_health._async_info(hass)
    shown = [
        await async_get_config_entry_diagnostics(hass, entry),
        await command("analytics/status"),
        await command("analytics/journal"),
        await command("analytics/preview"),
        {**health, "destination_reachable": await health["destination_reachable"]},
        [issue.to_json() for issue in ir.async_get(hass).issues.values()],
        [record.getMessage() for record in caplog.records if "analytics" in record.name],
        [arrival.body.decode() for arrival in far.arrivals],
        repr(entry.runtime_data.settings),
        repr(entry.runtime_data.pipeline.source),
    ]
    told = json.dumps(shown, default=str)
    assert REDACTED in told
    for own in (proxy.address, USER, PASSWORD, quote(PASSWORD), login(), ca_file.name):
        assert own not in told
        assert json.dumps(own)[1:-1] not in told


async def test_the_guard_knows_the_way_out_as_the_homes_own(
    start: Start,
    section: dict[str, Any],
    proxy: HomeProxy,
    ca_file: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", with_login(proxy))
    exceptions = "nas.mueller.example,*.keller.example,localhost,*,10.0.0.0/8,10.7.4.0/24,10.9.9.9"
    monkeypatch.setenv("NO_PROXY", exceptions)
    entry = await start({**section, "proxy": "environment"})
    home = await async_home(entry.runtime_data.pipeline.source)
    knowledge = home.knowledge()
    assert {USER, PASSWORD.casefold()} <= knowledge.secrets
    assert {str(ca_file).casefold(), ca_file.name} <= knowledge.secrets
    assert {"nas.mueller.example", "nas", "keller.example"} <= knowledge.secrets
    known = {str(network) for network in knowledge.networks}
    assert {f"{LOOPBACK}/32", "10.7.4.0/24", "10.9.9.9/32"} <= known
    assert "10.0.0.0/8" not in known  # everybody's


async def test_what_the_way_out_is_called_leaves_in_no_report(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    section: dict[str, Any],
    far: Sink,
    proxy: HomeProxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Custom integrations may be called after anything."""
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "nas-mueller.fritz.box")
    names = ("nas_mueller", "nina_mueller_ca", "nina_mueller_ca_pem", "harmless")
    for name in names:
        add_module(hass, Module(domain=name, built_in=False, version="1.0"))
    await start({**section, "proxy": "environment"}, **{name: {} for name in names})
    assert (await sent(command))["outcome"] == "sent"
    [arrival] = far.reports
    told = {item["domain"] for item in arrival.report["custom_integrations"]}
    assert told == {"analytics", "harmless"}


async def test_a_consent_stays_with_its_destination_whatever_the_way(
    hass: HomeAssistant, start: Start, command: Command, section: dict[str, Any], proxy: HomeProxy
) -> None:
    entry = await start({**section, "proxy": proxy.url})
    await sent(command)
    uuid = entry.runtime_data.store.uuid(entry.runtime_data.choices.destination)
    hass.config_entries.async_update_entry(
        entry, options={"ca_file": "other.pem", "interval": 7200}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    data = entry.runtime_data
    assert data.choices.consent.decided
    assert data.store.uuid(data.choices.destination) == uuid


@pytest.mark.parametrize("named", [{"proxy": "nonsense"}, {"proxi": "http://a:1"}, {"proxy": None}])
async def test_no_deletion_goes_around_a_way_that_can_not_be_read(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    wait: Wait,
    receiver: Sink,
    hass_storage: dict[str, Any],
    named: dict[str, Any],
) -> None:
    deletion = {"url": receiver.url, "uuid": "0" * 32, "since": 4e9}
    saved = {"destinations": {}, "deletions": [deletion]}
    key = "analytics.destinations"
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": saved}
    await start({"destination": {"url": receiver.url}, **named})
    await wait(DAY)
    assert (await command("analytics/status"))["deletions_pending"] == 1
    assert receiver.arrivals == []


WRONG = [
    "nonsense",
    "proxy.vendor.example:3128",
    "socks5://proxy.vendor.example:1080",
    "http://ninas-house:4711471147@",
    "http://ninas-house%3A:4711471147@proxy.vendor.example",
    "http://proxy.vendor.example:99999",
    "http://proxy.vendor.example/path",
    "http://proxy.vendor.example?query",
    "http://proxy..vendor.example",
    "http://proxy.vendor.example\t:80",
    "http://300.1.1.1:80",
    "environment",
    "",
    True,
    4711471147,
    ["http://proxy.vendor.example"],
    {"http://proxy.vendor.example": 1},
]


@pytest.mark.parametrize("value", WRONG, ids=str)
async def test_a_proxy_that_can_never_work_is_told_at_the_start_and_not_shown(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    receiver: Sink,
    caplog: pytest.LogCaptureFixture,
    value: object,
) -> None:
    await start({"destination": {"url": receiver.url}, "proxy": value})
    assert (await sent(command))["outcome"] == "blocked"
    assert (problem(hass) or "").startswith("proxy")
    assert "proxy: " in caplog.text
    told = json.dumps([caplog.text, problem(hass), await command("analytics/status")])
    assert "vendor" not in told
    assert "4711471147" not in told
    assert receiver.arrivals == []


async def test_the_form_explains_what_it_refuses_of_the_way_out(
    hass: HomeAssistant, start: Start, tmp_path: Path, ca_file: Path
) -> None:
    entry = await start()
    (tmp_path / "empty.pem").touch()
    (tmp_path / "damaged.pem").write_bytes(ca_file.read_bytes()[:-40])
    for given, errors in (
        ({"proxy": "socks5://h:1"}, {"proxy": "invalid_proxy"}),
        ({"proxy": "environment"}, {"proxy": "no_proxy_variable"}),
        ({"ca_file": "a\x00b"}, {"ca_file": "invalid_path"}),
        ({"ca_file": "nowhere.pem"}, {"ca_file": "no_certificates"}),
        ({"ca_file": "empty.pem"}, {"ca_file": "no_certificates"}),
        ({"ca_file": "damaged.pem"}, {"ca_file": "damaged_certificates"}),
        ({"ca_file": str(tmp_path)}, {"ca_file": "no_certificates"}),
    ):
        form = await hass.config_entries.options.async_init(entry.entry_id)
        result: Any = await hass.config_entries.options.async_configure(form["flow_id"], given)
        assert result["errors"] == errors
        hass.config_entries.options.async_abort(form["flow_id"])
    form = await hass.config_entries.options.async_init(entry.entry_id)
    given = {"proxy": "http://u:p@proxy.lan:3128", "ca_file": ca_file.name}
    await hass.config_entries.options.async_configure(form["flow_id"], given)
    assert entry.options == given


async def test_the_action_refuses_a_file_without_certificates(
    hass: HomeAssistant, start: Start, storage_folder: Path
) -> None:
    entry = await start()
    yaml = storage_folder.parent / "configuration.yaml"
    yaml.write_text("analytics:\n  ca_file: nowhere.pem\n")
    with pytest.raises(Exception, match="ca_file") as refused:
        await hass.services.async_call("analytics", "reload", blocking=True)
    assert getattr(refused.value, "translation_key", None) == "settings_unusable"
    assert entry.runtime_data.settings.way_out.ca_file is None
