"""Where a report comes from: told by named proxies or a file, never by the client."""

import logging
import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]

from receiver.intake.geo import Geo, GeoError, Place, place
from receiver.schema import STATES
from tests.receiver import child
from tests.receiver.reports import base_report
from tests.receiver.running import Receiver, StartReceiver

PROXY = (ip_network("127.0.0.1"),)
CALIFORNIA, GERMANY, NOWHERE, ELSEWHERE = "192.0.2.1", "198.51.100.1", "203.0.113.1", "10.1.1.1"
GERMANY_6 = "2001:db8::1"


def write(path: Path, records: dict[str, Any], *, ip_version: int = 4) -> Path:
    """Write a file in MaxMind's format."""
    writer = MMDBWriter(ip_version, "Test", languages=["en"], description="Made up")
    for network, record in records.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """Return a file as DB-IP's: flat, with the names of states."""
    return write(
        tmp_path / "flat.mmdb",
        {
            "192.0.2.0/24": {"country_code": "US", "state1": "California"},
            "198.51.100.0/24": {"country_code": "DE", "state1": "Bavaria"},
            "203.0.113.0/24": {"country_code": "XX"},
        },
    )


@pytest.fixture
def nested(tmp_path: Path) -> Path:
    """Return a file as MaxMind's: nested, with the codes of states."""
    return write(
        tmp_path / "nested.mmdb",
        {
            "192.0.2.0/24": {
                "country": {"iso_code": "US"},
                "subdivisions": [{"iso_code": "CA", "names": {"en": "California"}}],
            },
            "198.51.100.0/24": {
                "country": {"iso_code": "DE"},
                "subdivisions": [{"iso_code": "BY"}],
            },
            "203.0.113.0/24": {"registered_country": {"iso_code": "US"}},
        },
    )


async def place_of(receiver: Receiver, headers: dict[str, str]) -> tuple[str | None, str | None]:
    """Return country and state that were kept for a report with these headers."""
    await receiver.post_all([base_report(uuid="0" * 32)], headers=headers)
    (row,) = receiver.kept()
    ((country, region),) = row.report.get("places", [(None, None)])
    return country, region


@pytest.mark.parametrize("file", ["flat", "nested"])
@pytest.mark.parametrize(
    ("address", "known"),
    [
        (CALIFORNIA, ("US", "CA")),
        (GERMANY, ("DE", None)),
        (NOWHERE, (None, None)),
        (ELSEWHERE, (None, None)),
        (GERMANY_6, (None, None)),
        (f"::ffff:{CALIFORNIA}", ("US", "CA")),
        (f"{CALIFORNIA}:4711", ("US", "CA")),
        (f"{GERMANY}, {CALIFORNIA}", ("US", "CA")),
        (f"{CALIFORNIA}, 127.0.0.1", ("US", "CA")),
        (f"{CALIFORNIA}, unknown", (None, None)),
        ("", (None, None)),
    ],
)
async def test_a_file_knows_the_place_of_who_is_behind_the_proxy(
    start_receiver: StartReceiver,
    request: pytest.FixtureRequest,
    file: str,
    address: str,
    known: tuple[str | None, str | None],
) -> None:
    receiver = await start_receiver(geo=request.getfixturevalue(file), trusted_proxy=PROXY)
    assert await place_of(receiver, {"X-Forwarded-For": address}) == known


@pytest.mark.parametrize(
    "record",
    [
        {"country": "US", "region": "California"},
        {"country": "US", "country_name": "United States", "region_code": "CA"},
        {"country_iso_code": "US", "subdivisions": [{"iso_code": "CA"}]},
        {"country_code": "US", "country": "United States", "region_code": "CA"},
        {
            "country_code": "US",
            "country": {"names": {"en": "United States"}},
            "state1": "California",
        },
    ],
)
async def test_each_common_form_of_a_record_is_read(
    start_receiver: StartReceiver, tmp_path: Path, record: dict[str, Any]
) -> None:
    file = write(tmp_path / "places.mmdb", {"192.0.2.0/24": record})
    receiver = await start_receiver(geo=file, trusted_proxy=PROXY)
    assert await place_of(receiver, {"X-Forwarded-For": CALIFORNIA}) == ("US", "CA")


