"""The pages of devices over HTTP: which gear homes have, found by what it brings."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from threading import Event
from typing import Any
from urllib.parse import quote

import pytest

from receiver.dashboard.devices import ROWS, Devices
from tests.receiver import gear
from tests.receiver.dashboard.serving import (
    BASE_URL,
    HOSTILE,
    ROOTS,
    Client,
    Publication,
    hostile,
    many_models,
    read,
    serving,
    small,
)
from tests.receiver.figures import example_figures, example_history
from tests.receiver.markup import Element
from tests.receiver.waiting import at_most

# How the integrations of the example reach their devices, as their documentation has it.
LOCAL = {"zha", "mqtt", "hue", "shelly", "matter", "zwave_js", "reolink", "homekit_controller"}
LOCAL |= {"cast"}


@pytest.fixture(params=ROOTS, ids=["root", "path"])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    async with serving(Publication(), base_url=f"{BASE_URL}{request.param}") as client:
        yield client


def rows(page: Element) -> list[list[str]]:
    """Return the cells of a table of models, without what is there for narrow screens."""
    body = page.one("table", class_="listing gear").one("tbody")
    return [
        [row.one("th").children[0].text, *(cell.text for cell in row.all("td"))]
        for row in body.children
    ]


def names(page: Element) -> list[str]:
    return [row[0] for row in rows(page)]


def totals(page: Element) -> list[int]:
    return [int(row[-2].split()[0].replace(",", "")) for row in rows(page)]


def choice(page: Element, label: str) -> Element:
    """Return the link that narrows a table down."""
    facets = page.one("nav", class_="facets")
    (found,) = [one for one in facets.all("a") if one.one("bdi").text == label]
    return found


def models(of: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    """Return the rows of all models of the example, by their names."""
    made = example_figures()["devices"] if of is None else of
    return {name: row for one in made["models"].values() for name, row in one.items()}


async def test_three_clicks_find_the_local_motion_sensor_that_most_have(client: Client) -> None:
    first = await read(client, "/devices")
    motion = await read(client, f"/devices{choice(first, 'Motion').attributes['href']}")
    local = await read(client, f"/devices{choice(motion, 'Works locally').attributes['href']}")
    found = rows(local)
    assert {row[0] for row in found} == {
        name
        for name, row in models().items()
        if "binary_sensor.motion" in row["kinds"] and LOCAL & row["integrations"].keys()
    }
    assert totals(local) == sorted(totals(local), reverse=True)
    assert found[0][:2] == ["Hue motion sensor", "Signify Netherlands B.V."]
    assert all("Local" in row[3] for row in found)
    status = local.one("p", role="status").text
    assert status == f"{len(found)} of {len(models())} models: Motion, works locally. Show all"


async def test_a_choice_says_how_many_models_it_leaves(client: Client) -> None:
    page = await read(client, "/devices?class=cloud")
    for link in page.one("nav", class_="facets").all("a", class_="choice"):
        if "aria-current" not in link.attributes:
            left = await read(client, f"/devices{link.attributes['href']}")
            many = int(link.one("span", class_="many").text.split()[0])
            assert len(rows(left)) == min(many, ROWS)


async def test_a_choice_is_taken_back_by_the_same_link(client: Client) -> None:
    page = await read(client, "/devices?kind=light&class=local&sort=model&order=desc")
    light = choice(page, "Light")
    assert light.attributes["aria-current"] == "true"
    address = light.attributes["href"]
    assert address == "?class=local&sort=model&order=desc"
    assert (
        "aria-current" not in choice(await read(client, f"/devices{address}"), "Light").attributes
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("manufacturer=reolink", {"RLC-810A", "Doorbell PoE", "E1 Zoom", "RLN8-410"}),
        ("manufacturer=REOLINK&kind=camera", {"RLC-810A", "Doorbell PoE", "E1 Zoom"}),
        ("manufacturer=", {"TS011F", "1.10.1/a?b#c", ".."}),
        ("integration=tado", {"VA02", "RU02"}),
        ("integration=tado&class=cloud_polling", {"VA02", "RU02"}),
        ("kind=sensor.battery:diagnostic&integration=hue&q=secure", {"Hue secure contact sensor"}),
        ("q=ikea+MOTION+wireless", {"VALLHORN Wireless Motion Sensor"}),
        ("q=lawn+mower", {"450XH"}),
        ("class=nothing&q=fgms", {"FGMS001"}),
        ("page=x&sort=x&order=x&q=fgms", {"FGMS001"}),
    ],
)
async def test_an_address_narrows_a_table_down(client: Client, asked: str, found: set[str]) -> None:
    assert set(names(await read(client, f"/devices?{asked}"))) == found


@pytest.mark.parametrize("asked", ["manufacturer=nobody", "kind=x", "integration=x", "q=%3Ci%3E"])
async def test_a_table_without_rows_says_why(client: Client, asked: str) -> None:
    page = await read(client, f"/devices?{asked}")
    assert not list(page.all("table"))
    assert "or fewer than 5 installations have it" in page.one("main").text
    assert page.one("a", id="clear").attributes["href"] == "?"


def numbers(cell: str) -> int:
    """Return what a cell is sorted by: how many installations, or devices at least."""
    return int(re.sub(r"[≥,]", "", cell).split()[0])


@pytest.mark.parametrize(
    ("column", "cell", "order"),
    [
        ("model", 0, str.casefold),
        ("manufacturer", 1, str.casefold),
        ("installations", 4, numbers),
        ("devices", 5, numbers),
    ],
)
async def test_heads_sort_and_say_how(
    client: Client, column: str, cell: int, order: Callable[[str], Any]
) -> None:
    page = await read(client, "/devices?kind=light")
    for _ in range(2):
        link = page.one("a", id=f"sort-{column}").attributes["href"]
        page = await read(client, f"/devices{link}")
        heads = {
            one.text: one.attributes["aria-sort"]
            for one in page.one("thead").all("th")
            if one.attributes["aria-sort"] != "none"
        }
        assert heads.keys() == {column.capitalize()}
        found = [order(row[cell]) for row in rows(page)]
        assert found == sorted(found, reverse="descending" in heads.values())


async def test_many_models_have_pages_in_one_order() -> None:
    async with serving(many_models()) as client:
        seen: list[int] = []
        address = "/devices?q=shelly"
        while address:
            page = await read(client, address)
            assert len(rows(page)) <= ROWS
            seen += totals(page)
            following = list(page.all("a", id="next"))
            address = f"/devices{following[0].attributes['href']}" if following else ""
        assert seen == sorted(seen, reverse=True)
        assert len(seen) == len(many_models().figures["devices"]["models"]["shelly"])


def charts(page: Element, key: str) -> list[list[str]]:
    """Return the rows of a chart's table."""
    body = page.one("figure", id=f"chart-{key}").one("tbody")
    return [[cell.text for cell in row.children] for row in body.children]


