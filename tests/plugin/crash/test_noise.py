"""What is a crash, and what is the user's settings, the network, or a refusal."""

import asyncio
import concurrent.futures
import errno
import importlib
import os
import socket
import ssl
import sys
import traceback
from collections.abc import Callable
from http import HTTPStatus
from types import ModuleType
from typing import Any, Never

import aiodns
import aiohttp
import httpx
import jinja2
import pytest
import requests
import voluptuous as vol
import yaml
from homeassistant import exceptions as ha
from homeassistant.helpers.update_coordinator import UpdateFailed

from custom_components.analytics.crash.faults import from_text
from custom_components.analytics.crash.noise import EXPECTED, is_crash, is_crash_by_name


class LampAuthError(Exception):
    """As a library calls a refusal."""


class LampRequestTimedOut(Exception):  # noqa: N818
    """As a library calls a time-out."""


class MyUpdateFailed(UpdateFailed):
    """Derives from what is expected."""


class AuthorError(Exception):
    """Is about an author; the name only looks like a refusal's."""


class StatusError(Exception):
    """Says which status the server answered with."""

    def __init__(self, **told: Any) -> None:
        super().__init__()
        self.__dict__.update(told)


class HostileError(Exception):
    """Fails whatever it is asked."""

    def refuse(self) -> Never:
        raise AssertionError

    __cause__ = property(refuse)
    __class__ = property(refuse)
    __dict__ = property(refuse)


class HostileNetworkError(OSError):
    """Fails when it is asked for its number."""

    @property
    def errno(self) -> Never:  # type: ignore[override]
        raise AssertionError


class Unreadable:
    """A status that can't be compared."""

    def refuse(self, *_: object) -> Never:
        raise AssertionError

    __eq__ = __bool__ = __hash__ = refuse


def refused(status: int) -> aiohttp.ClientResponseError:
    return aiohttp.ClientResponseError(None, (), status=status)  # type: ignore[arg-type]


NOISE = [
    ha.ConfigEntryNotReady(),
    ha.PlatformNotReady(),
    ha.ConfigEntryAuthFailed(),
    ha.ConfigEntryError(),
    ha.ServiceValidationError(),
    ha.TemplateError(ValueError()),
    ha.Unauthorized(),
    UpdateFailed(),
    MyUpdateFailed(),
    vol.Invalid("x"),
    vol.MultipleInvalid([vol.Invalid("x")]),
    vol.RequiredFieldInvalid("x"),
    yaml.YAMLError(),
    jinja2.UndefinedError(),
    jinja2.TemplateSyntaxError("x", 1),
    TimeoutError(),
    socket.gaierror(-2, "x"),
    ConnectionResetError(),
    BrokenPipeError(),
    OSError(errno.EHOSTUNREACH, "x"),
    OSError(errno.ENETUNREACH, "x"),
    ssl.SSLCertVerificationError(),
    asyncio.CancelledError(),
    concurrent.futures.CancelledError(),
    KeyboardInterrupt(),
    SystemExit(1),
    # Logged as it is where whoever asked for a name does not wait for the answer any more.
    aiodns.error.DNSError(4, "x"),
    aiohttp.ClientConnectionError(),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ServerTimeoutError(),
    aiohttp.ClientOSError(),
    refused(401),
    refused(403),
    httpx.ConnectError("x"),
    httpx.ConnectTimeout("x"),
    httpx.ReadTimeout("x"),
    httpx.PoolTimeout("x"),
    requests.ConnectionError(),
    requests.Timeout(),
    requests.exceptions.ReadTimeout(),
    LampAuthError(),
    LampRequestTimedOut(),
    StatusError(status=HTTPStatus.UNAUTHORIZED),
    StatusError(status_code=403),
    StatusError(status=Unreadable(), status_code=403),
]
CRASHES = [
    KeyError("x"),
    AttributeError(),
    RecursionError(),
    ha.HomeAssistantError(),
    OSError(errno.ENOENT, "x"),
    AuthorError(),
    StatusError(status=500),
    StatusError(status="401"),
    StatusError(status=Unreadable()),
    refused(500),
    aiohttp.ClientPayloadError(),
    httpx.DecodingError("x"),
]


def raised_from(cause: BaseException | None, context: BaseException | None = None) -> Exception:
    error = ha.HomeAssistantError()
    error.__cause__, error.__context__ = cause, context
    return error


def throw(error: BaseException) -> Never:
    raise error


def throw_from(cause: BaseException) -> Never:
    try:
        throw(cause)
    except BaseException as error:
        raise ha.HomeAssistantError from error


def fail_while_handling_a_time_out() -> None:
    try:
        throw(TimeoutError())
    except TimeoutError:
        missing  # type: ignore[name-defined] # noqa: B018, F821


def text_of(error: BaseException) -> str:
    try:
        throw(error)
    except BaseException:  # noqa: BLE001
        return traceback.format_exc()


