"""The last look before journal and wire: nothing of the home in any string, and the schema."""
# ruff: noqa: RUF001 - characters that look like others are what is tested

import re
import time
import tomllib
import traceback
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path
from typing import Any

import pytest
import voluptuous as vol
from hypothesis import assume, given
from hypothesis import strategies as st

from custom_components.analytics.code.published import host_domains
from custom_components.analytics.guard.last_look import GuardError, Inspected, check, inspect
from custom_components.analytics.guard.public_names import PUBLIC_NAMES
from custom_components.analytics.guard.shapes import is_version, reveals
from custom_components.analytics.guard.spelling import slug
from custom_components.analytics.models import Knowledge, Payload
from custom_components.analytics.tiers.standard import TIERS
from custom_components.analytics.tiers.table import MAX_TEXT, Content, Field

SYSTEM = {
    "name": "Debian GNU/Linux",
    "version": "12",
    "id": "debian",
    "id_like": None,
    "detection": "os-release",
}
# All fields that there are, though no message has them all.
REPORT: dict[str, Any] = {
    "uuid": "0123456789abcdef0123456789abcdef",
    "version": "2026.10.4",
    "installation_type": "Home Assistant OS",
    "supervisor": {"healthy": True, "supported": False, "arch": "aarch64"},
    "operating_system": {"board": "rpi4-64", "version": "15.2"},
    "certificate": False,
    "integrations": ["hue", "zha"],
    "custom_integrations": [
        {"domain": "hacs", "version": "2.0.5"},
        {"domain": "x", "version": None},
    ],
    "addons": [{"slug": "core_ssh", "protected": True, "version": "9.1", "auto_update": False}],
    "energy": {"configured": True},
    "recorder": {"engine": "sqlite", "version": "3.48.0"},
    "state_count": 300,
    "automation_count": 12,
    "integration_count": 2,
    "addon_count": 1,
    "user_count": 3,
    "system": SYSTEM,
    "host_system": SYSTEM,
    "kernel": {"name": "Linux", "version": "6.12.34", "detection": "uname"},
    "architecture": {"name": "aarch64", "detection": "uname"},
    "virtualization": {"name": "none", "detection": "systemd-detect-virt"},
    "container": {"name": "docker", "detection": "dockerenv"},
    "python": {"version": "3.14.8"},
    "hardware": {"cores": 4, "memory": 8},
    "event": "fault",
    "start_duration": 30,
    "stop_duration": 10,
    "run_duration": 3600,
    "unclean_ends": "repeated",
    "memory_nearly_full": False,
    "disk_nearly_full": True,
    "previous_end": "killed",
    "version_changed": False,
    "setup_failures": [{"domain": "hue", "reason": "not_ready"}],
    "custom_setup_failures": {"error": 1},
    "cloud": "connected",
    "fault": {
        "error": "SegmentationFault",
        "thread": "main",
        "function": "async_setup",
        "file": "homeassistant/setup.py",
        "line": 12,
    },
    "panels": [{"panel": "energy", "opened": 5}],
}
KNOWLEDGE = Knowledge(
    built_in=frozenset({"hue", "zha", "august", "alexa", "nina"}),
    secrets=frozenset({"hunter2hunter", "correct horse", "müller", "nas-keller", "pin", "alexa"}),
    networks=(ip_network("10.7.0.0/24"), ip_network("203.0.113.9/32"), ip_network("fd00::/64")),
    public=frozenset({"admin"}),
)
# A household that gives everybody a name that something else has too.
HOUSEHOLD = Knowledge(
    built_in=host_domains(),
    secrets=frozenset({"nina", "august", "alexa", "home", "mqtt", "admin", "green", "sqlite"}),
    networks=(ip_network("192.168.178.0/24"), ip_network("fe80::/64")),
    public=PUBLIC_NAMES,
)
INSTALLED: dict[str, list[str]] = {
    name: listed.split() if isinstance(listed, str) else listed
    for name, listed in tomllib.loads(
        (Path(__file__).parents[1] / "data" / "installed.toml").read_text()
    ).items()
}

type Leaf = tuple[Field, str, Content]


def fields(*tiers: str) -> tuple[Field, ...]:
    return tuple(field for name in tiers or TIERS for field in TIERS[name].fields)


