"""The pages of Home Assistant's front end, and what differs between the supported hosts'."""

import json
import re
from collections.abc import Mapping

from homeassistant.const import MAJOR_VERSION
from playwright.async_api import Locator, Page, expect

from scripts.home_assistant import PLUGIN
from scripts.onboarding import Person

from .waiting import becomes

TIERS = ("base", "usage", "statistics", "diagnostics")
MORE = ("environment", "lifecycle", "interface")  # for destinations that take them
TRANSLATIONS = json.loads((PLUGIN / "translations" / "en.json").read_text(encoding="utf-8"))
STEPS = TRANSLATIONS["options"]["step"]
LAST_BUTTON = re.compile("^(Finish|Close)$")

# Settings > System > Analytics of 2025.4 keeps changes to itself until Save is pressed.
SAVES_AT_ONCE = MAJOR_VERSION >= 2026

# Of the last page of onboarding: tells what it lists, now and whenever that changes.
TELL_WHAT_IS_FOUND = """page => {
  const tell = () => window.found(
    [...page.renderRoot.querySelectorAll("integration-badge")].map((badge) => badge.domain));
  new MutationObserver(tell).observe(page.renderRoot, {childList: true, subtree: true});
  return tell();
}"""


class Switches:
    """The switches of the tiers, which onboarding and the settings have in common."""

    def __init__(self, page: Page) -> None:
        """Find them on a page."""
        self._page = page

    async def wait(self) -> None:
        """Wait until they are there."""
        await self._switch(TIERS[0]).wait_for()

    async def states(self) -> dict[str, bool]:
        """Return which are on."""
        return {tier: await self._switch(tier).locator("input").is_checked() for tier in TIERS}

    async def click(self, *tiers: str) -> None:
        """Click on switches, one after the other."""
        for tier in tiers:
            await self._switch(tier).click()

    def _switch(self, tier: str) -> Locator:
        return self._page.locator(f"ha-switch[name={tier}]")


class Onboarding:
    """The wizard that greets the owner of a new Home Assistant."""

    def __init__(self, page: Page) -> None:
        """Use a page on which nothing is open yet."""
        self._page = page
        self._found: set[str] = set()
        self.switches = Switches(page)

    async def begin(self, url: str) -> None:
        """Open the first page, and leave it by its button."""
        await self._page.goto(url)
        await self._press("Create my smart home")

    async def create_account(self, person: Person) -> None:
        """Fill in the form of the owner."""
        answers = {
            "name": person.name,
            "username": person.username,
            "password": person.password,
            "password_confirm": person.password,
        }
        # The form of 2025.4 takes the focus late, and with it the text that is being typed then.
        await becomes(lambda: self._filled(answers), answers)
        await self._press("Create account")

    async def confirm_location(self) -> None:
        """Take the home where it is put; without a network the country has a page of its own."""
        await self._page.locator("onboarding-location").wait_for()
        await self._press("Next")
        country = self._page.get_by_text("We would like to know the country")
        await expect(country.or_(self._page.locator("onboarding-analytics"))).to_be_visible()
        if await country.is_visible():
            await self._press("Next")
        await self.switches.wait()

    async def leave_analytics(self) -> None:
        """Save what the switches say, and come to the last step."""
        await self._page.expose_function("found", self._note)
        await self._press("Next")
        # The button comes with what the page has to list.
        await self._page.get_by_role("button", name="Finish").wait_for()
        await self._page.locator("onboarding-integrations").evaluate(TELL_WHAT_IS_FOUND)

    async def finish(self) -> set[str]:
        """Leave the wizard for the home; return all that the last page said it had found there."""
        # A page that shows neither is drawn in a way that is not known here.
        await self._page.locator("integration-badge, .all-set-icon").first.wait_for()
        await self._press("Finish")
        await self._page.locator("ha-sidebar").wait_for()
        return self._found

    def _note(self, domains: list[str]) -> None:
        self._found.update(domains)

    async def _filled(self, answers: Mapping[str, str]) -> Mapping[str, str]:
        """Fill in the form of the owner, and return what it has then."""
        form = self._page.locator("onboarding-create-user")
        fields = {name: form.locator(f"input[name={name}]") for name in answers}
        for name, field in fields.items():
            await field.fill(answers[name])
        return {name: await field.input_value() for name, field in fields.items()}

    async def _press(self, name: str) -> None:
        await self._page.get_by_role("button", name=name).click()


class AnalyticsSettings:
    """Settings > System > Analytics."""

    def __init__(self, page: Page) -> None:
        """Use a page of somebody who is logged in."""
        self._page = page
        self.switches = Switches(page)

    async def open(self, url: str) -> None:
        """Go there from anywhere."""
        await self._page.goto(f"{url}/config/analytics")
        await self.switches.wait()

    async def turn(self, *tiers: str) -> None:
        """Click on switches, and save where that is a step of its own."""
        await self.switches.click(*tiers)
        if not SAVES_AT_ONCE:
            await self._page.get_by_role("button", name="Save").click()


class RepairIssue:
    """An issue of the plugin under Settings > System > Repairs, and the dialog that it opens."""

    def __init__(self, page: Page, key: str, **placeholders: str) -> None:
        """Use a page of somebody who is logged in; `key` is the issue's in the translations."""
        self._page = page
        self._texts = TRANSLATIONS["issues"][key]
        self._placeholders = placeholders
        self._dialog = page.locator("dialog-data-entry-flow, dialog-repairs-issue")
        self._end = page.locator("step-flow-create-entry, step-flow-abort")

    @property
    def title(self) -> Locator:
        """Return its line in the list."""
        title = self._texts["title"].format(**self._placeholders)
        return self._page.locator("ha-config-repairs").get_by_text(title, exact=True)

    async def show_list(self, url: str) -> None:
        """Go to the list, which is never empty: hosts complain that the test's has no country."""
        await self._page.goto(f"{url}/config/repairs")
        await self._page.locator("ha-config-repairs [slot=headline]").first.wait_for()

    async def open(self, url: str) -> None:
        """Go to the list, and open the dialog from there."""
        await self.show_list(url)
        await self.title.click()
        await self._dialog.locator("ha-markdown-element p").first.wait_for()

    def text(self, text: str) -> Locator:
        """Return what says this in the dialog."""
        return self._dialog.get_by_text(text)

    def drawn(self, selector: str) -> Locator:
        """Return what Markdown made of its text."""
        return self._dialog.locator("ha-markdown-element").locator(selector)

    async def answer(self, option: str) -> None:
        """Choose one of the question's answers, and wait for the front end's reply."""
        options = self._texts["fix_flow"]["step"]["init"]["menu_options"]
        text = options[option].format(**self._placeholders)
        await self._dialog.get_by_text(text, exact=True).click()
        await self._end.wait_for()

    async def finish(self) -> None:
        """Close the dialog after an answer, by its last button: the one above says Close, too."""
        await self._dialog.get_by_role("button", name=LAST_BUTTON).last.click()
        await expect(self._end).to_be_hidden()
        await _dialog_left(self._page)

    async def learn_more(self) -> None:
        """Follow the link of an issue that is mended elsewhere."""
        # Not the text that names it. Hosts differ in the kind of button.
        buttons = self._dialog.locator("ha-button, mwc-button")
        await buttons.filter(has_text="Learn more").or_(buttons.get_by_label("Learn more")).click()


async def _dialog_left(page: Page) -> None:
    """Wait until the front end has gone back one page, away from any that is opened sooner."""
    await page.wait_for_function("!history.state?.dialog")
