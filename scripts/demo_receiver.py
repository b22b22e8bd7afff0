"""Show that the report of the demo is in the published figures of a real receiver."""

from collections.abc import AsyncIterator
from typing import Any

from scripts.demo_state import DemoError
from scripts.receiver_process import ReceiverProcess

type Section = tuple[str, list[str]]


async def sections(receiver: ReceiverProcess, report: dict[str, Any]) -> AsyncIterator[Section]:
    """Yield what to print; raises DemoError where the report is not in the figures."""
    figures = await receiver.wait_for_installations(1)
    if report["version"] not in figures["versions"]:
        raise DemoError(f"The receiver publishes nothing of {report['version']}: {figures}")
    shown = {name: figures[name] for name in ("active_installations", "versions")}
    yield (
        "The figures that a real receiver publishes of it",
        [
            "The sink passed the report on to a receiver with a dashboard. It rounds down to",
            "multiples of 1, which is for this demo only: by default nothing under 5 is shown.",
            f"{receiver.url}/current_data.json: {shown}",
        ],
    )