async def test_a_model_has_all_that_is_told_of_it(client: Client) -> None:
    page = await read(client, "/devices/models/signify%20netherlands/Hue%20motion%20sensor")
    row = models()["Hue motion sensor"]
    assert page.one("h1").text == "Hue motion sensor"
    facts = {
        one.one("dt").text: one.one("dd").text
        for one in page.one("dl", class_="facts row").children
    }
    # One for each home that has any, one more for each that has two or more, and so on.
    many = {int(step): number for step, number in row["devices"].items()}
    at_least = sum(
        max((many[step] for step in many if step >= number), default=0)
        for number in range(1, max(many) + 1)
    )
    assert facts["installations"] == f"{row['total']:,}"
    assert facts["devices at least"] == f"{at_least:,}"
    assert facts["first shown"] == "Aug 2026"
    assert [one[0] for one in charts(page, "many")][:3] == ["1 or more", "2 or more", "3 or more"]
    assert charts(page, "integrations")[0][0] == "Philips Hue (hue) Local push"
    assert charts(page, "hubs")[0][0] == "Philips Hue (hue)"
    kinds = {one[0] for one in charts(page, "kinds-main")}
    assert "Motion binary_sensor.motion" in kinds
    assert charts(page, "kinds-diagnostic")[0][0] == "Battery sensor.battery"
    assert len(charts(page, "software")) == len(row["software"])
    assert [one[0] for one in charts(page, "ids")] == [*row["ids"]]
    days = [one[0] for one in charts(page, "usage")]
    assert days == ["25 Nov 2026", "31 Oct 2026", "30 Sep 2026", "31 Aug 2026"]


