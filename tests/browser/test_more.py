"""What can be shared beyond the front end's own page is chosen in a form of the plugin's own."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from .home import RECEIVER, Home, running_home
from .pages import MORE, STEPS, TAKES_MORE, OptionsDialog
from .waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING_MORE = dict.fromkeys(MORE, False)
ENVIRONMENT = {"system", "kernel", "architecture", "virtualization", "container", "python"}
# What the front end shows where it finds no text: a key, a name of ours or an empty placeholder.
UNTRANSLATED = re.compile(r"component\.|^[a-z]+(_[a-z]+)*$|[{}]")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def receiver() -> AsyncIterator[Sink]:
    """Return a receiver that takes more than Home Assistant's."""
    enable_socket()
    async with Sink() as sink:
        yield sink


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(receiver: Sink, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose YAML says that the destination takes more; base is shared."""
    section = {"destination": {"name": RECEIVER, "url": receiver.url, "extended": True}}
    async with running_home(tmp_path_factory.mktemp("more"), section) as home:
        await home.onboard()
        await home.choose("base")
        yield home


@pytest_asyncio.fixture(loop_scope="module")
async def dialog(page: Page, home: Home) -> AsyncIterator[OptionsDialog]:
    """Return the dialog of somebody who shares nothing more, and leave that so."""
    yield OptionsDialog(page)
    await home.choose_more()


async def sent(home: Home, receiver: Sink) -> set[str]:
    """Send a report now, and return the fields that arrived."""
    await home.command("analytics/send")
    return set(receiver.reports[-1].report)


async def previewed(home: Home) -> set[str]:
    """Return the fields that the next report would have."""
    return set((await home.command("analytics/preview"))["payload"])


async def stored(home: Home, receiver: Sink) -> dict[str, bool]:
    """Return what else is shared, as it is on disk; empty before anything was chosen."""
    choices = await home.stored_choices(receiver)
    return {tier: choices[tier] for tier in MORE if tier in choices}


def as_shown(text: str, receiver: Sink) -> list[str]:
    """Return the paragraphs of a text, filled in and without its marks for Markdown."""
    filled = text.format(name=RECEIVER, url=receiver.url, fixed="")
    return re.sub(r"[*`]", "", filled).split("\n\n")


async def test_nothing_more_is_shared_before_anybody_was_asked(home: Home, receiver: Sink) -> None:
    assert await stored(home, receiver) == {}
    assert ENVIRONMENT.isdisjoint(await sent(home, receiver))


async def test_the_menu_leads_to_switches_that_are_off_and_described(
    home: Home, receiver: Sink, dialog: OptionsDialog
) -> None:
    assert await dialog.open_menu(home.url) == [*STEPS["init"]["menu_options"].values()]
    await expect(dialog.text(STEPS["init"]["title"])).to_be_visible()
    await expect(dialog.text(UNTRANSLATED)).to_have_count(0)

    await dialog.choose("more")
    assert await dialog.shared() == NOTHING_MORE
    form = STEPS["more"]
    texts = [form["title"], form["description"], *form["data_description"].values()]
    for paragraph in [shown for text in texts for shown in as_shown(text, receiver)]:
        await expect(dialog.text(paragraph)).to_be_visible()
    await expect(dialog.text(UNTRANSLATED)).to_have_count(0)


async def test_what_is_on_is_in_the_next_report_and_what_is_off_is_not(
    home: Home, receiver: Sink, dialog: OptionsDialog
) -> None:
    for shared in (True, False):
        await dialog.open_more(home.url)
        await dialog.click_more("environment")
        await dialog.submit()
        await dialog.finish()
        chosen = {**NOTHING_MORE, "environment": shared}
        await becomes(lambda: stored(home, receiver), chosen)
        for fields in (await previewed(home), await sent(home, receiver)):
            assert fields >= ENVIRONMENT if shared else ENVIRONMENT.isdisjoint(fields)
        await dialog.open_more(home.url)
        assert await dialog.shared() == chosen


async def test_each_switch_is_a_choice_of_its_own(
    home: Home, receiver: Sink, dialog: OptionsDialog
) -> None:
    for tier in MORE:
        await home.choose_more()
        await dialog.open_more(home.url)
        await dialog.click_more(tier)
        await dialog.submit()
        await dialog.finish()
        await becomes(lambda: stored(home, receiver), {**NOTHING_MORE, tier: True})
    assert await home.choices() == {**dict.fromkeys(await home.choices(), False), "base": True}


async def test_a_form_that_is_closed_changes_nothing(
    home: Home, receiver: Sink, dialog: OptionsDialog
) -> None:
    await home.choose_more("lifecycle")
    await dialog.open_more(home.url)
    await dialog.click_more(*MORE)
    await dialog.close()
    await dialog.open_more(home.url)
    assert await dialog.shared() == {**NOTHING_MORE, "lifecycle": True}
    assert await stored(home, receiver) == {**NOTHING_MORE, "lifecycle": True}


async def test_the_settings_are_in_the_menu_and_leave_the_choices_alone(
    home: Home, receiver: Sink, dialog: OptionsDialog
) -> None:
    await home.choose_more("environment")
    await dialog.open_menu(home.url)
    await dialog.choose("settings")
    # In YAML, with the address that it is about.
    await expect(dialog.text(TAKES_MORE)).to_have_count(0)
    await expect(dialog.text("configuration.yaml sets: ")).to_be_visible()
    await dialog.set_initial_delay(seconds=30)
    await dialog.submit()
    await dialog.finish()
    await becomes(lambda: stored(home, receiver), {**NOTHING_MORE, "environment": True})
    await becomes(home.decided, expected=True)
    assert await sent(home, receiver) >= ENVIRONMENT
