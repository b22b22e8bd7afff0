"""What operator and user set: `resolve` tells where things go, when, and whether at all."""

from . import device_database
from .addresses import SettingError, host_of, known, usable
from .device_database import DEVICE_DATABASE, shares_keys
from .in_force import Settings, needs_confirmation, resolve, shares_choices
from .keys import DSN, EXTENDED, URL_NAME, check, flatten, unflatten
from .way_out import proxy_for

__all__ = [
    "DEVICE_DATABASE",
    "DSN",
    "EXTENDED",
    "URL_NAME",
    "SettingError",
    "Settings",
    "check",
    "device_database",
    "flatten",
    "host_of",
    "known",
    "needs_confirmation",
    "proxy_for",
    "resolve",
    "shares_choices",
    "shares_keys",
    "unflatten",
    "usable",
]