async def test_settings_are_apart_from_what_a_model_is_for(client: Client) -> None:
    page = await read(client, "/devices/models/shelly/Shelly%20Plus%201PM")
    assert [one[0] for one in charts(page, "kinds-config")] == ["Restart button.restart"]
    assert not [one for one in charts(page, "kinds-main") if "restart" in one[0]]


async def test_similar_models_work_locally_and_are_ordered_by_what_they_have_in_common(
    client: Client,
) -> None:
    page = await read(client, "/devices/models/tuya/PIR%20Motion%20Sensor")
    found = rows(page)
    assert "PIR Motion Sensor" not in names(page)
    assert all("Local" in row[3] for row in found)
    known = {
        name: {*filter(lambda kind: ":" not in kind, row["kinds"])}
        for name, row in models().items()
    }
    own = known["PIR Motion Sensor"]
    overlaps = [len(own & known[name]) / len(own | known[name]) for name in names(page)]
    assert overlaps == sorted(overlaps, reverse=True)
    for (left, first), (right, second) in pairwise(zip(overlaps, totals(page), strict=True)):
        assert left > right or first >= second


async def test_a_model_like_no_other_says_so(client: Client) -> None:
    page = await read(client, "/devices/models/husqvarna/450XH")
    assert "No other model that works locally brings the same" in page.one("main").text


async def test_a_maker_says_which_spellings_it_is(client: Client) -> None:
    page = await read(client, "/devices/manufacturers/sonoff")
    assert page.one("h1").text == "SONOFF"
    assert {one[0] for one in charts(page, "spellings")} == {"SONOFF", "Sonoff", "sonoff"}
    assert "company suffixes" in page.one("main").text
    made = example_figures()["devices"]["models"]["sonoff"]
    assert set(names(page)) == set(made)


async def test_devices_of_no_maker_have_a_page_of_their_own(client: Client) -> None:
    page = await read(client, "/devices/manufacturers/~")
    assert page.one("h1").text == "No manufacturer told"
    assert set(names(page)) == {"TS011F", "1.10.1/a?b#c", ".."}
    for link in page.one("table", class_="listing gear").one("tbody").all("a"):
        address = re.sub(f"^{ROOTS[1]}", "", link.attributes["href"])
        assert (await read(client, address)).one("h1").text == link.text


async def test_makers_are_searched_and_sorted(client: Client) -> None:
    page = await read(client, "/devices/manufacturers?q=signify")
    assert names(page) == ["Signify Netherlands B.V."]
    first, *named = names(await read(client, "/devices/manufacturers?sort=manufacturer"))
    assert first == "No manufacturer told"
    assert named == sorted(named, key=str.casefold)
    page = await read(client, "/devices/manufacturers?sort=models")
    many = [int(row[1]) for row in rows(page)]
    assert many == sorted(many, reverse=True)
    assert (
        "or fewer than 5 installations have its devices"
        in (await read(client, "/devices/manufacturers?q=nobody")).one("main").text
    )


async def test_any_name_has_a_page_where_an_address_can_name_it() -> None:
    async with serving(hostile()) as client:
        for path in ("/devices?manufacturer=shelly&sort=model", "/devices/manufacturers"):
            links = [
                link
                for link in (await read(client, path)).one("tbody").all("a")
                if "domain" not in link.attributes.get("class", "")
            ]
            assert len(links) >= len(HOSTILE) - 1  # none for half a character
            for link in links:
                address = link.attributes["href"]
                assert re.fullmatch(
                    r"/devices/(models/[^/?#<>\"']+|manufacturers)/[^/?#<>\"']+", address
                )
                assert not re.search(r"/\.{1,2}(/|$)", address)
                assert (await read(client, address)).one("h1").text == link.text


async def test_hostile_names_are_text() -> None:
    maker = quote(HOSTILE[0], safe="")
    async with serving(hostile()) as client:
        for path in (
            f"/devices?manufacturer={maker}&kind={maker}&integration={maker}&q={maker}",
            f"/devices/manufacturers?q={maker}",
            f"/devices/manufacturers/{maker}",
            f"/devices/models/{maker}/{maker}",
        ):
            page = await read(client, path)
            assert HOSTILE[0] in page.one("main").text
            assert all(one.attributes.get("src") for one in page.all("script"))
            assert not list(page.all("img"))


