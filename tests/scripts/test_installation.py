"""Installing by hand: `scripts/install` and `scripts/uninstall` on real folders."""

import os
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from custom_components.analytics.outbound.opt_out import FALSY, VARIABLES
from scripts import installation

pytestmark = [pytest.mark.once, pytest.mark.long]

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "custom_components" / "analytics"
OPT_OUT = ".opt-out-from-anonymous-statistics"


def run(name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run one of the two scripts from another folder, as a user may."""
    return subprocess.run(
        [ROOT / "scripts" / name, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


@cache
def home_of_python() -> str:
    """Return where python3 itself is: what is called so may search for it, longer than it runs."""
    where = "import os, sys; print(os.path.dirname(sys.executable))"
    return subprocess.check_output(["python3", "-c", where], text=True).strip()


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", home_of_python(), prepend=os.pathsep)
    folder = tmp_path / "a configuration"
    folder.mkdir()
    (folder / "configuration.yaml").write_text("default_config:\n")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, with what is in them."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_plugin_is_copied_whole_and_nothing_else_is_touched(config: Path) -> None:
    done = run("install", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Restart Home Assistant" in done.stdout
    assert "in place of" not in done.stdout
    assert files(config / "custom_components" / "analytics") == files(PLUGIN)
    assert {path.name for path in config.iterdir()} == {"configuration.yaml", "custom_components"}
    assert [path.name for path in (config / "custom_components").iterdir()] == ["analytics"]


def test_a_second_time_changes_nothing(config: Path) -> None:
    run("install", config)
    target = config / "custom_components" / "analytics"
    before = target.stat().st_ino
    done = run("install", config)
    assert (done.returncode, target.stat().st_ino) == (0, before)
    assert "nothing was changed" in done.stdout


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        ('{"name": "Open Analytics", "version": "0.0.9"}', "in place of version 0.0.9"),
        ('{"name": "Other"}', "in place of another integration, version unknown"),
        ("no JSON", "in place of another integration, version unknown"),
    ],
)
def test_what_is_replaced_is_told(config: Path, manifest: str, told: str) -> None:
    target = config / "custom_components" / "analytics"
    target.mkdir(parents=True)
    (target / "manifest.json").write_text(manifest)
    (target / "left_over.py").write_text("")
    done = run("install", config)
    assert told in done.stdout
    assert files(target) == files(PLUGIN)


def test_a_link_is_replaced_and_what_it_led_to_is_left_alone(config: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    (config / "custom_components").mkdir()
    (config / "custom_components" / "analytics").symlink_to(elsewhere)
    assert f"a link to {elsewhere}" in run("install", config).stdout
    assert files(config / "custom_components" / "analytics") == files(PLUGIN)
    assert files(elsewhere) == {"kept": b"kept"}


@pytest.mark.parametrize("script", ["install", "uninstall"])
@pytest.mark.parametrize("kind", ["empty", "missing", "file"])
def test_a_folder_that_is_no_configuration_is_refused(
    tmp_path: Path, script: str, kind: str
) -> None:
    folder = tmp_path / "folder"
    if kind == "empty":
        folder.mkdir()
    elif kind == "file":
        folder.write_text("")
    done = run(script, folder)
    assert done.returncode == 1
    assert f"{folder} is no Home Assistant configuration" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "custom_components").exists()


def test_a_folder_that_can_not_be_written_to_is_told_and_left_as_it_was(config: Path) -> None:
    (config / "custom_components").write_text("a file where the folder should be")
    done = run("install", config)
    assert done.returncode == 1
    assert "custom_components" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.name for path in config.iterdir()} == {"configuration.yaml", "custom_components"}


def test_the_flag_leaves_the_opt_out_file(config: Path) -> None:
    done = run("install", config, "--disable-telemetry")
    assert (config / OPT_OUT).exists()
    assert "nothing is sent until it is deleted" in done.stdout
    (config / OPT_OUT).unlink()
    run("install", config)
    assert not (config / OPT_OUT).exists()
    run("install", config, "--disable-telemetry")
    assert (config / OPT_OUT).exists()


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("value", ["1", "true", "yes", " ON ", "0", "", "False", "no", "off"])
def test_the_variables_that_the_plugin_obeys_leave_the_opt_out_file(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    run("install", config)
    assert (config / OPT_OUT).exists() is (value.strip().lower() not in FALSY)


def test_installing_obeys_the_same_variables_as_the_plugin() -> None:
    assert (installation.VARIABLES, installation.FALSY) == (VARIABLES, FALSY)


def test_uninstalling_takes_away_what_installing_brought(config: Path) -> None:
    before = files(config)
    run("install", config)
    done = run("uninstall", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert files(config) == before
    assert list((config / "custom_components").iterdir()) == []
    assert "nothing was changed" in run("uninstall", config).stdout


def test_uninstalling_says_that_the_opt_out_file_means_nothing_to_the_built_in_one(
    config: Path,
) -> None:
    run("install", config, "--disable-telemetry")
    assert "does not obey" in run("uninstall", config).stdout
    assert (config / OPT_OUT).exists()


def test_another_integration_is_not_taken_away(config: Path) -> None:
    target = config / "custom_components" / "analytics"
    target.mkdir(parents=True)
    (target / "manifest.json").write_text('{"name": "Other"}')
    assert run("uninstall", config).returncode == 1
    assert (target / "manifest.json").exists()


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"configuration.yaml": "analytics:\n  destination:\n    url: x\n"}, "destination"),
        ({"configuration.yaml": "analytics:\n\n  # why\n  enabled: false\n"}, "enabled"),
        ({"configuration.yaml": '"analytics" : {interval: 1, url: x}\n'}, "interval"),
        (
            {
                "configuration.yaml": "a: 1\nanalytics: !include our.yaml\n",
                "our.yaml": "interval: 1",
            },
            "interval",
        ),
        ({"packages/own.yaml": "analytics:\n    initial_delay: 3\n"}, "initial_delay"),
        (
            {
                "configuration.yaml": "homeassistant:\n  packages:\n    a:\n      analytics:\n"
                "        crash_reports:\n          dsn: x\n"
            },
            "crash_reports",
        ),
    ],
)
def test_it_is_not_taken_away_while_yaml_has_keys_of_ours(
    config: Path, written: dict[str, str], named: str
) -> None:
    run("install", config)
    for name, text in written.items():
        (config / name).parent.mkdir(exist_ok=True)
        (config / name).write_text(text)
    done = run("uninstall", config)
    assert done.returncode == 1
    assert f"{named}, below analytics:" in done.stderr
    assert (config / "custom_components" / "analytics" / "manifest.json").exists()


@pytest.mark.parametrize(
    "text",
    [
        "analytics:\n",
        "analytics:\n  snapshots_url: https://x.example\nrecorder:\n  interval: 1\n",
        "#analytics:\n#  destination: x\n",
        "analytics:\n  # destination: x\n",
        "google_analytics:\n  destination: x\n",
        "analytics: # destination: x\n",
    ],
)
def test_what_the_built_in_one_knows_is_no_hindrance(config: Path, text: str) -> None:
    run("install", config)
    (config / "configuration.yaml").write_text(text)
    done = run("uninstall", config)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_copy_that_breaks_off_leaves_the_old_one(config: Path, tmp_path: Path) -> None:
    """A file of the plugin that can't be read stands for a disk that gives up."""
    broken = tmp_path / "repository"
    shutil.copytree(ROOT / "scripts", broken / "scripts")
    shutil.copytree(PLUGIN, broken / "custom_components" / "analytics")
    run("install", config)
    (broken / "custom_components" / "analytics" / "const.py").unlink()
    (broken / "custom_components" / "analytics" / "const.py").symlink_to(tmp_path / "nowhere")
    done = subprocess.run(
        [broken / "scripts" / "install", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "const.py" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(config / "custom_components" / "analytics") == files(PLUGIN)
    assert [path.name for path in (config / "custom_components").iterdir()] == ["analytics"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("renamed", [1, 2])
def test_one_that_is_ended_while_it_replaces_leaves_one_or_the_other(
    config: Path, number: signal.Signals, renamed: int
) -> None:
    """Both renames take no time worth speaking of, so the signal is sent by the script itself."""
    target = config / "custom_components" / "analytics"
    target.mkdir(parents=True)
    (target / "manifest.json").write_text('{"name": "Open Analytics", "version": "0.0.9"}')
    ending = f"""
import os, sys
sys.path.insert(0, {str(ROOT / "scripts")!r})
import installation
done = []
def ended(event, args):
    if event == "os.rename":
        done.append(args)
        if len(done) == {renamed}:
            os.kill(os.getpid(), {int(number)})
sys.addaudithook(ended)
sys.exit(installation.main(["install", {str(config)!r}]))
"""
    subprocess.run([sys.executable, "-c", ending], capture_output=True, check=False)
    assert (target / "manifest.json").exists()
    run("install", config)
    assert files(target) == files(PLUGIN)
    assert [path.name for path in target.parent.iterdir()] == ["analytics"]


def test_what_one_that_was_killed_left_behind_goes_the_next_time(config: Path) -> None:
    run("install", config)
    left = config / "custom_components" / ".analytics-killed"
    (left / "old").mkdir(parents=True)
    run("install", config)
    assert not left.exists()
    (left / "old").mkdir(parents=True)
    run("uninstall", config)
    assert not left.exists()


def test_a_copy_that_was_killed_between_both_renames_is_put_back(config: Path) -> None:
    run("install", config)
    folder = config / "custom_components"
    (folder / ".analytics-killed").mkdir()
    (folder / "analytics").rename(folder / ".analytics-killed" / "old")
    done = run("uninstall", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(folder.iterdir()) == []


def test_whoever_runs_home_assistant_can_read_it(config: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(ROOT / "scripts", repository / "scripts")
    shutil.copytree(PLUGIN, repository / "custom_components" / "analytics")
    for path in (repository / "custom_components").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    subprocess.run([repository / "scripts" / "install", config], check=True)
    target = config / "custom_components" / "analytics"
    for path in (target, *target.rglob("*")):
        assert path.stat().st_mode & 0o077 == (0o055 if path.is_dir() else 0o044), path


def test_the_repository_itself_is_not_taken_away(config: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(ROOT / "scripts", repository / "scripts")
    shutil.copytree(PLUGIN, repository / "custom_components" / "analytics")
    (config / "custom_components").symlink_to(repository / "custom_components")
    done = subprocess.run(
        [repository / "scripts" / "uninstall", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is a link to this repository" in done.stderr
    assert files(repository / "custom_components" / "analytics") == files(PLUGIN)


@pytest.mark.parametrize(
    "written",
    [
        {"configuration.yaml": "\ufeffanalytics:\n  enabled: true\n"},
        {"configuration.yaml": "analytics:\r\n  enabled: true\r\n"},
        {"configuration.yaml": "analytics:\n\n\tenabled: true\n"},
        {"configuration.yaml": "analytics: &ours\n  enabled: true\n"},
        {"configuration.yaml": "x: &ours\n  enabled: true\nanalytics: *ours\n"},
        {"configuration.yaml": "x: &ours\n  enabled: true\nanalytics:\n  <<: *ours\n"},
        {"configuration.yaml": "{analytics: {enabled: true}}\n"},
        {"configuration.yaml": "homeassistant: {packages: {a: {analytics: {enabled: true}}}}\n"},
        {
            "configuration.yaml": "analytics: !include_dir_merge_named own\n",
            "own/a.yaml": "enabled: true\n",
        },
        {
            "configuration.yaml": "analytics: !include_dir_named own/\n",
            "own/enabled.yaml": "true\n",
        },
        {
            "configuration.yaml": "homeassistant:\n  packages: !include_dir_merge_named packages\n",
            "packages/a.yaml": "own:\n  analytics:\n    enabled: true\n",
        },
        {
            "configuration.yaml": "homeassistant:\n  packages:\n    a: !include own.conf\n",
            "own.conf": "analytics:\n  enabled: true\n",
        },
    ],
)
def test_yaml_of_all_sorts_is_understood(config: Path, written: dict[str, str]) -> None:
    run("install", config)
    for name, text in written.items():
        (config / name).parent.mkdir(exist_ok=True)
        (config / name).write_text(text, newline="")
    done = run("uninstall", config)
    assert (done.returncode, "below analytics:" in done.stderr) == (1, True)
    assert (config / "custom_components" / "analytics" / "manifest.json").exists()


def test_folders_that_are_links_are_looked_into_once(config: Path, tmp_path: Path) -> None:
    run("install", config)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "own.yaml").write_text("analytics:\n  enabled: true\n")
    (elsewhere / "loop").symlink_to(elsewhere)
    (config / "packages").symlink_to(elsewhere)
    done = run("uninstall", config)
    assert done.returncode == 1
    assert done.stderr.count("enabled, below analytics:") == 1


def test_files_that_include_each_other_are_read_once(config: Path) -> None:
    run("install", config)
    (config / "a").mkdir()
    (config / "a" / "b.conf").write_text("c: !include ../a/b.conf\nanalytics:\n  interval: 1\n")
    (config / "configuration.yaml").write_text("a: !include a/b.conf\n")
    assert run("uninstall", config).stderr.count("interval, below analytics:") == 1


def test_links_to_nowhere_and_pipes_are_no_hindrance(config: Path) -> None:
    run("install", config)
    (config / ".#configuration.yaml").symlink_to("somebody@elsewhere.1:1")  # as Emacs locks files
    os.mkfifo(config / "pipe.yaml")
    done = run("uninstall", config)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "text",
    [
        'input_text:\n  a:\n    name: "analytics: enabled: true"\n',
        "# {analytics: {enabled: true}}\n",
        "a:\n  - alias: x\n    description: see analytics{enabled: true}\n",
    ],
)
def test_what_only_reads_like_it_is_no_hindrance(config: Path, text: str) -> None:
    run("install", config)
    (config / "configuration.yaml").write_text(text)
    done = run("uninstall", config)
    assert (done.returncode, done.stderr) == (0, "")
