"""The dashboard's pages over HTTP: what they show, and that nothing in them can harm."""

import re
from collections.abc import AsyncIterator, Callable
from itertools import pairwise

import pytest

from receiver.publishing.history import DAILY
from tests.receiver.dashboard.serving import (
    BASE_URL,
    ROOTS,
    Client,
    Publication,
    hostile,
    nothing,
    read,
    serving,
    small,
)
from tests.receiver.figures import example_figures, example_history
from tests.receiver.markup import Document, Element
from tests.receiver.visible import DAY

LEVELS = ("/environment", "/stability", "/interface")
DEVICES = ("/devices", "/devices/manufacturers")
PAGES = (
    *("/", "/integrations", "/custom-integrations", "/apps", *DEVICES, "/statistics"),
    *(*LEVELS, "/about"),
)
DETAILS = (
    *("/integrations/mqtt", "/custom-integrations/hacs", "/apps/core_ssh"),
    *("/devices/manufacturers/shelly", "/devices/manufacturers/~"),
    *("/devices/models/shelly/Shelly%20H%26T%20Gen3", "/devices/models/~/~.."),
)
PUBLICATIONS = {"example": Publication, "nothing": nothing, "hostile": hostile, "small": small}
TABLES = ("integrations", "custom-integrations", "apps")


@pytest.fixture(params=ROOTS, ids=["root", "path"])
def root(request: pytest.FixtureRequest) -> str:
    """Return the path of the public address."""
    path: str = request.param
    return path


@pytest.fixture
async def client(root: str) -> AsyncIterator[Client]:
    async with serving(Publication(), base_url=f"{BASE_URL}{root}") as client:
        yield client


@pytest.mark.parametrize("publication", PUBLICATIONS)
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_and_well_formed(path: str, publication: str) -> None:
    async with serving(PUBLICATIONS[publication]()) as client:
        page = await read(client, path)
    assert len(list(page.all("h1"))) == 1
    assert page.one("html").attributes["lang"] == "en"
    assert page.one("head").one("title").text.endswith(" · Open Analytics")
    for landmark in ("header", "main", "footer"):
        assert len(list(page.all(landmark))) == 1


@pytest.mark.parametrize("path", [*PAGES, *DETAILS, "/apps/unknown"])
async def test_headings_are_in_order(client: Client, path: str) -> None:
    status = 404 if path.endswith("unknown") else 200
    page = await read(client, path, status)
    levels = [int(one.tag[1]) for one in page.all() if re.fullmatch(r"h[1-6]", one.tag)]
    assert levels[0] == 1
    assert all(lower - upper <= 1 for upper, lower in pairwise(levels))


@pytest.mark.parametrize("made", [Publication, nothing])
@pytest.mark.parametrize("path", [*PAGES, "/integrations?common=hide", "/apps?q=none"])
async def test_every_number_has_separators(path: str, made: Callable[[], Publication]) -> None:
    publication = made()
    whole = publication.figures.get("reports_integrations", 0)
    names = (f"made_up{number}" for number in range(1_200))
    publication.figures |= {"smallest_group": 2_000, "integrations": dict.fromkeys(names, whole)}
    options = {"smallest_group": 2_000, "retention_days": 3_650, "count_after": 3_650}
    async with serving(publication, base_url=BASE_URL, **options) as client:
        main = (await read(client, path)).one("main")
    texts = [one for each in main.all() for one in each.nodes if isinstance(one, str)]
    # But for days and versions.
    bare = re.compile(r"(?<![\w.,])\d{4,}(?![\w,]|\.\d)")
    assert [text for text in texts if bare.search(DAY.sub("", text))] == []


@pytest.mark.parametrize("path", [*PAGES, *DETAILS])
async def test_every_chart_has_its_table(client: Client, path: str) -> None:
    for figure in (await read(client, path)).all("figure"):
        if figure.attributes["id"] == "chart-map":  # the table of countries is the next chart's
            continue
        table = figure.one("details").one("table")
        assert table.one("caption").text
        assert table.one("tbody").children
        assert {head.attributes["scope"] for head in table.all("th")} <= {"col", "row"}


