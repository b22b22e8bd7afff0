"""The form of settings, which the options flow and the panel ask with the same checks and texts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .const import (
    CONF_CA_FILE,
    CONF_DESTINATION,
    CONF_ENABLED,
    CONF_HOLD,
    CONF_HOLD_FOR,
    CONF_INITIAL_DELAY,
    CONF_INTERVAL,
    CONF_PROXY,
    CONF_SIDEBAR,
)
from .data import RUNNING_CONFIG
from .models import WayOut
from .outbound import async_fault_of_file
from .settings import (
    DSN,
    EXTENDED,
    URL_NAME,
    SettingError,
    Settings,
    check,
    flatten,
    resolve,
    unflatten,
)

URL_SELECTOR: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
# There may be a password in it.
SECRET_SELECTOR: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
DURATION_SELECTOR: Final = DurationSelector(DurationSelectorConfig(enable_day=True))

# By dotted name, as in settings; a form can't have dots in its keys.
SELECTORS: Final[Mapping[str, Any]] = {
    CONF_ENABLED: BooleanSelector(),
    "destination.name": TextSelector(),
    URL_NAME: URL_SELECTOR,
    "destination.privacy_url": URL_SELECTOR,
    EXTENDED: BooleanSelector(),
    DSN: TextSelector(),
    CONF_INITIAL_DELAY: DURATION_SELECTOR,
    CONF_INTERVAL: DURATION_SELECTOR,
    CONF_HOLD: BooleanSelector(),
    CONF_HOLD_FOR: DURATION_SELECTOR,
    CONF_PROXY: SECRET_SELECTOR,
    CONF_CA_FILE: TextSelector(),
    CONF_SIDEBAR: BooleanSelector(),
}
# Off is as if it was never there.
ABSENT_WHILE_OFF: Final = (EXTENDED, CONF_HOLD, CONF_SIDEBAR)


@dataclass(frozen=True, kw_only=True, slots=True)
class Checked:
    """What becomes of a form: the options that it makes, or texts of errors by field."""

    errors: Mapping[str, str]
    options: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class OptionsForm:
    """The settings that configuration.yaml leaves open, as they are."""

    section: object
    options: Mapping[str, Any]

    @property
    def settings(self) -> Settings:
        """Return the settings in force."""
        return resolve(self.section, self.options)

    @property
    def fixed(self) -> list[str]:
        """Return what configuration.yaml sets."""
        return [*flatten(self.section)]

    @property
    def _open(self) -> list[str]:
        fixed = self.fixed
        # A name and a privacy policy belong to their address: where that is fixed, so are they.
        taken = f"{CONF_DESTINATION}." if URL_NAME in fixed else None
        return [
            name
            for name in SELECTORS
            if name not in fixed and not (taken and name.startswith(taken))
        ]

    @property
    def fields(self) -> dict[str, Any]:
        """Return what is asked with which selector, by the key of its field."""
        return {_key(name): SELECTORS[name] for name in self._open}

    @property
    def schema(self) -> vol.Schema:
        """Return what a filled-in form has to look like."""
        return vol.Schema({vol.Optional(key): selector for key, selector in self.fields.items()})

    @property
    def values(self) -> dict[str, Any]:
        """Return the settings in force, by field."""
        settings = self.settings
        current = flatten(self.options) | {
            CONF_INITIAL_DELAY: _parts(settings.initial_delay.total_seconds()),
            CONF_INTERVAL: _parts(settings.interval.total_seconds()),
            CONF_HOLD_FOR: _parts(settings.hold_for.total_seconds()),
            CONF_ENABLED: settings.enabled,
        }
        return {_key(name): current[name] for name in self._open if name in current}

    async def async_check(self, hass: HomeAssistant, given: Mapping[str, Any]) -> Checked:
        """Check a filled-in form, also whether the file is there that it names."""
        fixed = self.fixed
        filled = {name: given.get(_key(name)) for name in self._open}
        chosen = {name: value for name, value in filled.items() if value not in (None, "")}
        for name in ABSENT_WHILE_OFF:
            if not chosen.get(name):
                chosen.pop(name, None)
        errors = _errors(chosen, {*fixed, *chosen})
        way_out = WayOut(ca_file=chosen.get(CONF_CA_FILE))
        if not errors and (fault := await async_fault_of_file(hass, way_out)):
            errors = {CONF_CA_FILE: fault.key}
        kept = {name: value for name, value in flatten(self.options).items() if name in fixed}
        return Checked(errors=errors, options=unflatten(kept | chosen))


def options_form(hass: HomeAssistant, entry: ConfigEntry) -> OptionsForm:
    """Return the form for an entry, beside what configuration.yaml says."""
    return OptionsForm(section=hass.data[RUNNING_CONFIG].section, options=entry.options)


def _key(name: str) -> str:
    return name.replace(".", "_")


def _parts(seconds: float) -> dict[str, int]:
    """Return a duration the way in which the form shows it."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return {"days": days, "hours": hour, "minutes": minute, "seconds": second}


def _errors(chosen: Mapping[str, Any], known: Collection[str]) -> dict[str, str]:
    """Return the key of an error's text for each field that can't be used.

    `known` are all names that have a value, here or in configuration.yaml.
    """
    errors: dict[str, str] = {}
    for name, value in chosen.items():
        try:
            check(name, value)
        except vol.Invalid as error:
            errors[_key(name)] = error_key(error)
    about_a_destination = {"destination.name", "destination.privacy_url", EXTENDED} & set(chosen)
    if about_a_destination and URL_NAME not in known and not errors:
        errors[_key(URL_NAME)] = "url_required"
    return errors


def error_key(error: vol.Invalid) -> str:
    """Return the key of the text that explains a refused value."""
    first = error.errors[0] if isinstance(error, vol.MultipleInvalid) else error
    return first.key if isinstance(first, SettingError) else "invalid_value"
