"""Every option is on the page: by the flow's schema, and refused in the flow's words."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect
from pytest_socket import enable_socket

from scripts.sink import Sink

from ..home import Home, running_home
from ..pages import STEPS
from ..waiting import becomes
from .panel import ERRORS, TEXTS, Panel

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The answer of a command that comes while the entry is not loaded.
REFUSE_ONCE = """panel => {
    const { connection } = panel.hass;
    const send = connection.sendMessagePromise.bind(connection);
    connection.sendMessagePromise = async message => {
        if (message.type !== "analytics/options") return send(message);
        connection.sendMessagePromise = send;
        throw { code: "not_found" };
    };
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Home]:
    """Return a Home Assistant whose YAML sets when the first report is sent."""
    enable_socket()
    async with running_home(tmp_path_factory.mktemp("options"), {"initial_delay": 600}) as home:
        await home.onboard()
        yield home


@pytest_asyncio.fixture(loop_scope="session")
async def panel(opened: Panel, home: Home) -> AsyncIterator[Panel]:
    """Return the open settings."""
    await opened.visit("options")
    await expect(opened.option("destination_url")).to_be_visible()
    yield opened
    await home.set_options({})


async def test_every_option_of_the_flow_is_there_but_what_yaml_sets(panel: Panel) -> None:
    for name, label in STEPS["settings"]["data"].items():
        shown = panel.root.get_by_text(label, exact=True)
        await expect(shown).to_have_count(0 if name == "initial_delay" else 1)
        if name != "initial_delay":
            await expect(panel.option(name)).to_be_visible()
    fixed = TEXTS["options"]["fixed"].format(names="initial_delay")
    await expect(panel.root.get_by_text(fixed)).to_be_visible()


async def test_what_nothing_answered_while_it_was_loaded_again_is_asked_anew(
    panel: Panel, home: Home
) -> None:
    await panel.go("now")
    await panel.root.evaluate(REFUSE_ONCE)
    await panel.go("options")
    await expect(panel.toast(TEXTS["panel"]["not_loaded"])).to_be_visible()
    await home.set_options({"sidebar": False, "hold_for": {"days": 3}})
    await expect(panel.option("hold_for")).to_have_value("3")


async def test_what_is_refused_is_said_at_its_place_and_nothing_saved(
    panel: Panel, home: Home
) -> None:
    await panel.option("destination_url").fill("http://example.com")
    await panel.option("interval").fill("31")
    await panel.press_save()
    await expect(panel.option_error("destination_url")).to_have_text(ERRORS["https_required"])
    await expect(panel.option_error("interval")).to_have_text(ERRORS["duration_out_of_range"])
    await expect(panel.option("destination_url")).to_be_focused()
    assert await home.decided()  # for Home Assistant's receiver, still


async def test_what_is_saved_is_in_force_at_once_and_shown_again(
    panel: Panel, home: Home, sink: Sink
) -> None:
    pid = home.host.pid
    await panel.option("destination_name").fill("Test receiver")
    await panel.option("destination_url").fill(sink.url)
    await panel.option("destination_extended").click()
    await panel.option("interval").fill("2")
    await panel.save()
    await becomes(home.decided, expected=False)
    assert (await home.status())["destination"]["url"] == sink.url
    await panel.open(home.url, "options")
    await expect(panel.option("destination_url")).to_have_value(sink.url)
    await expect(panel.option("destination_extended")).to_be_checked()
    await expect(panel.option("interval")).to_have_value("2")
    assert home.host.pid == pid


async def test_what_is_cleared_is_gone(panel: Panel, home: Home, sink: Sink) -> None:
    await home.redirect(sink.url)
    await panel.open(home.url, "options")
    await expect(panel.option("destination_url")).to_have_value(sink.url)
    await panel.option("destination_url").fill("")
    await panel.press_save()
    await expect(panel.option_error("destination_url")).to_have_text(ERRORS["url_required"])
    await panel.option("destination_name").fill("")
    await panel.save()
    await becomes(home.decided, expected=True)


async def test_a_password_is_not_readable(panel: Panel) -> None:
    assert await panel.option("proxy").get_attribute("type") == "password"
