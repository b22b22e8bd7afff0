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
    """Return what the rows are called: by people, or as Home Assistant does."""
    listing = page.one("table", class_="listing")
    return [row.one("bdi").text for row in listing.one("tbody").all("th")]


def domains(page: Element) -> list[str]:
    """Return what Home Assistant calls the rows."""
    rows = page.one("table", class_="listing").one("tbody").all("th")
    return [row.text.removeprefix(row.one("a").text).strip() or row.text for row in rows]


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
    (name, *_) = domains(everything)
    page = await read(client, f"/{table}?q={name[:4].upper()}")
    assert name in domains(page)
    assert all(name[:4] in found for found in domains(page))
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
    assert names(ascending) == sorted(names(ascending), key=str.casefold)
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
        assert len(seen) == len(many().figures["integrations"])
        assert seen == sorted(seen, key=str.casefold)


@pytest.mark.parametrize(
    "query", ["page=99999", "page=-1", "page=٣", "sort=x&order=y", "q=%00%ff", "common=x"]
)
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


@pytest.mark.parametrize("text", ["PHILIPS hue", "hue", "philips_h"])
async def test_an_integration_is_found_by_its_name_and_by_its_domain(
    client: Client, text: str
) -> None:
    page = await read(client, f"/integrations?q={quote(text)}")
    assert ("Philips Hue", "hue") in zip(names(page), domains(page), strict=True)


async def test_a_page_of_an_integration_has_its_name_and_its_domain(client: Client) -> None:
    page = await read(client, "/integrations/hue")
    assert page.one("h1").text == "Philips Hue"
    assert page.one("p", class_="domain").text == "hue"
    assert page.one("head").one("title").text.startswith("Philips Hue · ")


async def test_a_failed_set_up_is_told_by_the_same_names(client: Client) -> None:
    page = await read(client, "/stability")
    labels = [
        row.children[0].text for row in page.one("figure", id="chart-setup_failures").all("tr")
    ]
    assert "Philips Hue (hue)" in labels
    pairs = page.one("figure", id="chart-setup_failures-reasons").text
    assert "Philips Hue (hue): Not ready" in pairs


@pytest.mark.parametrize("domain", ["hacs_frontend", "made_up", "__proto__", "constructor"])
async def test_what_home_assistant_does_not_list_has_its_domain_only(domain: str) -> None:
    publication = Publication()
    publication.figures["integrations"][domain] = 500
    async with serving(publication) as client:
        page = await read(client, f"/integrations?q={domain}")
        assert names(page) == domains(page) == [domain]
        page = await read(client, f"/integrations/{domain}")
        assert page.one("h1").text == domain
        assert not list(page.all(class_="domain"))


@pytest.mark.parametrize("table", ["custom-integrations", "apps"])
async def test_what_strangers_made_is_never_given_a_name_of_home_assistants(table: str) -> None:
    publication = Publication()
    row = {"total": 500, "versions": {}, "protected": 400, "auto_update": 300}
    publication.figures[table.replace("-", "_").replace("apps", "addons")]["hue"] = row
    async with serving(publication) as client:
        assert names(await read(client, f"/{table}?q=hue")) == ["hue"]
        found = await read(client, f"/{table}?q=philips")
        assert not list(found.all("table", class_="listing"))
        assert "Philips" not in (await read(client, f"/{table}/hue")).one("main").text


def switch(page: Element) -> Element:
    return page.one("input", name="common")


def shares(page: Element) -> list[float]:
    rows = page.one("table", class_="listing").one("tbody").children
    return [float(row.children[3].text.strip("%<")) for row in rows]


async def test_what_nearly_everybody_has_can_be_hidden() -> None:
    publication = Publication()
    whole = publication.figures["reports_integrations"]
    counts = publication.figures["integrations"]
    counts |= {"sun": whole, "mqtt": whole * 9 // 10, "met": whole * 9 // 10 + 5}
    common = {domain for domain, count in counts.items() if count / whole > 0.9}
    assert {"sun", "met", "mqtt"} - common == {"mqtt"}
    async with serving(publication) as client:
        everything = await read(client, "/integrations")
        assert "checked" not in switch(everything).attributes
        hidden = await read(client, "/integrations?common=hide")
        assert "checked" in switch(hidden).attributes
        assert set(domains(hidden)) == set(domains(everything)) - common
        assert max(shares(everything)) == 100
        assert max(shares(hidden)) <= 90
        status = hidden.one("p", role="status").text
        left = len(counts) - len(common)
        assert f"{left} integrations, without {len(common)} that more than 90% have." in status
        # The longest bar is as long as it can be.
        widths = [one.attributes["width"] for one in hidden.one("tbody").all("rect")]
        assert widths[0] == "100.0%"


async def test_a_switch_stays_as_it_is_through_sorting_searching_and_pages() -> None:
    publication = many()
    publication.figures["integrations"]["sun"] = publication.figures["reports_integrations"]
    async with serving(publication) as client:
        page = await read(client, "/integrations?common=hide")
        for link in ("sort-name", "next"):
            address = page.one("a", id=link).attributes["href"]
            following = await read(client, f"/integrations{address}")
            assert "checked" in switch(following).attributes
            assert "sun" not in domains(following)
        page = await read(client, "/integrations?common=hide&q=sun")
        assert "sun" not in domains(page)
        address = page.one("a", id="clear").attributes["href"]
        assert "sun" in domains(await read(client, f"/integrations{address}&q=sun"))


async def test_a_table_without_anything_common_has_no_switch(client: Client) -> None:
    page = await read(client, "/apps")
    assert not list(page.all("input", name="common"))
    # One who comes by such a link can turn it off.
    page = await read(client, "/apps?common=hide")
    assert "checked" in switch(page).attributes
    assert len(names(page)) == 37


async def test_a_table_of_nothing_but_what_is_common_says_so() -> None:
    publication = Publication()
    publication.figures["integrations"] = {"sun": publication.figures["reports_integrations"]}
    async with serving(publication) as client:
        page = await read(client, "/integrations?common=hide")
        assert "All that is shown here is what nearly everybody has." in page.one("main").text


async def test_built_in_integrations_link_to_their_documentation(client: Client) -> None:
    link = next(
        (await read(client, "/integrations/mqtt")).all("a", rel="external noopener noreferrer")
    )
    assert link.attributes["href"] == "https://www.home-assistant.io/integrations/mqtt/"
