"""How the interface is used: counted by name and day while that is shared, and not otherwise."""

import json
import re
import stat
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import certifi
import pytest
from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.frontend import DATA_PANELS
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.analytics.data import AnalyticsData
from custom_components.analytics.interface.day_file import KEY as STORE
from custom_components.analytics.interface.day_file import MOST, WRITE_AFTER
from custom_components.analytics.outbound.opt_out import FILE_NAME
from custom_components.analytics.tiers.words import PANELS
from scripts.sink import Sink

from ..conftest import Command, CommandError, SetClock, Start

type Open = Callable[..., Awaitable[None]]
type Off = Callable[[ConfigEntry, Command, Path], Awaitable[None]]

DAY = timedelta(days=1)
A_MINUTE = timedelta(minutes=1)
MODULE = Path(__file__).parents[3] / "custom_components/analytics/interface/www/panels.js"
MODULE_URL = re.compile(r"/analytics_static/\d+\.\d+\.\d+/panels\.js")
# No panels of their own: a way to others, and the page for addresses that lead nowhere.
NO_PARTS = {"_my_redirect", "notfound"}


@pytest.fixture
def section(receiver: Sink) -> dict[str, Any]:
    """Return the section that makes the receiver a destination that takes more."""
    return {"destination": {"name": "Test receiver", "url": receiver.url, "extended": True}}


@pytest.fixture
async def front_end(hass: HomeAssistant, hass_storage: dict[str, Any]) -> None:
    """Set up the host's own front end, on a server that takes addresses while it runs."""
    done = ["user", "core_config", "analytics", "integration"]
    hass_storage["onboarding"] = {"version": 4, "key": "onboarding", "data": {"done": done}}
    assert await async_setup_component(hass, "frontend", {})
    # As the host does when its server starts, of which the test's takes the place.
    hass.http.app.router.freeze = lambda: None  # type: ignore[method-assign]


@pytest.fixture
async def entry(
    front_end: None, start: Start, command: Command, section: dict[str, Any]
) -> ConfigEntry:
    """Return the loaded entry; the use of the interface is shared."""
    entry = await start(section)
    await share(entry, command)
    return entry


@pytest.fixture
def opened(hass_ws_client: WebSocketGenerator, hass: HomeAssistant) -> Open:
    """Tell that a panel was opened, over one connection that outlives any token."""
    clients: dict[str | None, MockHAClientWebSocket] = {}

    async def opened(panel: object, times: int = 1, *, token: str | None = None) -> None:
        if token not in clients:
            own = [token] if token else []
            clients[token] = await hass_ws_client(hass, *own)
        for _ in range(times):
            await clients[token].send_json_auto_id(
                {"type": "analytics/panel_opened", "panel": panel}
            )
            answer = await clients[token].receive_json()
            if not answer["success"]:
                raise CommandError(answer["error"])

    return opened


async def share(entry: ConfigEntry, command: Command) -> None:
    """Turn the tier on, and base, which it requires."""
    await command("analytics/preferences", preferences={"base": True})
    await entry.runtime_data.async_choose_more({"interface": True})
    await command("analytics/status")


async def withdraw(entry: ConfigEntry) -> None:
    """Turn the tier off."""
    await entry.runtime_data.async_choose_more({"interface": False})


def counted(hass_storage: dict[str, Any]) -> Any:
    """Return what is on disk for the one destination, None where nothing is."""
    data = hass_storage.get(STORE, {}).get("data")
    if data is None:
        return None
    return {day["day"]: day["counted"] for day in data["days"]}


def today() -> str:
    return dt_util.utcnow().date().isoformat()


async def shown(hass: HomeAssistant, entry: ConfigEntry) -> Any:
    """Return the field in the preview, None where there is none."""
    data: AnalyticsData = entry.runtime_data
    report = (await data.pipeline.async_preview(data.choices.consent)).report
    return report.payload.get("panels")


async def modules(client: ClientSessionGenerator) -> list[str]:
    """Return the addresses of our module in the front end's page."""
    page = await (await client()).get("/")
    text = await page.text()
    assert "<home-assistant>" in text
    # Recent hosts name it twice: they load it while the page does.
    return sorted(set(MODULE_URL.findall(text)))


