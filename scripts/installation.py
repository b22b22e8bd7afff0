"""Put the plugin into a Home Assistant configuration by hand, and take it out again.

Needs nothing but Python 3.9 and its standard library, so it must not use younger syntax.
"""

import argparse
import hashlib
import json
import os
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.analytics_yaml import keys_of_ours  # noqa: E402

PLUGIN = ROOT / "custom_components" / "analytics"
CONFIGURATION = "configuration.yaml"
OPT_OUT = ".opt-out-from-anonymous-statistics"
# The plugin's outbound/opt_out.py has the same; a test compares them.
VARIABLES = ("DO_NOT_TRACK", "DISABLE_TELEMETRY")
FALSY = {"", "0", "false", "no", "off"}
# Beside the plugin, so that it is put into its place by a rename; no name of a module.
SPARE = ".analytics-"
OLD = "old"


class InstallationError(Exception):
    """Something that the user has to mend first."""


def main(arguments: Sequence[str]) -> int:
    """Install or uninstall; what is in the way is said in one line."""
    options = _parse(arguments)
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    try:
        folder = _configuration(options.folder)
        if options.command == "install":
            with _plugin(options.zip) as plugin:
                install(folder, plugin, disable_telemetry=options.disable_telemetry)
        else:
            uninstall(folder)
    except InstallationError as error:
        print(error, file=sys.stderr)
        return 1
    except shutil.Error as error:
        print(*(f"{source}: {reason}" for source, _, reason in error.args[0]), file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or options.folder}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("install", "uninstall"):
        command = commands.add_parser(name, prog=f"scripts/{name}")
        command.add_argument(
            "folder", type=Path, metavar="CONFIG_FOLDER", help="the one with configuration.yaml"
        )
        if name == "install":
            command.add_argument(
                "--disable-telemetry",
                action="store_true",
                default=_is_off(os.environ),
                help=f"leave a file {OPT_OUT}, which keeps everything off until it is deleted; "
                f"{' or '.join(f'{name}=1' for name in VARIABLES)} does the same",
            )
            command.add_argument(
                "--zip", type=Path, help="the analytics.zip of a release, in place of this folder's"
            )
    return parser.parse_args(arguments)


def _is_off(environ: "Mapping[str, str]") -> bool:
    """Tell whether a variable is set that the plugin obeys: whoever installs would not track."""
    return any(environ.get(name, "").strip().lower() not in FALSY for name in VARIABLES)


def _configuration(folder: Path) -> Path:
    if not (folder / CONFIGURATION).is_file():
        raise InstallationError(
            f"{folder} is no Home Assistant configuration: there is no {CONFIGURATION} in it. "
            "Name the folder that has one."
        )
    return folder


@contextmanager
def _plugin(archive: "Path | None") -> "Iterator[Path]":
    """Lend the folder to copy: this repository's, or that of a release, unpacked."""
    if archive is None:
        yield PLUGIN
        return
    with tempfile.TemporaryDirectory(prefix="open-analytics-") as folder:
        try:
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(folder)
        except zipfile.BadZipFile as error:
            raise InstallationError(f"{archive} can't be unpacked: {error}.") from None
        if not _is_ours(Path(folder)):
            raise InstallationError(
                f"{archive} is no release of Open Analytics; nothing was changed. Its file is "
                "named analytics.zip."
            )
        yield Path(folder)


def install(folder: Path, plugin: Path = PLUGIN, *, disable_telemetry: bool = False) -> None:
    """Copy the plugin, whole or not at all, and tell what it replaced."""
    if disable_telemetry:
        # First, so that there is no moment in which the plugin is there and the file is not.
        (folder / OPT_OUT).touch()
        print(f"{folder / OPT_OUT} is there: nothing is sent until it is deleted.")
    target = folder / "custom_components" / "analytics"
    version = _version(plugin)
    _tidy(target)
    if not target.is_symlink() and _digest(target) == _digest(plugin):
        print(f"Open Analytics {version} is in {target} already; nothing was changed.")
        return
    replaced = _described(target)
    target.parent.mkdir(exist_ok=True)
    with _spare(target) as spare:
        new = spare / "new"
        shutil.copytree(plugin, new, ignore=shutil.ignore_patterns("__pycache__"))
        _let_all_read(new)
        if os.path.lexists(target):
            target.rename(spare / OLD)
        new.rename(target)
    print(f"Open Analytics {version} is in {target}{replaced}.")
    print("Restart Home Assistant. Your choices under Settings > System > Analytics go on.")


def uninstall(folder: Path) -> None:
    """Take the plugin away, once nothing in YAML needs it."""
    target = folder / "custom_components" / "analytics"
    _tidy(target)
    if not os.path.lexists(target):
        print(f"There is no {target}; nothing was changed.")
        return
    if not _is_ours(target):
        raise InstallationError(f"{target} is another integration; nothing was changed.")
    if not target.is_symlink() and target.resolve() == PLUGIN:
        raise InstallationError(
            f"A folder above {target} is a link to this repository; remove the link by hand."
        )
    if found := sorted(keys_of_ours(folder)):
        raise InstallationError(
            "Home Assistant's own analytics can't be set up with these lines; remove them first:\n"
            + "\n".join(f"  {file}: {key}, below analytics:" for file, key in found)
        )
    with _spare(target) as spare:
        target.rename(spare / "gone")
    print(f"{target} is gone. Restart Home Assistant: its own analytics takes over, with your")
    print("choices for Home Assistant under Settings > System > Analytics.")
    if (folder / OPT_OUT).exists():
        print(f"Beware: it does not obey {folder / OPT_OUT}.")


@contextmanager
def _spare(target: Path) -> Iterator[Path]:
    """Lend a folder in which the new plugin is made, and the old one is put away."""
    folder = Path(tempfile.mkdtemp(prefix=SPARE, dir=target.parent))
    try:
        yield folder
    finally:
        _clear(folder, target)


def _tidy(target: Path) -> None:
    """Finish what was killed: a rename is whole, but there are two of them."""
    for left in target.parent.glob(f"{SPARE}*"):
        _clear(left, target)


def _clear(spare: Path, target: Path) -> None:
    """Put the old plugin back if no new one is there, and delete what is left."""
    old = spare / OLD
    if os.path.lexists(old) and not os.path.lexists(target):
        old.rename(target)
    shutil.rmtree(spare, ignore_errors=True)
    if spare.exists():
        # As what Home Assistant compiled, where it runs as another user.
        print(f"{spare} can't be deleted by you; nobody needs it any more.", file=sys.stderr)


def _let_all_read(folder: Path) -> None:
    """Give the modes of public files: Home Assistant may run as another user."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _described(target: Path) -> str:
    """Return a half-sentence about what is replaced, none where there is nothing."""
    if target.is_symlink():
        return f", in place of a link to {target.readlink()}"
    if not target.exists():
        return ""
    name = "" if _is_ours(target) else "another integration, "
    return f", in place of {name}version {_version(target)}"


def _manifest(target: Path) -> dict[str, object]:
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _version(target: Path) -> str:
    return str(_manifest(target).get("version", "unknown"))


def _is_ours(target: Path) -> bool:
    return _manifest(target).get("name") == _manifest(PLUGIN)["name"]


def _digest(target: Path) -> str:
    """Return a digest of names and contents, an empty one where there is no folder."""
    if not target.is_dir():
        return ""
    digest = hashlib.sha256()
    for path in sorted(target.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{path.relative_to(target)}\0{content}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