LEAVES: list[Leaf] = [
    (field, key, content) for field in fields() for key, content in field.strings.items()
]
FREE = [leaf for leaf in LEAVES if leaf[2] in {Content.TEXT, Content.VERSION}]


def leaf_id(leaf: object) -> str | None:
    return f"{leaf[0].name}.{leaf[1]}".strip(".") if isinstance(leaf, tuple) else None


def planted(leaf: Leaf, value: str | None) -> Payload:
    """Return the report with a value in one of its strings; to a list, an item is added."""
    field, key, _ = leaf
    whole = REPORT[field.name]
    if isinstance(whole, list):
        item = {**whole[0], key: value} if key else value
        return REPORT | {field.name: [*whole, item]}
    return REPORT | {field.name: {**whole, key: value} if key else value}


# How the receiver's form does without a string, where not the whole field goes.
NULL = {
    *("operating_system.version", "custom_integrations.version", "addons.version"),
    *("fault.function", "fault.file", "kernel.version"),
    *("system.version", "system.id_like", "host_system.version", "host_system.id_like"),
}
MISSING = {"supervisor.arch"}
# What stands in for what receivers want.
WORD = {"operating_system.board", "recorder.engine", "recorder.version"}


def smallest(leaf: Leaf) -> str:
    """Name the smallest part that can be left out when a string is private."""
    field, key, _ = leaf
    if field.required:
        return "word" if field.name in {"version", "installation_type"} else "stopped"
    if f"{field.name}.{key}" in WORD:
        return "word"
    if f"{field.name}.{key}" in NULL | MISSING:
        return "null" if f"{field.name}.{key}" in NULL else "missing"
    return "item" if isinstance(REPORT[field.name], list) else "field"


def left(leaf: Leaf, value: str, part: str) -> Inspected:
    """Return what is left of the report with a value in one of its strings without that part."""
    field, key, _ = leaf
    report = planted(leaf, value)
    path = f"{field.name}.{key}"
    match part:
        case "item":
            return Inspected(payload=REPORT, dropped={field.name: 1})
        case "field":
            del report[field.name]
            return Inspected(payload=report, dropped={field.name: 1})
        case "word":
            told = path if key else field.name
            return Inspected(payload=planted(leaf, "Unknown"), dropped={told: 1})
        case "null":
            return Inspected(payload=planted(leaf, None), dropped={path: 1})
        case "missing":
            report[field.name] = {k: v for k, v in REPORT[field.name].items() if k != key}
            return Inspected(payload=report, dropped={path: 1})
        case _:
            return Inspected(payload=report)


def caught(leaf: Leaf, value: str, knowledge: Knowledge = KNOWLEDGE) -> str:
    """Return what was left out since a value may not leave, "" if it may; it is never told."""
    field, key, _ = leaf
    refused: GuardError | None = None
    passed = Inspected(payload={})
    try:
        passed = inspect(planted(leaf, value), fields(), knowledge)
    except GuardError as error:
        refused = error
    if refused is not None:
        told = traceback.format_exception(refused, limit=0)
        assert value not in "".join(told) or len(value) < 4
        assert told[-1].endswith(f": {refused.field} is not as the table of tiers allows\n")
        assert re.fullmatch(rf"{field.name}(\.\d+)?(\.{key})?", refused.field)
        return "stopped"
    part = smallest(leaf) if passed.dropped else ""
    assert passed == left(leaf, value, part)
    return part


