"""What others made, and the pages serve, is what its README says."""

import hashlib
from pathlib import Path

import pytest

VENDOR = Path(__file__).parents[3] / "receiver" / "dashboard" / "static" / "vendor"
PINNED = {
    "uplot/uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "uplot/uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    "uplot/LICENSE": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
    "inter/inter-latin-wght-normal.woff2": (
        "3100e775e8616cd2611beecfa23a4263d7037586789b43f035236a2e6fbd4c62"
    ),
    "inter/LICENSE": "3b0a5fca3d17942cde889069889dedbbbd075e9b599968c82a95f4d944e9b345",
    "world/countries.json": "2a269364494541501ebe55ef4294e2e202f5260eab8bc5f84d1170a80f3b2582",
    "world/LICENSE": "8048290dfdb6e83fbed17e8985c8cfc4ce9da9b842642f3d3e497280790cfa31",
}


@pytest.mark.parametrize("name", PINNED)
def test_a_vendored_file_is_unchanged(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == PINNED[name]


def test_every_vendored_file_is_pinned() -> None:
    found = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert {name for name in found if not name.endswith("README.md")} == PINNED.keys()


def test_each_folder_says_where_it_comes_from_and_under_which_licence() -> None:
    for folder in VENDOR.iterdir():
        assert (folder / "LICENSE").exists()
        readme = (folder / "README.md").read_text("utf-8")
        assert "npm" in readme
        assert "LICENSE" in readme
