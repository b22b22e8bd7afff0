"""What the operator and the user set: `analytics:` in configuration.yaml over the entry's options.

Both have the same keys and pass the same checks. YAML wins, key by key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import voluptuous as vol

from .. import host
from ..const import (
    CONF_CA_FILE,
    CONF_DESTINATION,
    CONF_ENABLED,
    CONF_HOLD,
    CONF_HOLD_FOR,
    CONF_INITIAL_DELAY,
    CONF_INTERVAL,
    CONF_PROXY,
    CONF_SIDEBAR,
    CONF_SNAPSHOTS_URL,
    CONF_URL,
    HOLD_FOR,
    HOME_ASSISTANT_NAME,
    HOME_ASSISTANT_PRIVACY_URL,
    INITIAL_DELAY,
    INTERVAL,
)
from ..models import DIRECT, CrashServer, Destination, WayOut
from ..texts import excerpt
from .addresses import RECEIVERS, host_of, is_loopback, known
from .device_database import DEVICE_DATABASE, device_database, is_named
from .keys import DSN, EXTENDED, NAMED_IN_FRONTEND, URL_NAME, VALIDATORS, check, flatten
from .way_out import WAY_OUT

URL_NEEDED: Final = "{}: needs destination.url, the address that it belongs to"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The settings in force; with a `problem`, one line for the user, nothing is sent.

    With `hold` all waits until somebody has approved it, for as long as `hold_for`.
    `device_database` is where snapshots of devices go; `snapshots_named` whether YAML has the key
    for it, with an address or without one; `sidebar` whether the panel is in the sidebar.
    """

    destination: Destination
    initial_delay: timedelta = INITIAL_DELAY
    interval: timedelta = INTERVAL
    enabled: bool = True
    hold: bool = False
    hold_for: timedelta = HOLD_FOR
    crash_server: CrashServer | None = None
    device_database: Destination = DEVICE_DATABASE
    snapshots_named: bool = False
    way_out: WayOut = DIRECT
    sidebar: bool = False
    problem: str | None = None


def is_home_assistant(destination: Destination) -> bool:
    """Tell whether this is Home Assistant's own receiver, or the one for its developers."""
    return known(destination.url) in RECEIVERS


def shares_choices(url: str) -> bool:
    """Tell whether this is where the built-in integration of this host would send reports."""
    return url == host.receiver_url()


def needs_confirmation(destination: Destination) -> bool:
    """Tell whether choices made on the host's pages wait for a yes to this destination by name.

    These pages say "Home Assistant" whatever the destination is. Loopback addresses are for
    development, and an operator may state that its front end names the destination itself.
    """
    return not (
        is_home_assistant(destination)
        or is_loopback(destination.url)
        or destination.named_in_frontend
    )


def resolve(section: object, options: Mapping[str, Any]) -> Settings:
    """Return the settings in force.

    What can't be used becomes the `problem`: reports stop until it is mended, but the front end,
    and with it onboarding, goes on working.
    """
    chosen, given = _counting(options, section), flatten(section)
    if URL_NAME not in given:
        # The claim is about the address beside it, not about one that somebody chose since.
        given.pop(NAMED_IN_FRONTEND, None)
    values, refused = _checked(chosen | given)
    refused |= {name: f"{name}: is empty, {remedy}" for name, remedy in _empty(section)}
    problems = [*refused.values()]
    if not problems and "destination.url" not in values:
        problems += [URL_NEEDED.format(name) for name in values if name.startswith("destination.")]
    database = DEVICE_DATABASE
    try:
        database = device_database(section)
    except vol.Invalid as error:
        problems.append(excerpt(f"{CONF_SNAPSHOTS_URL}: {error.error_message}"))
    return Settings(
        destination=_destination(values),
        device_database=database,
        snapshots_named=is_named(section),
        initial_delay=values.get(CONF_INITIAL_DELAY, INITIAL_DELAY),
        interval=values.get(CONF_INTERVAL, INTERVAL),
        # What can't be read was hardly meant as a yes, and deletions go on in spite of a problem.
        enabled=values.get(CONF_ENABLED, CONF_ENABLED not in chosen | given),
        # Nor was it meant to send by itself what somebody wanted to look at.
        hold=values.get(CONF_HOLD, CONF_HOLD in chosen | given),
        hold_for=values.get(CONF_HOLD_FOR, HOLD_FOR),
        crash_server=values.get(DSN),
        way_out=_way_out(values, refused),
        sidebar=values.get(CONF_SIDEBAR, False),
        problem="; ".join(problems) or None,
    )


def _checked(given: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values that can be used, and what is said of those that can't, by name."""
    values: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for name, value in given.items():
        try:
            values[name] = check(name, value)
        except vol.Invalid as error:
            refused[name] = excerpt(f"{name}: {error.error_message}")
    return values, refused


def _way_out(values: Mapping[str, Any], refused: Mapping[str, str]) -> WayOut:
    """Return the way that the values name; none where one was named that can't be read.

    A key that nobody knows may have been meant as one: nothing leaves, deletions neither.
    """
    unread = [said for name, said in refused.items() if name in WAY_OUT or name not in VALIDATORS]
    return WayOut(
        proxy=values.get(CONF_PROXY),
        ca_file=values.get(CONF_CA_FILE),
        problem="; ".join(unread) or None,
    )


def _empty(section: object) -> Iterator[tuple[str, str]]:
    """Yield what an operator began to write, and what to do: the default was hardly meant."""
    parts = section if isinstance(section, Mapping) else {}
    destination = parts.get(CONF_DESTINATION)
    if isinstance(destination, Mapping) and destination.get(CONF_URL, "") is None:
        yield URL_NAME, "leave it out for Home Assistant's receiver"
    for name in WAY_OUT:
        if parts.get(name, "") is None:
            yield name, "leave it out to do without"


def _counting(options: Mapping[str, Any], section: object) -> dict[str, object]:
    """Return the options that count beside a section of YAML.

    A name and a privacy policy belong to the address that they were entered for. That a front end
    names the destination is a claim of the operator, which counts only in the operator's file.
    """
    address_in_yaml = URL_NAME in flatten(section)
    return {
        name: value
        for name, value in flatten(options).items()
        if name != NAMED_IN_FRONTEND
        and not (address_in_yaml and name.startswith(f"{CONF_DESTINATION}."))
    }


def _destination(values: Mapping[str, Any]) -> Destination:
    """Return the destination that the values name, Home Assistant's receiver where they don't.

    That one refuses whole reports for a key that it does not know, whatever the settings claim.
    """
    url = values.get(URL_NAME, host.receiver_url())
    if known(url):
        return Destination(
            name=HOME_ASSISTANT_NAME, url=url, privacy_url=HOME_ASSISTANT_PRIVACY_URL
        )
    return Destination(
        name=values.get("destination.name") or host_of(url),
        url=url,
        privacy_url=values.get("destination.privacy_url"),
        named_in_frontend=values.get(NAMED_IN_FRONTEND, False),
        extended=values.get(EXTENDED, False),
    )
