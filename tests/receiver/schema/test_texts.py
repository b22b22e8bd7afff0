"""The rules for texts, as the receiver has them of the plugin."""

import pytest

from receiver.texts import reveals_as_model, reveals_as_name, reveals_as_version


@pytest.mark.parametrize("text", ["1.2.3.4", "2026.11.0", "TRÅDFRI bulb E27", "lumi.sensor_motion"])
def test_what_devices_are_called_says_nothing(text: str) -> None:
    assert not reveals_as_version(text)


def test_a_version_may_be_what_a_model_may_not() -> None:
    assert reveals_as_model("1.2.3.4")
    assert not reveals_as_name("binary_sensor")
    assert reveals_as_name("a4_c1_38_0b_5e_11")
