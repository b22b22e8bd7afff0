"""Take pictures of every page that the plugin shows itself on, for people to look at.

    python -m tests.browser.screenshots FOLDER

Takes each at three widths, and `readme.png`, which goes into docs/images/onboarding.png.
"""

import argparse
import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, FloatRect, Page, expect

from scripts.sink import Sink

from .browser import WIDE, chromium, open_page
from .home import ADA, Home, running_home
from .pages import TIERS, AnalyticsSettings, Onboarding, OptionsDialog
from .waiting import becomes

WIDTHS = (390, 800, 1280)
HEIGHT = WIDE[1]
# Around the card in the README's picture, in pixels.
PADDING = 32
SPACE_BELOW = 7
MARGIN = PADDING + 20


def main() -> None:
    """Read the command line, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))


async def take(folder: Path) -> None:
    """Take all pictures, of a Home Assistant with a section in its YAML and of one without."""
    with TemporaryDirectory() as new, TemporaryDirectory() as plain:
        async with chromium() as browser, Sink() as sink:
            section = {"destination": {"name": "Test receiver", "url": sink.url}}
            async with running_home(Path(new), section) as home:
                await onboarding(browser, home, folder)
                await home.log_in()
                await settings(browser, home, folder)
                await options(browser, home, folder, "options-with-yaml")
            async with running_home(Path(plain)) as home:
                await home.onboard()
                await options(browser, home, folder, "options")
                await options_error(browser, home, folder)


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
        await readme_picture(page, folder)
        await wizard.leave_analytics()
        await at_all_widths(page, folder, "onboarding-end")
        await wizard.finish()


async def readme_picture(page: Page, folder: Path) -> None:
    """Take the step about analytics with everything on, without the empty space around it."""
    card = await page.locator("onboarding-analytics").bounding_box()  # without its padding
    assert card
    clip: FloatRect = {
        "x": card["x"] - MARGIN,
        "y": 0,
        "width": card["width"] + 2 * MARGIN,
        "height": card["y"] + card["height"] + PADDING + SPACE_BELOW,
    }
    await page.mouse.move(0, 0)  # off the switch, which looks different under it
    await page.screenshot(path=folder / "readme.png", clip=clip, animations="disabled")


async def settings(browser: Browser, home: Home, folder: Path) -> None:
    """Take Settings > System > Analytics."""
    async with open_page(browser, tokens=home.tokens) as page:
        await AnalyticsSettings(page).open(home.url)
        await at_all_widths(page, folder, "settings")


async def options(browser: Browser, home: Home, folder: Path, name: str) -> None:
    """Take the options dialog as it opens."""
    async with open_page(browser, tokens=home.tokens) as page:
        await OptionsDialog(page).open(home.url)
        await at_all_widths(page, folder, name)


async def options_error(browser: Browser, home: Home, folder: Path) -> None:
    """Take the options dialog when it has refused an address."""
    async with open_page(browser, tokens=home.tokens) as page:
        dialog = OptionsDialog(page)
        await dialog.open(home.url)
        await dialog.field("destination_url").fill("http://example.com")
        await dialog.submit()
        await expect(dialog.error("must begin with https")).to_be_visible()
        await at_all_widths(page, folder, "options-error")


async def at_all_widths(page: Page, folder: Path, name: str) -> None:
    """Take the page as it is on a phone, a tablet and a computer."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": HEIGHT})
        path = folder / f"{name}-{width}.png"
        await page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    main()
