"""The benchmarks' page and the command that measures it know the same tables."""

import re
import sys

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from benchmarks import __main__ as benchmarks
from benchmarks.http_load import load
from scripts.environments import HOSTS, RECEIVER, ROOT, make

pytestmark = pytest.mark.once

README = benchmarks.README.read_text(encoding="utf-8")
# What another one runs, each time in a process of its own.
PARTS = {"__main__", "other_ways"}
MODULES = {
    path.stem
    for path in (ROOT / "benchmarks").glob("*.py")
    if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")
} - PARTS


def test_every_benchmark_is_run_and_has_its_place_on_the_page() -> None:
    assert {each.name for each in benchmarks.BENCHMARKS} == MODULES
    assert set(re.findall(r"<!-- (\w+) -->", README)) == MODULES


@pytest.mark.parametrize("name", sorted(MODULES))
def test_new_tables_take_the_place_of_the_old_ones(name: str) -> None:
    before, _, rest = README.partition(f"<!-- {name} -->")
    _, _, after = rest.partition(f"<!-- end of {name} -->")

    page = benchmarks.with_tables(README, name, "| 1 |")

    assert page == f"{before}<!-- {name} -->\n\n| 1 |\n\n<!-- end of {name} -->{after}"


def test_figures_of_hosts_are_those_of_both_ends() -> None:
    for each in benchmarks.BENCHMARKS:
        expected = [HOSTS[-1], HOSTS[0]] if each.on_hosts else [RECEIVER]
        assert list(each.environments(smoke=False)) == expected


@pytest.mark.parametrize("broken", ["raise SystemExit(3)", "print('| entities |\\n|---:|')"])
def test_one_that_breaks_or_prints_no_figures_is_named(broken: str) -> None:
    with pytest.raises(benchmarks.BenchmarkError, match="report on a host"):
        benchmarks.figures((sys.executable, "-c", broken), "report on a host")


@pytest.mark.usefixtures("socket_enabled")
async def test_a_load_has_figures_however_short_its_time() -> None:
    async def nothing(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/", nothing)
    request = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    async with TestServer(app, host="127.0.0.1") as server:
        assert server.port
        found = await load("127.0.0.1", server.port, lambda: request, 3, seconds=0)

    assert (found.requests, found.refused) == (1, 0)
    assert found.rate > 0
    assert found.percentile(50) == found.percentile(100) > 0


@pytest.mark.long
def test_a_counting_that_takes_longer_than_the_load_has_its_figure() -> None:
    make(RECEIVER)
    python = str(RECEIVER.folder / "bin" / "python")
    smallest = ("--installations", "1", "--seconds", "0", "--rounds", "1", "--connections", "1")

    found = benchmarks.figures((python, "-m", "benchmarks.steady", *smallest), "steady")

    assert re.search(r"^\| it counts, which takes \d+\.\d s, over and over \|", found, re.MULTILINE)
