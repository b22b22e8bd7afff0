"""Names that more than one stage of the flow uses."""

import logging
from datetime import timedelta
from typing import Final

DOMAIN: Final = "analytics"
# The panel, by its address in the front end.
PANEL: Final = "analytics_panel"
LOGGER: Final = logging.getLogger(__package__)

HOME_ASSISTANT_NAME: Final = "Home Assistant"
HOME_ASSISTANT_PRIVACY_URL: Final = "https://www.home-assistant.io/integrations/analytics"
DEVICE_DATABASE_NAME: Final = "Open Home Foundation Device Database"
DEVICE_DATABASE_PRIVACY_URL: Final = (
    "https://www.openhomefoundation.org/device-database-data-use-statement"
)

INITIAL_DELAY: Final = timedelta(minutes=15)
INTERVAL: Final = timedelta(hours=24)
# How long what is held waits for somebody to look at it, before it is discarded.
HOLD_FOR: Final = timedelta(days=7)

# Keys of `analytics:` in configuration.yaml and of the config entry's options.
CONF_CA_FILE: Final = "ca_file"
CONF_CRASH_REPORTS: Final = "crash_reports"
CONF_DESTINATION: Final = "destination"
CONF_DSN: Final = "dsn"
CONF_ENABLED: Final = "enabled"
CONF_EXTENDED: Final = "extended"
CONF_HOLD: Final = "hold"
CONF_HOLD_FOR: Final = "hold_for"
CONF_INITIAL_DELAY: Final = "initial_delay"
CONF_INTERVAL: Final = "interval"
CONF_NAME: Final = "name"
CONF_NAMED_IN_FRONTEND: Final = "named_in_frontend"
CONF_PRIVACY_URL: Final = "privacy_url"
CONF_PROXY: Final = "proxy"
CONF_SIDEBAR: Final = "sidebar"
CONF_SNAPSHOTS_URL: Final = "snapshots_url"
CONF_URL: Final = "url"

# Keys of the front end's WebSocket answers, and of the store shared with the built-in integration.
ATTR_ONBOARDED: Final = "onboarded"
ATTR_PREFERENCES: Final = "preferences"
ATTR_KIND: Final = "kind"
ATTR_UUID: Final = "uuid"

# Stands for an id, a secret, until a report leaves: a preview shows none and makes none.
PLACEHOLDER: Final = "0" * 32
