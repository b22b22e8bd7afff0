"""The files of devices: the rows of the pages, for programs."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from receiver.devices import query
from receiver.files.of_devices import MAKER_COLUMNS, MODEL_COLUMNS, ROWS
from tests.receiver.figures import example_figures, example_history
from tests.receiver.gear import nothing
from tests.receiver.markup import Document
from tests.receiver.published import Client, Publication, read, rows, serving

GUIDE = (Path(__file__).parents[3] / "docs" / "operator.md").read_text(encoding="utf-8")
MOTION = "kind=binary_sensor.motion&class=local"
PATHS = (
    *("/devices.json", "/devices.csv", "/spreadsheet/devices.csv", f"/devices.json?{MOTION}"),
    *("/devices/manufacturers.json", "/devices/manufacturers.csv"),
    "/devices/model.json?manufacturer=shelly&model=Shelly+2.5",
)


def example(**changes: Any) -> Publication:
    figures = example_figures()
    return Publication(figures=figures | changes, history=example_history())


def many(number: int) -> Publication:
    """Return more models than one page of a file has."""
    published = example()
    models = published.figures["devices"]["models"]["shelly"]
    models |= {f"Made up {one:05}": models["Shelly 2.5"] for one in range(number)}
    return published


async def told(client: Client, path: str) -> Any:
    return orjson.loads(await read(client, path))


async def test_a_file_has_the_rows_of_its_page_in_their_order() -> None:
    async with serving(example()) as client:
        for asked in ("", MOTION, "q=hue&sort=model", "manufacturer=IKEA+of+Sweden&order=asc"):
            page = Document((await read(client, f"/devices?{asked}")).decode()).root
            heads = page.one("table", class_="listing gear").one("tbody").all("th")
            found = (await told(client, f"/devices.json?{asked}"))["models"]
            shown = [one.children[0].text for one in heads]
            assert shown == [one["model"] for one in found[: len(shown)]]
            table = rows(await read(client, f"/devices.csv?{asked}"))
            assert [row["model"] for row in table] == [one["model"] for one in found]


async def test_a_row_says_all_that_a_page_shows() -> None:
    published = example()
    row = published.figures["devices"]["models"]["sonoff"]["SNZB-03P"]
    async with serving(published) as client:
        found = await told(client, "/devices.json?q=snzb-03p")
        (cells,) = rows(await read(client, "/devices.csv?q=snzb-03p"))
    many = row["devices"]
    # Each home has one, those of the next step one more, and those of the third step one more.
    assert [*many] == ["1", "2", "3", "5", "10"]
    at_least = many["1"] + many["2"] + many["3"] + 2 * many["5"] + 5 * many["10"]
    assert found == {
        "last_updated": published.figures["last_updated"],
        "sharing": published.figures["devices"]["installations"],
        "page": 1,
        "pages": 1,
        "matching": 1,
        "models": [
            {
                "manufacturer": "sonoff",
                "manufacturer_name": "SONOFF",
                "model": "SNZB-03P",
                "ids": row["ids"],
                "installations": row["total"],
                "devices": at_least,
                # `sonoff` is a custom integration, of which nobody says how it reaches devices.
                "reached": ["local", "other"],
                "classes": ["local_push", "local_polling"],
                "integrations": row["integrations"],
                "kinds": row["kinds"],
                "first_month": "2026-08",
            }
        ],
    }
    assert cells["integrations"] == "zha mqtt sonoff"
    assert cells["reached"] == "local other"
    assert set(cells["kinds"].split()) == row["kinds"].keys()


async def test_all_of_one_model_is_a_file() -> None:
    published = example()
    models = published.figures["devices"]["models"]
    async with serving(published) as client:
        for maker, model in (("", "1.10.1/a?b#c"), ("", ".."), ("shelly", "Shelly H&T Gen3")):
            row = models[maker][model]
            asked = urlencode({"manufacturer": maker, "model": model})
            found = await told(client, f"/devices/model.json?{asked}")
            assert (found["manufacturer"], found["model"]) == (maker, model)
            assert found["at_least"] == row["devices"]
            for part in ("ids", "software", "hardware", "kinds", "integrations", "hubs"):
                assert found[part] == row[part]
            assert found["history"][-1] == {
                "day": "2026-11-25",
                "installations": row["total"],
                "of": published.figures["devices"]["installations"],
            }


@pytest.mark.parametrize("asked", ["", "?manufacturer=shelly", "?manufacturer=x&model=y"])
async def test_a_model_without_a_figure_is_not_there(asked: str) -> None:
    async with serving(example()) as client:
        await read(client, f"/devices/model.json{asked}", 404)


async def test_makers_are_a_file() -> None:
    published = example()
    row = published.figures["devices"]["makers"]["sonoff"]
    async with serving(published) as client:
        (found,) = (await told(client, "/devices/manufacturers.json?q=sonoff"))["manufacturers"]
        (cells,) = rows(await read(client, "/devices/manufacturers.csv?q=sonoff"))
    assert found["spellings"] == row["spellings"]
    assert found["models"] == len(published.figures["devices"]["models"]["sonoff"])
    assert (cells["manufacturer"], cells["installations"]) == ("sonoff", str(row["total"]))


async def test_pages_together_have_each_row_once() -> None:
    published = many(2 * ROWS)
    async with serving(published) as client:
        first = await told(client, "/devices.json?sort=model")
        assert len(first["models"]) == ROWS
        found = []
        for page in range(1, first["pages"] + 1):
            asked = f"sort=model&page={page}"
            one = await told(client, f"/devices.json?{asked}")
            table = rows(await read(client, f"/devices.csv?{asked}"))
            assert [row["model"] for row in table] == [row["model"] for row in one["models"]]
            found += [(row["manufacturer"], row["model"]) for row in one["models"]]
        assert len({*found}) == len(found) == first["matching"]
        last = await told(client, f"/devices.json?sort=model&page={first['pages'] + 5}")
        assert last == one


@pytest.mark.parametrize("path", PATHS)
async def test_a_file_that_did_not_change_is_not_sent_again(path: str) -> None:
    async with serving(example()) as client:
        first = await client.get(path)
        assert first.headers["Access-Control-Allow-Origin"] == "*"
        assert first.headers["Cache-Control"] == "public, max-age=300"
        again = await client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, await again.read()) == (304, b"")


async def test_the_same_words_in_another_order_are_the_same_file() -> None:
    async with serving(example()) as client:
        one = await client.get("/devices.json?class=local&kind=light&nothing=1")
        two = await client.get("/devices.json?kind=light&class=local&page=1")
        assert one.headers["ETag"] == two.headers["ETag"]


async def test_a_spreadsheet_gets_the_same_with_a_mark() -> None:
    async with serving(example()) as client:
        for path in ("/devices", "/devices/manufacturers"):
            marked = await read(client, f"/spreadsheet{path}.csv?q=a")
            assert marked == b"\xef\xbb\xbf" + await read(client, f"{path}.csv?q=a")


async def test_what_strangers_named_is_no_formula() -> None:
    published = example()
    models = published.figures["devices"]["models"]
    models["shelly"]["=1+1"] = models["shelly"]["Shelly 2.5"]
    async with serving(published) as client:
        found = rows(await read(client, "/devices.csv?q=%3D1"))
    assert [row["model"] for row in found] == ["'=1+1"]


@pytest.mark.parametrize("devices", [None, {}, nothing()], ids=["none", "empty", "nobody"])
async def test_without_devices_there_are_no_rows(devices: Any) -> None:
    async with serving(example(devices=devices)) as client:
        found = await told(client, "/devices.json")
        assert (found["sharing"], found["matching"], found["models"]) == (0, 0, [])
        assert (await told(client, "/devices/manufacturers.json"))["manufacturers"] == []
        heads = {"/devices.csv": MODEL_COLUMNS, "/devices/manufacturers.csv": MAKER_COLUMNS}
        for path, columns in heads.items():
            assert (await read(client, path)).decode() == ",".join(columns) + "\r\n"


def of_guide() -> str:
    """Return what the guide says of devices."""
    begin = GUIDE.index("`/devices` shows which devices")
    return GUIDE[begin : GUIDE.index("`/current_data.json` and `/data.json` mean what")]


async def test_the_guide_names_every_file_parameter_and_field() -> None:
    async with serving(example()) as client:
        found = [
            await told(client, path)
            for path in ("/devices.json", "/devices/manufacturers.json", PATHS[-1])
        ]
    fields = {name for one in found for name in one}
    fields |= {name for one in found[:2] for row in [*one.values()][-1] for name in row}
    parameters = {"q", "manufacturer", "kind", "class", "integration", "sort", "order", "page"}
    sorts = {*query.MODELS, *query.MAKERS}
    files = {"/devices.json", "/devices.csv", "/spreadsheet/devices.csv"}
    files |= {"/devices/manufacturers.json", "/devices/model.json?manufacturer=…&model=…"}
    named = set(re.findall(r"`([^`]+)`", of_guide()))
    assert sorted({*fields, *parameters, *sorts, *files} - named) == []
    assert f"{ROWS} on a\npage" in of_guide()
