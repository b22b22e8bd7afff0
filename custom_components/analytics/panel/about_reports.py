"""The sentence about reports."""

from collections.abc import Mapping
from typing import Final

from homeassistant.core import HomeAssistant

from ..consent import allowed_tiers
from ..const import CONF_ENABLED
from ..data import RUNNING_CONFIG, AnalyticsData
from ..issues import CONFIRM_DESTINATION
from ..models import Blocked, Matter, Obstacle
from ..outbound import Switch
from ..settings import flatten
from .lines import Do, Line, Remedy, Tone, approved, called, going

AGAIN: Final = Remedy(do=Do.SEND)
KEPT: Final[Mapping[Obstacle, tuple[Tone, Remedy | None]]] = {
    Obstacle.SETTINGS: (Tone.TROUBLE, Remedy(do=Do.OPTIONS)),
    Obstacle.NOT_SAVED: (Tone.TROUBLE, None),
    Obstacle.UNDECIDED: (Tone.WAITS, Remedy(do=Do.CHOOSE)),
    Obstacle.PENDING: (Tone.WAITS, Remedy(do=Do.ANSWER, to=CONFIRM_DESTINATION)),
}


def about_reports(data: AnalyticsData) -> Line:
    """Say what is shared with whom and when, or what keeps it."""
    if blocked := data.pipeline.blocked():
        return _kept(data, blocked)
    destination = data.choices.destination
    goes = approved(data.holding, Matter.REPORTS, going(data.scheduler, data.last_report, AGAIN))
    due = data.scheduler.next_time
    return Line(
        matter=Matter.REPORTS,
        tone=goes.tone,
        text=f"reports_{goes.how}",
        placeholders={
            # The page makes words and a list of them, in the user's language.
            "tiers": " ".join(allowed_tiers(data.choices.in_force)),
            "destination": called(destination),
            "reason": goes.reason,
            "waiting": str(goes.waiting),
        },
        at=due.isoformat() if due else None,
        remedy=goes.remedy,
    )


def _kept(data: AnalyticsData, blocked: Blocked) -> Line:
    """Say what keeps reports, and what to do about it."""
    if (switch := data.pipeline.gate.switch) and blocked.obstacle is Obstacle.SWITCH:
        return _off(data.hass, switch)
    tone, remedy = KEPT.get(blocked.obstacle, (Tone.OFF, Remedy(do=Do.CHOOSE)))
    return Line(
        matter=Matter.REPORTS,
        tone=tone,
        text=f"reports_{blocked.obstacle}",
        placeholders={
            "destination": called(data.choices.destination),
            "problem": blocked.detail or "",
        },
        remedy=remedy,
    )


def _off(hass: HomeAssistant, switch: Switch) -> Line:
    """Say which switch is on; the page can turn only one of them off."""
    if switch.name != CONF_ENABLED:
        text, remedy = f"off_{switch.kind}", None
    elif CONF_ENABLED in flatten(hass.data[RUNNING_CONFIG].section):
        text, remedy = "off_yaml", None
    else:
        text, remedy = "off_setting", Remedy(do=Do.OPTIONS, to=CONF_ENABLED)
    return Line(
        matter=Matter.REPORTS,
        tone=Tone.OFF,
        text=text,
        placeholders={"switch": switch.name},
        remedy=remedy,
    )