@pytest.mark.parametrize(
    "records",
    [
        {"192.0.2.0/24": {"autonomous_system_number": 64496}},
        {"192.0.2.0/24": {"country": "Germany"}, "198.51.100.0/24": {"country_code": "XX"}},
        {"192.0.2.0/24": {"names": {"en": "Germany"}}},
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_a_file_that_knows_no_country_is_told_at_start(
    tmp_path: Path, flat: Path, records: dict[str, Any], *, beside: bool
) -> None:
    file = write(tmp_path / "numbers.mmdb", records)
    geo = flat.parent if beside else file
    shown = child.run("--database", tmp_path / "a.db", "--geo", geo)
    assert (shown.returncode, shown.stdout.count("Listening")) == (1, 0)
    (line,) = shown.stderr.splitlines()
    assert f"{file} knows no countries" in line
    assert "country_code" in line


async def test_a_folder_has_files_for_both_kinds_of_addresses(
    start_receiver: StartReceiver, flat: Path
) -> None:
    write(flat.with_name("ipv6.mmdb"), {"2001:db8::/32": {"country_code": "DE"}}, ip_version=6)
    receiver = await start_receiver(geo=flat.parent, trusted_proxy=PROXY)
    assert await place_of(receiver, {"X-Forwarded-For": CALIFORNIA}) == ("US", "CA")
    assert await place_of(receiver, {"X-Forwarded-For": f"[{GERMANY_6}]:443"}) == ("DE", None)


@pytest.mark.parametrize(
    ("country", "region", "known"),
    [
        ("US", "CA", ("US", "CA")),
        ("US", "California", ("US", "CA")),
        ("US", "ZZ", ("US", None)),
        ("US", None, ("US", None)),
        ("DE", "BY", ("DE", None)),
        ("XX", "CA", (None, None)),
        ("T1", None, (None, None)),
        ("de", None, (None, None)),
        ("DEU", None, (None, None)),
        ("", None, (None, None)),
    ],
)
async def test_a_named_proxy_tells_the_place(
    start_receiver: StartReceiver,
    country: str,
    region: str | None,
    known: tuple[str | None, str | None],
) -> None:
    receiver = await start_receiver(trusted_proxy=PROXY)
    headers = {"CF-IPCountry": country} | ({"CF-Region-Code": region} if region else {})
    assert await place_of(receiver, headers) == known


async def test_a_place_told_twice_is_not_believed(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(trusted_proxy=PROXY)
    headers = [("CF-IPCountry", "DE"), ("CF-IPCountry", "US")]
    async with receiver.session.post(receiver.url(), json=base_report(), headers=headers) as answer:
        assert answer.status == 200
    assert "places" not in receiver.kept()[0].report


@pytest.mark.parametrize("proxies", [(), (ip_network("192.0.2.0/24"),)])
async def test_what_a_client_says_about_its_place_is_not_believed(
    start_receiver: StartReceiver, flat: Path, proxies: tuple[Any, ...]
) -> None:
    receiver = await start_receiver(geo=flat, trusted_proxy=proxies)
    headers = {"CF-IPCountry": "DE", "CF-Region-Code": "BY", "X-Forwarded-For": CALIFORNIA}
    assert await place_of(receiver, headers) == (None, None)
    await receiver.post_all([base_report(uuid="0" * 32, country="DE", region="CA")])
    assert "places" not in receiver.kept()[0].report


async def test_where_there_is_a_file_no_header_tells_the_place(
    start_receiver: StartReceiver, flat: Path
) -> None:
    receiver = await start_receiver(geo=flat, trusted_proxy=PROXY)
    told = {"CF-IPCountry": "FR", "CF-Region-Code": "BY"}
    assert await place_of(receiver, told | {"X-Forwarded-For": CALIFORNIA}) == ("US", "CA")
    assert await place_of(receiver, told | {"X-Forwarded-For": ELSEWHERE}) == (None, None)


async def test_the_place_is_the_one_of_the_latest_report(start_receiver: StartReceiver) -> None:
    receiver = await start_receiver(trusted_proxy=PROXY)
    assert await place_of(receiver, {"CF-IPCountry": "DE"}) == ("DE", None)
    assert await place_of(receiver, {}) == (None, None)


async def test_addresses_are_neither_stored_nor_logged(
    start_receiver: StartReceiver, flat: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    receiver = await start_receiver(geo=flat, trusted_proxy=PROXY, rate_limit=1)
    headers = {"X-Forwarded-For": CALIFORNIA}
    statuses = [
        (await receiver.post(report, headers=headers))[0] for report in (base_report(), {"uuid": 1})
    ]
    assert statuses == [200, 429]
    await receiver.stop()
    kept = b"".join(file.read_bytes() for file in receiver.database.parent.glob("*.db*"))
    assert CALIFORNIA.encode() not in kept
    assert CALIFORNIA not in caplog.text


@pytest.mark.parametrize("content", [None, b"no such format", b""])
def test_a_file_that_can_not_be_used_is_told_at_start(
    tmp_path: Path, content: bytes | None
) -> None:
    geo = tmp_path / "places"
    if content is None:
        geo.mkdir()
    else:
        geo.write_bytes(content)
    shown = child.run("--database", tmp_path / "a.db", "--geo", geo)
    assert shown.returncode == 1
    assert str(geo) in shown.stderr
    assert "MaxMind" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_a_pipe_is_no_file_to_wait_for(tmp_path: Path) -> None:
    pipe = tmp_path / "places.mmdb"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(GeoError, match=r"places.mmdb can't be used.*MaxMind"):
            Geo.open(path)


def test_every_state_is_known_by_name_and_code() -> None:
    assert len(STATES) == 51
    for code, name in STATES.items():
        assert place("US", name).region == place("US", code.lower()).region == code


def test_a_damaged_record_is_no_place() -> None:
    assert place(None, 5) == place({"iso_code": "US"}, None) == place("", "") == Place()
