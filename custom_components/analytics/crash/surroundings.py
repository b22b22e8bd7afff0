"""Read what a crash report tells of the installation, and what it must not tell."""

from homeassistant.const import __version__ as HOST_VERSION
from homeassistant.loader import Integration

from ..collect import Source, async_collect, async_home
from ..run import Run
from .build import Surroundings


async def async_surroundings(source: Source, run: Run) -> Surroundings:
    """Read the host; without its secrets, where they can't be read, there is no knowledge."""
    facts = await async_collect(source, ("installation", "recorder"))
    home = await async_home(source)
    try:
        knowledge = await source.hass.async_add_executor_job(home.knowledge)
    except OSError:
        knowledge = None
    return Surroundings(
        version=HOST_VERSION,
        installation_type=facts.installation.installation_type if facts.installation else None,
        recorder_engine=facts.recorder.engine if facts.recorder else None,
        previous_run=run.previous.end,
        marks=run.file.marks,
        versions=_custom_versions(source),
        knowledge=knowledge,
    )


def _custom_versions(source: Source) -> dict[str, str]:
    """Return the versions of the loaded custom integrations."""
    loaded = source.hass.data.get("integrations", {})
    return {
        domain: str(integration.version)
        for domain, integration in loaded.items()
        if isinstance(integration, Integration)
        and not integration.is_built_in
        and integration.version is not None
    }
