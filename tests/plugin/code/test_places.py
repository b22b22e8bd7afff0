"""To whom a file belongs, and what it is called there: a name for what is public, none for else."""

import asyncio
import shutil
import sys
import sysconfig
from collections.abc import Callable
from functools import partial
from pathlib import Path

import homeassistant.components.light
import homeassistant.core
import pytest
import yarl
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.code import places as module
from custom_components.analytics.code import sources
from custom_components.analytics.code.places import MAX_KNOWN, Owner, Places
from custom_components.analytics.code.places import Place as RealPlace
from custom_components.analytics.code.sources import MAX_LINE, MAX_LINES

from .install import install

# What was read of a file is no part of a comparison.
Place = partial(RealPlace, content=sources.File(sha256="", text=""))

type Put = Callable[..., str]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Return a configuration folder; its `deps` are one of the roots of packages."""
    (tmp_path / "config/deps/lib/python3.13/site-packages").mkdir(parents=True)
    (tmp_path / "config/custom_components").mkdir()
    return tmp_path / "config"


@pytest.fixture
def site(config: Path) -> Path:
    return config / "deps/lib/python3.13/site-packages"


@pytest.fixture
def places(config: Path) -> Places:
    return Places(config)


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Write a file below the test's folder, and return its path."""

    def put(name: str, text: str = "x = 1\n") -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return put


def test_the_host_is_named_below_its_package(places: Places) -> None:
    place = places.find(homeassistant.core.__file__)
    assert place == Place(owner=Owner.HOST, file="homeassistant/core.py", is_published=True)
    assert (place.module, place.integration) == ("homeassistant.core", None)


def test_a_built_in_integration_is_one_of_the_hosts(places: Places) -> None:
    place = places.find(homeassistant.components.light.__file__)
    assert place
    assert (place.owner, place.integration) == (Owner.HOST, "light")
    assert place.module == "homeassistant.components.light"
    components = places.find(homeassistant.components.__file__)
    assert components
    assert components.integration is None


def test_python_is_named_but_its_source_is_not_sent(places: Places) -> None:
    place = places.find(asyncio.events.__file__)
    assert place == Place(owner=Owner.PYTHON, file="asyncio/events.py")


def test_a_package_of_this_environment_is_public(places: Places) -> None:
    place = places.find(yarl.__file__)
    assert place == Place(owner=Owner.PACKAGE, file="yarl/__init__.py", is_published=True)
    assert place.integration is None


@pytest.mark.parametrize("below", ["lamp/__init__.py", "lamp/api/v1.py"])
def test_a_custom_integration_is_named_without_its_source(
    places: Places, put: Put, below: str
) -> None:
    place = places.find(put(f"config/custom_components/{below}"))
    assert place == Place(owner=Owner.CUSTOM, file=f"custom_components/{below}")
    assert (place.integration, place.is_published) == ("lamp", False)


def test_this_integration_is_one(places: Places) -> None:
    place = places.find(str(module.__file__))
    assert place
    assert (place.owner, place.integration) == (Owner.CUSTOM, "analytics")


def test_so_is_one_through_a_link(places: Places, put: Put, config: Path, tmp_path: Path) -> None:
    real = put("home/anna/dev/lamp/api.py")
    (config / "custom_components/lamp").symlink_to(tmp_path / "home/anna/dev/lamp")
    linked = places.find(str(config / "custom_components/lamp/api.py"))
    assert linked == Place(owner=Owner.CUSTOM, file="custom_components/lamp/api.py")
    assert places.find(real) is None


def test_so_is_one_where_the_folder_is_a_link(places: Places, put: Put, tmp_path: Path) -> None:
    path = put("config/custom_components/lamp/api.py")
    (tmp_path / "link").symlink_to(tmp_path / "config")
    expected = Place(owner=Owner.CUSTOM, file="custom_components/lamp/api.py")
    assert places.find(str(tmp_path / "link/custom_components/lamp/api.py")) == expected
    assert Places(tmp_path / "link").find(path) == expected


def test_a_published_package_is_public(places: Places, site: Path) -> None:
    install(site, "Lamp_API-1.0", "lampapi/__init__.py", "lamp.py")
    for name in ("lampapi/__init__.py", "lamp.py"):
        place = places.find(str(site / name))
        assert place == Place(owner=Owner.PACKAGE, file=name, is_published=True)


def test_a_file_that_was_edited_is_not_until_it_is_as_it_was(places: Places, site: Path) -> None:
    install(site, "lamp-1.0", "lamp/__init__.py")
    file = site / "lamp/__init__.py"
    published = file.read_text()
    for text, is_public in [
        ("password = 'hunter2'\n", False),
        (published, True),
        ("x = 2\n", False),
    ]:
        file.write_text(text)
        assert (places.find(str(file)) is not None) is is_public


