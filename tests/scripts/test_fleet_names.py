"""The made-up homes of the demo have what Home Assistant has."""

import json
from pathlib import Path

import homeassistant.components

from scripts.fleet.catalogue import catalogue
from scripts.fleet.names import COMMON, RARER

COMPONENTS = Path(homeassistant.components.__file__).parent


def test_the_newest_host_has_nearly_all_integrations_and_each_is_there_once() -> None:
    named = [*COMMON, *RARER]
    assert len(named) == len(set(named)) > 300
    gone = [name for name in named if not (COMPONENTS / name / "manifest.json").exists()]
    assert len(gone) < len(named) / 10, gone


def test_devices_are_those_of_integrations_that_hosts_tell_of() -> None:
    assert catalogue().keys() <= {*COMMON, *RARER}
    there = [name for name in catalogue() if (COMPONENTS / name).exists()]
    assert len(there) > 0.9 * len(catalogue())
    for integration in there:
        manifest = json.loads((COMPONENTS / integration / "manifest.json").read_text())
        # Not told in older releases, which mean the same by that.
        assert manifest.get("integration_type", "hub") in {"device", "hub"}, integration
        # Who has this file takes itself out.
        assert not (COMPONENTS / integration / "analytics.py").exists(), integration
