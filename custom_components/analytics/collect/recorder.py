"""Collect the kind and version of the database behind the history."""

from ..tiers import Recorder
from .source import Source


def recorder(source: Source) -> Recorder | None:
    """Read engine and version, None where the recorder is not loaded or not connected yet."""
    if "recorder" not in source.hass.config.components:
        return None
    from homeassistant.components.recorder import get_instance

    engine = get_instance(source.hass).database_engine
    if engine is None or engine.version is None:
        return None
    return Recorder(engine=engine.dialect.value, version=str(engine.version))