async def test_the_map_has_the_table_of_countries(client: Client) -> None:
    page = await read(client, "/")
    rows = page.one("figure", id="chart-countries").one("tbody").children
    assert [cell.text for cell in rows[0].children] == ["Germany", "960", "21.9%"]
    titles = {title.text for title in page.one("figure", id="chart-map").all("title")}
    assert "Germany: 960 (21.9%)" in titles
    assert "Japan: no figure" in titles


@pytest.mark.parametrize("path", [*PAGES, *DETAILS, "/apps/unknown"])
async def test_no_page_asks_another_host_or_runs_what_is_written_in_it(
    client: Client, root: str, path: str
) -> None:
    answer = await client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    page = Document(await answer.text()).root
    for element in page.all():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("src", "href", "action"):
            address = element.attributes.get(name, "#")
            plain = element.tag == "a" or element.attributes.get("rel") == "canonical"
            assert plain or re.match(rf"#|{root}/(?!/)", address), address
    for script in page.all("script"):
        assert script.text == ""
        assert script.attributes.keys() == {"src", "defer"}


@pytest.mark.parametrize("path", [*PAGES, *DETAILS, "/apps/unknown"])
async def test_all_links_begin_with_the_path_of_the_public_address(
    client: Client, root: str, path: str
) -> None:
    page = await read(client, path, 404 if path.endswith("unknown") else 200)
    links = [link.attributes["href"] for link in page.all("a")]
    here = [link for link in links if not re.match(r"https://|[#?]", link)]
    assert len(here) > len(PAGES)
    assert [link for link in here if not link.startswith(f"{root}/")] == []
    if path in PAGES:
        canonical = page.one("link", rel="canonical").attributes["href"]
        assert canonical == f"{BASE_URL}{root}{path}"


@pytest.mark.parametrize("path", [*PAGES, *DETAILS, "/apps?q=ssh&page=2", "/apps/unknown"])
async def test_a_page_is_the_same_where_a_proxy_takes_the_path_away_and_where_not(
    path: str,
) -> None:
    root = ROOTS[1]
    async with serving(Publication(), base_url=f"{BASE_URL}{root}") as client:
        answers = [await client.get(one) for one in (f"{root}{path}", path)]
        texts = [await answer.text() for answer in answers]
    assert answers[0].status == answers[1].status
    assert texts[0] == texts[1]


async def test_the_first_page_needs_no_slash_at_its_end_and_no_redirect() -> None:
    root = ROOTS[1]
    async with serving(Publication(), base_url=f"{BASE_URL}{root}") as client:
        answer = await client.get(root, allow_redirects=False)
        assert answer.status == 200
        assert await answer.text() == await (await client.get("/")).text()
        for other in (f"{root}s/apps", f"/other{root}/apps", f"{root}{root}/apps"):
            assert (await client.get(other, allow_redirects=False)).status == 404


@pytest.mark.parametrize("path", [*PAGES, *DETAILS])
async def test_what_a_page_needs_is_served_and_may_be_kept(client: Client, path: str) -> None:
    page = await read(client, path)
    needed = {
        element.attributes.get("src") or element.attributes["href"]
        for tag in ("script", "link")
        for element in page.all(tag)
        if element.attributes.get("rel") != "canonical"
    }
    for address in needed:
        answer = await client.get(address)
        assert answer.status == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.content_type in {"text/javascript", "text/css", "image/svg+xml"}


@pytest.mark.parametrize(
    "path", ["../pages.py", "%2e%2e/pages.py", "vendor/world/countries.json", "", "x.css"]
)
async def test_only_what_browsers_need_is_served(client: Client, path: str) -> None:
    assert (await client.get(f"/static/{path}")).status == 404


