"""The questions that are open: those of the repair issues, which the page asks in their words."""

from typing import Any

from ..data import AnalyticsData
from ..repairs import ANSWERS, placeholders


def questions(data: AnalyticsData) -> list[dict[str, Any]]:
    """Return what the user is asked at this moment, and what can be answered.

    Placeholders are Markdown, as texts of issues are; `url` is what the question is about.
    """
    return [
        {
            "question": question,
            "placeholders": asked,
            "url": asked.get("url", ""),
            "answers": [*answers],
        }
        for question, answers in ANSWERS.items()
        if (asked := placeholders(data.hass, question)) is not None
    ]