# The schema


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"uuid": "0123456789ABCDEF0123456789ABCDEF"}, "uuid"),
    ({"uuid": "0123456789abcdef0123456789abcdef\n"}, "uuid"),
    ({"version": "1"}, "version"),
    ({"version": "2" * 26}, "version"),
    ({"installation_type": "Mine"}, "installation_type"),
    ({"installation_type": "__proto__"}, "installation_type"),
    ({"supervisor": {"healthy": True, "supported": True, "host": "nas"}}, "supervisor.host"),
    ({"supervisor": {"supported": True}}, "supervisor.healthy"),
    ({"operating_system": {"board": None, "version": "1"}}, "operating_system.board"),
    ({"certificate": 1}, "certificate"),
    ({"integrations": ["hue"] * 1000}, "integrations"),
    ({"integrations": ["hue", 5]}, "integrations"),
    ({"integrations": "hue"}, "integrations"),
    ({"custom_integrations": [{"domain": "x"}]}, "custom_integrations.0.version"),
    ({"custom_integrations": [{"domain": "x" * 256, "version": None}]}, "custom_integrations"),
    ({"custom_integrations": [{"domain": "", "version": None}]}, "custom_integrations"),
    ({"custom_integrations": [{"domain": ["x"], "version": None}]}, "custom_integrations"),
    ({"addons": [REPORT["addons"][0] | {"ip": "10.0.0.1"}]}, "addons"),
    ({"addons": [REPORT["addons"][0] | {"ip": 1}]}, "addons.0.ip"),
    ({"energy": {"configured": "yes"}}, "energy.configured"),
    ({"recorder": {"engine": "sqlite", "version": None}}, "recorder.version"),
    ({"state_count": True}, "state_count"),
    ({"state_count": 1.5}, "state_count"),
    ({"user_count": -1}, "user_count"),
    ({"latitude": 52.1}, "latitude"),
    ({"host": "nas"}, "host"),
]


def test_a_full_report_passes() -> None:
    check(REPORT, fields())
    assert inspect(REPORT, fields(), KNOWLEDGE) == Inspected(payload=REPORT)


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_what_is_not_in_the_table_is_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(GuardError) as refused:
        check(REPORT | change, fields())
    assert refused.value.field.startswith(field)
    for value in change.values():
        assert repr(value) not in str(refused.value)


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_what_is_not_in_the_table_is_left_out_and_nothing_else_is(
    change: dict[str, Any], field: str
) -> None:
    name = field.partition(".")[0]
    if name not in REPORT or name == "uuid":
        with pytest.raises(GuardError) as refused:
            inspect(REPORT | change, fields(), KNOWLEDGE)
        assert refused.value.field == name
        return
    passed = inspect(REPORT | change, fields(), KNOWLEDGE)
    check(passed.payload, fields())
    assert passed.dropped == {TOLD.get(field, name): 1}
    assert passed.payload.get(name) in KEPT.get(field, [None, []])
    assert {**passed.payload, name: REPORT[name]} == REPORT


# Of what has a key too many, all but that key.
KEPT: dict[str, list[Any]] = {
    "version": ["Unknown"],
    "installation_type": ["Unknown"],
    "operating_system.board": [{"board": "Unknown", "version": "1"}],
    "recorder.version": [{"engine": "sqlite", "version": "Unknown"}],
    "supervisor.host": [{"healthy": True, "supported": True}],
    "addons.0.ip": [REPORT["addons"]],
    "addons": [REPORT["addons"]],
}


TOLD = {field: field for field in ("operating_system.board", "recorder.version")}


@pytest.mark.parametrize("name", ["uuid", "version", "installation_type"])
def test_required_fields_are_required(name: str) -> None:
    with pytest.raises(GuardError) as refused:
        check({key: value for key, value in REPORT.items() if key != name}, fields())
    assert refused.value.field == name


@pytest.mark.parametrize("tiers", [("base",), ("base", "usage"), ("base", "statistics")])
def test_fields_of_tiers_that_are_not_allowed_are_unknown(tiers: tuple[str, ...]) -> None:
    with pytest.raises(GuardError):
        inspect(REPORT, fields(*tiers), KNOWLEDGE)


@pytest.mark.parametrize("missing", [field.name for field in fields()])
def test_a_field_that_is_withheld_is_unknown(missing: str) -> None:
    allowed = tuple(field for field in fields() if field.name != missing)
    with pytest.raises(GuardError) as refused:
        inspect(REPORT, allowed, KNOWLEDGE)
    assert refused.value.field == missing


# The table


def validators(schema: Any) -> Iterator[tuple[str, Any]]:
    """Yield the key and the validator of each value that a field holds."""
    if isinstance(schema, list):
        for each in schema:
            yield from validators(each)
    elif isinstance(schema, Mapping):
        yield from ((str(key), validator) for key, validator in schema.items())
    else:
        yield "", schema


