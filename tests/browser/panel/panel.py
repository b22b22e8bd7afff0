"""The panel's page, as somebody uses it who is logged in."""

import re

from playwright.async_api import Locator, Page, expect

from ..pages import TRANSLATIONS

TEXTS: dict[str, dict[str, str]] = TRANSLATIONS["config_panel"]
ERRORS: dict[str, str] = TRANSLATIONS["options"]["error"]
ADDRESS = "analytics_panel"
ROOMS = ("now", "choose", "options", "act")

# What is shown where a text is missing, and placeholders that nobody has filled in.
UNTRANSLATED = re.compile(
    rf"\b({'|'.join(TEXTS)})\.[a-z]|component\.|{{[a-z_]+}}|undefined|\[object"
)

# As Home Assistant's own links go to a page.
GO = """(path) => {
    history.pushState(null, "", path);
    dispatchEvent(new Event("location-changed"));
}"""


class Panel:
    """The page; its rooms by their address."""

    def __init__(self, page: Page) -> None:
        """Use a page of somebody who is logged in."""
        self.page = page
        self.root = page.locator("analytics-panel")
        self.tabs = self.root.locator("nav a")
        self.dialog = self.root.locator("analytics-dialog")

    async def open(self, url: str, room: str = "now") -> None:
        """Go to a room by its address."""
        await self.page.goto(f"{url}/{ADDRESS}/{room}")
        await self.room(room).wait_for()

    async def visit(self, room: str) -> None:
        """Come to a room from another one, so that it is drawn anew, where the page is open."""
        another = next(name for name in ROOMS if name != room)
        for name in (another, room):
            await self.page.evaluate(GO, f"/{ADDRESS}/{name}")
            await self.room(name).wait_for()

    async def configure(self, url: str) -> None:
        """Go there the way that people do: by Configure, among devices and services."""
        await self.page.goto(f"{url}/config/integrations/dashboard")
        cards = self.page.locator("ha-integration-card")
        await cards.filter(has_text="Analytics").click()
        configure = self.page.get_by_role("button", name="Configure")
        await configure.or_(self.page.get_by_role("link", name="Configure")).first.click()
        await self.room("now").wait_for()

    def room(self, name: str) -> Locator:
        """Return a room."""
        return self.root.locator(f"analytics-room-{name.split('/', maxsplit=1)[0]}")

    async def go(self, room: str) -> None:
        """Follow the tab of a room."""
        await self.tabs.get_by_text(TEXTS["panel"][f"room_{room}"], exact=True).click()
        await self.room(room).wait_for()

    # Now

    def line(self, matter: str = "reports") -> Locator:
        """Return the card of a matter."""
        name = TEXTS["now"][f"matter_{matter}"]
        return self.root.locator("section.matter").filter(
            has=self.page.get_by_role("heading", name=name, exact=True)
        )

    async def says(self, text: str, matter: str = "reports", **placeholders: str) -> None:
        """Wait until the sentence about a matter is this one; what is not told may be anything."""
        pattern = re.escape(TEXTS["now"][text])
        for name, value in placeholders.items():
            pattern = pattern.replace(re.escape(f"{{{name}}}"), re.escape(value))
        pattern = re.sub(r"\\{\w+\\}", ".+", pattern)
        sentence = self.line(matter).locator(".sentence")
        await expect(sentence).to_have_text(re.compile(f"^{pattern}$"))

    def remedy(self, matter: str = "reports") -> Locator:
        """Return the button beside a sentence."""
        return self.line(matter).get_by_role("button")

    def question(self, name: str) -> Locator:
        """Return the card of a question."""
        return self.root.locator(f"#question-{name}")

    async def answer(self, question: str, answer: str) -> None:
        """Press the button of an answer."""
        step = TRANSLATIONS["issues"][question]["fix_flow"]["step"]["init"]
        await self.question(question).get_by_text(step["menu_options"][answer]).click()

    # Choose

    def switch(self, tier: str) -> Locator:
        """Return the switch of a tier."""
        return self.root.locator(f"#tier-{tier}").get_by_role("switch")

    async def turn(self, tier: str, *, on: bool = True) -> None:
        """Turn a tier on or off, and say yes to what that changes."""
        await self.switch(tier).click()
        await self.confirm(TEXTS["change"]["turn_on" if on else "turn_off"])
        await expect(self.switch(tier)).to_be_checked(checked=on)

    async def switches(self) -> dict[str, bool]:
        """Return which tiers are on, as their switches show it."""
        shown = self.root.locator("section.tier:has([role=switch])")
        states = await shown.evaluate_all(
            "cards => cards.map(card => [card.id.slice(5), card.querySelector('input').checked])"
        )
        return dict(states)

    # Dialogs

    async def confirm(self, button: str) -> None:
        """Press a button of the dialog, which closes it."""
        await self.dialog.get_by_role("button", name=button, exact=True).click()
        await expect(self.dialog).to_have_count(0)

    async def cancel(self) -> None:
        """Close the dialog by its second button."""
        await self.confirm(TEXTS["panel"]["cancel"])

    # Settings

    def option(self, name: str) -> Locator:
        """Return the input of a setting, of a span of time that of its days."""
        return self.root.locator(f"form [id={name}]")

    def option_error(self, name: str) -> Locator:
        """Return the error below a setting."""
        return self.root.locator(f"form [id={name}-error]")

    async def set_initial_delay(self, *, seconds: int) -> None:
        """Fill in how long to wait for the first report."""
        for part, value in {"days": 0, "hours": 0, "minutes": 0, "seconds": seconds}.items():
            await self.root.locator(f"form [name='initial_delay.{part}']").fill(str(value))

    async def save(self) -> None:
        """Press the button of the form, and wait until all is saved."""
        await self.press_save()
        await expect(self.toast(TEXTS["options"]["saved"])).to_be_visible()

    async def press_save(self) -> None:
        """Press the button of the form."""
        await self.root.get_by_role("button", name=TEXTS["options"]["save"]).click()

    def toast(self, text: str) -> Locator:
        """Return the message of Home Assistant's own that says this for a while."""
        return self.page.locator("notification-manager").get_by_text(text).first

    def button(self, group: str, key: str) -> Locator:
        """Return a button by the key of its text."""
        return self.root.get_by_role("button", name=TEXTS[group][key], exact=True)
