"""A real Home Assistant to report on, with as many entities and automations as wanted."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, Final, cast

import orjson
from homeassistant import auth, bootstrap, loader
from homeassistant.config import async_hass_config_yaml
from homeassistant.config_entries import ConfigEntries
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.generated.config_flows import FLOWS
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.logging import async_activate_log_queue_handler

from custom_components.analytics.outbound.trust import SSL_CERT_FILE

CONFIGURATION: Final = """\
homeassistant:
  name: Benchmark
  unit_system: metric
  time_zone: Europe/Amsterdam
analytics:
  destination:
    name: Benchmark
    url: {url}
  initial_delay: "24:00:00"
automation: !include automations.yaml
light:
  - platform: group
    name: All lights
    entities: [light.entity_1, light.entity_2]
sensor:
  - platform: min_max
    name: Mean
    entity_ids: [sensor.entity_0, sensor.entity_4]
"""

# As Home Assistant's own editor writes them.
AUTOMATIONS: Final = (
    """\
- id: '{n}'
  alias: Hall light with motion {n}
  description: Turns the light on while somebody is there
  triggers:
  - entity_id: binary_sensor.hall_motion_{n}
    from: 'off'
    to: 'on'
    trigger: state
  conditions:
  - condition: numeric_state
    entity_id: sensor.hall_illuminance_{n}
    below: 20
  actions:
  - action: light.turn_on
    target:
      entity_id: light.hall_{n}
    data:
      brightness_pct: 40
      transition: 2
  - wait_for_trigger:
    - entity_id: binary_sensor.hall_motion_{n}
      from: 'on'
      to: 'off'
      trigger: state
  - delay: 120
  - action: light.turn_off
    target:
      entity_id: light.hall_{n}
  mode: restart
""",
    """\
- id: '{n}'
  alias: Shutters at sunset {n}
  description: ''
  triggers:
  - trigger: sun
    event: sunset
    offset: '-00:15:00'
  - trigger: time
    at: '22:00:00'
  conditions:
  - condition: state
    entity_id: cover.living_room_{n}
    state: open
  actions:
  - action: cover.close_cover
    target:
      entity_id: cover.living_room_{n}
  mode: single
""",
    """\
- id: '{n}'
  alias: Tell when the washing machine is done {n}
  description: ''
  triggers:
  - trigger: numeric_state
    entity_id: sensor.washing_machine_power_{n}
    below: 5
    for:
      minutes: 3
  conditions:
  - condition: template
    value_template: >-
      {{{{ states('sensor.washing_machine_energy_{n}') | float(0) > 0.1 }}}}
  actions:
  - action: notify.notify
    data:
      title: Laundry
      message: >-
        The washing machine is done, it took
        {{{{ states('sensor.washing_machine_energy_{n}') | round(2) }}}} kWh.
  mode: single
""",
)

INTEGRATIONS: Final = 300
# Of each ten: nine in use by their entries, of which one is ignored; one is there through YAML.
ENTRY_SOURCES: Final = (*["user"] * 8, "ignore", None)
DOMAINS: Final = ("sensor", "light", "binary_sensor", "switch")
DISABLED_EACH: Final = 10


def integrations() -> list[str]:
    """Return the domains of 300 built-in integrations, from the whole alphabet."""
    domains = sorted(set(FLOWS["integration"]) - {"analytics", "recorder"})
    return [domains[at * len(domains) // INTEGRATIONS] for at in range(INTEGRATIONS)]


class NoServer:
    """Stands for the host's web server, which would open a port that others may need."""

    ssl_certificate: Final = None

    def register_view(self, _view: object) -> None:
        """Do nothing: nobody asks."""

    async def async_register_static_paths(self, _paths: object) -> None:
        """Do nothing: there are no pages."""


class Household:
    """A running host; it can grow, and its YAML configuration can be exchanged."""

    def __init__(self, hass: HomeAssistant, platforms: list[str]) -> None:
        """Begin without entities."""
        self.hass = hass
        self._platforms = platforms
        self._numbers = count()
        self._automations = 0

    def grow(self, entities: int) -> None:
        """Register entities until there are so many; all but the disabled ones have a state.

        Two thirds of the integrations have entities.
        """
        registry = er.async_get(self.hass)
        owners = [platform for at, platform in enumerate(self._platforms) if at % 3]
        while len(registry.entities) < entities:
            number = next(self._numbers)
            disabled = number % DISABLED_EACH == 0
            # A string of its own, as each entity has that was read from disk.
            platform = owners[number % len(owners)].encode().decode()
            entry = registry.async_get_or_create(
                DOMAINS[number % len(DOMAINS)],
                platform,
                f"unique-{number}",
                suggested_object_id=f"entity_{number}",
                disabled_by=er.RegistryEntryDisabler.INTEGRATION if disabled else None,
            )
            if not disabled:
                self.hass.states.async_set(entry.entity_id, "on", {"friendly_name": str(number)})

    async def async_automate(self, automations: int) -> None:
        """Have so many automations: each with a state, and all in configuration.yaml."""
        for number in range(max(automations, self._automations)):
            if number < automations:
                self.hass.states.async_set(f"automation.number_{number}", "on")
            else:
                self.hass.states.async_remove(f"automation.number_{number}")
        self._automations = automations
        folder = Path(self.hass.config.config_dir)
        await self.hass.async_add_executor_job(_write_automations, folder, automations)

    async def async_settle(self) -> None:
        """Write what the host would write later, in the midst of a measurement."""
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
        await self.hass.async_block_till_done(wait_background_tasks=True)


