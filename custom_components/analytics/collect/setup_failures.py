"""Collect which integrations could not be set up, and the kind of the reason.

The host keeps no reasons but as texts, which are not read: they may quote anything. So the kind is
told by what the host holds when all is done: requirements that it could not install, dependencies
that failed, entries that wait for another try or for the user to log in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration, async_get_integrations

from ..tiers import SetupFailure, words
from .source import Source

# Keys of the host's data that both supported ends have, under names that differ.
SETUP_TASKS: Final = "setup_tasks"
NOT_SET_UP: Final = "bootstrap_persistent_errors"
PROCESSED: Final = "deps_reqs_processed"
REQUIREMENTS_MANAGER: Final = "requirements_manager"
MAX_NEEDED: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupFailures:
    """Integrations that could not be set up: built-in ones by name, custom ones in numbers."""

    built_in: tuple[SetupFailure, ...]
    custom: Mapping[str, int]


async def setup_failures(source: Source) -> SetupFailures:
    """Read which integrations could not be set up; each counts once, with its first reason."""
    hass = source.hass
    failed = {*_failed_tasks(hass), *_not_set_up(hass)}
    reasons = [(domain, await _reason(hass, domain, failed)) for domain in failed]
    reasons += [(domain, "requirements") for domain in await _not_installed_of_yaml(source)]
    reasons += _failed_entries(hass)
    first: dict[str, str] = {}
    for domain, reason in sorted(reasons, key=lambda found: words.REASONS.index(found[1])):
        first.setdefault(domain, reason)
    built_in = {domain for domain, found in await _known(hass, first) if found.is_built_in}
    others = Counter(reason for domain, reason in first.items() if domain not in built_in)
    return SetupFailures(
        built_in=tuple(
            SetupFailure(domain=domain, reason=first[domain]) for domain in sorted(built_in)
        ),
        custom={reason: others[reason] for reason in words.REASONS if others[reason]},
    )


def _failed_tasks(hass: HomeAssistant) -> Iterator[str]:
    """Yield the domains whose set-up has ended, and not well; one that goes on is none."""
    for domain, task in hass.data.get(SETUP_TASKS, {}).items():
        if task.done() and (task.cancelled() or task.exception() or task.result() is not True):
            yield domain


def _not_set_up(hass: HomeAssistant) -> Iterator[str]:
    """Yield the domains that the host tells its user of, by themselves or with a platform."""
    for path in hass.data.get(NOT_SET_UP) or ():
        if path not in hass.config.components:
            yield path.split(".")[0]


async def _not_installed_of_yaml(source: Source) -> list[str]:
    """Return the domains in YAML that lack a requirement: of a platform nothing else is kept."""
    not_installed = _not_installed(source.hass)
    waiting = source.yaml_domains - source.hass.config.components if not_installed else ()
    known = await _known(source.hass, waiting)
    return [domain for domain, each in known if not_installed.intersection(each.requirements)]


def _failed_entries(hass: HomeAssistant) -> Iterator[tuple[str, str]]:
    """Yield domain and reason of each config entry in use that could not be set up."""
    for entry in hass.config_entries.async_entries(include_ignore=False, include_disabled=False):
        if entry.state is ConfigEntryState.SETUP_RETRY:
            yield entry.domain, "not_ready"
        elif entry.state is ConfigEntryState.MIGRATION_ERROR:
            yield entry.domain, "error"
        elif entry.state is ConfigEntryState.SETUP_ERROR:
            yield entry.domain, "authentication" if _asks_to_log_in(hass, entry) else "error"


def _asks_to_log_in(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
    return any(entry.async_get_active_flows(hass, {SOURCE_REAUTH}))


async def _reason(hass: HomeAssistant, domain: str, failed: set[str]) -> str:
    """Return why a domain could not be set up, as far as the host still shows it."""
    known = [found for _, found in await _known(hass, (domain,))]
    if not known or known[0].disabled or domain in hass.data.get(PROCESSED, ()):
        return "error"
    [integration] = known
    not_installed = _not_installed(hass)
    if not_installed.intersection(integration.requirements):
        return "requirements"
    if failed.intersection(_needs(integration)) or not await _is_complete(integration):
        return "dependencies"
    # The host installs what all needed ones require, directly or not.
    if not_installed and not_installed & await _all_requirements(hass, integration):
        return "dependencies"
    return "error"


def _not_installed(hass: HomeAssistant) -> set[str]:
    manager = hass.data.get(REQUIREMENTS_MANAGER)
    return manager.install_failure_history if manager else set()


def _needs(integration: Integration) -> tuple[str, ...]:
    return (*integration.dependencies, *integration.after_dependencies)


async def _is_complete(integration: Integration) -> bool:
    """Tell whether all that an integration depends on is there, and not in a circle."""
    return await integration.resolve_dependencies() is not None


async def _all_requirements(hass: HomeAssistant, integration: Integration) -> set[str]:
    """Return the requirements of all that an integration needs, directly or not."""
    seen = {integration.domain}
    waiting = set(_needs(integration)) - seen
    requirements: set[str] = set()
    while waiting and len(seen) < MAX_NEEDED:
        seen |= waiting
        found = [each for _, each in await _known(hass, waiting)]
        requirements.update(name for each in found for name in each.requirements)
        waiting = {name for each in found for name in _needs(each)} - seen
    return requirements


async def _known(hass: HomeAssistant, domains: Iterable[str]) -> list[tuple[str, Integration]]:
    """Return those of the integrations that the host knows."""
    found = await async_get_integrations(hass, domains)
    return [
        (domain, integration)
        for domain, integration in found.items()
        if isinstance(integration, Integration)
    ]