@pytest.mark.parametrize("path", [*PAGES, *DETAILS])
async def test_a_page_that_has_not_changed_is_not_sent_again(client: Client, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    other = await client.get(path, headers={"If-None-Match": '"other"'})
    assert (again.status, await again.read()) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert other.status == 200


async def test_new_figures_are_shown_at_once() -> None:
    publication = Publication()
    async with serving(publication) as client:
        before = await client.get("/")
        publication.figures = example_figures(installations=10_000)
        after = await client.get("/", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status == 200
        assert "10,000" in Document(await after.text()).root.one("h1").text


async def test_pages_are_packed_where_the_browser_can_unpack(client: Client) -> None:
    packed = await client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert await packed.text() == await plain.text()
    assert plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", [*PAGES, *(f"/{table}?q=a" for table in TABLES)])
async def test_hostile_names_are_text(path: str) -> None:
    async with serving(hostile()) as client:
        answer = await client.get(path)
        text = await answer.text()
    document = Document(text)
    assert document.faults == []
    assert "alert(1)</script>" not in text
    assert not list(document.root.all("img"))
    assert all(script.attributes.get("src") for script in document.root.all("script"))
    assert all("style" not in element.attributes for element in document.root.all())


async def test_no_figures_yet_look_meant() -> None:
    async with serving(nothing(), base_url=BASE_URL) as client:
        for path in ("/", *(f"/{table}" for table in TABLES), *DEVICES, "/statistics", *LEVELS):
            page = await read(client, path)
            assert "No figures yet" in page.one("main").text
            assert not list(page.all("figure"))
            assert f"url: {BASE_URL}/v1" in page.one("pre").text


async def test_groups_that_are_too_small_leave_no_empty_chart_or_search() -> None:
    async with serving(small()) as client:
        overview = await read(client, "/")
        assert "15 active installations" in overview.one("h1").text
        where = overview.one("figure", id="chart-map")
        assert "Fewer than 5 installations have told this yet." in where.text
        assert not list(where.all("svg"))
        for table in TABLES:
            page = await read(client, f"/{table}")
            assert "Fewer than 5 installations have told this yet." in page.one("main").text
            assert not list(page.all("form"))


async def test_what_nobody_shares_is_said_kindly() -> None:
    async with serving(small()) as client:
        for path in LEVELS:
            page = (await read(client, path)).one("main")
            assert "Fewer than 5 installations share this yet." in page.text
            assert not list(page.all("figure"))


def cells(page: Element, chart: str) -> list[list[str]]:
    body = page.one("figure", id=f"chart-{chart}").one("tbody")
    return [[cell.text for cell in row.children] for row in body.children]


async def test_the_share_of_unclean_ends_is_of_those_that_started_a_version(
    client: Client,
) -> None:
    page = await read(client, "/stability")
    figure = page.one("figure", id="chart-starts")
    assert "Share of those that started with it" in figure.text
    heads = [head.text for head in figure.one("thead").all("th")]
    assert heads == ["Version", "Installations", "Of", "Share"]
    assert cells(page, "starts")[0] == ["2026.11.2", "50", "1,095", "4.6%"]


async def test_steps_are_in_their_order_and_written_as_ranges(client: Client) -> None:
    page = await read(client, "/environment")
    assert [row[0] for row in cells(page, "cores")] == ["1", "2", "4 to 5", "6 to 7", "64 or more"]
    assert [row[0] for row in cells(page, "memory")][:2] == ["1 GiB", "2 GiB"]
    assert cells(page, "systems")[0][0] == "Alpine Linux"
    page = await read(client, "/interface")
    assert [row[0] for row in cells(page, "panels")][:2] == ["Dashboards", "Settings"]
    assert [row[0] for row in cells(page, "panels-1")][:2] == ["Once", "2 to 4 times"]


async def test_about_names_every_level(client: Client) -> None:
    page = await read(client, "/about")
    told = [one.text for one in page.one("dl", class_="levels").all("dt")]
    assert told == [
        "Basic analytics",
        "Usage",
        "Statistics",
        "Environment",
        "Starts and stops",
        "Use of the interface",
    ]


async def test_the_map_says_what_its_shades_mean(client: Client) -> None:
    text = (await read(client, "/")).one("figure", id="chart-map").text
    assert "share of all 4,380 installations here" in text
    assert "10% and more" in text


@pytest.mark.parametrize("missing", [*example_figures()])
async def test_a_page_lives_without_any_one_figure(missing: str) -> None:
    publication = Publication()
    del publication.figures[missing]
    async with serving(publication) as client:
        for path in PAGES:
            await read(client, path)


@pytest.mark.parametrize("days", [0, 1, 2])
async def test_a_young_history_is_no_fault(days: int) -> None:
    async with serving(Publication(history=example_history(days))) as client:
        page = await read(client, "/")
        assert len(list(page.all("svg", class_="lines"))) == (2 if days > 1 else 0)
        for path in (*DETAILS, "/statistics", *LEVELS):
            await read(client, path)


@pytest.mark.parametrize("path", PAGES[:-1])
async def test_each_page_says_once_what_a_number_means(client: Client, path: str) -> None:
    text = (await read(client, path)).one("main").text
    assert text.count("rounded down to a multiple of 5: read it as “at least”") == 1


async def test_one_installation_is_not_installations() -> None:
    alone = Publication(figures=example_figures(k=1, installations=5), history=[])
    for table in ("active_installations", "reports_integrations"):
        alone.figures[table] = 1
    async with serving(alone) as client:
        assert (await read(client, "/")).one("h1").text == "1 active installation"
        for path in ("/", "/integrations/mqtt"):
            text = (await read(client, path)).one("main").text
            assert not re.search(r"\b1 (active )?installations", text)


async def test_exact_counts_are_told_to_be_exact() -> None:
    async with serving(Publication(figures=example_figures(k=1))) as client:
        assert "Counts are exact." in (await read(client, "/")).one("main").text
        assert "has turned rounding off" in (await read(client, "/about")).one("main").text


async def test_about_tells_what_is_kept_and_how_to_delete(client: Client) -> None:
    text = (await read(client, "/about")).one("main").text
    for told in (
        "analytics.forget",
        "60 days",
        "a multiple of 5",
        "current_data.json",
        ".csv",
        "once a day",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, ("7 days: an installation counts with the first report that comes so long after",)),
        ({"count_after": 0}, ("No time: an installation counts with its first report.",)),
        ({"publish_every": 7200}, ("the next figures, which are made every 2 hours.",)),
        ({"retention_days": 30}, ("30 days after the last report it is deleted",)),
        (
            {},
            (f"{DAILY.days} days; then those of each week", "The oldest here are of 28 Aug 2026."),
        ),
    ],
)
async def test_about_tells_in_words_how_long_each_stage_takes(
    options: dict[str, int], told: tuple[str, ...]
) -> None:
    async with serving(Publication(), **options) as client:
        text = (await read(client, "/about")).one("main").text
    assert [one for one in told if one not in text] == []