def test_what_is_installed_or_updated_later_is_known_at_once(places: Places, site: Path) -> None:
    file = site / "lamp/__init__.py"
    assert places.find(str(file)) is None
    install(site, "lamp-1.0", "lamp/__init__.py")
    assert places.find(str(file)) is not None
    shutil.rmtree(site / "lamp-1.0.dist-info")
    assert places.find(str(file)) is None
    install(site, "lamp-1.1", "lamp/__init__.py", text="x = 2\n")
    assert places.find(str(file)) is not None


@pytest.mark.parametrize("entry", ["{file},,", "{file},md5=abc,6", "{file},sha256=,6", "{file}"])
def test_what_is_listed_without_its_hash_is_not_public(
    places: Places, site: Path, entry: str
) -> None:
    install(site, "lamp-1.0", "lamp/__init__.py")
    record = site / "lamp-1.0.dist-info/RECORD"
    record.write_text(entry.format(file="lamp/__init__.py") + "\n")
    assert places.find(str(site / "lamp/__init__.py")) is None


@pytest.mark.parametrize("url", ["file:///home/anna/lamp", "https://example.com/lamp.zip"])
def test_what_was_installed_from_elsewhere_has_no_name(
    places: Places, site: Path, url: str
) -> None:
    install(site, "lamp-1.0", "lamp/__init__.py", url=url)
    assert places.find(str(site / "lamp/__init__.py")) is None


@pytest.mark.parametrize("name", ["anna.py", "anna/api.py", "lamp/anna.py", "lamp/sub/anna.py"])
def test_what_was_put_there_by_hand_has_no_name(
    places: Places, site: Path, put: Put, name: str
) -> None:
    install(site, "lamp-1.0", "lamp/__init__.py")
    put(str(site / name))
    assert places.find(str(site / name)) is None


def test_packages_that_share_a_folder_are_told_apart(places: Places, site: Path) -> None:
    install(site, "a_public-1.0", "shared/public.py", "shared/both.py")
    install(site, "b_private-1.0", "shared/private.py", "shared/both.py", url="file:///home/anna")
    found = [places.find(str(site / f"shared/{name}.py")) for name in ("public", "private", "both")]
    assert [place is not None for place in found] == [True, False, False]


def test_a_list_that_can_not_be_read_lists_nothing(places: Places, site: Path) -> None:
    install(site, "lamp-1.0", "lamp/__init__.py")
    (site / "lamp-1.0.dist-info/RECORD").write_bytes(b"\xff\xfe")
    (site / "other-1.0.dist-info").mkdir()
    assert places.find(str(site / "lamp/__init__.py")) is None


@pytest.mark.parametrize(
    "name",
    [
        "config/python_scripts/anna.py",
        "config/automations.yaml",
        "config/custom_components/anna.py",
        "config/custom_components/__init__.py",
        "config/custom_components/lamp/notes.txt",
        "config/custom_templates/anna.jinja",
        "home/anna/x.py",
    ],
)
def test_what_is_the_users_own_has_no_name(places: Places, put: Put, name: str) -> None:
    assert places.find(put(name)) is None


@pytest.mark.parametrize(
    "path",
    [
        "",
        ".",
        "/",
        "<string>",
        "<template>",
        "<frozen importlib._bootstrap>",
        "homeassistant/core.py",
        "core.py",
        "/home/anna/missing.py",
        "{host}/missing.py",
        "{host}/components",
        "{host}/../{outside}",
        "{host}/components/../core.py",
        "{custom}/../python_scripts/anna.py",
        "{custom}/lamp/../../python_scripts/anna.py",
        "{custom}/lamp/\0.py",
        "{custom}/lamp/\ud800.py",
        "{custom}/lamp/" + "a" * 5000 + ".py",
        "{custom}" + "/lamp" * 5000 + ".py",
    ],
)
def test_a_path_that_leads_elsewhere_has_no_name(
    places: Places, put: Put, config: Path, path: str
) -> None:
    put("config/python_scripts/anna.py")
    put("config/custom_components/lamp/__init__.py")
    host = Path(homeassistant.__path__[0])
    hostile = path.format(host=host, custom=config / "custom_components", outside="yarl/_url.py")
    assert places.find(hostile) is None


def test_a_name_that_is_no_text_has_none_that_can_be_told(places: Places, config: Path) -> None:
    folder = config / "custom_components/lamp"
    folder.mkdir()
    (folder / "\udcff.py").write_text("")
    assert places.find(str(folder / "\udcff.py")) is None


def test_a_link_out_of_a_package_does_not_make_a_file_public(
    places: Places, site: Path, put: Put
) -> None:
    install(site, "lamp-1.0", "lamp/__init__.py")
    (site / "lamp/anna.py").symlink_to(put("home/anna/x.py"))
    assert places.find(str(site / "lamp/anna.py")) is None


