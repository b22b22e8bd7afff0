"""The config entry, and the form with which people change its options."""

from collections.abc import Collection, Mapping
from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import (
    BooleanSelector,
    DurationSelector,
    DurationSelectorConfig,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from .consent import EXTENDED_NAMES
from .const import (
    CONF_CA_FILE,
    CONF_ENABLED,
    CONF_INITIAL_DELAY,
    CONF_INTERVAL,
    CONF_PROXY,
    CONF_SIDEBAR,
    DOMAIN,
)
from .data import RUNNING_CONFIG, async_loaded
from .models import Destination, WayOut
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
from .texts import excerpt, markdown

TITLE: Final = "Analytics"
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
    "destination.url": URL_SELECTOR,
    "destination.privacy_url": URL_SELECTOR,
    EXTENDED: BooleanSelector(),
    DSN: TextSelector(),
    CONF_INITIAL_DELAY: DURATION_SELECTOR,
    CONF_INTERVAL: DURATION_SELECTOR,
    CONF_PROXY: SECRET_SELECTOR,
    CONF_CA_FILE: TextSelector(),
    CONF_SIDEBAR: BooleanSelector(),
}


class AnalyticsConfigFlow(ConfigFlow, domain=DOMAIN):
    """Makes the one entry, with the data of the built-in integration's, which may take it over."""

    VERSION = 1

    async def async_step_system(
        self, _user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Make the entry when the integration is set up."""
        return self.async_create_entry(title=TITLE, data={})

    async def async_step_user(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make the entry again after somebody deleted it; the host refuses a second one."""
        return self.async_create_entry(title=TITLE, data={})

    @staticmethod
    @callback
    def async_get_options_flow(_config_entry: ConfigEntry) -> OptionsFlow:
        """Return the form for the options."""
        return AnalyticsOptionsFlow()


class AnalyticsOptionsFlow(OptionsFlow):
    """Asks for every setting that configuration.yaml leaves open, and for what else is shared."""

    _asked_about = ""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer to share more where the destination takes it."""
        if self._settings().destination.extended:
            return self.async_show_menu(step_id="init", menu_options=["more", "settings"])
        return await self.async_step_settings(user_input)

    async def async_step_more(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask about the tiers that the front end's own page does not show, and save at once."""
        data = async_loaded(self.hass)
        if data is None:
            return self.async_abort(reason="not_loaded")
        destination = data.choices.destination
        if user_input is not None:
            if destination.url != self._asked_about:
                return self.async_abort(reason="destination_changed")
            try:
                await data.async_choose_more({name: user_input[name] for name in EXTENDED_NAMES})
            except HomeAssistantError:
                return self.async_abort(reason="not_saved")
            return self.async_create_entry(data=dict(self.config_entry.options))
        self._asked_about = destination.url
        chosen = data.choices.more
        return self.async_show_form(
            step_id="more",
            data_schema=vol.Schema(
                {
                    vol.Required(name, default=chosen[name]): BooleanSelector()
                    for name in EXTENDED_NAMES
                }
            ),
            description_placeholders=_named(destination),
        )

    async def async_step_settings(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show the form of settings, and save what passes the checks."""
        fixed = flatten(self.hass.data[RUNNING_CONFIG].section)
        # A name and a privacy policy belong to their address: where that is fixed, so are they.
        open_names = [name for name in SELECTORS if name not in fixed]
        if URL_NAME in fixed:
            open_names = [name for name in open_names if not name.startswith("destination.")]
        errors: dict[str, str] = {}
        if user_input is not None:
            given = {name: user_input.get(_key(name)) for name in open_names}
            chosen = {name: value for name, value in given.items() if value not in (None, "")}
            for name in (EXTENDED, CONF_SIDEBAR):
                if not chosen.get(name):
                    chosen.pop(name, None)  # as if it was never there
            errors = _errors(chosen, {*fixed, *chosen})
            way_out = WayOut(ca_file=chosen.get(CONF_CA_FILE))
            if not errors and (fault := await async_fault_of_file(self.hass, way_out)):
                errors = {CONF_CA_FILE: fault.key}
            if not errors:
                kept = {
                    name: value
                    for name, value in flatten(self.config_entry.options).items()
                    if name in fixed
                }
                return self.async_create_entry(data=unflatten(kept | chosen))
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Optional(_key(name)): SELECTORS[name] for name in open_names}),
                user_input or self._current(open_names),
            ),
            errors=errors,
            description_placeholders=self._described(list(fixed)),
        )

    def _described(self, fixed: list[str]) -> dict[str, str]:
        """Return where reports go now, and what is set elsewhere."""
        destination = self._settings().destination
        names = excerpt(", ".join(fixed))
        return {
            **_named(destination),
            "fixed": f"\n\nconfiguration.yaml sets: {markdown(names)}." if fixed else "",
        }

    def _settings(self) -> Settings:
        return resolve(self.hass.data[RUNNING_CONFIG].section, self.config_entry.options)

    def _current(self, names: list[str]) -> dict[str, Any]:
        """Return the settings in force, for the form."""
        settings = self._settings()
        current = flatten(self.config_entry.options) | {
            CONF_INITIAL_DELAY: _parts(settings.initial_delay.total_seconds()),
            CONF_INTERVAL: _parts(settings.interval.total_seconds()),
            CONF_ENABLED: settings.enabled,
        }
        return {_key(name): current[name] for name in names if name in current}


def _named(destination: Destination) -> dict[str, str]:
    return {"name": markdown(destination.name), "url": destination.url}


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
    if about_a_destination and "destination.url" not in known and not errors:
        errors[_key("destination.url")] = "url_required"
    return errors


def error_key(error: vol.Invalid) -> str:
    """Return the key of the text that explains a refused value."""
    first = error.errors[0] if isinstance(error, vol.MultipleInvalid) else error
    return first.key if isinstance(first, SettingError) else "invalid_value"
