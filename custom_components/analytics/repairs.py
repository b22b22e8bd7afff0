"""Fix flows: what a click can mend."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .data import AnalyticsData, async_loaded
from .issues import CONFIRM_DESTINATION, DELETE_SENT, NEW_FIELDS

# Hosts differ in the type's name.
type FlowStep = Any
type Change = Callable[[AnalyticsData], Awaitable[None]]


async def _confirm(data: AnalyticsData) -> None:
    data.choices.confirm()
    await data.async_apply()


async def _withdraw(data: AnalyticsData) -> None:
    await data.async_choose(dict.fromkeys(data.choices.preferences, False))


async def _accept(data: AnalyticsData) -> None:
    data.choices.accept_new_fields()
    await data.async_apply()


async def _decline(data: AnalyticsData) -> None:
    data.choices.decline_new_fields()
    await data.async_apply()


async def _delete(data: AnalyticsData) -> None:
    await data.async_forget()


# What the answers of each question do.
ANSWERS: Final[dict[str, dict[str, Change | None]]] = {
    CONFIRM_DESTINATION: {"confirm": _confirm, "decline": _withdraw},
    NEW_FIELDS: {"accept": _accept, "keep": _decline},
    DELETE_SENT: {"delete": _delete, "leave": None},
}


async def async_create_fix_flow(
    _hass: HomeAssistant, issue_id: str, _data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow that asks the question of an issue."""
    return QuestionFlow(issue_id, ANSWERS[issue_id])


class QuestionFlow(RepairsFlow):
    """A question with a button for each answer; an answer of None leaves all as it is."""

    def __init__(self, issue: str, answers: dict[str, Change | None]) -> None:
        """Make each answer a step."""
        self._issue = issue
        self._answers = list(answers)
        self._asked_about = ""
        for answer, change in answers.items():
            setattr(self, f"async_step_{answer}", self._step(change))

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> FlowStep:
        """Ask, and remember about which destination."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self._issue)
        placeholders = dict((issue and issue.translation_placeholders) or {})
        self._asked_about = placeholders.get("url", "")
        return self.async_show_menu(
            step_id="init", menu_options=self._answers, description_placeholders=placeholders
        )

    def _step(self, change: Change | None) -> Callable[..., Awaitable[FlowStep]]:
        async def answered(_user_input: dict[str, str] | None = None) -> FlowStep:
            data = async_loaded(self.hass)
            if data is None:
                return self.async_abort(reason="not_loaded")
            # The question may be gone: answered elsewhere, or about another destination.
            asked = ir.async_get(self.hass).async_get_issue(DOMAIN, self._issue) is not None
            if not asked or data.choices.destination.url != self._asked_about:
                return self.async_abort(reason="destination_changed")
            if change is None:
                ir.async_ignore_issue(self.hass, DOMAIN, self._issue, True)
                return self.async_abort(reason="left")
            await change(data)
            return self.async_create_entry(data={})

        return answered