async def test_a_day_is_reported_when_it_is_over_in_coarse_steps(
    hass: HomeAssistant,
    entry: ConfigEntry,
    command: Command,
    opened: Open,
    receiver: Sink,
    freezer: FrozenDateTimeFactory,
) -> None:
    await opened("lovelace", 7)
    await opened("history")
    await opened("custom", 2)
    await command("analytics/send")
    assert await shown(hass, entry) is None
    assert "panels" not in receiver.reports[-1].report
    freezer.tick(DAY)
    expected = [
        {"panel": "custom", "opened": 2},
        {"panel": "history", "opened": 1},
        {"panel": "lovelace", "opened": 5},
    ]
    assert await shown(hass, entry) == expected
    await entry.runtime_data.async_send()
    assert receiver.reports[-1].report["panels"] == expected
    await opened("map")
    assert await shown(hass, entry) == expected
    freezer.tick(DAY)
    assert await shown(hass, entry) == [{"panel": "map", "opened": 1}]
    freezer.tick(DAY)
    assert await shown(hass, entry) is None


async def test_everybody_who_is_logged_in_is_counted(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    hass_read_only_access_token: str,
    hass_storage: dict[str, Any],
) -> None:
    await opened("lovelace", token=hass_read_only_access_token)
    await opened("lovelace")
    await hass.config_entries.async_unload(entry.entry_id)
    assert counted(hass_storage) == {today(): {"lovelace": 2}}


async def undecided(_entry: ConfigEntry, _command: Command, _folder: Path) -> None:
    """Leave everything as it is after the start."""


async def undecided_with_the_tier(entry: ConfigEntry, _command: Command, _folder: Path) -> None:
    """Turn the tier on, and nothing that it requires."""
    await entry.runtime_data.async_choose_more({"interface": True})


async def without_the_tier(_entry: ConfigEntry, command: Command, _folder: Path) -> None:
    """Share all that the front end asks about."""
    everything = dict.fromkeys((await command("analytics"))["preferences"], True)
    await command("analytics/preferences", preferences=everything)


async def withdrawn(entry: ConfigEntry, command: Command, _folder: Path) -> None:
    """Turn the tier on and off."""
    await share(entry, command)
    await withdraw(entry)


async def base_withdrawn(entry: ConfigEntry, command: Command, _folder: Path) -> None:
    """Turn the tier on, and then base off."""
    await share(entry, command)
    await command("analytics/preferences", preferences={"base": False})


async def switched_off(entry: ConfigEntry, command: Command, folder: Path) -> None:
    """Turn the tier on, and leave the file that turns everything off."""
    await share(entry, command)
    (folder / FILE_NAME).touch()
    await command("analytics/status")


@pytest.mark.parametrize(
    "off",
    [
        undecided,
        undecided_with_the_tier,
        without_the_tier,
        withdrawn,
        base_withdrawn,
        switched_off,
    ],
)
async def test_nothing_is_counted_while_the_tier_is_not_in_force(
    hass: HomeAssistant,
    front_end: None,
    start: Start,
    command: Command,
    opened: Open,
    section: dict[str, Any],
    hass_storage: dict[str, Any],
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
    off: Off,
) -> None:
    entry = await start(section)
    await off(entry, command, tmp_path)
    await assert_not_counted(hass, opened, hass_storage)
    assert await modules(hass_client) == []


@pytest.mark.parametrize("extended", [False, True])
async def test_nothing_is_counted_for_home_assistants_own_receiver(
    hass: HomeAssistant,
    front_end: None,
    start: Start,
    command: Command,
    opened: Open,
    hass_storage: dict[str, Any],
    hass_client: ClientSessionGenerator,
    extended: bool,
) -> None:
    own = {"url": "https://analytics-api.home-assistant.io/v1", "extended": True}
    entry = await start({"destination": own} if extended else None)
    await share(entry, command)
    await assert_not_counted(hass, opened, hass_storage)
    assert await modules(hass_client) == []


