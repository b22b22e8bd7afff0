"""Versions that equally many have are listed newest first, as AwesomeVersion compares them."""

from itertools import combinations
from typing import Any

import pytest
from awesomeversion import AwesomeVersion

from receiver.dashboard.charts.versions import newest_first
from tests.receiver.dashboard.serving import Publication, read, serving
from tests.receiver.markup import Element

NEWEST_FIRST = (
    "2026.12.0.dev202611280311",
    "2026.11.10",
    "2026.11.9",
    "2026.11.0",
    "2026.11.0b10",
    "2026.11.0b9",
    "2026.11.0.dev202610010311",
    "2026.9.4",
    "not a version",
)
SAME = dict.fromkeys(sorted(NEWEST_FIRST), 50)
ROWS = {"one": {"total": 500, "versions": SAME}}


def listed(page: Element, title: str) -> list[str]:
    """Return the names of a ranking's table, in its order."""
    (figure,) = [one for one in page.all("figure") if one.text.startswith(title)]
    return [row.children[0].text for row in figure.one("tbody").children]


@pytest.mark.parametrize(
    ("path", "title", "figures"),
    [
        ("/", "Versions today", {"versions": SAME}),
        ("/", "Operating system versions", {"operating_system_versions": SAME}),
        ("/custom-integrations/one", "Versions", {"custom_integrations": ROWS}),
        ("/apps/one", "Versions", {"addons": ROWS}),
        ("/environment", "Versions of one", {"systems": ROWS}),
        ("/environment", "Versions of one", {"kernels": ROWS, "systems": {}}),
        ("/environment", "Versions of Python", {"python_versions": SAME}),
        (
            "/stability",
            "Unclean ends by version",
            {"starts": {name: {"total": 50, "unclean": 5} for name in SAME}},
        ),
    ],
)
async def test_versions_of_equal_counts_are_listed_newest_first(
    path: str, title: str, figures: dict[str, Any]
) -> None:
    published = Publication()
    published.figures |= figures
    async with serving(published) as client:
        assert listed(await read(client, path), title) == list(NEWEST_FIRST)


async def test_more_installations_come_before_a_newer_version() -> None:
    published = Publication()
    published.figures["versions"] = SAME | {"2026.9.4": 55}
    async with serving(published) as client:
        first, *rest = listed(await read(client, "/"), "Versions today")
    assert (first, rest) == ("2026.9.4", [one for one in NEWEST_FIRST if one != "2026.9.4"])


async def test_the_most_used_version_is_the_newest_of_them_and_sorted_as_one() -> None:
    published = Publication()
    published.figures["custom_integrations"] = {
        "first": {"total": 50, "versions": {"1.10.0": 10, "1.9.0": 10}},
        "second": {"total": 50, "versions": {"1.9.1": 10}},
        "third": {"total": 50, "versions": {}},
    }
    async with serving(published) as client:
        page = await read(client, "/custom-integrations?sort=extra&order=desc")
    rows = page.one("table", class_="listing").one("tbody").children
    assert [row.children[-1].text for row in rows] == ["1.10.0", "1.9.1", "not told"]


# One order of what AwesomeVersion compares in one way, whichever it is asked about first.
COMPARABLE = (
    *("dev", "latest", "beta", "stable"),
    *NEWEST_FIRST[:-1],
    *("2025.12.5", "17.1", "17.0.rc1", "17.0.dev20251001", "16", "v6.12.3", "6.12"),
    *("3.14.0", "3.14.0rc2", "3.14.0b4", "3.14.0a1", "3.13.7", "v3.0.1"),
    *("2.0.5", "2.0.5-rc.1", "2.0.5-beta.2", "2.0.5-beta.1", "2.0.5-alpha.7", "2.0.5-dev.1"),
    *("1.10", "1.9.12", "1.2.3.4", "0.0.1"),
)


def test_the_order_is_that_of_awesomeversion() -> None:
    pairs = [newest_first(pair) for pair in combinations(COMPARABLE, 2)]
    assert [pair for pair in pairs if not AwesomeVersion(pair[0]) > AwesomeVersion(pair[1])] == []


@pytest.mark.parametrize(
    "odd",
    ["", ".", "v", "1.", "1..2", "9" * 255, "1.0+build", "\u0661.\u0662", "1-", "1.0-x", "\0"],
)
def test_whatever_is_reported_can_be_sorted(odd: str) -> None:
    assert sorted(newest_first([odd, *NEWEST_FIRST])) == sorted([odd, *NEWEST_FIRST])
