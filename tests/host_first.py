"""Loaded by pytest before the test package, for the sake of a host whose own is not out yet.

The host puts other libraries in the places of some, which must not have been imported before. The
test package of the host before looks for a name where it was, and patches what is imported later.
"""

from homeassistant.const import __short_version__ as host
from pytest_homeassistant_custom_component.const import __short_version__ as package

BORROWED = host != package

if BORROWED:
    from pytest_homeassistant_custom_component import (  # noqa: F401
        patch_json,
        patch_recorder,
        patch_time,
    )

    from homeassistant.components import logger  # isort: skip
    from homeassistant.components.logger import helpers  # isort: skip

    logger._clear_logger_overwrites = helpers._clear_logger_overwrites  # type: ignore[attr-defined]
