"""Collect the installed add-ons from the Supervisor."""

import asyncio
from typing import Any

from .. import host
from ..const import LOGGER
from ..tiers import Addon
from .source import Source


def addon_count(source: Source) -> int | None:
    """Count the installed add-ons, None without a Supervisor."""
    slugs = host.addon_slugs(source.hass)
    return None if slugs is None else len(slugs)


async def addons(source: Source) -> tuple[Addon, ...] | None:
    """Ask for the details of all add-ons at once; one that fails is left out and logged once."""
    slugs = host.addon_slugs(source.hass)
    if slugs is None:
        return None
    answers = await asyncio.gather(*(_addon(source, slug) for slug in slugs))
    return tuple(addon for addon in answers if addon is not None)


async def _addon(source: Source, slug: str) -> Addon | None:
    """Ask for one add-on, None if the Supervisor or its client fails to tell."""
    known = f"add-on {slug}"
    try:
        info: Any = await host.async_addon_info(source.hass, slug)
        addon = Addon(
            slug=info.slug,
            protected=info.protected,
            version=info.version,
            auto_update=info.auto_update,
        )
    except Exception as error:  # noqa: BLE001
        if known not in source.failing:
            source.failing.add(known)
            LOGGER.warning(
                "Reports go without add-on %s until the Supervisor can tell about it (%s)",
                slug,
                type(error).__name__,
            )
        return None
    source.failing.discard(known)
    return addon
