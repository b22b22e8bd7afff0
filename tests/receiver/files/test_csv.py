"""Every table as CSV."""

import re
from typing import Any

import pytest

from receiver.disclosure import publish
from receiver.files.as_csv import TABLES
from receiver.files.table import FOLDERS
from tests.receiver.counted import count, count_lives
from tests.receiver.fleets import life, member
from tests.receiver.gear import past
from tests.receiver.published import Publication, publication, read, rows, serving
from tests.receiver.reports import fault_event, start_event, stop_event, valid_report

MODEL = {"manufacturer": "hue", "model": "hue"}
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "＝1+1")  # noqa: RUF001


def fleet(name: str = "hue") -> Publication:
    report = valid_report(
        integrations=[name],
        custom_integrations=[{"domain": name, "version": name}],
        addons=[{"slug": name, "version": name, "protected": False}],
        recorder={"engine": name, "version": name},
        operating_system={"board": name, "version": name},
        supervisor={"healthy": True, "supported": False, "arch": name},
    )
    counts = count([member(report, "US", "CA")] * 12)
    fault = {"error": "Aborted", "thread": "main", "file": name}
    failures = [{"domain": name, "reason": "not_ready"}]
    events = life(
        start_event(setup_failures=failures),
        fault_event(fault=fault),
        stop_event(unclean_ends="repeated"),
    )
    count_lives(counts, [events] * 12)
    figures = publish(counts, 5, 1_795_608_000_000) | {"devices": devices(name)}
    made = publication(figures, figures)
    for entry in made.history:
        entry["devices"] = past(figures["devices"])
    return made


def devices(name: str) -> dict[str, Any]:
    """Return devices in which all that others name has one name."""
    row = {"total": 10, "devices": {"5": 10}}
    parts = ("ids", "software", "hardware", "kinds", "integrations", "hubs")
    return {
        "installations": 10,
        "reaches": {"local": row},
        "classes": {"local_push": row},
        "integrations": {name: row},
        "kinds": {name: 10},
        "makers": {name: row | {"spellings": {name: 10}}},
        "models": {name: {name: row | {part: {name: 10} for part in parts}}},
    }


