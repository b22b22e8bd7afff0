"""Take pictures of every page that the plugin shows itself on, for people to look at.

    python -m tests.browser.screenshots FOLDER

Takes each at three widths, light and dark, and those of the README, which go into docs/images:
`now.png` and `change.png`.
"""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from playwright.async_api import Browser, Page, expect

from scripts.sink import Sink
from tests.chromium import chromium

from .browser import WIDE, open_page
from .home import ADA, RECEIVER, Home, later_version, running_home
from .pages import TIERS, AnalyticsSettings, Onboarding, RepairIssue
from .panel.panel import ROOMS, Panel
from .waiting import becomes

WIDTHS = (360, 768, 1440)
HEIGHT = WIDE[1]
SCHEMES: Final[dict[Literal["light", "dark"], str]] = {"light": "", "dark": "-dark"}
# Of the README's: without Home Assistant's own menu, which narrower pages hide.
README_SIZE = (860, 620)


def main() -> None:
    """Read the command line, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))


async def take(folder: Path) -> None:
    """Take all pictures, of a Home Assistant with a section in its YAML and of one without."""
    with TemporaryDirectory() as new, TemporaryDirectory() as plain, TemporaryDirectory() as later:
        async with chromium() as browser, Sink() as sink:
            section = {"destination": {"name": RECEIVER, "url": sink.url}}
            async with running_home(Path(new), section) as home:
                await onboarding(browser, home, folder)
                await home.log_in()
                await settings(browser, home, folder)
                await panel(browser, home, folder, "yaml")
            async with running_home(Path(plain)) as home:
                await home.onboard()
                await readme_panel(browser, home, folder)
                await panel(browser, home, folder, "new")
                await a_switch(browser, home, folder)
                await options_error(browser, home, folder)
                await questions(browser, home, folder)
                await crash_server(browser, home, folder, sink)
                await deletion(browser, home, folder, sink)
                await switches(browser, home, folder)
                await more(browser, home, folder, sink)
                await new_fields(browser, home, folder, Path(later))


async def onboarding(browser: Browser, home: Home, folder: Path) -> None:
    """Take the step about analytics, and all else on the way."""
    async with open_page(browser) as page:
        wizard = Onboarding(page)
        await wizard.begin(home.url)
        await wizard.create_account(ADA)
        await wizard.confirm_location()
        await at_all_widths(page, folder, "onboarding")
        await wizard.switches.click(*TIERS)
        await becomes(wizard.switches.states, dict.fromkeys(TIERS, True))
        await wizard.leave_analytics()
        await at_all_widths(page, folder, "onboarding-end")
        await wizard.finish()


async def settings(browser: Browser, home: Home, folder: Path) -> None:
    """Take Settings > System > Analytics."""
    async with open_page(browser, tokens=home.tokens) as page:
        await AnalyticsSettings(page).open(home.url)
        await at_all_widths(page, folder, "settings")


async def panel(browser: Browser, home: Home, folder: Path, name: str) -> None:
    """Take each room of the panel as it opens."""
    async with open_page(browser, tokens=home.tokens) as page:
        for room in ROOMS:
            await Panel(page).open(home.url, room)
            await at_all_widths(page, folder, f"{name}-{room}")


async def readme_panel(browser: Browser, home: Home, folder: Path) -> None:
    """Take what is said of now, and what a switch shows before it takes effect."""
    await home.choose("base", "usage")
    async with open_page(browser, tokens=home.tokens) as page:
        width, height = README_SIZE
        await page.set_viewport_size({"width": width, "height": height})
        panel = Panel(page)
        await panel.open(home.url)
        await expect(panel.line()).to_contain_text("Home Assistant")
        await page.screenshot(path=folder / "now.png", animations="disabled")
        await panel.open(home.url, "choose")
        await panel.switch("statistics").click()
        await expect(panel.dialog).to_contain_text("state_count")
        await page.screenshot(path=folder / "change.png", animations="disabled")
    await home.choose()


async def options_error(browser: Browser, home: Home, folder: Path) -> None:
    """Take the settings when an address was refused."""
    async with open_page(browser, tokens=home.tokens) as page:
        panel = Panel(page)
        await panel.open(home.url, "options")
        await panel.option("destination_url").fill("http://example.com")
        await panel.press_save()
        await expect(panel.option_error("destination_url")).to_be_visible()
        await at_all_widths(page, folder, "options-error")


async def a_switch(browser: Browser, home: Home, folder: Path) -> None:
    """Take what is shown before a switch takes effect."""
    async with open_page(browser, tokens=home.tokens) as page:
        panel = Panel(page)
        await panel.open(home.url, "choose")
        await panel.switch("usage").click()
        await expect(panel.dialog).to_contain_text("integrations")
        await at_all_widths(page, folder, "choose-usage")


async def questions(browser: Browser, home: Home, folder: Path) -> None:
    """Take what is asked about another destination, and a list with more than one issue."""
    await home.redirect("https://analytics.example.com/v1")
    await dialog(browser, home, folder, "destination_undecided")
    await home.choose("base")
    await dialog(browser, home, folder, "confirm_destination")
    file = home.host.config_dir / ".opt-out-from-anonymous-statistics"
    file.touch()
    await home.status()  # notices it at once
    await dialog(browser, home, folder, "off_file")
    async with open_page(browser, tokens=home.tokens) as page:
        issue = RepairIssue(page, "off_file")
        await issue.show_list(home.url)
        await expect(issue.title).to_be_visible()
        await at_all_widths(page, folder, "repairs")
    file.unlink()


async def crash_server(browser: Browser, home: Home, folder: Path, sink: Sink) -> None:
    """Take what is asked about the server for crash reports."""
    await home.redirect(sink.url, crash_reports_dsn="https://key@sentry.example.com/1")
    await home.choose("diagnostics")
    await dialog(browser, home, folder, "confirm_crash_server")


async def deletion(browser: Browser, home: Home, folder: Path, sink: Sink) -> None:
    """Take what is asked about what was sent, and the reply to a no."""
    await home.redirect(sink.url)
    await home.choose("base")
    await home.command("analytics/send")
    await home.choose()
    await dialog(browser, home, folder, "delete_sent")
    async with open_page(browser, tokens=home.tokens) as page:
        issue = RepairIssue(page, "delete_sent")
        await issue.open(home.url)
        await issue.answer("leave")
        await at_all_widths(page, folder, "delete_sent-left")


async def switches(browser: Browser, home: Home, folder: Path) -> None:
    """Take what is told of a setting and of a variable that switch off."""
    await home.set_options({"enabled": False})
    await dialog(browser, home, folder, "off_setting")
    await home.set_options({})
    await home.restart(environ={"DO_NOT_TRACK": "1"})
    await dialog(browser, home, folder, "off_variable", switch="DO_NOT_TRACK")


async def more(browser: Browser, home: Home, folder: Path, sink: Sink) -> None:
    """Take the panel where the destination takes more, and some of it is shared."""
    await home.redirect(sink.url, destination_extended=True)
    await home.choose("base", "usage")
    await home.choose_more("environment")
    await home.command("analytics/send")
    await panel(browser, home, folder, "more")


async def new_fields(browser: Browser, home: Home, folder: Path, later: Path) -> None:
    """Take what is asked about fields that a later version adds."""
    await home.choose("base", "usage")
    await home.choose_more("environment")
    plugin = later_version(later, "certificate", "kernel")
    await home.restart(plugin=plugin, environ={"DO_NOT_TRACK": "0"})
    await dialog(browser, home, folder, "new_fields")


async def dialog(browser: Browser, home: Home, folder: Path, key: str, **placeholders: str) -> None:
    """Take the dialog of an issue."""
    async with open_page(browser, tokens=home.tokens) as page:
        issue = RepairIssue(page, key, **placeholders)
        await issue.open(home.url)
        await at_all_widths(page, folder, key)


async def at_all_widths(page: Page, folder: Path, name: str) -> None:
    """Take the page as it is on a phone, a tablet and a computer, by day and by night."""
    for scheme, suffix in SCHEMES.items():
        await page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": HEIGHT})
            path = folder / f"{name}{suffix}-{width}.png"
            await page.screenshot(path=path, animations="disabled")
    await page.emulate_media(color_scheme="light")


if __name__ == "__main__":
    main()