def accepts(validator: Any, value: object) -> bool:
    try:
        vol.Schema(validator)(value)
    except vol.Invalid:
        return False
    return True


def texts(value: Any) -> Iterator[str]:
    """Yield the strings in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def strings_of(field: Field) -> set[str]:
    """Return the keys under which a field's schema accepts a string, found by trying."""
    samples = ("x", "nas.local", "2026.10.4", *texts(REPORT))
    return {
        key
        for key, validator in validators(field.schema)
        if any(accepts(validator, tried) for text in samples for tried in (text, [text]))
    }


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.name)
def test_every_string_of_the_table_has_a_rule(field: Field) -> None:
    assert set(field.strings) == strings_of(field)


def test_a_string_without_a_rule_is_found() -> None:
    forgotten = Field(
        name="host",
        description="",
        facts=(),
        value=lambda _: None,
        schema={vol.Required("name"): vol.All(str, vol.Length(max=20)), vol.Required("up"): bool},
    )
    assert strings_of(forgotten) == {"name"}
    passed = inspect({"host": {"name": "x", "up": True}}, (forgotten,), KNOWLEDGE)
    assert passed == Inspected(payload={}, dropped={"host": 1})


@pytest.mark.parametrize("leaf", LEAVES, ids=leaf_id)
def test_no_string_is_longer_than_the_guard_looks(leaf: Leaf) -> None:
    assert caught(leaf, "1." + "0" * MAX_TEXT)


# What is private

PRIVATE = {
    "e-mail address": [
        "nina@example.com",
        "Nina Muster <n.m+ha@sub.example.co.uk>",
        "root@localhost",
    ],
    "IPv4 address": ["http.192.168.1.5", "ip-192-168-1-5", "nas_10_7_0_9", "84.23.12.99:8123"],
    "IPv6 address": [
        "fe80::1ff:fe23:4567:890a%eth0",
        "2001:db8:85a3:0:0:8a2e:370:7334",
        "::ffff:10.0.0.1",
        "2001_db8_85a3_0_0_8a2e_370_7334",
    ],
    "MAC address": [
        "aa:bb:cc:dd:ee:ff",
        "AA-BB-CC-11-22-33",
        "aa_bb_cc_dd_ee_ff",
        "aabb.cc11.2233",
        "shelly1-A4CF12F45678",
        "aabbccddeeff",
        "0x00158d0001a2b3c4",
    ],
    "URL": [
        "http://nas",
        "https://u:p@x/",
        "mqtt://broker",
        "see www.nina.net",
        "http%3A%2F%2Fnas",
    ],
    "host name": [
        "nas.local",
        "nina.duckdns.org",
        "homeassistant.fritz.box",
        "nas:8123",
        "1.0.0-nas.home.arpa",
        "münchen.example",
        "xn--mnchen-3ya.example",
        "3com.lan",
    ],
    "coordinates": [
        "48.137154,11.576124",
        "48.1371 11.5761",
        "-33.8688; 151.2093",
        "geo:48.13,11.57",
        "48_137154_11_576124",
        "48.1371° N, 11.5761° E",
        '{"lat": 48.1371, "lon": 11.5761}',
    ],
    "path": ["/config/secrets.yaml", "~/nina", "C:\\Users\\nina", "\\\\nas\\share", "media/nina"],
    "JWT": ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJuaW5hIn0.c2lnbmF0dXJl", "x eyJhbGciOi.eyJzdWIi"],
    "token": [
        "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
        "d41d8cd98f00b204e9800998ecf8427e",
        "AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe",
        "7Fq-2bX9_kLm4Zp0RtVw8sYd",
        "123e4567-e89b-12d3-a456-426614174000",
        "490154203237518",
    ],
    "secret": ["hunter2hunter", "Correct Horse", "correct_horse", "MÜLLER", "muller", "NAS_Keller"],
    "hidden": [
        "１９２．１６８．１．５",
        "nas\u200b.lo\u00adcal",
        "nas。local",
        "nina＠example",
        "http:∕∕nas",
        "hunter2\u2060hunter",
        "aa∶bb∶cc∶dd∶ee∶ff",
        "٨٤.٢٣.١٢.٩٩:٨١٢٣",
    ],
}