@pytest.mark.parametrize(
    "path",
    ["manufacturers/nobody", "models/shelly/nothing", "models/x/y", "models/~/~", "models/a", "x"],
)
async def test_what_has_no_figure_is_said_kindly(client: Client, path: str) -> None:
    page = await read(client, f"/devices/{path}", 404)
    assert page.one("h1").text == "Nothing here"


@pytest.mark.parametrize("devices", [None, {}, gear.nothing()], ids=["none", "empty", "nobody"])
async def test_that_nobody_shares_devices_is_said_with_how_to(devices: Any) -> None:
    publication = Publication()
    publication.figures["devices"] = devices
    async with serving(publication) as client:
        for path in ("/devices", "/devices/manufacturers"):
            page = (await read(client, path)).one("main")
            assert "Fewer than 5 installations share their devices" in page.text
            assert "Labs" in page.text
            assert not list(page.all("form"))
        assert "Look for gear" not in (await read(client, "/")).one("main").text


async def test_homes_that_have_nothing_in_common_leave_no_empty_table() -> None:
    publication = Publication()
    publication.figures["devices"] = gear.nothing() | {"installations": 20}
    async with serving(publication) as client:
        for path, what in (("/devices", "model"), ("/devices/manufacturers", "manufacturer")):
            page = (await read(client, path)).one("main")
            assert f"No {what} is in 5 homes yet" in page.text
            assert not list(page.all("form"))


@pytest.mark.parametrize("days", [0, 1, 20, 90])
async def test_a_line_waits_for_its_second_month(days: int) -> None:
    async with serving(Publication(history=example_history(days))) as client:
        for path in ("/devices/models/shelly/Shelly%202.5", "/devices/manufacturers/shelly"):
            page = await read(client, path)
            lines = list(page.all("svg", class_="lines"))
            assert len(lines) == (days > 30)
            assert ("a line needs two" in page.one("main").text) == (days in {1, 20})
        assert len(list((await read(client, "/devices")).all("svg", class_="lines"))) == (days > 30)


async def test_a_model_that_others_had_before_is_first_shown_in_its_first_month() -> None:
    publication = Publication()
    for entry in publication.history:
        if entry["day"] < "2026-10-01" and entry["devices"]:
            del entry["devices"]["models"]["shelly"]["Shelly 2.5"]
    async with serving(publication) as client:
        page = await read(client, "/devices/models/shelly/Shelly%202.5")
    assert page.one("time", datetime="2026-10").text == "Oct 2026"
    assert [one[0] for one in charts(page, "usage")] == ["25 Nov 2026", "31 Oct 2026"]


async def test_the_first_page_leads_to_devices(client: Client) -> None:
    page = await read(client, "/")
    assert "1,880 homes share which devices they have." in page.one("main").text
    assert charts(page, "manufacturers")[0][0] == "Signify Netherlands B.V."


async def test_figures_without_devices_have_no_devices() -> None:
    async with serving(small()) as client:
        assert (
            "Fewer than 5 installations share" in (await read(client, "/devices")).one("main").text
        )


async def test_about_tells_of_devices(client: Client) -> None:
    text = (await read(client, "/about")).one("main").text
    for told in (
        "a home can share which devices it has",
        "nothing links to its report",
        "company suffixes",
        "“at least”",
        "1, 2, 3, 5, 10, 20, 50 or 100 and more",
    ):
        assert told in text


async def test_no_other_page_waits_for_what_is_searched_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor is one that was made: anybody can make addresses up of which each takes its time."""
    found, goes_on = Devices.models, Event()

    def slow(self: Devices, *told: Any) -> Any:
        if told[-1].text:
            goes_on.wait()
        return found(self, *told)

    monkeypatch.setattr(Devices, "models", slow)
    async with serving(Publication()) as client, at_most(30, lambda: "pages that wait"):
        await read(client, "/devices")
        searching = [asyncio.create_task(client.get(f"/devices?q={number}")) for number in range(3)]
        try:
            for path in ("/devices", "/", "/about", "/statistics"):
                await read(client, path)
            assert not any(one.done() for one in searching)
        finally:
            goes_on.set()
        assert [(await one).status for one in searching] == [200] * 3
