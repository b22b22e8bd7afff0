"""What the page has of others is as they published it, or is named."""

from pathlib import Path

import pytest

from scripts.vendored import VENDOR, differing

pytestmark = pytest.mark.once


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    folder = tmp_path / "modules" / "some"
    folder.mkdir(parents=True)
    (folder / "LICENSE").write_text("Free")
    (folder / "some.js").write_text("export {};")
    return folder.parent


def copied(vendor: Path, **files: str) -> Path:
    (vendor / "some").mkdir(parents=True)
    for name, text in files.items():
        (vendor / "some" / name).write_text(text)
    return vendor


def test_a_copy_passes(modules: Path, tmp_path: Path) -> None:
    vendor = copied(tmp_path / "vendor", **{"LICENSE": "Free", "some.js": "export {};"})
    assert list(differing(modules, vendor)) == []


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"LICENSE": "Free", "some.js": "export {}; "}, "some/some.js: not as it was published"),
        ({"LICENSE": "Free", "more.js": ""}, "some/more.js: not as it was published"),
        ({"some.js": "export {};"}, "some: no LICENSE"),
    ],
)
def test_what_differs_is_named(
    modules: Path, tmp_path: Path, files: dict[str, str], told: str
) -> None:
    assert list(differing(modules, copied(tmp_path / "vendor", **files))) == [told]


def test_every_copy_has_its_licence() -> None:
    assert all((folder / "LICENSE").exists() for folder in VENDOR.iterdir())
