"""Addresses: what passes can be posted to, and is known for what a server would see."""

from typing import Any

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from yarl import URL

from custom_components.analytics import host
from custom_components.analytics.settings.in_force import (
    is_home_assistant,
    needs_confirmation,
    resolve,
    shares_choices,
)

from ..conftest import ALL_TIERS, Command, Start

EXTENDED = {"environment": True, "lifecycle": True, "interface": True}
LONG = ".".join(["a" * 63] * 4)


def destination(url: object, **others: object) -> dict[str, Any]:
    return {"destination": {"url": url, **others}}


# What each server of Home Assistant's would take for the address that it has.
SAME_PLACE = [
    "{}/",
    "{}//",
    "{}/.",
    "{}/x/..",
    "{}/%2e",
    " {} ",
    "HTTPS://{host}{path}",
    "https://{HOST}{path}",
    "https://{host}:443{path}",
    "https://{host}:{path}",
    "https://@{host}{path}",
    "https://{host}/{path}",
    "https://{host}{PATH}",
    "https://{host}/x/..{path}",
    "https://{host}/%2e{path}",
    "https://{host}//.{path}/",
    "https://{wide}{path}",
]
SAME_RECEIVER = [
    *SAME_PLACE,
    "https://{host}/%76%31",
    "https://{host}/v%31",
    "https://{host}/%56%31",
]
# Other places on these servers, and other spellings of their names.
NOT_THERE = [
    "https://{host}:8443{path}",
    "https://{host}{path}/x",
    "https://{host}/other",
    "https://{host}./v1",
    "https://{host}../v1",
    "https://me@{host}{path}",
    "https://:@{host}{path}",
    "https://{host}{path}?",
    "https://{host}{path}#",
    "https://{host}%2e/v1",
    "https://%61{host}{path}",
    "http://{host}{path}",
    "https://{host}\\@example.com/v1",
    "https://{host}{path}%00",
    "https://{host}{path}%20",
    "https://{host}{path};x",
]


def spelled(spelling: str, url: str) -> str:
    """Write an address in another way."""
    parts = URL(url)
    name, path = parts.host or "", parts.path.rstrip("/")
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter.isalpha() else letter for letter in name)
    return spelling.format(
        url, host=name, path=path, HOST=name.upper(), PATH=path.upper(), wide=wide
    )


@pytest.mark.parametrize("url", [host.RECEIVER_URL, host.RECEIVER_URL_DEV])
@pytest.mark.parametrize("spelling", SAME_RECEIVER)
def test_home_assistants_receiver_is_that_however_it_is_written(url: str, spelling: str) -> None:
    given = destination(spelled(spelling, url), name="Vendor", extended=True)
    settings = resolve(given, {})
    assert settings.problem is None
    assert settings.destination == resolve(destination(url), {}).destination
    assert (settings.destination.name, settings.destination.url) == ("Home Assistant", url)
    assert settings.destination.extended is False
    assert is_home_assistant(settings.destination)
    assert shares_choices(settings.destination.url) is (url == host.receiver_url())


@pytest.mark.parametrize(
    "url", [host.RECEIVER_URL, host.RECEIVER_URL_DEV, host.DEVICE_DATABASE_URL]
)
@pytest.mark.parametrize("spelling", NOT_THERE)
def test_nothing_else_on_their_servers_is_a_destination(url: str, spelling: str) -> None:
    written = spelled(spelling, url)
    settings = resolve(destination(written, extended=True), {})
    # An empty query is none.
    if settings.problem is None and written[-1] in "?#":
        assert settings.destination.url in {url, host.receiver_url()}
        assert settings.destination.extended is False
    else:
        assert settings.problem is not None
        assert settings.problem.startswith("destination.url: ")


@pytest.mark.skipif(not host.has_snapshots(), reason="this host has no snapshots")
@pytest.mark.parametrize("spelling", SAME_PLACE)
def test_the_device_database_is_that_however_it_is_written(spelling: str) -> None:
    given = {"snapshots_url": spelled(spelling, host.DEVICE_DATABASE_URL)}
    assert resolve(given, {}) == resolve({"snapshots_url": None}, {})


@pytest.mark.parametrize("spelling", ["{}", *SAME_RECEIVER, *NOT_THERE])
def test_what_is_not_made_for_their_servers_does_not_go_there(spelling: str) -> None:
    dsn = spelled(spelling, host.RECEIVER_URL).strip().replace("://", "://key@", 1) + "/1"
    assert "crash_reports.dsn: " in (resolve({"crash_reports": {"dsn": dsn}}, {}).problem or "")
    for_snapshots = {"snapshots_url": spelled(spelling, host.RECEIVER_URL)}
    assert not host.has_snapshots() or resolve(for_snapshots, {}).problem
    reports = resolve(destination(spelled(spelling, host.DEVICE_DATABASE_URL)), {})
    assert reports.problem


@pytest.mark.parametrize("spelling", SAME_RECEIVER)
async def test_home_assistants_receiver_never_gets_more(
    start: Start, command: Command, aioclient_mock: AiohttpClientMocker, spelling: str
) -> None:
    """Nor does it get any of that under a name of its own, after a yes that it asks for."""
    aioclient_mock.post(host.receiver_url())
    entry = await start(destination(spelled(spelling, host.receiver_url()), extended=True))
    await command("analytics/preferences", preferences=ALL_TIERS)
    await entry.runtime_data.async_choose_more(EXTENDED)
    answer = await command("analytics/status")
    assert answer["destination"]["name"] == "Home Assistant"
    assert (await command("analytics/send"))["outcome"] == "sent"
    [(_, url, body, _)] = aioclient_mock.mock_calls
    assert str(url) == host.receiver_url()
    assert b"environment" not in body
    assert b"kernel" not in body