@asynccontextmanager
async def household(folder: Path, url: str) -> AsyncIterator[Household]:
    """Start a host in an empty folder, with the plugin reporting to `url`."""
    # Where a variable names certificates, they are looked at each time. Few homes have one.
    os.environ.pop(SSL_CERT_FILE, None)
    platforms = integrations()
    _write_configuration(folder, url, platforms)
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    _log_as_the_host_does(hass, folder)
    hass.config.skip_pip = True
    config = await async_hass_config_yaml(hass)
    hass.config_entries = ConfigEntries(hass, config)
    await bootstrap.async_load_base_functionality(hass)
    hass.auth = await auth.auth_manager_from_config(hass, [], [])
    await _async_load_integrations(hass, platforms, config)
    hass.set_state(CoreState.running)
    try:
        yield Household(hass, platforms)
    finally:
        await hass.async_stop(force=True)


async def _async_load_integrations(
    hass: HomeAssistant, platforms: list[str], config: dict[str, Any]
) -> None:
    """Set the plugin up; of the others, only what a report reads: that they are loaded."""
    hass.http = cast(Any, NoServer())
    hass.config.components.add("http")
    for domain in ("network", "analytics"):
        if not await async_setup_component(hass, domain, config):
            raise RuntimeError(f"{domain} could not be set up, see the errors above")
    await hass.async_block_till_done(wait_background_tasks=True)
    for domain in (*platforms, "automation", "energy", "group", "light", "min_max", "sensor"):
        hass.config.components.add(domain)
    await loader.async_get_integrations(hass, hass.config.all_components)


def _log_as_the_host_does(hass: HomeAssistant, folder: Path) -> None:
    """Write warnings to a file, by a thread with a queue: lines of ours reach it by their level."""
    file = logging.FileHandler(folder / "home-assistant.log")
    console = logging.StreamHandler()
    # Not by its level, which the host's queue ignores.
    console.addFilter(lambda record: record.levelno >= logging.ERROR)
    logging.basicConfig(
        format="%(asctime)s.%(msecs)03d %(levelname)s (%(threadName)s) [%(name)s] %(message)s",
        level=logging.WARNING,
        handlers=[file, console],
    )
    async_activate_log_queue_handler(hass)


def _write_configuration(folder: Path, url: str, platforms: list[str]) -> None:
    """Write configuration.yaml, no automations yet, and the config entries."""
    (folder / "configuration.yaml").write_text(CONFIGURATION.format(url=url))
    _write_automations(folder, 0)
    sources = (ENTRY_SOURCES[at % len(ENTRY_SOURCES)] for at in range(len(platforms)))
    entries = [
        _entry(domain, source)
        for domain, source in zip(platforms, sources, strict=True)
        if source is not None
    ]
    storage = folder / ".storage"
    storage.mkdir()
    (storage / "core.config_entries").write_bytes(
        orjson.dumps(
            {
                "version": 1,
                "minor_version": 5,
                "key": "core.config_entries",
                "data": {"entries": entries},
            }
        )
    )


def _entry(domain: str, source: str) -> dict[str, Any]:
    """Return a config entry as the host keeps it."""
    return {
        "created_at": "2025-01-01T00:00:00+00:00",
        "data": {},
        "disabled_by": None,
        "discovery_keys": {},
        "domain": domain,
        "entry_id": f"entry-{domain}",
        "minor_version": 1,
        "modified_at": "2025-01-01T00:00:00+00:00",
        "options": {},
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "source": source,
        "subentries": [],
        "title": domain,
        "unique_id": None,
        "version": 1,
    }


def _write_automations(folder: Path, automations: int) -> None:
    """Write automations.yaml."""
    texts = [AUTOMATIONS[n % len(AUTOMATIONS)].format(n=n) for n in range(automations)]
    (folder / "automations.yaml").write_text("".join(texts) or "[]\n")
