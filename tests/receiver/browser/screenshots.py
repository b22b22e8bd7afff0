"""Take pictures of every page of the dashboard, for people to look at.

    python -m tests.receiver.browser.screenshots FOLDER [NAME …]

Takes each at three widths, light and dark; with names only those pages. The README's picture is

    python -m tests.receiver.browser.screenshots docs/images dashboard
"""

import argparse
import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page

from tests.receiver.dashboard import BASE_URL, Publication, grown, hostile, nothing, serving, small

from .browser import Scheme, chromium, visit

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
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(arguments.folder, set(arguments.names) or {*PAGES, *SPECIAL, "tables"}))


async def take(folder: Path, names: set[str]) -> None:
    """Take all pictures with these names."""
    async with chromium() as browser:
        wanted = {name: path for name, path in PAGES.items() if name in names}
        await pictures(browser, folder, grown(), wanted)
        for name, (make, path) in SPECIAL.items():
            if name in names:
                await pictures(browser, folder, make(), {name: path})
        if "tables" in names:
            await pictures(browser, folder, grown(), {"tables": "/"}, opened=True)
        if "dashboard" in names:
            await for_the_readme(browser, folder / "dashboard.png")


async def pictures(
    browser: Browser,
    folder: Path,
    publication: Publication,
    pages: dict[str, str],
    *,
    opened: bool = False,
) -> None:
    """Take pages of one publication, at all widths and in both schemes."""
    async with serving(publication, base_url=BASE_URL) as client:
        for scheme in SCHEMES:
            async with visit(browser, scheme=scheme) as visited:
                for name, path in pages.items():
                    await visited.page.goto(str(client.make_url(path)))
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


async def for_the_readme(browser: Browser, path: Path) -> None:
    """Take the top of the overview."""
    async with (
        serving(grown(), base_url=BASE_URL) as client,
        visit(browser, width=1280) as visited,
    ):
        await visited.page.set_viewport_size({"width": 1280, "height": 1550})
        await visited.page.goto(str(client.make_url("/")))
        await visited.page.evaluate("document.fonts.ready")
        await visited.page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    main()
