"""Every table as CSV."""

import pytest

from receiver.counting import count
from receiver.csv_tables import TABLES
from receiver.disclosure import publish
from tests.receiver.fleets import member
from tests.receiver.published import Publication, publication, read, rows, serving
from tests.receiver.reports import valid_report

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
    figures = publish(count([member(report, "US", "CA")] * 12), 5, 1_795_608_000_000)
    return publication(figures, figures)


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
            "history_versions",
            {"day": "2026-11-01", "version": "2026.10.4", "installations": "10"},
        ),
        ("history_integrations", {"day": "2026-11-01", "domain": "hue", "installations": "10"}),
        (
            "history_custom_integrations",
            {"day": "2026-11-01", "domain": "hue", "installations": "10"},
        ),
        ("history_addons", {"day": "2026-11-01", "slug": "hue", "installations": "10"}),
        ("history_medians", {"day": "2026-11-01", "name": "state_count", "median": "420"}),
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
async def test_a_table_without_rows_has_its_head(name: str) -> None:
    nothing = Publication(figures=publish(count([]), 5, 0))
    async with serving(nothing) as client:
        assert (await read(client, f"/csv/{name}.csv")).startswith(
            ",".join(TABLES[name].columns).encode()
        )