UNUSABLE = [
    "https://xn--a/v1",
    "https://a.xn--/v1",
    "https://xn--i-7iq.ws/v1",
    "https://i\u2764.ws/v1",
    "https://xn--80ak6aa92e.XN--A/v1",
    "https://a..b/v1",
    "https://.a.b/v1",
    "https://a.b./v1",
    f"https://{'a' * 64}.example/v1",
    f"https://{LONG}/v1",
    "https://ex%61mple.com/v1",
    "https://ex%2emple.com/v1",
    "https://ex ample.com/v1",
    "https://exam\tple.com/v1",
    "https://example.com/v\n1",
    "https://ex\u200bample.com/v1",
    "https://ex\u202eample.com/v1",
    "https://example.com/\u202ev1",
    "https://-a.example/v1",
    "https://a-.example/v1",
    "https://a,b/v1",
    "https://a!/v1",
    "https://a*b/v1",
    "https://<b>/v1",
    "https://127.1/v1",
    "https://2130706433/v1",
    "https://0x7f.1/v1",
    "https://0x7f000001/v1",
    "https://256.1.1.1/v1",
    "https://1.2.3.4.5/v1",
    "https://\u0661\u0662\u0667.0.0.1/v1",
    "https://[fe80::1%25eth0]/v1",
    "https://[fe80::1%eth0]/v1",
    "https://[::1/v1",
    "https://[::1]@/v1",
    "https://a[::1]@/v1",
    "https://[::1]me:word@/v1",
    "https://example.com:0/v1",
    "https://example.com:65536/v1",
    "https://example.com:x/v1",
    "https:example.com/v1",
    "https:/example.com/v1",
    "//example.com/v1",
    "example.com/v1",
    "javascript:alert(1)",
    "https://example.com/" + "a" * 300,
    "\ud800",
    "https://\ud800/v1",
    "https://example.com/\ud800",
    "https://example.com/v1\x00",
]


@pytest.mark.parametrize("url", UNUSABLE)
def test_what_can_not_be_posted_to_is_refused_by_name(url: str) -> None:
    for name, section in [
        ("destination.url", destination(url)),
        ("destination.privacy_url", destination("https://example.com/v1", privacy_url=url)),
        ("crash_reports.dsn", {"crash_reports": {"dsn": url.replace("://", "://key@", 1) + "/1"}}),
        ("snapshots_url", {"snapshots_url": url}),
    ]:
        problem = resolve(section, {}).problem
        if name != "snapshots_url" or host.has_snapshots():
            assert problem is not None, name
            assert problem.startswith(f"{name}: ")
            assert problem.isprintable()


@pytest.mark.parametrize("url", UNUSABLE)
async def test_what_can_not_be_posted_to_never_holds_up_the_start(
    hass: HomeAssistant, start: Start, command: Command, url: str
) -> None:
    await start({"snapshots_url": url, **destination(url)})
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert (await command("analytics/status"))["blocked"]["reason"] == "settings"
    assert (await command("analytics/send"))["outcome"] == "blocked"
    assert ir.async_get(hass).async_get_issue("analytics", "settings")


HOSTS = st.one_of(
    st.from_regex(r"[a-z0-9A-Z_.%:\[\]-]{1,30}", fullmatch=True),
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3).map(".".join),
    st.builds("xn--{}".format, st.from_regex(r"[a-z0-9-]{0,10}", fullmatch=True)),
    st.ip_addresses().map(lambda ip: f"[{ip}]" if ip.version == 6 else str(ip)),
    st.sampled_from(["analytics-api.home-assistant.io", "localhost", "b\u00fccher.example"]),
)


@given(HOSTS, st.text(max_size=20), st.sampled_from(["https", "http", "HTTPS"]))
@example("example.com", "a/%2e%2e/b//c/./%41", "https")
@example("[::ffff:7f00:1]", "v1", "http")
def test_what_passes_is_one_form_that_can_be_posted_to(name: str, path: str, scheme: str) -> None:
    settings = resolve(destination(f"{scheme}://{name}/{path}"), {})
    if settings.problem is None:
        url = settings.destination.url
        assert url.isascii()
        assert not set(url) & set(' `<>"\\^{|}')
        assert str(URL(url)) == url
        assert URL(url).host
        assert resolve(destination(url), {}).destination == settings.destination
        assert needs_confirmation(settings.destination) in {True, False}


@pytest.mark.parametrize(
    "error",
    [
        UnicodeError("label too long"),
        ValueError("no address"),
        OSError("no route"),
        RuntimeError("Session is closed"),
        AssertionError(),
        LookupError("unknown encoding"),
        KeyError("host"),
        AttributeError("transport"),
    ],
)
async def test_whatever_the_client_raises_is_an_outcome(
    start: Start,
    command: Command,
    aioclient_mock: AiohttpClientMocker,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    url = "https://analytics.example.com/v1"
    aioclient_mock.post(url, exc=error)
    await start(destination(url, named_in_frontend=True))
    await command("analytics/preferences", preferences=ALL_TIERS)
    answer = await command("analytics/send")
    assert answer["outcome"] == "retryable"
    assert answer["reason"] == f"no connection ({type(error).__name__})"
    assert (await command("analytics/status"))["retry_pending"]
    assert "fault of Open Analytics" not in caplog.text