async def test_nothing_is_counted_for_a_destination_that_does_not_take_it(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    opened: Open,
    receiver: Sink,
    hass_storage: dict[str, Any],
) -> None:
    entry = await start({"destination": {"url": receiver.url}})
    await share(entry, command)
    await assert_not_counted(hass, opened, hass_storage)


async def test_nothing_is_counted_with_settings_that_can_not_be_used(
    hass: HomeAssistant,
    start: Start,
    command: Command,
    opened: Open,
    section: dict[str, Any],
    hass_storage: dict[str, Any],
) -> None:
    entry = await start({**section, "unknown": 1})
    await share(entry, command)
    await assert_not_counted(hass, opened, hass_storage)


async def assert_not_counted(
    hass: HomeAssistant, opened: Open, hass_storage: dict[str, Any]
) -> None:
    """Have a panel refused, and find nothing kept, not even when the integration stops."""
    with pytest.raises(CommandError) as refused:
        await opened("lovelace")
    assert refused.value.code == "not_allowed"
    [entry] = hass.config_entries.async_entries("analytics")
    assert await shown(hass, entry) is None
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert STORE not in hass_storage


async def test_not_found_while_not_loaded(
    hass: HomeAssistant, entry: ConfigEntry, opened: Open
) -> None:
    await hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(CommandError) as refused:
        await opened("lovelace")
    assert refused.value.code == "not_found"