async def table(name: str, published: Publication) -> list[dict[str, str]]:
    async with serving(published) as client:
        return rows(await read(client, f"/csv/{name}.csv"))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("totals", {"name": "installations", "installations": "10"}),
        ("installation_types", {"type": "os", "installations": "10"}),
        ("versions", {"version": "2026.10.4", "installations": "10"}),
        ("countries", {"country": "US", "installations": "10"}),
        ("regions", {"country": "US", "region": "CA", "installations": "10"}),
        ("integrations", {"domain": "hue", "installations": "10"}),
        ("custom_integrations", {"domain": "hue", "installations": "10"}),
        (
            "custom_integration_versions",
            {"domain": "hue", "version": "hue", "installations": "10"},
        ),
        (
            "addons",
            {"slug": "hue", "installations": "10", "protected": "0", "auto_update": "0"},
        ),
        ("addon_versions", {"slug": "hue", "version": "hue", "installations": "10"}),
        ("boards", {"board": "hue", "installations": "10"}),
        ("operating_system_versions", {"version": "hue", "installations": "10"}),
        ("architectures", {"architecture": "hue", "installations": "10"}),
        ("recorders", {"engine": "hue", "installations": "10"}),
        ("recorder_versions", {"engine": "hue", "version": "hue", "installations": "10"}),
        (
            "statistics",
            {
                "name": "state_count",
                "installations": "10",
                "quartile_1": "420",
                "median": "420",
                "quartile_3": "420",
            },
        ),
        ("systems", {"system": "alpine", "installations": "10"}),
        ("system_versions", {"system": "alpine", "version": "3.22.1", "installations": "10"}),
        ("host_systems", {"system": "haos", "installations": "10"}),
        ("host_system_versions", {"system": "haos", "version": "16.2", "installations": "10"}),
        ("kernels", {"kernel": "Linux", "installations": "10"}),
        ("kernel_versions", {"kernel": "Linux", "version": "6.12", "installations": "10"}),
        ("cpu_architectures", {"architecture": "aarch64", "installations": "10"}),
        ("virtualizations", {"virtualization": "none", "installations": "10"}),
        ("containers", {"container": "docker", "installations": "10"}),
        ("python_versions", {"version": "3.13.7", "installations": "10"}),
        ("cores", {"cores": "4", "installations": "10"}),
        ("memory", {"gib": "8", "installations": "10"}),
        ("starts", {"version": "2026.10.4", "installations": "10", "unclean": "10"}),
        ("previous_ends", {"end": "power_loss", "installations": "10"}),
        ("start_durations", {"seconds": "20", "installations": "10"}),
        ("setup_failures", {"domain": "hue", "installations": "10"}),
        (
            "setup_failure_reasons",
            {"domain": "hue", "reason": "not_ready", "installations": "10"},
        ),
        ("custom_setup_failures", {"reason": "error", "installations": "10"}),
        ("cloud", {"state": "connected", "installations": "10"}),
        ("faults", {"error": "Aborted", "installations": "10"}),
        ("fault_files", {"error": "Aborted", "file": "hue", "installations": "10"}),
        ("stop_durations", {"seconds": "10", "installations": "10"}),
        ("clean_runs", {"seconds": "86400", "installations": "10"}),
        ("unclean_runs", {"seconds": "3600", "installations": "10"}),
        ("unclean_ends", {"row": "repeated", "installations": "10"}),
        ("nearly_full", {"what": "disk", "installations": "10", "full": "10"}),
        ("panels", {"panel": "energy", "installations": "10"}),
        ("panel_use", {"panel": "energy", "opened": "2", "installations": "10"}),
        (
            "history",
            {
                "day": "2026-11-01",
                "installations": "10",
                "os": "10",
                "container": "0",
                "core": "0",
                "supervised": "0",
                "unsupported_container": "0",
                "unknown": "0",
            },
        ),
        (
            "history_totals",
            {"day": "2026-11-01", "name": "active_installations", "installations": "10"},
        ),
        (
            "history_versions",
            {"day": "2026-11-01", "version": "2026.10.4", "installations": "10"},
        ),
        ("history_integrations", {"day": "2026-11-01", "domain": "hue", "installations": "10"}),
        (
            "history_custom_integrations",
            {"day": "2026-11-01", "domain": "hue", "installations": "10"},
        ),
        ("history_addons", {"day": "2026-11-01", "slug": "hue", "installations": "10"}),
        ("history_systems", {"day": "2026-11-01", "system": "alpine", "installations": "10"}),
        (
            "history_virtualizations",
            {"day": "2026-11-01", "virtualization": "none", "installations": "10"},
        ),
        ("history_medians", {"day": "2026-11-01", "name": "state_count", "median": "420"}),
        ("device_reaches", {"reached": "local", "installations": "10", "devices": "50"}),
        ("device_classes", {"class": "local_push", "installations": "10", "devices": "50"}),
        (
            "device_integrations",
            {"domain": "hue", "class": "local_push", "installations": "10", "devices": "50"},
        ),
        ("device_kinds", {"kind": "hue", "installations": "10"}),
        (
            "manufacturers",
            {
                "manufacturer": "hue",
                "manufacturer_name": "hue",
                "installations": "10",
                "devices": "50",
            },
        ),
        (
            "manufacturer_spellings",
            {"manufacturer": "hue", "spelling": "hue", "installations": "10"},
        ),
        ("models", MODEL | {"installations": "10", "devices": "50"}),
        ("model_devices", MODEL | {"at_least": "5", "installations": "10"}),
        ("model_ids", MODEL | {"model_id": "hue", "installations": "10"}),
        ("model_software", MODEL | {"version": "hue", "installations": "10"}),
        ("model_hardware", MODEL | {"version": "hue", "installations": "10"}),
        ("model_kinds", MODEL | {"kind": "hue", "installations": "10"}),
        ("model_integrations", MODEL | {"domain": "hue", "installations": "10"}),
        ("model_hubs", MODEL | {"domain": "hue", "installations": "10"}),
        (
            "history_device_reaches",
            {"day": "2026-11-01", "reached": "local", "installations": "10"},
        ),
        (
            "history_device_classes",
            {"day": "2026-11-01", "class": "local_push", "installations": "10"},
        ),
        (
            "history_device_integrations",
            {"day": "2026-11-01", "domain": "hue", "installations": "10"},
        ),
        (
            "history_manufacturers",
            {"day": "2026-11-01", "manufacturer": "hue", "installations": "10"},
        ),
        ("history_models", {"day": "2026-11-01"} | MODEL | {"installations": "10"}),
    ],
)
async def test_every_table_is_a_file(name: str, first: dict[str, str]) -> None:
    assert (await table(name, fleet()))[0] == first