def is_crash_as_text(error: BaseException) -> bool:
    fault = from_text(text_of(error))
    assert fault
    return is_crash_by_name(fault.raised)


@pytest.mark.parametrize("error", NOISE, ids=lambda error: type(error).__name__)
def test_what_is_expected_is_no_crash_nor_what_it_caused(error: BaseException) -> None:
    assert not is_crash(error)
    assert not is_crash(raised_from(error))
    assert not is_crash(raised_from(raised_from(error)))


@pytest.mark.parametrize("error", CRASHES, ids=lambda error: type(error).__name__)
def test_what_is_a_crash_stays_one_whatever_was_being_handled(error: BaseException) -> None:
    assert is_crash(error)
    assert is_crash(raised_from(error))
    assert is_crash(raised_from(error, TimeoutError()))
    assert is_crash(raised_from(None, TimeoutError()))


@pytest.mark.parametrize(
    "make", [HostileError, lambda: HostileNetworkError(errno.ENOENT, "x")], ids=["any", "network"]
)
def test_no_code_of_an_exception_is_run(make: Callable[[], Exception]) -> None:
    assert is_crash(make())
    assert is_crash(raised_from(make()))


def test_an_error_while_a_time_out_is_handled_is_a_crash() -> None:
    with pytest.raises(NameError) as raised:
        fail_while_handling_a_time_out()
    assert is_crash(raised.value)
    assert is_crash_as_text(raised.value)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_every_name_of_the_list_is_one_here(name: str) -> None:
    module, _, kind = name.rpartition(".")
    assert kind in vars(importlib.import_module(module))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_what_takes_the_place_of_another_is_known_by_that_ones_name(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, _, kind = name.rpartition(".")
    stand_in = ModuleType("elsewhere")
    vars(stand_in)[kind] = other = type(kind, (Exception,), {"__module__": "elsewhere"})
    derived = type("Derived", (other,), {"__module__": "further"})
    vars(stand_in)["Derived"] = derived
    monkeypatch.setitem(sys.modules, module, stand_in)
    monkeypatch.setitem(sys.modules, "elsewhere", stand_in)
    assert not is_crash(other())
    assert not is_crash(derived())
    assert not is_crash_as_text(other())


@pytest.mark.parametrize("wrap", [lambda group: group, raised_from])
def test_a_group_is_a_crash_where_any_member_is(wrap: Any) -> None:
    noise = ExceptionGroup("x", [TimeoutError(), UpdateFailed()])
    nested = ExceptionGroup("x", [noise, TimeoutError()])
    mixed = ExceptionGroup("x", [TimeoutError(), ExceptionGroup("x", [TimeoutError(), KeyError()])])
    assert not is_crash(wrap(noise))
    assert not is_crash(wrap(nested))
    assert is_crash(wrap(mixed))


@pytest.mark.timeout(10)
def test_a_group_that_holds_the_same_ones_over_and_over_is_looked_at_once() -> None:
    group: Exception = TimeoutError()
    for _ in range(60):
        group = ExceptionGroup("x", [group, group])
    assert not is_crash(group)


@pytest.mark.timeout(10)
def test_not_all_members_of_a_huge_group_are_looked_at() -> None:
    assert is_crash(ExceptionGroup("x", [TimeoutError() for _ in range(1_000_000)]))


def test_a_chain_without_an_end_is_a_crash() -> None:
    first, second = KeyError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert is_crash(first)


IN_TEXT = [
    error for error in NOISE if type(error) is not StatusError and not hasattr(error, "status")
]


@pytest.mark.parametrize(
    "error",
    [
        error
        for error in IN_TEXT
        if getattr(error, "errno", None) not in {errno.EHOSTUNREACH, errno.ENETUNREACH}
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_expected_is_known_by_its_name_in_a_text(error: BaseException) -> None:
    assert not is_crash_as_text(error.with_traceback(None))
    with pytest.raises(ha.HomeAssistantError) as raised:
        throw_from(error.with_traceback(None))
    assert not is_crash_as_text(raised.value)


@pytest.mark.parametrize(
    ("members", "crash"),
    [
        ([TimeoutError(), KeyError()], True),
        ([KeyError(), TimeoutError()], True),
        ([TimeoutError(), UpdateFailed()], False),
    ],
)
def test_so_is_a_group(members: list[Exception], crash: bool) -> None:
    caught = []
    for member in members:
        try:
            throw(member)
        except Exception as error:  # noqa: BLE001
            caught.append(error)
    assert is_crash_as_text(ExceptionGroup("x", caught)) is crash


@pytest.mark.parametrize(
    "name", ["anna", "os.environ", "sys.modules", "LampError", "a.b.C", "nt.x"]
)
def test_an_unknown_name_in_a_text_is_a_crash(name: str) -> None:
    fault = from_text(
        f'Traceback (most recent call last):\n  File "{os.__file__}", line 1, in f\n{name}'
    )
    assert fault
    assert is_crash_by_name(fault.raised)
