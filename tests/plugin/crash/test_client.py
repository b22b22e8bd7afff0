"""The Sentry client: it makes events, and does nothing else, whatever else is set or runs."""

import importlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Never

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from custom_components.analytics.crash.client import ENVIRONMENT, OPTIONS, EventMaker
from custom_components.analytics.models import CrashServer, Destination
from tests.limits import join

RELEASE = "homeassistant@2026.10.4"
SERVER = CrashServer(
    destination=Destination(name="crashes.example", url="https://crashes.example/api/7/envelope/"),
    dsn="https://public@crashes.example/7",
)
EVENT: dict[str, Any] = {
    "event_id": "0" * 32,
    "timestamp": "2026-11-25T12:00:00+00:00",
    "level": "error",
    "logentry": {"message": "Lamp is off"},
    "exception": {
        "values": [
            {
                "type": "KeyError",
                "stacktrace": {
                    "frames": [{"abs_path": "/a.py", "lineno": 3, "function": "f"}] * 100
                },
            }
        ]
    },
}
# Each would change what a client of the defaults does.
VARIABLES = {
    "SENTRY_DSN": "http://spy@127.0.0.1:9/1",
    "SENTRY_RELEASE": "spy-release",
    "SENTRY_ENVIRONMENT": "spy-environment",
    "SENTRY_DEBUG": "1",
    "SENTRY_SPOTLIGHT": "http://127.0.0.1:9/spotlight",
    "SENTRY_TRACES_SAMPLE_RATE": "1",
    "SENTRY_KEEP_ALIVE": "1",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "HTTPS_PROXY": "http://127.0.0.1:9",
}
# In an interpreter of its own: what is imported, made, started and opened by a client of ours.
CHILD = """
import json, socket, sys, threading
from custom_components.analytics.crash import client
from custom_components.analytics.models import CrashServer, Destination

before = "sentry_sdk" in sys.modules
opened = []
class Socket(socket.socket):
    def __init__(self, *args, **kwargs):
        opened.append(args)
        super().__init__(*args, **kwargs)
socket.socket = Socket
socket.getaddrinfo = lambda *args, **kwargs: opened.append(args)
server = CrashServer(destination=Destination(name="a", url="https://a/"), dsn="https://k@a.example/7")
maker = client.EventMaker(server, "release")
event = maker.make(json.loads(sys.argv[1]))
import sentry_sdk
active = getattr(sentry_sdk, "get_client", lambda: sentry_sdk.Hub.current.client)()
result = {
    "imported before": before,
    "event": event,
    "opened": len(opened),
    "threads": [thread.name for thread in threading.enumerate()],
    "active": bool(active) and active.is_active(),
    "hooked": sys.excepthook is not sys.__excepthook__,
}
maker.close()
result["opened"] = len(opened)
result["threads"] = [thread.name for thread in threading.enumerate()]
print(json.dumps(result))
"""


class Kept(Transport):
    """The transport of the host's own client."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Any] = []

    def capture_event(self, event: Any) -> None:
        self.events.append(event)

    def capture_envelope(self, envelope: Any) -> None:
        self.events.append(envelope.get_event())


def refuse(*_: object, **__: object) -> Never:
    raise AssertionError("A connection was asked for")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no connection be made by anything."""
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def maker(no_network: None) -> Iterator[EventMaker]:
    maker = EventMaker(SERVER, RELEASE)
    yield maker
    maker.close()


@pytest.fixture
def hosts(no_network: None) -> Iterator[Kept]:
    """Return what the client keeps that the host's own integration made for all."""
    kept = Kept()
    sentry_sdk.init(
        dsn="https://hosts@hosts.example/1",
        transport=kept,
        environment="the hosts",
        default_integrations=False,
    )
    yield kept
    sentry_sdk.init(default_integrations=False)


def test_an_event_is_handed_back(maker: EventMaker) -> None:
    event = maker.make(json.loads(json.dumps(EVENT)))
    assert event
    assert event["release"] == RELEASE
    assert event["environment"] == ENVIRONMENT
    assert event["logentry"] == EVENT["logentry"]
    assert len(event["exception"]["values"][0]["stacktrace"]["frames"]) == 100
    assert event["sdk"]["name"] == "sentry.python"
    assert event.get("server_name", "") == ""
    assert "breadcrumbs" not in event or not event["breadcrumbs"]["values"]