def test_a_compiled_module_has_a_place(places: Places, put: Put, config: Path) -> None:
    dynload = Path(sysconfig.get_path("platstdlib"), "lib-dynload")
    for path in [*dynload.glob("*.so")][:1]:
        place = places.find(str(path))
        assert place
        assert place.owner is Owner.PYTHON
    place = places.find(put("config/custom_components/lamp/native.so"))
    assert place
    assert place.owner is Owner.CUSTOM


def test_what_is_remembered_is_bounded(places: Places) -> None:
    for number in range(MAX_KNOWN + 10):
        places.find(f"/home/anna/{number}")
    assert len(places._known) <= MAX_KNOWN


@given(path=st.text(), below=st.booleans())
def test_any_path_is_answered(path: str, below: bool) -> None:
    root = f"{homeassistant.__path__[0]}/" if below else ""
    place = Places(Path("/nowhere")).find(root + path)
    assert place is None or Path(homeassistant.__path__[0]).parent.joinpath(place.file).is_file()


def source(path: str, line: int) -> object:
    """Return the lines around a line of a file."""
    file = sources.read(path)
    return file.around(line) if file else None


def test_of_a_source_some_lines_around_are_returned(put: Put) -> None:
    lines = [f"x{number} = {number}" for number in range(1, 100)]
    path = put("x.py", "\n".join(lines))
    assert source(path, 50) == (lines[49 - MAX_LINES : 49], lines[49], lines[50:55])
    assert source(path, 1) == ([], lines[0], lines[1:6])
    assert source(path, 99) == (lines[93:98], lines[98], [])


def test_lines_are_counted_as_the_interpreter_does(put: Put) -> None:
    assert source(put("x.py", "a = '\u2028\x0c'\r\nb = 2\n"), 2) == (
        ["a = '\u2028\x0c'"],
        "b = 2",
        [""],
    )


@pytest.mark.parametrize("line", [-1, 0, 4, sys.maxsize])
def test_a_line_that_is_not_there_is_none(put: Put, line: int) -> None:
    assert source(put("x.py", "a = 1\nb = 2\n"), line) is None
    assert source("/nowhere/x.py", line) is None


def test_long_lines_are_cut(put: Put) -> None:
    found = source(put("x.py", "x = '" + "a" * 5000 + "'\n"), 1)
    assert found == ([], "x = '" + "a" * (MAX_LINE - 5), [""])


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("<module>", True),
        ("switch", True),
        ("Lamp.switch", True),
        ("Lamp.__annotate__", True),
        ("Lamp.switch.<locals>.<lambda>", True),
        ("switch.<locals>.<listcomp>", True),
        ("anna", False),
        ("Lamp.anna", False),
        ("<anna>", False),
        ("Lamp.Later", False),
        ("Later.switch", False),
        ("Lamp.later", True),
        ("Lamp.switch.<locals>.inner", True),
        ("inner", True),
        ("anna_called", False),
        ("Anna", False),
        ("swit", False),
        ("later", True),
        ("Later", True),
        ("text", False),
        ("in_text", False),
        ("parameter", False),
        ("switch.<locals>.anna", False),
    ],
)
def test_a_name_is_in_the_source_or_was_made_at_run_time(
    put: Put, name: str, written: bool
) -> None:
    text = """
class Lamp:
    def switch(self, parameter):
        text = "def in_text(): pass"
        def inner(): pass
    anna_called = inner
    async  def later(): pass
    exec('''
class Anna: pass
def anna(): pass
''')
class  Later(Lamp): pass
"""
    file = sources.read(put("x.py", text))
    assert file
    assert file.writes(name) is written


def test_only_what_is_defined_as_a_class_is_one(put: Put) -> None:
    text = """
class Lamp(Exception):
    class Inner: pass
    def switch(self):
        class Hidden: pass
Anna = type("Anna", (Lamp,), {})
Lamp.Jane = NamedTuple("Jane", [])
"""
    file = sources.read(put("x.py", text))
    assert file
    assert file.classes == {"Lamp", "Lamp.Inner", "Lamp.switch.Hidden"}


def test_a_library_of_several_numbers_has_a_place(places: Places, site: Path) -> None:
    install(site, "lamp-1.0", "lamp.libs/liblamp-1a2b.so.1.0", "lamp/native.so")
    for name in ("lamp.libs/liblamp-1a2b.so.1.0", "lamp/native.so"):
        place = places.find(str(site / name))
        assert place
        assert place.file == name


@pytest.mark.parametrize("name", ["anna.py", "annamaria/x.py", "anna.cpython-313.so"])
def test_of_python_only_its_own_modules_have_a_name(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "lib"))
    for each in (name, "json/decoder.py"):
        (tmp_path / "lib" / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lib" / each).write_text("x = 1\n")
    assert places.find(str(tmp_path / "lib" / name)) is None
    assert places.find(str(tmp_path / "lib/json/decoder.py")) is not None
