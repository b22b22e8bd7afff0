"""Take pictures of every page of the dashboard, for people to look at.

    python -m tests.receiver.browser.screenshots FOLDER [NAME …]

Takes each at three widths, light and dark; with names only those pages. The pages of the demo's
fleet, and of it the README's pictures, are

    python -m tests.receiver.browser.screenshots FOLDER --fleet 2000 [NAME …]
    python -m tests.receiver.browser.screenshots docs/images --fleet 2000 dashboard
"""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, Page

from scripts.fleet.__main__ import Hands, fill, receiving
from tests.chromium import chromium
from tests.receiver.dashboard.serving import (
    BASE_URL,
    Publication,
    grown,
    hostile,
    nothing,
    serving,
    small,
)

from .browser import Scheme, visit

TODAY = datetime(2026, 11, 25, 12, tzinfo=UTC)
GROUP = 5
WIDTHS = (360, 768, 1440)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
PAGES = {
    "overview": "/",
    "integrations": "/integrations",
    "integration": "/integrations/mqtt",
    "custom-integrations": "/custom-integrations",
    "custom-integration": "/custom-integrations/hacs",
    "apps": "/apps",
    "app": "/apps/core_ssh",
    "devices": "/devices",
    "motion": "/devices?kind=binary_sensor.motion&class=local",
    "device": "/devices/models/signify%20netherlands/Hue%20motion%20sensor",
    "manufacturers": "/devices/manufacturers",
    "manufacturer": "/devices/manufacturers/ikea%20of%20sweden",
    "statistics": "/statistics",
    "environment": "/environment",
    "stability": "/stability",
    "interface": "/interface",
    "about": "/about",
    "missing": "/apps/nothing",
}
SPECIAL = {
    "empty": (nothing, "/"),
    "small": (small, "/"),
    "small-apps": (small, "/apps"),
    "small-statistics": (small, "/statistics"),
    "small-stability": (small, "/stability"),
    "hostile-overview": (hostile, "/"),
    "hostile-apps": (hostile, "/apps"),
}


def main() -> None:
    """Read the command line, and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--fleet", type=int, metavar="N", help="of the demo's fleet")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    names = set(arguments.names)
    if arguments.fleet:
        asyncio.run(take_fleet(arguments.folder, names or {*PAGES, "tables"}, arguments.fleet))
    else:
        asyncio.run(take(arguments.folder, names or {*PAGES, *SPECIAL, "tables"}))


async def take(folder: Path, names: set[str]) -> None:
    """Take all pictures with these names, of figures that tests make up."""
    async with chromium() as browser:
        for name, (make, path) in SPECIAL.items():
            if name in names:
                async with served(make()) as url:
                    await pictures(browser, folder, url, {name: path})
        async with served(grown()) as url:
            await take_named(browser, folder, url, names)


async def take_fleet(folder: Path, names: set[str], homes: int) -> None:
    """Take all pictures with these names, of the demo's fleet; always on the same day."""
    with TemporaryDirectory() as made:
        database = Path(made) / "analytics.db"
        await fill(database, homes, seed=0, now=TODAY, smallest_group=GROUP)
        async with (
            chromium() as browser,
            receiving(database, Hands(TODAY.timestamp()), GROUP) as (_, url),
        ):
            await take_named(browser, folder, url, names)


async def take_named(browser: Browser, folder: Path, url: str, names: set[str]) -> None:
    """Take what most publications have."""
    wanted = {name: path for name, path in PAGES.items() if name in names}
    await pictures(browser, folder, url, wanted)
    if "tables" in names:
        await pictures(browser, folder, url, {"tables": "/"}, opened=True)
    if "dashboard" in names:
        await for_the_readme(browser, url, folder / "dashboard.png")
        await for_the_readme(
            browser, f"{url}{PAGES['motion']}", folder / "devices.png", height=1330
        )


@asynccontextmanager
async def served(publication: Publication) -> AsyncIterator[str]:
    """Serve a publication's pages, and yield their address."""
    async with serving(publication, base_url=BASE_URL) as client:
        yield str(client.make_url("/")).rstrip("/")


async def pictures(
    browser: Browser, folder: Path, url: str, pages: dict[str, str], *, opened: bool = False
) -> None:
    """Take pages at all widths and in both schemes."""
    for scheme in SCHEMES:
        async with visit(browser, scheme=scheme) as visited:
            for name, path in pages.items():
                await visited.page.goto(f"{url}{path}")
                if opened:
                    await visited.page.evaluate(
                        "document.querySelectorAll('details').forEach(one => one.open = true)"
                    )
                await at_all_widths(visited.page, folder, f"{name}-{scheme}")


async def at_all_widths(page: Page, folder: Path, name: str) -> None:
    """Take the whole page as it is on a phone, a tablet and a computer."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.evaluate("document.fonts.ready")
        path = folder / f"{name}-{width}.png"
        await page.screenshot(path=path, animations="disabled", full_page=True)


async def for_the_readme(browser: Browser, url: str, path: Path, height: int = 1550) -> None:
    """Take the top of a page."""
    async with visit(browser, width=1280) as visited:
        await visited.page.set_viewport_size({"width": 1280, "height": height})
        await visited.page.goto(url)
        await visited.page.evaluate("document.fonts.ready")
        await visited.page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    main()