@pytest.mark.parametrize("kind", PRIVATE)
@pytest.mark.parametrize("leaf", LEAVES, ids=leaf_id)
def test_what_is_private_never_leaves(
    leaf: Leaf, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    how = smallest(leaf)
    # An id looks like a token, and is one.
    values = [value for value in PRIVATE[kind] if leaf[0].name != "uuid" or len(value) != 32]
    assert {value: caught(leaf, value) for value in values} == dict.fromkeys(values, how)
    assert [value for value in values if value in caplog.text] == []


@pytest.mark.parametrize("kept", [{"domain": "x", "version": "1.0.0.1"}])
def test_only_the_offending_items_are_dropped_and_counts_stay(kept: dict[str, str]) -> None:
    addon = REPORT["addons"][0]
    report = REPORT | {
        "integrations": ["hue", "my_cellar", "zha", "nas.local"],
        "custom_integrations": [
            {"domain": "nas.local", "version": "1"},
            kept,
            {"domain": "y", "version": "192.168.1.5"},
            {"domain": "hunter2hunter", "version": None},
        ],
        "addons": [addon | {"slug": "local_muller"}, addon],
        "integration_count": 4,
        "addon_count": 2,
    }
    before = repr(report)
    passed = inspect(report, fields(), KNOWLEDGE)
    assert passed.dropped == {
        "integrations": 2,
        "custom_integrations": 2,
        "custom_integrations.version": 1,
        "addons": 1,
    }
    assert passed.payload == report | {
        "integrations": ["hue", "zha"],
        "custom_integrations": [kept, {"domain": "y", "version": None}],
        "addons": [addon],
    }
    assert repr(report) == before


@pytest.mark.parametrize(
    "leaf", [leaf for leaf in LEAVES if leaf[2] is Content.VERSION], ids=leaf_id
)
@pytest.mark.parametrize(
    ("version", "home"),
    [
        ("192.168.1.5", True),
        ("v192.168.100.200", True),
        ("192.168.1.5-beta", True),
        ("192-168-1-5", True),
        ("192.168.001.005", True),
        ("10.7.0.200", True),
        ("203.0.113.9", True),
        ("1.0.0.1", False),
        ("10.8.0.200", False),
        ("203.0.113.10", False),
        ("172.16.0.1", False),
        ("192.169.1.5", False),
    ],
)
def test_a_version_may_look_like_an_address_but_for_the_homes_own(
    leaf: Leaf, version: str, home: bool
) -> None:
    assert bool(caught(leaf, version)) is home


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("correct-horse", True),
        ("core_correct_horse", True),
        ("local_muller", True),
        ("a0d7b954_nas_keller", True),
        ("muller_lights", False),
        ("my_muller", False),
        ("pin", False),
        ("alexa", False),
        ("a0d7b954_alexa", False),
    ],
)
def test_secrets_are_caught_whole_and_only_if_not_public(text: str, secret: bool) -> None:
    leaf = next(leaf for leaf in LEAVES if leaf[1] == "slug")
    assert bool(caught(leaf, text)) is secret


def test_a_public_name_is_no_secret() -> None:
    leaf = next(leaf for leaf in LEAVES if leaf[1] == "slug")
    secrets = frozenset({"admin", "----", "", "    "})
    knowledge = Knowledge(built_in=KNOWLEDGE.built_in, secrets=secrets, public=KNOWLEDGE.public)
    assert not caught(leaf, "local_admin", knowledge)
    assert not caught(leaf, "local_x", knowledge)


# No false alarms


def passes(**listed: list[Any]) -> None:
    """Make sure that nothing of a report that has these is dropped in the household."""
    passed = inspect(REPORT | listed, fields(), HOUSEHOLD)
    assert passed == Inspected(payload=REPORT | listed)


def addon(name: str, version: str = "1.0.0") -> dict[str, Any]:
    return {"slug": name, "protected": True, "version": version, "auto_update": True}


def batches[T](items: list[T], size: int = 900) -> Iterator[list[T]]:
    yield from (items[start : start + size] for start in range(0, len(items), size))


