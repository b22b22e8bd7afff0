"""The config entry, and the form with which people change its options."""

from typing import Any, Final

import voluptuous as vol
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult, OptionsFlow
from homeassistant.core import callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.selector import BooleanSelector

from .consent import EXTENDED_NAMES
from .const import DOMAIN
from .data import async_loaded
from .models import Destination
from .options_form import OptionsForm, options_form
from .texts import excerpt, markdown

TITLE: Final = "Analytics"


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
        if options_form(self.hass, self.config_entry).settings.destination.extended:
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
        form = options_form(self.hass, self.config_entry)
        errors: dict[str, str] = {}
        if user_input is not None:
            checked = await form.async_check(self.hass, user_input)
            if not checked.errors:
                return self.async_create_entry(data=dict(checked.options))
            errors = dict(checked.errors)
        return self.async_show_form(
            step_id="settings",
            data_schema=self.add_suggested_values_to_schema(form.schema, user_input or form.values),
            errors=errors,
            description_placeholders=_described(form),
        )


def _described(form: OptionsForm) -> dict[str, str]:
    """Return where reports go now, and what is set elsewhere."""
    fixed = form.fixed
    names = excerpt(", ".join(fixed))
    return {
        **_named(form.settings.destination),
        "fixed": f"\n\nconfiguration.yaml sets: {markdown(names)}." if fixed else "",
    }


def _named(destination: Destination) -> dict[str, str]:
    return {"name": markdown(destination.name), "url": destination.url}
