"""What stops every request, whatever the user chose."""

from .settings import Settings


def blocking(settings: Settings) -> str | None:
    """Name what blocks reporting, None if nothing does."""
    if not settings.enabled:
        return "`enabled: false` is set"
    if settings.problem:
        return f"the settings can't be used: {settings.problem}"
    return None
