"""While a switch is on the built-in integration, which knows none of them, reads a no.

It runs where our code does not: in safe mode, after the removal, on a host that is too old.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from homeassistant.components.analytics.analytics import Analytics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store

from custom_components.analytics.outbound.opt_out import FILE_NAME, VARIABLES

from ..conftest import ALL_TIERS, Command, Start, Wait

SHARED: Final = "core.analytics"
OWN: Final = "analytics.destinations"
A_MINUTE: Final = timedelta(minutes=1)
USAGE_OFF: Final = ALL_TIERS | {"usage": False}
NOTHING: Final = dict.fromkeys(ALL_TIERS, False)


async def built_in(hass: HomeAssistant) -> Analytics:
    """Return the built-in integration's class with what it reads of the file."""
    analytics = Analytics(hass)
    await analytics.load()
    return analytics


async def read_by_it(hass: HomeAssistant) -> set[str]:
    """Return the choices that the built-in integration believes are on."""
    preferences = (await built_in(hass)).preferences
    return {name for name, on in preferences.items() if on}


async def chosen(command: Command) -> dict[str, bool]:
    """Return what the front end shows of the tiers."""
    preferences = (await command("analytics"))["preferences"]
    return {name: preferences[name] for name in ALL_TIERS}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of the opt-out file."""
    return tmp_path / FILE_NAME


async def test_the_choice_comes_back_with_the_end_of_the_switch(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    wait: Wait,
    file: Path,
) -> None:
    entry = await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert await read_by_it(hass) == set(ALL_TIERS)

    file.touch()
    await wait(A_MINUTE)
    assert await read_by_it(hass) == set()
    assert await chosen(command) == ALL_TIERS
    await hass.config_entries.async_reload(entry.entry_id)
    assert await read_by_it(hass) == set()
    await command("analytics/preferences", preferences=USAGE_OFF)
    assert await read_by_it(hass) == set()

    file.unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    assert await chosen(command) == USAGE_OFF
    assert await read_by_it(hass) == {"base", "statistics"}


@pytest.mark.parametrize("variable", VARIABLES)
async def test_a_variable_hides_the_choices_from_the_first_save(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, "1")
    await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert await read_by_it(hass) == set()
    assert await chosen(command) == ALL_TIERS


async def test_a_setting_hides_them_also_after_the_entry_is_removed(
    hass: HomeAssistant, storage_folder: Path, start: Start, command: Command
) -> None:
    entry = await start({"enabled": False})
    await command("analytics/preferences", preferences=ALL_TIERS)
    assert await read_by_it(hass) == set()
    await hass.config_entries.async_remove(entry.entry_id)
    assert await read_by_it(hass) == set()
    await hass.config_entries.flow.async_init("analytics", context={"source": "system"})
    await hass.async_block_till_done(wait_background_tasks=True)
    assert await chosen(command) == ALL_TIERS


@pytest.mark.parametrize("word", [{"base": True}, ALL_TIERS, NOTHING], ids=["base", "all", "none"])
async def test_what_is_chosen_on_the_built_in_ones_page_meanwhile_is_a_new_word(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    file: Path,
    word: dict[str, bool],
) -> None:
    file.touch()
    entry = await start()
    await command("analytics/preferences", preferences=USAGE_OFF)
    await hass.config_entries.async_unload(entry.entry_id)
    await (await built_in(hass)).save_preferences(dict(word))
    await hass.config_entries.async_setup(entry.entry_id)
    assert await chosen(command) == NOTHING | word
    assert await read_by_it(hass) == set()
    file.unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    assert await read_by_it(hass) == {name for name, on in word.items() if on}


async def test_what_is_held_for_a_file_that_is_gone_does_not_come_back(
    hass: HomeAssistant, storage_folder: Path, start: Start, command: Command, file: Path
) -> None:
    file.touch()
    entry = await start()
    await command("analytics/preferences", preferences=ALL_TIERS)
    await hass.config_entries.async_unload(entry.entry_id)
    (storage_folder / SHARED).unlink()
    file.unlink()
    await hass.config_entries.async_setup(entry.entry_id)
    assert (await command("analytics"))["onboarded"] is False
    assert not (storage_folder / SHARED).exists()


@pytest.mark.parametrize("on", [True, False], ids=["switched on", "switched off"])
@pytest.mark.parametrize("writes", range(4))
async def test_a_kill_between_the_writes_loses_no_choice(
    hass: HomeAssistant,
    storage_folder: Path,
    start: Start,
    command: Command,
    wait: Wait,
    file: Path,
    on: bool,
    writes: int,
) -> None:
    """What is written after a number of writes is not there after the start that follows."""
    entry = await start()
    if not on:
        file.touch()
    await command("analytics/preferences", preferences=USAGE_OFF)
    await wait(A_MINUTE)
    file.touch() if on else file.unlink()
    done: list[str] = []
    real: Any = Store.async_save

    async def save(self: Store[Any], data: Any) -> None:
        if self.key in {SHARED, OWN}:
            done.append(self.key)
            if len(done) > writes:
                return
        await real(self, data)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "async_save", save)
        await wait(A_MINUTE)
        assert await hass.config_entries.async_unload(entry.entry_id)
    hass.data.pop("analytics_store", None)  # which a killed host would not have
    await hass.config_entries.async_setup(entry.entry_id)
    assert done
    assert await chosen(command) == USAGE_OFF
    assert await read_by_it(hass) == (set() if on else {"base", "statistics"})
