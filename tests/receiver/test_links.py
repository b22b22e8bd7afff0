"""What receiver and plugin must agree about is one file for both: the plugin's."""

from pathlib import Path

import receiver

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "custom_components" / "analytics"
PACKAGE = Path(receiver.__file__).resolve().parent
LINKS = {
    path.relative_to(PACKAGE).as_posix(): path
    for path in PACKAGE.rglob("*")
    if path.is_symlink() and path.suffix == ".py"
}


def test_each_link_leads_to_the_plugins_file() -> None:
    leads_to = {name: path.resolve().relative_to(PLUGIN) for name, path in LINKS.items()}
    assert leads_to == {
        "schema/words.py": Path("tiers/words.py"),
        "texts/model_text.py": Path("guard/model_text.py"),
        "texts/shapes.py": Path("guard/shapes.py"),
        "texts/shown.py": Path("texts.py"),
    }


def test_each_link_is_one_that_a_clone_elsewhere_has_too() -> None:
    assert not any(path.readlink().is_absolute() for path in LINKS.values())


def test_the_image_is_given_what_links_lead_to() -> None:
    copied = (ROOT / "Containerfile").read_text(encoding="utf-8").split()
    for path in LINKS.values():
        assert path.resolve().relative_to(ROOT).as_posix() in copied
