"""Collect numbers of things."""

from .source import Source


def state_count(source: Source) -> int:
    """Count the entities that have a state."""
    return source.hass.states.async_entity_ids_count()


def automation_count(source: Source) -> int:
    """Count the automations."""
    return source.hass.states.async_entity_ids_count("automation")


async def user_count(source: Source) -> int:
    """Count the users, without those that the host made for itself."""
    users = await source.hass.auth.async_get_users()
    return sum(not user.system_generated for user in users)
