"""Text that is not ours is text in the browser, too: it draws nothing, and asks no server."""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from scripts.sink import Sink

from .browser import open_page
from .home import running_home
from .pages import RepairIssue
from .panel.panel import Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_key_of_yaml_is_shown_as_it_was_written(
    browser: Browser, sink: Sink, tmp_path: Path
) -> None:
    picture = sink.url.replace("/v1", "/pixel.png")
    key = f"![x]({picture})<img src={picture}> **bold** <details> `code` www.example.com"
    async with running_home(tmp_path, {key: 1}) as home:
        await home.onboard()
        async with open_page(browser, tokens=home.tokens) as page:
            issue = RepairIssue(page, "settings")
            await issue.open(home.url)
            await expect(issue.text(f"{key!r}: unknown, expected one of")).to_be_visible()
            await expect(issue.drawn("img, details, strong, code, a")).to_have_count(0)
            panel = Panel(page)
            await panel.open(home.url)
            await expect(panel.line()).to_contain_text(f"{key!r}: unknown, expected one of")
            await panel.go("options")
            await expect(panel.root.get_by_text(key)).to_be_visible()
            assert await panel.root.locator("main img, main details").count() == 0
    assert sink.arrivals == []
