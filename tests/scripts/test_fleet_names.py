"""The made-up homes of the demo have what Home Assistant has."""

from pathlib import Path

import homeassistant.components

from scripts.fleet.names import COMMON, RARER

COMPONENTS = Path(homeassistant.components.__file__).parent


def test_the_newest_host_has_nearly_all_integrations_and_each_is_there_once() -> None:
    named = [*COMMON, *RARER]
    assert len(named) == len(set(named)) > 300
    gone = [name for name in named if not (COMPONENTS / name / "manifest.json").exists()]
    assert len(gone) < len(named) / 10, gone
