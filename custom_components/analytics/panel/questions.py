"""The questions that are open: those of the repair issues, which the page asks in their words."""

from typing import Any

from homeassistant.helpers import issue_registry as ir

from ..const import DOMAIN
from ..data import AnalyticsData
from ..repairs import ANSWERS


def questions(data: AnalyticsData) -> list[dict[str, Any]]:
    """Return what the user is asked at this moment, and what can be answered.

    Placeholders are Markdown, as texts of issues are; `url` is what the question is about.
    """
    registry = ir.async_get(data.hass)
    asked = {name: registry.async_get_issue(DOMAIN, name) for name in ANSWERS}
    return [
        {
            "question": name,
            "placeholders": dict(issue.translation_placeholders or {}),
            "url": (issue.translation_placeholders or {}).get("url", ""),
            "answers": [*ANSWERS[name]],
        }
        for name, issue in asked.items()
        if issue and issue.active
    ]
