"""Fix flows: what a click can mend."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir

from .consent import ATTR_SNAPSHOTS, leave
from .const import DOMAIN
from .crash import consent
from .data import AnalyticsData, async_loaded
from .issues import (
    CONFIRM_CRASH_SERVER,
    CONFIRM_DESTINATION,
    CONFIRM_SNAPSHOTS,
    DELETE_SENT,
    NEW_CRASH_FIELDS,
    NEW_FIELDS,
)
from .taking_back import async_take_back
from .unshared import unshared

# Hosts differ in the type's name.
type FlowStep = Any
type Change = Callable[[AnalyticsData], Awaitable[None]]


async def _confirm(data: AnalyticsData) -> None:
    data.choices.confirm()
    await data.async_apply()


async def _withdraw(data: AnalyticsData) -> None:
    # Snapshots go elsewhere, which was not asked about.
    shared = data.choices.preferences.keys() - {ATTR_SNAPSHOTS}
    await data.async_choose(dict.fromkeys(shared, False))


async def _accept(data: AnalyticsData) -> None:
    data.choices.accept_new_fields()
    await data.async_apply()


async def _decline(data: AnalyticsData) -> None:
    data.choices.decline_new_fields()
    await data.async_apply()


async def _delete(data: AnalyticsData) -> None:
    sent = unshared(data.pipeline, data.snapshots)
    await async_take_back(data, {(item.matter, item.url) for item in sent})


async def _leave(data: AnalyticsData) -> None:
    for item in unshared(data.pipeline, data.snapshots):
        leave(data.store, item)
    await data.async_apply()


async def _confirm_crash_server(data: AnalyticsData) -> None:
    if server := data.settings.crash_server:
        consent.confirm(data.store, server)
    await data.async_apply()


async def _decline_crash_server(data: AnalyticsData) -> None:
    if server := data.settings.crash_server:
        consent.decline(data.store, server)
    await data.async_apply()


async def _confirm_snapshots(data: AnalyticsData) -> None:
    await data.async_answer_snapshots(True)


async def _decline_snapshots(data: AnalyticsData) -> None:
    await data.async_answer_snapshots(False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer does; `end` is the text for one that is a no."""

    change: Change
    end: str | None = None


# What the answers of each question do.
ANSWERS: Final[dict[str, dict[str, Answer]]] = {
    CONFIRM_DESTINATION: {"confirm": Answer(_confirm), "decline": Answer(_withdraw, "declined")},
    CONFIRM_CRASH_SERVER: {
        "confirm": Answer(_confirm_crash_server),
        "decline": Answer(_decline_crash_server, "declined"),
    },
    CONFIRM_SNAPSHOTS: {
        "confirm": Answer(_confirm_snapshots),
        "decline": Answer(_decline_snapshots, "declined"),
    },
    NEW_FIELDS: {"accept": Answer(_accept), "keep": Answer(_decline, "kept")},
    NEW_CRASH_FIELDS: {
        "accept": Answer(_confirm_crash_server),
        "keep": Answer(_decline_crash_server, "kept"),
    },
    DELETE_SENT: {"delete": Answer(_delete), "leave": Answer(_leave, "left")},
}


class QuestionGoneError(HomeAssistantError):
    """The question was answered elsewhere, or is about another destination now."""


async def async_answer(data: AnalyticsData, question: str, asked_about: str, answer: str) -> Answer:
    """Do what an answer does, to a question as it was asked about an address; returns the answer.

    Raises QuestionGoneError, and HomeAssistantError where it can't be saved.
    """
    chosen = ANSWERS[question].get(answer)
    asked = placeholders(data.hass, question)
    if chosen is None or asked is None or asked.get("url", "") != asked_about:
        raise QuestionGoneError(translation_domain=DOMAIN, translation_key="question_gone")
    await chosen.change(data)
    return chosen


def placeholders(hass: HomeAssistant, question: str) -> dict[str, str] | None:
    """Return what a question is about now; None where it is no longer there."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, question)
    return dict(issue.translation_placeholders or {}) if issue and issue.active else None


async def async_create_fix_flow(
    _hass: HomeAssistant, issue_id: str, _data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow that asks the question of an issue."""
    return QuestionFlow(issue_id)


class QuestionFlow(RepairsFlow):
    """A question with a button for each answer."""

    def __init__(self, question: str) -> None:
        """Make each answer a step."""
        self._question = question
        self._asked_about = ""
        for name in ANSWERS[question]:
            setattr(self, f"async_step_{name}", self._step(name))

    async def async_step_init(self, _user_input: dict[str, str] | None = None) -> FlowStep:
        """Ask, and remember about which destination."""
        asked = placeholders(self.hass, self._question) or {}
        self._asked_about = asked.get("url", "")
        return self.async_show_menu(
            step_id="init",
            menu_options=[*ANSWERS[self._question]],
            description_placeholders=asked,
        )

    def _step(self, answer: str) -> Callable[..., Awaitable[FlowStep]]:
        async def answered(_user_input: dict[str, str] | None = None) -> FlowStep:
            data = async_loaded(self.hass)
            if data is None:
                return self.async_abort(reason="not_loaded")
            try:
                done = await async_answer(data, self._question, self._asked_about, answer)
            except QuestionGoneError:
                return self.async_abort(reason="destination_changed")
            except HomeAssistantError:
                return self.async_abort(reason="not_saved")
            if done.end:
                return self.async_abort(reason=done.end)
            return self.async_create_entry(data={})

        return answered