def test_names_of_built_in_integrations_pass_everywhere() -> None:
    assert [domain for domain in host_domains() if reveals(domain)] == []
    for domains in batches(sorted(host_domains() | PUBLIC_NAMES)):
        passes(
            integrations=[domain for domain in domains if domain in HOUSEHOLD.built_in],
            custom_integrations=[{"domain": domain, "version": None} for domain in domains],
            addons=[
                addon(f"{origin}_{made}")
                for origin in ("a0d7b954", "45df7312", "12345678", "core", "local")
                for domain in domains
                for made in (domain, domain.replace("_", "-"))
            ],
        )


def test_what_real_installations_have_passes() -> None:
    versions = INSTALLED["version"] + INSTALLED["version_of_a_database"]
    passes(
        custom_integrations=[{"domain": domain, "version": None} for domain in INSTALLED["domain"]]
        + [{"domain": "x", "version": version} for version in versions],
        addons=[addon(name) for name in INSTALLED["slug"]]
        + [addon("core_ssh", version) for version in versions],
    )


@pytest.mark.parametrize("version", INSTALLED["version"] + INSTALLED["version_of_a_database"])
def test_real_versions_of_the_database_and_the_system_pass(version: str) -> None:
    report = REPORT | {
        "recorder": {"engine": "sqlite", "version": version},
        "operating_system": {"board": "green", "version": version},
    }
    assert inspect(report, fields(), HOUSEHOLD).payload == report


@pytest.mark.parametrize(
    ("field", "key"),
    [("supervisor", "arch"), ("operating_system", "board"), ("recorder", "engine")],
)
def test_real_systems_pass_even_where_users_are_called_like_them(field: str, key: str) -> None:
    for name in INSTALLED[key]:
        knowledge = Knowledge(
            built_in=HOUSEHOLD.built_in, secrets=frozenset({name, slug(name)}), public=PUBLIC_NAMES
        )
        report = REPORT | {field: REPORT[field] | {key: name}}
        assert inspect(report, fields(), knowledge).payload == report


def test_public_names_are_slugs() -> None:
    assert [name for name in PUBLIC_NAMES if slug(name) != name] == []


# Whatever is generated

DIGITS = "0123456789"
LETTERS = "ghijklmnopqrstuvwxyzGHIJKLMNOPQRSTUVWXYZ"
# Around what is planted: nothing that would make a longer number, name or group of it.
AROUND = st.text(alphabet=LETTERS + " (),;[]", max_size=30)
# Two letters, for `v2.local` could be a version as `1.0.custom` is.
LABEL = st.from_regex(r"[a-z]{2}[a-z0-9-]{0,12}[a-z0-9]", fullmatch=True)
HOST = st.builds(
    ".".join, st.tuples(LABEL, st.sampled_from(["local", "lan", "home.arpa", "fritz.box", "com"]))
)
BYTES = st.binary(min_size=6, max_size=6)
DECIMALS = st.integers(1000, 9_999_999)


def mac(value: bytes, separator: str, upper: bool) -> str:
    text = value.hex(separator) if separator else value.hex()
    return text.upper() if upper else text


def pair(latitude: int, longitude: int, north: int, east: int, between: str) -> str:
    return f"{latitude}.{north}{between}{longitude}.{east}"


GENERATED = {
    "e-mail address": st.emails().map(str),
    "IPv4 address": st.builds(
        lambda address, sign: str(address).replace(".", sign),
        st.builds(IPv4Address, st.integers(0, 2**32 - 1)),
        st.sampled_from("._-"),
    ),
    "IPv6 address": st.builds(IPv6Address, st.integers(2**64, 2**128 - 1)).map(str),
    "IPv6 address in full": st.builds(IPv6Address, st.integers(0, 2**128 - 1)).map(
        lambda address: address.exploded
    ),
    "MAC address": st.builds(mac, BYTES, st.sampled_from(":-_"), st.booleans()),
    "MAC address without separators": BYTES.filter(lambda value: not value.hex().isdigit()).map(
        bytes.hex
    ),
    "URL": st.builds("{}://{}".format, st.sampled_from(["http", "https", "mqtt", "rtsp"]), LABEL),
    "host name": HOST,
    "coordinates": st.builds(
        pair,
        st.integers(-90, 90),
        st.integers(-180, 180),
        DECIMALS,
        DECIMALS,
        st.sampled_from([",", ", ", " ", ";", "/", " N, ", "°N ", ",lon="]),
    ),
    "path": st.lists(LABEL, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts)),
    "JWT": st.lists(
        st.text(alphabet=LETTERS + DIGITS + "_-", min_size=8), min_size=3, max_size=3
    ).map(lambda parts: "eyJ" + ".".join(parts)),
    "token": st.text(alphabet="abcdef0123456789", min_size=32, max_size=64),
    "mixed token": st.text(alphabet=LETTERS + DIGITS, min_size=32, max_size=64),
    "UUID": st.uuids().map(str),
}