def test_neither_thread_nor_handler_nor_hook_is_left(no_network: None) -> None:
    threads = set(threading.enumerate())
    hooks = sys.excepthook, threading.excepthook
    makers = [EventMaker(SERVER, RELEASE) for _ in range(20)]
    assert all(maker.make({**EVENT}) for maker in makers)
    assert set(threading.enumerate()) <= threads
    for maker in makers:
        maker.close()
    assert set(threading.enumerate()) <= threads
    assert (sys.excepthook, threading.excepthook) == hooks


def test_a_closed_client_makes_nothing(maker: EventMaker) -> None:
    maker.close()
    assert maker.make({**EVENT}) is None
    maker.close()
    assert maker.make({**EVENT}) is None


def test_each_gets_its_own_event_from_many_threads(maker: EventMaker) -> None:
    wrong: list[object] = []

    def make(number: int) -> None:
        for _ in range(30):
            event = maker.make({**EVENT, "event_id": f"{number:032}"})
            if event is None or event["event_id"] != f"{number:032}":
                wrong.append(event)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    join(threads)
    sys.setswitchinterval(before)
    assert wrong == []


@pytest.mark.parametrize("first", [True, False])
def test_the_hosts_own_client_is_left_alone(hosts: Kept, first: bool) -> None:
    sentry_sdk.set_tag("hosts", "tag")
    sentry_sdk.set_user({"id": "anna"})
    sentry_sdk.add_breadcrumb(message="hunter2")
    if first:
        sentry_sdk.capture_message("before")
    maker = EventMaker(SERVER, RELEASE)
    event = maker.make(json.loads(json.dumps(EVENT)))
    sentry_sdk.capture_message("beside")
    maker.close()
    sentry_sdk.capture_message("after")
    sentry_sdk.flush()
    assert event
    assert not {"hosts", "anna", "hunter2"} & set(json.dumps(event).split('"'))
    assert event["environment"] == ENVIRONMENT
    messages = [each["message"] for each in hosts.events]
    assert messages == [*(["before"] if first else []), "beside", "after"]
    assert {each["environment"] for each in hosts.events} == {"the hosts"}
    assert all(each["tags"] == {"hosts": "tag"} for each in hosts.events)


def test_processors_of_all_events_are_not_asked(maker: EventMaker) -> None:
    scope = importlib.import_module("sentry_sdk.scope")
    asked: list[object] = []
    processors = scope.global_event_processors

    def process(event: Any, hint: Any) -> Any:
        asked.append(event)
        return {**event, "server_name": "hunter2"}

    scope.add_global_event_processor(process)
    try:
        event = maker.make({**EVENT})
    finally:
        processors.remove(process)
    assert event
    assert asked == []


@pytest.mark.parametrize("variable", [None, *VARIABLES])
def test_variables_of_the_environment_change_nothing(
    monkeypatch: pytest.MonkeyPatch,
    no_network: None,
    capfd: pytest.CaptureFixture[str],
    variable: str | None,
) -> None:
    for name in [variable] if variable else VARIABLES:
        monkeypatch.setenv(name, VARIABLES[name])
    threads = set(threading.enumerate())
    maker = EventMaker(SERVER, RELEASE)
    event = maker.make({**EVENT})
    client = maker._client
    maker.close()
    assert event
    assert "spy" not in json.dumps(event)
    assert client.dsn == SERVER.dsn
    assert not client.options["debug"]
    assert getattr(client, "spotlight", None) is None
    assert set(threading.enumerate()) <= threads
    assert "sentry" not in capfd.readouterr().err.lower()


def test_in_an_interpreter_of_its_own_nothing_is_started_or_opened() -> None:
    root = Path(__file__).parents[3]
    child = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(EVENT)],
        capture_output=True,
        check=True,
        cwd=root,
        env={**VARIABLES, "PYTHONPATH": str(root), "PATH": ""},
        timeout=60,
    )
    result = json.loads(child.stdout)
    event = result.pop("event")
    assert event["release"] == "release"
    assert "spy" not in json.dumps(event)
    assert b"[sentry]" not in child.stderr
    assert result == {
        "imported before": False,
        "opened": 0,
        "threads": ["MainThread"],
        "active": False,
        "hooked": False,
    }


def test_what_can_be_turned_off_is_off(maker: EventMaker) -> None:
    options = maker._client.options
    known = {name: value for name, value in OPTIONS.items() if name in options}
    assert {name: options[name] for name in known} == known
    assert {"default_integrations", "auto_enabling_integrations", "include_local_variables"} <= set(
        known
    )
    assert maker._client.integrations == {}
    for name in ("traces_sample_rate", "traces_sampler", "profiles_sample_rate", "before_send"):
        assert not options.get(name)
