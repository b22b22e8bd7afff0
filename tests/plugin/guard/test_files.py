"""Files may be named that anybody could have, by their name below their package."""

import sysconfig
from ipaddress import ip_network
from pathlib import Path

import homeassistant
import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.analytics.code.published import host_domains
from custom_components.analytics.guard.last_look import offends
from custom_components.analytics.guard.public_names import PUBLIC_NAMES
from custom_components.analytics.models import Knowledge
from custom_components.analytics.tiers.table import Content

KNOWLEDGE = Knowledge(
    built_in=host_domains(),
    secrets=frozenset({"nas-keller", "annas_lamp", "hunter2hunter"}),
    networks=(ip_network("10.7.0.0/24"),),
    public=PUBLIC_NAMES,
)


def passes(file: str) -> bool:
    """Tell whether a file's name may leave."""
    return not offends(file, Content.FILE, KNOWLEDGE)


@pytest.mark.parametrize(
    "file",
    [
        "homeassistant/core.py",
        "homeassistant/components/__init__.py",
        "homeassistant/components/zha/core.py",
        "homeassistant/components/hassio/update/handler.py",
        "asyncio/base_events.py",
        "threading.py",
        "lib-dynload/_ssl.cpython-314-x86_64-linux-gnu.so",
        "numpy/_core/multiarray.cpython-314-x86_64-linux-gnu.so",
        "numpy.libs/libscipy_openblas64.so",
        "_cffi_backend.cp314-win_amd64.pyd",
    ],
)
def test_a_file_of_a_public_package_passes(file: str) -> None:
    assert passes(file)


@pytest.mark.parametrize(
    "file",
    [
        "",
        "/",
        ".py",
        "/asyncio/base_events.py",
        "//server/share/core.py",
        "C:/python/core.py",
        "C:\\python\\core.py",
        "~/core.py",
        "asyncio//base_events.py",
        "asyncio/base_events.py/",
        "../core.py",
        "asyncio/../core.py",
        "asyncio/..",
        "asyncio/./core.py",
        "asyncio/.hidden.py",
        ".storage/auth.py",
        "asyncio/core..py",
        "asyncio/core.py\n",
        "asyncio/core.txt",
        "secrets.yaml",
        "asyncio",
        "anna's lamp.py",
        "ännchen.py",
        "custom_components/lamp/core.py",
        "custom_components/hacs/__init__.py",
        "homeassistant/components/lamp/core.py",
        "asyncio/annas_lamp.py",
        "asyncio/annas-lamp/core.py",
        "annas_lamp/core.py",
        "asyncio/ANNAS_LAMP.py",
        "asyncio/core.hunter2hunter.py",
        "package/hunter2hunter.cpython-314-x86_64-linux-gnu.so",
        "package/10-7-0-5.py",
        "package/aa-bb-cc-dd-ee-ff.py",
        "package/123e4567-e89b-12d3-a456-426614174000.py",
        "package/eyJhbGciOiJIUzI1NiJ9eyJzdWIi.py",
        "a/" * 20 + "core.py",
    ],
)
def test_what_may_be_of_this_home_offends(file: str) -> None:
    assert not passes(file)


def test_the_files_of_the_host_and_of_python_pass() -> None:
    roots = (Path(homeassistant.__path__[0]).parent, Path(sysconfig.get_path("stdlib")))
    folders = (
        roots[0] / "homeassistant" / "helpers",
        roots[1] / "asyncio",
        roots[1] / "lib-dynload",
    )
    found = [
        path.relative_to(root).as_posix()
        for folder, root in zip(folders, (roots[0], roots[1], roots[1]), strict=True)
        for path in folder.rglob("*")
        if path.suffix in {".py", ".so"}
    ]
    assert len(found) > 100
    assert [file for file in found if not passes(file)] == []


@given(st.text(alphabet="aZ0_-./\\ :~+ä\n\0") | st.text())
def test_what_passes_is_below_a_folder(text: str) -> None:
    if passes(text):
        path = Path("/below") / text
        assert path.as_posix() == f"/below/{text}"
        assert path.resolve() == path
        assert text.isascii()
