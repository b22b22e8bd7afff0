"""Put the plugin into a Home Assistant configuration by hand, and take it out again.

Needs nothing but Python 3.9 and its standard library, so it must not use younger syntax.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

PLUGIN = Path(__file__).resolve().parent.parent / "custom_components" / "analytics"
CONFIGURATION = "configuration.yaml"
OPT_OUT = ".opt-out-from-anonymous-statistics"
# The built-in integration knows `analytics:` with none of these.
OUR_KEYS = ("crash_reports", "destination", "enabled", "initial_delay", "interval")
NOT_YAML = ("custom_components", "deps", "node_modules", "www")
SECTION = re.compile(r"^(?P<indent>\s*)[\"']?analytics[\"']?\s*:\s*(?P<value>[^#]*)")
KEY = re.compile(rf"[\"']?\b(?P<key>{'|'.join(OUR_KEYS)})\b[\"']?\s*:")


class InstallationError(Exception):
    """Something that the user has to mend first."""


def main(arguments: Sequence[str]) -> int:
    """Install or uninstall; what is in the way is said in one line."""
    options = _parse(arguments)
    try:
        folder = _configuration(options.folder)
        if options.command == "install":
            install(folder, disable_telemetry=options.disable_telemetry)
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
                help=f"leave a file {OPT_OUT}, which keeps everything off until it is deleted",
            )
    return parser.parse_args(arguments)


def _configuration(folder: Path) -> Path:
    if not (folder / CONFIGURATION).is_file():
        raise InstallationError(
            f"{folder} is no Home Assistant configuration: there is no {CONFIGURATION} in it. "
            "Name the folder that has one."
        )
    return folder


def install(folder: Path, *, disable_telemetry: bool = False) -> None:
    """Copy the plugin, whole or not at all, and tell what it replaced."""
    if disable_telemetry:
        # First, so that there is no moment in which the plugin is there and the file is not.
        (folder / OPT_OUT).touch()
        print(f"{folder / OPT_OUT} is there: nothing is sent until it is deleted.")
    target = folder / "custom_components" / "analytics"
    version = _version(PLUGIN)
    if not target.is_symlink() and _digest(target) == _digest(PLUGIN):
        print(f"Open Analytics {version} is in {target} already; nothing was changed.")
        return
    replaced = _described(target)
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".analytics-", dir=target.parent) as spare:
        new = Path(spare) / "new"
        shutil.copytree(PLUGIN, new, ignore=shutil.ignore_patterns("__pycache__"))
        _exchange(new, target, Path(spare) / "old")
    print(f"Open Analytics {version} is in {target}{replaced}.")
    print("Restart Home Assistant. Your choices under Settings > System > Analytics go on.")


def uninstall(folder: Path) -> None:
    """Take the plugin away, once nothing in YAML needs it."""
    target = folder / "custom_components" / "analytics"
    if not target.is_symlink() and not target.exists():
        print(f"There is no {target}; nothing was changed.")
        return
    if not _is_ours(target):
        raise InstallationError(f"{target} is another integration; nothing was changed.")
    if found := sorted(set(_sections(folder))):
        raise InstallationError(
            "Home Assistant's own analytics can't be set up with these lines; remove them first:\n"
            + "\n".join(f"  {file}: {key}, below analytics:" for file, key in found)
        )
    with tempfile.TemporaryDirectory(prefix=".analytics-", dir=target.parent) as spare:
        target.rename(Path(spare) / "old")
    print(f"{target} is gone. Restart Home Assistant: its own analytics takes over, with your")
    print("choices for Home Assistant under Settings > System > Analytics.")
    if (folder / OPT_OUT).exists():
        print(f"Beware: it does not obey {folder / OPT_OUT}.")


def _exchange(new: Path, target: Path, old: Path) -> None:
    """Put a folder in the place of another; if that fails the old one is there as before."""
    there = target.is_symlink() or target.exists()
    if there:
        target.rename(old)
    try:
        new.rename(target)
    except OSError:
        if there:
            old.rename(target)
        raise


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


def _sections(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files, and keys of ours below an `analytics:` in them, also in what it includes."""
    for path in _yaml_files(folder):
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        for number, line in enumerate(lines):
            if not (section := SECTION.match(line)):
                continue
            value = section["value"].strip()
            if value.startswith("!include "):
                included = path.parent / value.split(None, 1)[1].strip("\"' ")
                yield from _keys(included, _lines(included))
            else:
                below = _below(lines[number + 1 :], len(section["indent"]))
                yield from _keys(path, [value, *below])


def _yaml_files(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each not in NOT_YAML and each[0] != "."]
        yield from (Path(parent, file) for file in files if file.endswith((".yaml", ".yml")))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []


def _below(lines: Sequence[str], indent: int) -> Iterator[str]:
    """Yield the lines of a block that is indented further, without comments."""
    for line in lines:
        bare = line.split(" #", maxsplit=1)[0].rstrip()
        if not bare.strip() or bare.lstrip().startswith("#"):
            continue
        if len(bare) - len(bare.lstrip()) <= indent:
            return
        yield bare


def _keys(path: Path, lines: Sequence[str]) -> Iterator[tuple[Path, str]]:
    for line in lines:
        if not line.lstrip().startswith("#"):
            yield from ((path, found["key"]) for found in KEY.finditer(line))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
