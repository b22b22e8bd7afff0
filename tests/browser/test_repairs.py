"""What a user should know or decide is under Repairs, and the answers given there take effect."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from .home import Home, running_home
from .pages import TIERS, AnalyticsSettings, RepairIssue
from .panel.panel import Panel
from .waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="session")

NOTHING = dict.fromkeys(TIERS, False)
ELSEWHERE = "https://analytics.example.com"
# Each mark that a name may have, and would be something else in Markdown elsewhere.
NAME = "+ Müller & Söhne (Test) - 100 %, 1. O'Neil!"
OPT_OUT_FILE = ".opt-out-from-anonymous-statistics"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose owner said no to its own receiver.

    Each test has a destination of its own, and so choices of its own.
    """
    enable_socket()
    async with running_home(tmp_path_factory.mktemp("repairs")) as home:
        await home.onboard()
        yield home


async def test_choices_for_another_destination_are_in_force_after_a_yes_to_its_name(
    page: Page, home: Home
) -> None:
    issue = await asked_to_confirm(page, home, f"{ELSEWHERE}/yes")
    await issue.answer("confirm")
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    status = await home.status()
    assert status["destination"]["confirmed"]
    assert status["effective"] == {"base": True, "usage": True, "statistics": False}
    assert status["next_report"]
    assert await home.blocked_by() is None


async def test_a_no_to_another_destination_turns_everything_off(page: Page, home: Home) -> None:
    issue = await asked_to_confirm(page, home, f"{ELSEWHERE}/no")
    await issue.answer("decline")
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    assert await home.choices() == NOTHING
    assert await home.blocked_by() == "choice"
    settings = AnalyticsSettings(page)
    await settings.open(home.url)
    await becomes(settings.switches.states, NOTHING)


async def asked_to_confirm(page: Page, home: Home, url: str) -> RepairIssue:
    """Choose for another destination, and open the question, before which nothing is in force."""
    await home.redirect(url, destination_name=NAME)
    await home.choose("base", "usage")
    issue = RepairIssue(page, "confirm_destination")
    await issue.open(home.url)
    await expect(issue.text(NAME)).to_be_visible()
    await expect(issue.text(url)).to_be_visible()
    status = await home.status()
    assert not status["destination"]["confirmed"]
    assert not any(status["effective"].values())
    assert status["next_report"] is None
    assert await home.blocked_by() == "pending"
    return issue


@pytest.mark.parametrize(("answer", "confirmed"), [("confirm", True), ("decline", False)])
async def test_crash_reports_wait_for_a_yes_to_their_server(
    page: Page, home: Home, sink: Sink, answer: str, confirmed: bool
) -> None:
    host = f"{answer}.example.com"
    await home.redirect(sink.url, crash_reports_dsn=f"https://key@{host}/1")
    await home.choose("diagnostics")
    issue = RepairIssue(page, "confirm_crash_server")
    await issue.open(home.url)
    await expect(issue.text(f"https://{host}/api/1/envelope/").first).to_be_visible()
    assert (await home.status())["crash_reports"]["effective"] is False
    await issue.answer(answer)
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    status = (await home.status())["crash_reports"]
    assert (status["confirmed"], status["effective"]) == (confirmed, confirmed)


async def test_a_new_destination_leads_to_the_page_on_which_to_choose(
    page: Page, home: Home, sink: Sink
) -> None:
    await home.redirect(sink.url)
    issue = RepairIssue(page, "destination_undecided")
    await issue.open(home.url)
    await expect(issue.text(sink.url).first).to_be_visible()
    assert await home.blocked_by() == "undecided"

    await issue.learn_more()
    await Panel(page).room("choose").wait_for()
    settings = AnalyticsSettings(page)
    await settings.open(home.url)
    await becomes(settings.switches.states, NOTHING)
    await settings.turn("base")
    await becomes(home.blocked_by, None)
    await issue.show_list(home.url)
    await expect(issue.title).to_be_hidden()


async def test_a_question_leads_to_what_there_is_to_see_of_it(page: Page, home: Home) -> None:
    issue = await asked_to_confirm(page, home, f"{ELSEWHERE}/seen")
    await issue.text("See what would be sent").click()
    await Panel(page).root.wait_for()
    await expect(page).to_have_url(f"{home.url}/analytics_panel/next")
    await expect(issue.title).to_be_hidden()


async def test_what_was_sent_is_deleted_after_a_yes(page: Page, home: Home, sink: Sink) -> None:
    issue = await asked_to_delete(page, home, sink)
    await issue.answer("delete")
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    await becomes(lambda: deleted(sink), [sink.reports[0].report["uuid"]])


async def test_what_was_sent_stays_after_a_no_and_the_question_does_not_return(
    page: Page, home: Home, sink: Sink
) -> None:
    issue = await asked_to_delete(page, home, sink)
    await issue.answer("leave")
    await issue.finish()
    await expect(issue.title).to_be_hidden()
    await home.choose("diagnostics")
    await issue.show_list(home.url)
    await expect(issue.title).to_be_hidden()
    assert await deleted(sink) == []


async def asked_to_delete(page: Page, home: Home, sink: Sink) -> RepairIssue:
    """Send a report, turn base off, and open the question."""
    await home.redirect(sink.url)
    await home.choose("base")
    await home.command("analytics/send")
    await home.choose()
    issue = RepairIssue(page, "delete_sent")
    await issue.open(home.url)
    await expect(issue.text(sink.url).first).to_be_visible()
    assert await deleted(sink) == []
    return issue


async def deleted(sink: Sink) -> list[str]:
    """Return the ids of which a deletion was asked for."""
    paths = [arrival.path for arrival in sink.arrivals if arrival.method == "DELETE"]
    return [path.rpartition("/")[2] for path in paths]


async def test_a_file_that_switches_off_is_named(page: Page, home: Home, sink: Sink) -> None:
    await home.redirect(sink.url)
    await home.choose("base")
    file = home.host.config_dir / OPT_OUT_FILE
    file.touch()
    assert await home.blocked_by() == "switch"
    issue = RepairIssue(page, "off_file")
    await issue.open(home.url)
    await expect(issue.text(OPT_OUT_FILE).first).to_be_visible()
    await expect(issue.text("delete the file")).to_be_visible()

    file.unlink()
    assert await home.blocked_by() is None
    await expect(issue.title).to_be_hidden()


async def test_a_setting_that_switches_off_is_named(page: Page, home: Home, sink: Sink) -> None:
    await home.redirect(sink.url, enabled=False)
    assert await home.blocked_by() == "switch"
    issue = RepairIssue(page, "off_setting")
    await issue.open(home.url)
    await expect(issue.text("enabled: false")).to_be_visible()
    await expect(issue.text("turn on Reporting")).to_be_visible()

    await home.redirect(sink.url, enabled=True)
    await expect(issue.title).to_be_hidden()


@pytest_asyncio.fixture(loop_scope="session")
async def variable(home: Home) -> AsyncIterator[str]:
    """Return the variable that switches off while the test runs, and no longer at 0."""
    await home.restart(environ={"DO_NOT_TRACK": "1"})
    yield "DO_NOT_TRACK"
    await home.restart(environ={"DO_NOT_TRACK": "0"})
    assert await home.blocked_by() != "switch"


async def test_a_variable_that_switches_off_is_named(variable: str, page: Page, home: Home) -> None:
    assert await home.blocked_by() == "switch"
    issue = RepairIssue(page, "off_variable", switch=variable)
    await issue.open(home.url)
    await expect(issue.text(f"{variable}=0")).to_be_visible()
