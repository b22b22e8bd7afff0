"""The rules for texts are those of the plugin: one file for both."""

from pathlib import Path

import pytest

import receiver.texts
from receiver.texts import reveals_as_model, reveals_as_name, reveals_as_version

ROOT = Path(__file__).parents[3]
GUARD = ROOT / "custom_components" / "analytics" / "guard"
TEXTS = Path(receiver.texts.__file__).parent


@pytest.mark.parametrize("name", ["shapes.py", "model_text.py"])
def test_the_file_is_the_plugins(name: str) -> None:
    assert (TEXTS / name).samefile(GUARD / name)


def test_each_link_is_one_that_a_clone_elsewhere_has_too() -> None:
    links = [path for path in TEXTS.iterdir() if path.is_symlink()]
    assert len(links) == 2
    assert not any(path.readlink().is_absolute() for path in links)


def test_the_image_is_given_what_links_lead_to() -> None:
    copied = (ROOT / "Containerfile").read_text(encoding="utf-8")
    for path in TEXTS.iterdir():
        if path.is_symlink():
            assert str(path.resolve().relative_to(ROOT)) in copied


@pytest.mark.parametrize("text", ["1.2.3.4", "2026.11.0", "TRÅDFRI bulb E27", "lumi.sensor_motion"])
def test_what_devices_are_called_says_nothing(text: str) -> None:
    assert not reveals_as_version(text)


def test_a_version_may_be_what_a_model_may_not() -> None:
    assert reveals_as_model("1.2.3.4")
    assert not reveals_as_name("binary_sensor")
    assert reveals_as_name("a4_c1_38_0b_5e_11")