@pytest.mark.long
@pytest.mark.parametrize("kind", GENERATED)
@given(data=st.data())
def test_a_generated_value_is_caught_anywhere_in_a_text(kind: str, data: st.DataObject) -> None:
    value = data.draw(GENERATED[kind])
    before, after = data.draw(AROUND), data.draw(AROUND)
    # A letter would be part of the host's name or the scheme, a space of the coordinates' sign.
    text = f"{before} {value} {after}" if kind in {"JWT", "coordinates"} else before + value + after
    assert reveals(text)
    assert not is_version(text) or kind == "IPv4 address"


def in_the_report(knowledge: Knowledge) -> bool:
    """Tell whether a secret is what the report has anyway: Hypothesis takes words from there."""
    try:
        return bool(inspect(REPORT, fields(), knowledge).dropped)
    except GuardError:
        return True


CASES: list[Callable[[str], str]] = [str, str.upper, str.lower, str.title, str.swapcase]


@given(
    secret=st.text(min_size=4, max_size=MAX_TEXT).filter(lambda text: len(text.casefold()) <= 200),
    leaf=st.sampled_from(FREE),
    data=st.data(),
)
def test_a_secret_is_caught_whatever_its_case(secret: str, leaf: Leaf, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(CASES))
    if case(secret).casefold() != secret.casefold() or is_version(case(secret)):
        return
    knowledge = Knowledge(
        built_in=KNOWLEDGE.built_in, secrets=frozenset({secret.casefold()}), public=frozenset()
    )
    assume(not in_the_report(knowledge))
    assert caught(leaf, case(secret), knowledge)


# 1000.100a.1000 may be a version, and the address of a network card as well.
MAC_WITH_DOTS = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}")
NUMBER = st.integers(0, 9999).map(str)
STAGE = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "-", ".", "+", "_", "~"]),
    st.sampled_from(["a", "b", "alpha", "beta", "rc", "dev", "post", "pre", "final", "hotfix"]),
    st.sampled_from(["", "."]),
    st.one_of(st.just(""), NUMBER),
)
COMMIT = st.builds("+g{:07x}".format, st.integers(0, 16**7 - 1))
VERSION = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "v"]),
    st.lists(NUMBER, min_size=1, max_size=4).map(".".join).filter(lambda v: v[:7] != "192.168"),
    st.one_of(st.just(""), STAGE),
    st.one_of(st.just(""), COMMIT),
)


@given(
    version=VERSION.filter(lambda version: not MAC_WITH_DOTS.search(version)),
    leaf=st.sampled_from([leaf for leaf in FREE if leaf[0].name != "version"]),
)
def test_a_version_by_its_grammar_passes(version: str, leaf: Leaf) -> None:
    assert is_version(version)
    if leaf[2] is Content.VERSION:
        assert not caught(leaf, version, HOUSEHOLD)


@given(text=st.text(max_size=MAX_TEXT))
def test_any_text_is_answered(text: str) -> None:
    assert reveals(text) in {True, False}
    assert is_version(text) in {True, False}
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "1",
        "a.",
        "1.",
        "1-",
        "a_",
        "-",
        ".",
        "@",
        "aa:",
        "0a",
        "1.1,",
        "1.111 ",
        "eyj",
        "é",
        "ﷺ",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    text = (unit * MAX_TEXT)[:MAX_TEXT]

    def taken() -> float:
        started = time.thread_time()
        reveals(text), reveals(text + "!"), is_version(text), slug(text)
        return time.thread_time() - started

    # An expression that goes back over the text at each character takes seconds.
    assert min(taken() for _ in range(5)) < 0.1