def test_no_table_is_forgotten_here() -> None:
    (mark,) = test_every_table_is_a_file.pytestmark  # type: ignore[attr-defined]
    assert [name for name, _ in mark.args[1]] == list(TABLES)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("formula", FORMULAS)
async def test_no_cell_is_a_formula(name: str, formula: str) -> None:
    for row in await table(name, fleet(formula)):
        for cell in row.values():
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "＝"))  # noqa: RUF001


@pytest.mark.parametrize("separator", [";", "|"])
@pytest.mark.parametrize("name", ["a{}=1+1", "a{} =1+1", "a{}\u00a0@SUM(A1)", 'a{}"=1+1&"'])
async def test_no_cell_is_a_formula_where_a_spreadsheet_has_another_separator(
    name: str, separator: str
) -> None:
    async with serving(fleet(name.format(separator))) as client:
        for table in TABLES:
            text = (await read(client, f"/csv/{table}.csv")).decode()
            for cell in re.split(r"[;|,\r\n]", text):
                # As some programs do, which take quotes in the middle as they come.
                assert not re.match(r"[\s\"]*[=+\-@]", cell), cell


# Of what is taken: bidirectional and control characters are refused before.
UNSEEN = {
    "no-break space": "\u00a0",
    "ideographic space": "\u3000",
    "quote": '"',
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "byte order mark": "\ufeff",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "variation selector": "\ufe0f",
    "combining accent": "\u0301",
    "grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "blank Braille": "\u2800",
    "tag": "\U000e0020",
    "private": "\ue000",
    "two of them": "\u200b \u2060",
}


@pytest.mark.parametrize("unseen", UNSEEN.values(), ids=UNSEEN)
async def test_no_cell_is_a_formula_behind_what_is_not_seen(unseen: str) -> None:
    domains = {row["domain"] for row in await table("integrations", fleet(f"{unseen}=1+1"))}
    assert domains == {f"{unseen}'=1+1"}


@pytest.mark.parametrize("sign", ["﹦", "﹢", "﹣", "﹫", "－", "⁼", "₊", "−"])  # noqa: RUF001
async def test_no_cell_begins_with_a_sign_of_another_width(sign: str) -> None:
    domains = {row["domain"] for row in await table("integrations", fleet(f"{sign}1"))}
    assert domains == {f"'{sign}1"}


async def test_a_name_that_would_be_a_formula_is_still_readable() -> None:
    assert [row["domain"] for row in await table("integrations", fleet("=1+1"))] == ["'=1+1"]


@pytest.mark.parametrize("name", ['a"b', "a,b", "a;b", "__proto__", "שלום", "'quoted'"])
async def test_any_name_comes_back_as_it_was(name: str) -> None:
    assert [row["domain"] for row in await table("integrations", fleet(name))] == [name]


@pytest.mark.parametrize("name", TABLES)
async def test_a_file_is_what_rfc_4180_says(name: str) -> None:
    path = f"/csv/{name}.csv"
    async with serving(fleet()) as client:
        answer = await client.get(path)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        body = await answer.read()
        unchanged = await client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert unchanged.status == 304
    lines = body.decode().split("\r\n")
    assert lines.pop() == ""
    assert "\n" not in "".join(lines)
    assert {line.count(",") for line in lines} == {lines[0].count(",")}


@pytest.mark.parametrize("name", TABLES)
async def test_a_spreadsheet_gets_the_same_with_a_mark_that_tells_the_encoding(name: str) -> None:
    async with serving(fleet("=Müller,\u2028\u200b+1")) as client:
        answer = await client.get(f"/spreadsheet/{name}.csv")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        marked, plain = await answer.read(), await read(client, f"/csv/{name}.csv")
    assert marked == b"\xef\xbb\xbf" + plain
    assert not plain.startswith(b"\xef\xbb\xbf")


def test_programs_and_spreadsheets_have_addresses_of_their_own() -> None:
    assert list(FOLDERS) == ["csv", "spreadsheet"]


@pytest.mark.parametrize("name", TABLES)
async def test_a_table_without_rows_has_its_head(name: str) -> None:
    nothing = Publication(figures=publish(count([]), 5, 0))
    async with serving(nothing) as client:
        assert (await read(client, f"/csv/{name}.csv")).startswith(
            ",".join(TABLES[name].columns).encode()
        )
