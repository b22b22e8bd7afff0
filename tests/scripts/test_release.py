"""A release as its users get it: built by `scripts/release`, installed, and run."""

import asyncio
import json
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from scripts.environments import find_uv
from scripts.ports import LOOPBACK, free_port
from tests.limits import limited

pytestmark = [
    pytest.mark.once,
    pytest.mark.long,
    pytest.mark.usefixtures("socket_enabled"),
]

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "custom_components" / "analytics"
VERSION = json.loads((PLUGIN / "manifest.json").read_text())["version"]
STOP_TIMEOUT = 30


def run(*command: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("release")
    done = run(ROOT / "scripts" / "release", folder)
    assert done.returncode == 0, done.stderr
    assert f"Open Analytics {VERSION} is in" in done.stdout
    return folder


@pytest.fixture(scope="module")
def wheel(release: Path) -> Path:
    (wheel,) = release.glob("*.whl")
    return wheel


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "configuration.yaml").write_text("default_config:\n")
    return folder


def tracked_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_hacs_finds_the_plugin_in_the_zip(release: Path) -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert hacs["zip_release"] is True
    with zipfile.ZipFile(release / hacs["filename"]) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == tracked_files(PLUGIN)


def test_the_zip_is_installed_by_hand(release: Path, config: Path) -> None:
    done = run(ROOT / "scripts" / "install", config, "--zip", release / "analytics.zip")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"Open Analytics {VERSION} is in" in done.stdout
    assert tracked_files(config / "custom_components" / "analytics") == tracked_files(PLUGIN)


def test_the_same_files_make_the_same_zip(release: Path, tmp_path: Path) -> None:
    run(ROOT / "scripts" / "release", tmp_path)
    name = "analytics.zip"
    assert (tmp_path / name).read_bytes() == (release / name).read_bytes()


def test_the_notes_are_what_is_new(release: Path) -> None:
    notes = (release / "notes.md").read_text()
    assert notes.strip()
    assert f"({VERSION}" not in notes
    assert "\n## " not in f"\n{notes}"
    assert notes.strip() in (ROOT / "CHANGELOG.md").read_text()


def test_the_wheel_has_the_version_of_the_manifest(wheel: Path) -> None:
    assert wheel.name.split("-")[:2] == ["open_analytics", VERSION]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" not in project, "the manifest has it"


def test_the_wheel_has_all_that_the_receiver_is_made_of(wheel: Path) -> None:
    files = {f"receiver/{name}" for name in tracked_files(ROOT / "receiver")}
    assert "receiver/dashboard/integrations.json" in files
    with zipfile.ZipFile(wheel) as archive:
        assert files - set(archive.namelist()) == set()


@pytest.fixture
def receiver(
    socket_enabled: None, wheel: Path, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the wheel's receiver in an environment that has nothing else."""
    environment, uv, port = tmp_path / "environment", find_uv(), free_port()
    assert run(uv, "venv", "--python", sys.executable, environment).returncode == 0
    installed = run(uv, "pip", "install", "--python", environment / "bin" / "python", wheel)
    assert installed.returncode == 0, installed.stderr
    command: list[str | Path] = [
        environment / "bin" / "open-analytics-receiver",
        f"--database={tmp_path / 'analytics.db'}",
        f"--port={port}",
    ]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        yield process, port
        process.kill()


async def listening(process: subprocess.Popen[bytes]) -> None:
    """Wait until it says that it listens; the end of what it says is its end."""
    assert process.stdout
    said = b""
    with limited(process, "the word that it listens"):
        while line := await asyncio.to_thread(process.stdout.readline):
            said += line
            if line.startswith(b"Listening"):
                return
    pytest.fail(f"the receiver ended:\n{said.decode()}")


async def test_the_wheel_runs_alone(receiver: tuple[subprocess.Popen[bytes], int]) -> None:
    process, port = receiver
    await listening(process)
    async with aiohttp.ClientSession(f"http://{LOOPBACK}:{port}") as session:
        report = {"uuid": "0" * 32, "version": "2026.10.4", "installation_type": "Unknown"}
        async with session.post("/v1", json=report) as answer:
            assert answer.status == 200
        async with session.get("/") as page:
            assert (page.status, page.content_type) == (200, "text/html")
    process.send_signal(signal.SIGTERM)
    assert process.wait(STOP_TIMEOUT) == 0


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Copy what `scripts/release` reads."""
    folder = tmp_path / "repository"
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("scripts", "receiver", "custom_components"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"):
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def test_what_the_container_is_built_from_suffices(tmp_path: Path) -> None:
    lines = (ROOT / "Containerfile").read_text().splitlines()
    for *sources, target in (line.split()[1:] for line in lines if line.startswith("COPY ")):
        for source in sources:
            copy(ROOT / source, tmp_path / Path(target).relative_to("/"))
    build = (find_uv(), "build", "--python", sys.executable, "--wheel")
    built = run(*build, "--out-dir", tmp_path / "dist", tmp_path / "src")
    assert built.returncode == 0, built.stderr
    assert [path.name.split("-")[1] for path in (tmp_path / "dist").glob("*.whl")] == [VERSION]


def copy(source: Path, target: Path) -> None:
    """Copy as COPY does: what is in a folder, or a file into a folder."""
    target.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


@pytest.mark.parametrize(
    ("tag", "heading", "said"),
    [
        (
            "v9.9.9",
            f"## {VERSION} (2026-12-01)",
            f"The tag is v9.9.9, but manifest.json has the version {VERSION}",
        ),
        (f"v{VERSION}", "## 9.9.9 (2026-12-01)", f"CHANGELOG.md has to begin with '## {VERSION} "),
        (f"v{VERSION}", f"## {VERSION} (not released yet)", "does not say on which day"),
    ],
)
def test_a_tag_that_does_not_agree_is_no_release(
    repository: Path, tag: str, heading: str, said: str
) -> None:
    changelog = repository / "CHANGELOG.md"
    changelog.write_text(
        re.sub(r"^## .*$", heading, changelog.read_text(), count=1, flags=re.MULTILINE)
    )
    done = run(repository / "scripts" / "release", "--tag", tag)
    assert done.returncode == 1
    assert said in done.stderr
    assert not list(repository.glob("dist/*"))


@pytest.mark.parametrize("content", [b"", b"no zip"])
def test_a_zip_that_is_none_is_refused(config: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "analytics.zip").write_bytes(content)
    done = run(ROOT / "scripts" / "install", config, "--zip", tmp_path / "analytics.zip")
    assert done.returncode == 1
    assert "can't be unpacked" in done.stderr
    assert [path.name for path in config.iterdir()] == ["configuration.yaml"]


@pytest.mark.parametrize("files", [{}, {"manifest.json": '{"name": "Other"}'}])
def test_a_zip_of_something_else_is_refused(
    config: Path, tmp_path: Path, files: dict[str, str]
) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    done = run(ROOT / "scripts" / "install", config, "--zip", tmp_path / "other.zip")
    assert done.returncode == 1
    assert "is no release of Open Analytics" in done.stderr
    assert [path.name for path in config.iterdir()] == ["configuration.yaml"]
