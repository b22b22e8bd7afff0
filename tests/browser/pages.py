"""The pages of Home Assistant's front end, and what differs between the supported hosts'."""

from collections.abc import Mapping

from homeassistant.const import MAJOR_VERSION
from playwright.async_api import Locator, Page, expect

from scripts.onboarding import Person

from .waiting import becomes

TIERS = ("base", "usage", "statistics", "diagnostics")

# Settings > System > Analytics of 2025.4 keeps changes to itself until Save is pressed.
SAVES_AT_ONCE = MAJOR_VERSION >= 2026


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
        await self._press("Next")
        await self._page.locator("onboarding-integrations").wait_for()

    async def finish(self) -> None:
        """Leave the wizard for the home."""
        await self._press("Finish")
        await self._page.locator("ha-sidebar").wait_for()

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


class OptionsDialog:
    """The plugin's own form, behind Settings > Devices & services > Analytics > Configure."""

    def __init__(self, page: Page) -> None:
        """Use a page of somebody who is logged in."""
        self._page = page
        self._dialog = page.locator("dialog-data-entry-flow")

    async def open(self, url: str) -> None:
        """Go there the way that people do."""
        await self._page.goto(f"{url}/config/integrations/dashboard")
        cards = self._page.locator("ha-integration-card")
        await cards.filter(has_text="Analytics").click()
        await self._page.get_by_role("button", name="Configure").click()
        await self._dialog.get_by_role("button", name="Submit").wait_for()

    def field(self, name: str) -> Locator:
        """Return the input of a setting."""
        return self._dialog.locator(f"input[name={name}]")

    async def set_initial_delay(self, *, seconds: int) -> None:
        """Fill in the first of the two durations."""
        parts = self._dialog.locator("ha-selector-duration").first
        await parts.locator("[name=minutes] input").fill("0")
        await parts.locator("[name=seconds] input").fill(str(seconds))

    async def submit(self) -> None:
        """Press the button."""
        await self._dialog.get_by_role("button", name="Submit").click()

    def error(self, text: str) -> Locator:
        """Return the error that says this."""
        return self._dialog.locator("ha-alert").filter(has_text=text)

    async def finish(self) -> None:
        """Wait for the front end's word that all is saved, and close the dialog."""
        await self._dialog.get_by_text("Options successfully saved.").wait_for()
        await self._dialog.get_by_role("button", name="Finish").click()
        await expect(self._dialog).to_be_hidden()
        # The front end then goes back one page, away from any that is opened sooner.
        await self._page.wait_for_function("!history.state?.dialog")