async def test_nothing_is_told_of_a_history_that_is_not_there() -> None:
    async with serving(nothing()) as client:
        assert "The oldest here" not in (await read(client, "/about")).one("main").text


@pytest.mark.parametrize(
    ("count_after", "told"),
    [
        (7, "has reported for 7 days, for a reason, and is seen"),
        (0, "first report on, and is seen"),
    ],
)
async def test_an_empty_page_says_how_long_the_first_figures_take(
    count_after: int, told: str
) -> None:
    async with serving(nothing(), count_after=count_after) as client:
        text = (await read(client, "/")).one("main").text
    assert f"{told} with the next figures, which are made every hour." in text


async def test_about_links_to_each_table_that_is_there_as_a_file(client: Client, root: str) -> None:
    page = await read(client, "/about")
    links = [link.attributes["href"] for link in page.all("a")]
    assert [link for link in links if link.endswith(".csv")] == [
        f"{root}/{folder}/{name}.csv"
        for name in ("countries", "integrations")
        for folder in ("csv", "spreadsheet")
    ]


async def test_what_the_operator_chose_is_shown_as_text() -> None:
    title = "<b>Example</b> & Co"
    async with serving(nothing(), title=title, base_url=BASE_URL, retention_days=30) as client:
        page = await read(client, "/")
        assert page.one("head").one("title").text == f"Overview · {title}"
        canonical = page.one("link", rel="canonical").attributes["href"]
        assert canonical == f"{BASE_URL}/"
        assert 'name: "<b>Example</b> & Co"' in page.one("pre").text
        assert "30 days" in (await read(client, "/about")).one("main").text


async def test_the_page_shown_is_marked_in_the_navigation(client: Client, root: str) -> None:
    for path in PAGES:
        page = await read(client, path)
        links = page.one("header").all("a")
        current = [link for link in links if "aria-current" in link.attributes]
        # A page under one of the menu is marked as that.
        of_menu = path.removesuffix("/manufacturers")
        assert [link.attributes["href"] for link in current] == [f"{root}{of_menu}"]
