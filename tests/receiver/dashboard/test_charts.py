"""Charts: their scales, their drawing, and the table beside each."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receiver.dashboard import listing
from receiver.dashboard.charts import Chart, ranges, rank, trends, wording, worldmap
from receiver.dashboard.charts.lines import HEIGHT, SIDE, Series, scale_to
from tests.receiver.figures import example_figures, example_history

FIRST = date(2026, 11, 1)


def chart(*series: tuple[float | None, ...], stacked: bool = False, unit: str = "") -> Chart:
    days = tuple(FIRST + timedelta(index) for index in range(len(series[0])))
    named = tuple(
        Series(name=str(index), tone="accent", values=values) for index, values in enumerate(series)
    )
    return Chart(key="key", title="Title", days=days, series=named, stacked=stacked, unit=unit)


@given(st.floats(0, 1e9), st.booleans())
def test_a_scale_is_short_even_and_reaches_the_highest_value(highest: float, whole: bool) -> None:
    scale = scale_to(highest, whole=whole)
    steps = {round(b - a, 6) for a, b in pairwise(scale)}
    assert scale[0] == 0
    assert scale[-1] >= highest * (1 - 1e-6)
    assert 2 <= len(scale) <= 5
    assert len(steps) == 1 or max(steps) - min(steps) < 1e-3
    assert not whole or all(value == int(value) for value in scale)


def test_curves_span_the_plot_and_days_keep_their_distance() -> None:
    days = (FIRST, FIRST + timedelta(1), FIRST + timedelta(4))
    series = Series(name="a", tone="os", values=(0, 5, 10))
    (curve,) = Chart(key="k", title="t", days=days, series=(series,)).curves()
    assert curve.line == f"M0 {SIDE}L250 500L{SIDE} 0"
    assert curve.area == ""


def test_a_missing_day_is_a_gap() -> None:
    (curve,) = chart((10, 10, None, 10, 10)).curves()
    assert curve.line.count("M") == 2


def test_a_stack_adds_up_from_the_bottom() -> None:
    top, bottom = chart((75, 75), (25, 25), stacked=True, unit="%").curves()
    assert top.line == "M0 0L1000 0"
    assert bottom.line == "M0 750L1000 750"
    assert bottom.area.endswith("L1000 1000L0 1000Z")


def test_the_scale_of_values_stands_in_the_plot() -> None:
    ticks = chart((0, 4_000)).ticks()
    assert [tick.label for tick in ticks] == ["0", "1,000", "2,000", "3,000", "4,000"]
    assert float(ticks[0].at) == HEIGHT
    assert float(ticks[-1].at) == 0


@pytest.mark.parametrize(("days", "label"), [(40, "1 Nov"), (900, "Nov 2026")])
def test_the_scale_of_days_names_months_where_it_is_long(days: int, label: str) -> None:
    columns = chart(tuple([1.0] * days)).columns()
    assert columns[0].label == label
    assert [column.anchor for column in columns] == ["start", "middle", "middle", "end"]


def test_the_table_is_newest_first_and_has_every_value() -> None:
    rows = list(chart((1, 2), (None, 4)).rows())
    assert rows == [(FIRST + timedelta(1), (2, 4)), (FIRST, (1, None))]


def test_one_day_is_no_line() -> None:
    assert not chart((5,)).drawable
    assert not chart((), ()).drawable


def test_types_have_the_same_tones_whichever_are_there() -> None:
    history = example_history(3)
    for entry in history:
        del entry["installation_types"]["container"]
    tones = {series.name: series.tone for series in trends.types(history).series}
    assert tones["Core"] == "core"
    assert "Container" not in tones


def test_releases_add_up_to_all_installations() -> None:
    releases = trends.releases(example_history())
    for _, values in releases.rows():
        assert sum(value or 0 for value in values) == pytest.approx(100, abs=0.1)
    assert [series.name for series in releases.series][:2] == ["2026.11", "2026.10"]
    assert releases.series[-1].name == "Older and other"


def test_usage_begins_with_the_first_day_that_tells() -> None:
    history = example_history(5)
    del history[0]["integrations"]["mqtt"]
    history[3]["integrations"].pop("mqtt")
    usage = trends.usage(history, "integrations", "reports_integrations", "mqtt")
    assert len(usage.days) == 4
    assert usage.series[0].values[2] is None
    assert all(0 < value <= 100 for value in usage.series[0].values if value is not None)


def test_a_ranking_has_the_most_first_and_no_zero() -> None:
    ranking = rank({"b": 10, "a": 10, "c": 30, "d": 0}, 60, key="k", title="t", column="c", shown=2)
    assert [(row.label, row.count, row.percent) for row in ranking.rows] == [
        ("c", 30, "50.0%"),
        ("a", 10, "16.7%"),
        ("b", 10, "16.7%"),
    ]
    assert [row.bar for row in ranking.bars] == [100, 33.33]
    assert ranking.rest == 1


def test_the_map_shades_by_share_and_leaves_the_rest_plain() -> None:
    drawn = worldmap.draw({"DE": 500, "MT": 5, "XX": 5}, 1_000)
    shades = {shape.label.split(":")[0]: shape.shade for shape in drawn.shapes}
    assert shades["Germany"] == len(worldmap.SHADES) + 1
    assert shades["Malta"] == 3
    assert shades["France"] == 0
    assert len(drawn.legend) == len(worldmap.SHADES) + 2
    assert worldmap.country("XX") == "XX"


def test_every_country_of_the_list_has_a_name() -> None:
    assert worldmap.country("DE") == "Germany"
    assert worldmap.country("XK") == "Kosovo"


def test_quartiles_stand_in_order_on_their_scale() -> None:
    found = ranges.read(example_figures()["statistics"])
    assert [one.label for one in found] == list(wording.STATISTICS.values())
    for one in found:
        assert 0 <= one.places[0] <= one.places[1] <= one.places[2] <= 100


def test_statistics_without_quartiles_are_left_out() -> None:
    assert ranges.read({"user_count": {"installations": 5}}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0%"), (0.04, "<0.1%"), (0.1, "0.1%"), (33.333, "33.3%"), (100, "100%")],
)
def test_percentages_are_written_briefly(value: float, text: str) -> None:
    assert wording.percent(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "every second"),
        (90, "every 90 seconds"),
        (60, "every minute"),
        (21_600, "every 6 hours"),
    ],
)
def test_intervals_are_written_in_their_largest_unit(seconds: int, text: str) -> None:
    assert wording.every(seconds) == text


@given(st.text())
def test_no_name_leaves_its_line_or_gets_long(text: str) -> None:
    shown = wording.name(text)
    assert len(shown) <= wording.LONGEST_NAME
    assert not any(sign in shown for sign in "\n\r\x00\u202e\u2066\ud800")


@given(st.text())
def test_no_segment_of_a_path_climbs_or_ends_it(text: str) -> None:
    segment = wording.segment(text)
    assert segment not in {".", ".."}
    assert not set(segment) & set("/?#\\\"'<>& ")


ITEMS = [
    listing.Item(name=f"name_{number:03}", total=number % 7 * 5, share=number % 7)
    for number in range(250)
]


@given(st.dictionaries(st.sampled_from(["q", "sort", "order", "page"]), st.text()))
def test_any_address_gives_a_page(parameters: dict[str, str]) -> None:
    found = listing.select(ITEMS, listing.read(parameters))
    assert 1 <= found.query.page <= found.pages
    assert len(found.items) <= listing.ROWS
    assert listing.read({"q": "x", "sort": "name", "page": "2"}).descending is False


def test_pages_have_every_row_once() -> None:
    query = listing.read({"sort": "name"})
    names = [
        item.name for page in (1, 2, 3) for item in listing.select(ITEMS, query.on(page)).items
    ]
    assert names == [item.name for item in ITEMS]


def test_a_second_click_turns_the_order_around() -> None:
    query = listing.Query().sorted_by("name")
    assert (query.direction("name"), query.direction("installations")) == ("ascending", "none")
    assert query.sorted_by("name").direction("name") == "descending"