async def test_a_restart_loses_nothing(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    await opened("energy", 2)
    await hass.config_entries.async_reload(entry.entry_id)
    await opened("energy", 3)
    await hass.config_entries.async_reload(entry.entry_id)
    assert counted(hass_storage) == {today(): {"energy": 5}}
    freezer.tick(DAY)
    assert await shown(hass, entry) == [{"panel": "energy", "opened": 5}]


async def test_clicks_are_written_together_and_later(
    hass: HomeAssistant, entry: ConfigEntry, opened: Open, hass_storage: dict[str, Any]
) -> None:
    await opened("history", 3)
    await opened("calendar")
    async_fire_time_changed(hass, dt_util.utcnow() + WRITE_AFTER - A_MINUTE)
    await hass.async_block_till_done()
    assert STORE not in hass_storage
    async_fire_time_changed(hass, dt_util.utcnow() + WRITE_AFTER + A_MINUTE)
    await hass.async_block_till_done()
    assert counted(hass_storage) == {today(): {"calendar": 1, "history": 3}}
    # Nor does the order in which they stand tell what was opened first.
    assert list(counted(hass_storage)[today()]) == ["calendar", "history"]


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("off", [withdrawn, base_withdrawn, switched_off])
async def test_what_was_counted_is_dropped_at_once_when_the_tier_goes_out_of_force(
    hass: HomeAssistant,
    entry: ConfigEntry,
    command: Command,
    opened: Open,
    hass_storage: dict[str, Any],
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
    off: Off,
    written: bool,
) -> None:
    await opened("lovelace", 5)
    if written:
        await hass.config_entries.async_reload(entry.entry_id)
        assert counted(hass_storage) == {today(): {"lovelace": 5}}
    await off(entry, command, tmp_path)
    await hass.async_block_till_done()
    assert STORE not in hass_storage
    (tmp_path / FILE_NAME).unlink(missing_ok=True)
    await share(entry, command)
    freezer.tick(DAY)
    assert await shown(hass, entry) is None
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE not in hass_storage


async def test_a_switch_that_was_turned_on_while_stopped_drops_it_at_the_start(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    hass_storage: dict[str, Any],
    tmp_path: Path,
) -> None:
    await opened("lovelace")
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE in hass_storage
    (tmp_path / FILE_NAME).touch()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert STORE not in hass_storage


async def test_forgetting_drops_it(
    hass: HomeAssistant,
    entry: ConfigEntry,
    command: Command,
    opened: Open,
    freezer: FrozenDateTimeFactory,
) -> None:
    await opened("lovelace")
    await command("analytics/forget")
    freezer.tick(DAY)
    assert await shown(hass, entry) is None


async def test_what_was_counted_for_one_destination_is_not_told_another(
    hass: HomeAssistant,
    front_end: None,
    start: Start,
    command: Command,
    opened: Open,
    receiver: Sink,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    entry = await start({})

    async def move_to(url: str) -> None:
        options = {"destination": {"name": "Test", "url": url, "extended": True}}
        hass.config_entries.async_update_entry(entry, options=options)
        await hass.async_block_till_done(wait_background_tasks=True)

    # Both have a yes of their own.
    await move_to(receiver.url)
    await share(entry, command)
    await move_to("http://127.0.0.1:1/v1")
    await share(entry, command)
    await opened("todo", 2)
    await move_to(receiver.url)
    await opened("map")
    freezer.tick(DAY)
    assert await shown(hass, entry) == [{"panel": "map", "opened": 1}]
    await hass.config_entries.async_unload(entry.entry_id)
    assert [day["url"] for day in hass_storage[STORE]["data"]["days"]] == [receiver.url]


async def test_removing_the_entry_deletes_the_file(
    hass: HomeAssistant, entry: ConfigEntry, opened: Open, hass_storage: dict[str, Any]
) -> None:
    await opened("lovelace")
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    assert STORE not in hass_storage


async def test_what_has_to_be_mended_drops_nothing_and_lets_nothing_be_counted(
    hass: HomeAssistant,
    front_end: None,
    start: Start,
    command: Command,
    section: dict[str, Any],
    opened: Open,
    tmp_path: Path,
    freezer: FrozenDateTimeFactory,
) -> None:
    """A drive with a file of certificates may be away for a moment."""
    file = tmp_path / "ca.pem"
    copyfile(certifi.where(), file)
    entry = await start({**section, "ca_file": str(file)})
    await share(entry, command)
    await opened("todo")
    away = file.rename(tmp_path / "away.pem")
    await command("analytics/status")
    with pytest.raises(CommandError):
        await opened("todo")
    away.rename(file)
    await command("analytics/status")
    freezer.tick(DAY)
    assert await shown(hass, entry) == [{"panel": "todo", "opened": 1}]


async def test_only_two_days_are_kept(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    for _day in range(4):
        await opened("todo")
        freezer.tick(DAY)
    await opened("todo")
    yesterday = (dt_util.utcnow().date() - DAY).isoformat()
    await hass.config_entries.async_unload(entry.entry_id)
    assert counted(hass_storage) == {yesterday: {"todo": 1}, today(): {"todo": 1}}
    await hass.config_entries.async_setup(entry.entry_id)
    freezer.tick(2 * DAY)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE not in hass_storage


@pytest.mark.parametrize("days", [-400, -2, 2, 20, 400])
async def test_what_was_counted_under_a_wrong_clock_is_of_the_day_that_it_was(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    set_clock: SetClock,
    freezer: FrozenDateTimeFactory,
    days: int,
) -> None:
    await opened("todo")
    set_clock(days * DAY)
    await opened("map")
    assert await shown(hass, entry) is None
    freezer.tick(DAY)
    expected = [{"panel": "map", "opened": 1}, {"panel": "todo", "opened": 1}]
    assert await shown(hass, entry) == expected
    freezer.tick(DAY)
    assert await shown(hass, entry) is None


async def test_days_that_are_over_do_not_come_back_when_the_clock_is_set(
    hass: HomeAssistant,
    entry: ConfigEntry,
    hass_storage: dict[str, Any],
    set_clock: SetClock,
    freezer: FrozenDateTimeFactory,
) -> None:
    interface = entry.runtime_data.interface
    for _day in range(10):
        assert interface.opened("todo")
        freezer.tick(DAY)
    assert interface.opened("map")
    set_clock(-5 * DAY)
    assert await shown(hass, entry) == [{"panel": "todo", "opened": 1}]
    await hass.config_entries.async_unload(entry.entry_id)
    yesterday = (dt_util.utcnow().date() - DAY).isoformat()
    assert counted(hass_storage) == {yesterday: {"todo": 1}, today(): {"map": 1}}


@pytest.mark.parametrize("days", [-400, -2, 20])
async def test_a_start_with_a_wrong_clock_loses_no_day(
    hass: HomeAssistant, entry: ConfigEntry, opened: Open, set_clock: SetClock, days: int
) -> None:
    await opened("todo")
    set_clock(DAY)
    # As of yesterday, in an earlier run.
    await hass.config_entries.async_unload(entry.entry_id)
    set_clock(days * DAY)
    await hass.config_entries.async_setup(entry.entry_id)
    # Not over the connection, which does not outlive such a leap.
    assert entry.runtime_data.interface.opened("map")
    set_clock(-days * DAY)
    assert await shown(hass, entry) == [{"panel": "todo", "opened": 1}]


async def test_a_flood_is_bounded(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    data: AnalyticsData = entry.runtime_data
    for number in range(5 * MOST * len(PANELS)):
        assert data.interface.opened(PANELS[number % len(PANELS)])
    await opened("lovelace", 50)
    await hass.config_entries.async_reload(entry.entry_id)
    assert counted(hass_storage) == {today(): dict.fromkeys(sorted(PANELS), MOST)}
    freezer.tick(DAY)
    assert await shown(hass, entry) == [
        {"panel": panel, "opened": MOST} for panel in sorted(PANELS)
    ]


@pytest.mark.parametrize("panel", ["adas-bedroom", "Lovelace", "", None, 7, ["map"], {"a": 1}])
async def test_what_is_no_word_of_the_table_is_refused_and_logged_nowhere(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    panel: object,
) -> None:
    before = len(caplog.records)
    with pytest.raises(CommandError) as refused:
        await opened(panel)
    assert refused.value.code == "invalid_format"
    assert str(panel) not in refused.value.message or not panel
    # Debug logging of the host's own connections shows whatever comes over them.
    logged = [record for record in caplog.records[before:] if record.levelname != "DEBUG"]
    assert [record for record in logged if record.name != "asyncio"] == []
    await hass.config_entries.async_unload(entry.entry_id)
    assert STORE not in hass_storage


async def test_names_are_neither_kept_nor_logged_nor_sent(
    hass: HomeAssistant,
    front_end: None,
    storage_folder: Path,
    entry: ConfigEntry,
    command: Command,
    opened: Open,
    receiver: Sink,
    hass_read_only_access_token: str,
    caplog: pytest.LogCaptureFixture,
    freezer: FrozenDateTimeFactory,
) -> None:
    ar.async_get(hass).async_create("Grandmas room")
    user = (await hass.auth.async_get_users())[-1]
    await hass.auth.async_update_user(user, name="Telltale Ada")
    before = len(caplog.records)
    await opened("custom", 3, token=hass_read_only_access_token)
    with pytest.raises(CommandError):
        await opened("grandmas-dashboard", token=hass_read_only_access_token)
    await hass.config_entries.async_reload(entry.entry_id)
    freezer.tick(DAY)
    await entry.runtime_data.async_send()
    file = storage_folder / STORE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    [stored] = json.loads(file.read_text())["data"]["days"]
    assert stored["counted"] == {"custom": 3}
    report = receiver.reports[-1].report
    assert report["panels"] == [{"panel": "custom", "opened": 2}]
    ours = [
        record.getMessage()
        for record in caplog.records[before:]
        if record.levelname != "DEBUG" or "analytics" in record.name
    ]
    told = json.dumps([report, ours]) + file.read_text()
    for name in ("Grandma", "grandma", "Ada", user.id):
        assert name not in told


async def test_a_file_that_can_not_be_read_stops_nothing(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    receiver: Sink,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    await opened("todo")
    await hass.config_entries.async_unload(entry.entry_id)
    [day] = hass_storage[STORE]["data"]["days"]
    day["counted"] = {"todo": "often", "adas-bedroom": 3}
    await hass.config_entries.async_setup(entry.entry_id)
    await opened("map")
    freezer.tick(DAY)
    assert await shown(hass, entry) == [{"panel": "map", "opened": 1}]


async def test_words_of_a_later_version_are_left_out(
    hass: HomeAssistant,
    entry: ConfigEntry,
    opened: Open,
    receiver: Sink,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
) -> None:
    await opened("todo")
    await hass.config_entries.async_unload(entry.entry_id)
    [day] = hass_storage[STORE]["data"]["days"]
    day["counted"] = {"todo": 2, "adas-bedroom": 3}
    await hass.config_entries.async_setup(entry.entry_id)
    freezer.tick(DAY)
    assert await shown(hass, entry) == [{"panel": "todo", "opened": 2}]


async def test_the_module_is_in_the_front_end_while_the_tier_is_in_force(
    hass: HomeAssistant,
    front_end: None,
    start: Start,
    command: Command,
    section: dict[str, Any],
    hass_client: ClientSessionGenerator,
    tmp_path: Path,
) -> None:
    entry = await start(section)
    version = json.loads((MODULE.parents[2] / "manifest.json").read_text())["version"]
    url = f"/analytics_static/{version}/panels.js"
    assert await modules(hass_client) == []
    assert (await (await hass_client()).get(url)).status == 404

    await share(entry, command)
    await hass.async_block_till_done()
    assert await modules(hass_client) == [url]
    served = await (await hass_client()).get(url)
    assert await served.text() == MODULE.read_text()
    assert served.content_type == "text/javascript"
    assert "Set-Cookie" not in served.headers

    await withdraw(entry)
    assert await modules(hass_client) == []
    await entry.runtime_data.async_choose_more({"interface": True})
    await hass.async_block_till_done()
    assert await modules(hass_client) == [url]
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert await modules(hass_client) == [url]
    (tmp_path / FILE_NAME).touch()
    await command("analytics/status")
    assert await modules(hass_client) == []
    (tmp_path / FILE_NAME).unlink()
    await command("analytics/status")
    await hass.async_block_till_done()
    assert await modules(hass_client) == [url]
    await hass.config_entries.async_unload(entry.entry_id)
    assert await modules(hass_client) == []


async def test_a_change_of_mind_right_away_leaves_no_module(
    hass: HomeAssistant, entry: ConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    data: AnalyticsData = entry.runtime_data
    await withdraw(entry)
    for interface in (True, False, True, False):
        data.choices.choose_more({"interface": interface})
        data.async_refresh()
    await hass.async_block_till_done()
    assert await modules(hass_client) == []


async def test_without_a_front_end_there_is_no_module_to_load(
    hass: HomeAssistant, start: Start, command: Command, opened: Open, section: dict[str, Any]
) -> None:
    entry = await start(section)
    await share(entry, command)
    assert "frontend" not in hass.config.components
    await opened("lovelace")
    await withdraw(entry)


def test_the_module_knows_the_words_of_the_table() -> None:
    [listed] = re.findall(r"PANELS = new Set\(\[(.*?)\]\)", MODULE.read_text(), re.DOTALL)
    assert {*re.findall(r'"(.+?)"', listed), "custom"} == set(PANELS)


def test_the_module_has_no_way_to_anybody_else() -> None:
    code = re.sub(r"^\s*//.*$", "", MODULE.read_text(), flags=re.MULTILINE)
    ways = r"fetch|XMLHttp|WebSocket|Beacon|import|Storage|cookie|userAgent|screen|referrer|https?:"
    assert re.findall(ways, code) == []
    assert re.findall(r"type: \"(.+?)\"", code) == ["analytics/panel_opened"]


async def test_the_hosts_own_panels_are_in_the_table(hass: HomeAssistant, front_end: None) -> None:
    hass.config.components.add("recorder")  # a database is not what this is about
    for domain in ("calendar", "energy", "history", "logbook", "media_source", "my", "todo"):
        assert await async_setup_component(hass, domain, {}), domain
    panels = {str(panel) for panel in hass.data[DATA_PANELS]}
    assert {"config", "energy", "history", "lovelace", "profile"} <= panels
    assert panels - NO_PARTS <= set(PANELS)
