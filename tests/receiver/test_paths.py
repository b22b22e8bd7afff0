"""A receiver under a path of its public address: behind a proxy that hands it on, or takes it."""

import re
from pathlib import Path

import pytest

from receiver.app import make_app
from receiver.keys import PUBLISHER
from receiver.options import Options
from receiver.paths import PathError
from tests.receiver import child
from tests.receiver.markup import Document
from tests.receiver.reports import start_event, valid_report
from tests.receiver.running import Receiver, StartReceiver

ROOT = "/my/analytics"
BASE_URL = f"https://example.com{ROOT}"
OWN = ("v1", "static", "csv", "apps", "integrations", "metrics", "healthz", "data.json")


@pytest.fixture
async def receiver(start_receiver: StartReceiver) -> Receiver:
    """Return one that has something to show, sent the way that the plugin is told."""
    receiver = await start_receiver(base_url=BASE_URL)
    await receiver.post_all((valid_report() for _ in range(10)), path=f"{ROOT}/v1")
    await receiver.app[PUBLISHER].refresh()
    return receiver


async def linked(receiver: Receiver, path: str) -> set[str]:
    """Return the addresses here that a page names, and make sure that there is an answer."""
    async with receiver.session.get(receiver.url(path), allow_redirects=False) as answer:
        assert answer.status == 200, path
        assert "Set-Cookie" not in answer.headers
        if answer.content_type != "text/html":
            return set()
        page = Document(await answer.text()).root
    found = {
        one.attributes.get(key, "#") for one in page.all() for key in ("href", "src", "action")
    }
    return {one.partition("#")[0] for one in found if one.startswith("/")} - {""}


async def test_every_link_leads_to_an_answer_under_the_path(receiver: Receiver) -> None:
    waiting, known = [f"{ROOT}/"], {f"{ROOT}/"}
    while waiting:
        new = await linked(receiver, waiting.pop()) - known
        assert [one for one in new if not one.startswith(f"{ROOT}/")] == []
        waiting += new
        known |= new
    told = "\n".join(known)
    for path in ("/apps/core_mosquitto", "/data.json", "/csv/addons.csv", "/metrics", "/static/"):
        assert f"{ROOT}{path}" in told


async def test_fonts_and_files_of_a_style_sheet_are_found_beside_it(receiver: Receiver) -> None:
    (sheet,) = [one for one in await linked(receiver, f"{ROOT}/") if "/style.css" in one]
    text = (await receiver.get(sheet))[1].decode()
    (font,) = re.findall(r'url\("([^"]+)"\)', text)
    assert not font.startswith("/")
    assert (await receiver.get(f"{ROOT}/static/{font}"))[0] == 200


async def test_reports_come_by_both_addresses_and_are_deleted_by_both(receiver: Receiver) -> None:
    for sent, deleted in ((ROOT, ""), ("", ROOT)):
        report = valid_report()
        before = len(receiver.rows())
        await receiver.post_all([report], path=f"{sent}/v1")
        await receiver.post_all([start_event(uuid=report["uuid"])], path=f"{sent}/v1/events")
        assert len(receiver.rows()) == before + 1
        address = receiver.url(f"{deleted}/v1/{report['uuid']}")
        async with receiver.session.delete(address) as answer:
            assert answer.status == 204
        assert len(receiver.rows()) == before


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
async def test_what_is_not_there_is_not_there_either_way(receiver: Receiver, method: str) -> None:
    for path in ("/nothing", f"{ROOT}/nothing", f"{ROOT}{ROOT}/v1", "/my", "/my/v1"):
        async with receiver.session.request(method, receiver.url(path)) as answer:
            assert answer.status == 404, path
    for path in ("/about", f"{ROOT}/about"):
        async with receiver.session.request(method, receiver.url(path)) as answer:
            assert answer.status == 405


@pytest.mark.parametrize("first", OWN)
def test_a_path_that_pages_have_is_refused(tmp_path: Path, first: str) -> None:
    # Behind a proxy that takes it away nobody could tell what was asked for.
    options = Options(store=tmp_path / "analytics.db", base_url=f"https://example.com/{first}/x")
    with pytest.raises(PathError, match=f"^--base-url: /{re.escape(first)} is .* expected another"):
        make_app(options)


def test_its_refusal_is_one_line_at_the_start(tmp_path: Path) -> None:
    shown = child.run(
        *("--database", tmp_path / "analytics.db", "--port", "0"),
        *("--base-url", "https://example.com/apps"),
    )
    assert shown.returncode == 1
    (line,) = shown.stderr.splitlines()
    assert line.startswith("--base-url: /apps")
    assert "Listening" not in shown.stdout
