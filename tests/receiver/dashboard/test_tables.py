"""The long tables over HTTP, and the page of each of their rows."""

import re
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
from awesomeversion import AwesomeVersion

from tests.receiver.dashboard.serving import (
    BASE_URL,
    HOSTILE,
    ROOTS,
    Client,
    Publication,
    hostile,
    many,
    read,
    serving,
)
from tests.receiver.markup import Element

TABLES = ("integrations", "custom-integrations", "apps")


@pytest.fixture(params=ROOTS, ids=["root", "path"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    async with serving(Publication(), base_url=f"{BASE_URL}{request.param}") as client:
        yield client


def names(page: Element) -> list[str]:
    listing = page.one("table", class_="listing")
    return [row.text for row in listing.one("tbody").all("th")]


@pytest.mark.parametrize("table", TABLES)
async def test_hostile_names_have_pages_of_their_own_where_addresses_can_name_them(
    table: str,
) -> None:
    async with serving(hostile()) as client:
        page = await read(client, f"/{table}?q=&sort=name")
        links = list(page.one("table", class_="listing").one("tbody").all("a"))
        assert len(links) >= len(HOSTILE) - 2  # none for ".." and for half a character
        for link in links:
            address = link.attributes["href"]
            assert re.fullmatch(rf"/{table}/[^/?#<>\"']+", address)
            assert not address.endswith("/..")
            detail = await read(client, address)
            assert detail.one("h1").text == link.text


@pytest.mark.parametrize("name", ["toString", "<b>", "a/b", "x" * 3_000])
@pytest.mark.parametrize("table", TABLES)
async def test_what_has_no_figure_is_said_kindly(client: Client, table: str, name: str) -> None:
    page = await read(client, f"/{table}/{quote(name, safe='')}", 404)
    assert page.one("h1").text == "Nothing here"
    assert "fewer than 5" in page.one("main").text


@pytest.mark.parametrize("path", ["/nothing", "/a/b", "/static", "/__proto__", "/%00", "/v2"])
async def test_an_address_that_leads_nowhere_has_a_page_too(client: Client, path: str) -> None:
    assert (await read(client, path, 404)).one("h1").text == "Nothing here"


SECRET = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        (f"/v1/{SECRET}", "/nothing"),
        (f"/apps/of/{SECRET}", "/nothing"),
        (f"/about?id={SECRET}", "/about"),
        (f"/apps?id={SECRET}", "/apps"),
        (f"/apps/core_ssh?id={SECRET}", "/apps/core_ssh"),
    ],
)
async def test_nobody_is_shown_what_another_asked_for(asked: str, then: str) -> None:
    async with serving(Publication(), base_url=BASE_URL) as client:
        alone = await (await client.get(then)).text()
    async with serving(Publication(), base_url=BASE_URL) as client:
        assert SECRET not in await (await client.get(asked)).text()
        assert await (await client.get(then)).text() == alone


@pytest.mark.parametrize("table", TABLES)
async def test_tables_are_searched_by_the_address(client: Client, table: str) -> None:
    everything = await read(client, f"/{table}")
    (name, *_) = names(everything)
    page = await read(client, f"/{table}?q={name[:4].upper()}")
    assert name in names(page)
    assert all(name[:4] in found for found in names(page))
    assert page.one("input", id="q").attributes["value"] == name[:4].upper()
    assert "match" in page.one("p", role="status").text


async def test_a_search_that_finds_nothing_says_so(client: Client) -> None:
    page = await read(client, f"/apps?q={quote('<i>nothing')}")
    assert not list(page.all("table"))
    assert "0 of 37 match “<i>nothing”" in page.one("p", role="status").text


async def test_heads_sort_and_say_how(client: Client) -> None:
    page = await read(client, "/integrations")
    link = page.one("a", id="sort-name").attributes["href"]
    ascending = await read(client, f"/integrations{link}")
    assert names(ascending) == sorted(names(ascending))
    sorted_by = {
        head.text: head.attributes["aria-sort"]
        for head in ascending.one("thead").all("th")
        if "aria-sort" in head.attributes
    }
    assert sorted_by == {"Name": "ascending", "Installations": "none"}
    again = ascending.one("a", id="sort-name").attributes["href"]
    assert names(await read(client, f"/integrations{again}")) == names(ascending)[::-1]


@pytest.mark.parametrize("table", ["custom-integrations", "apps"])
async def test_the_last_column_sorts_too(client: Client, table: str) -> None:
    page = await read(client, f"/{table}?sort=extra&order=desc")
    cells = [row.children[-1].text for row in page.one("tbody").children]
    if table == "apps":
        shares = [float(cell.strip("%<")) if cell != "-" else 0 for cell in cells]
        assert shares == sorted(shares, reverse=True)
    else:
        assert cells == sorted(cells, key=AwesomeVersion, reverse=True)


async def test_long_tables_have_pages() -> None:
    async with serving(many()) as client:
        seen: list[str] = []
        address: str | None = "/integrations?sort=name"
        while address:
            page = await read(client, address)
            seen += names(page)
            following = list(page.all("a", id="next"))
            address = "/integrations" + following[0].attributes["href"] if following else None
        assert len(seen) == len(set(seen))
        assert seen == sorted(many().figures["integrations"])


@pytest.mark.parametrize("query", ["page=99999", "page=-1", "page=٣", "sort=x&order=y", "q=%00%ff"])
async def test_addresses_that_make_no_sense_give_a_page(client: Client, query: str) -> None:
    await read(client, f"/integrations?{query}")


async def test_a_detail_page_tells_share_place_and_versions(client: Client) -> None:
    page = await read(client, "/apps/core_ssh")
    facts = page.one("dl").text
    assert "49.9%" in facts
    assert "1,310" in facts
    assert "run it protected" in facts
    assert page.one("figure", id="chart-versions").one("tbody").children
    assert page.one("figure", id="chart-usage").one("svg", class_="lines")


async def test_built_in_integrations_link_to_their_documentation(client: Client) -> None:
    link = next(
        (await read(client, "/integrations/mqtt")).all("a", rel="external noopener noreferrer")
    )
    assert link.attributes["href"] == "https://www.home-assistant.io/integrations/mqtt/"
