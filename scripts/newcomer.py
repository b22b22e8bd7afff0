"""Clone the project into an empty folder, and run there what README.md says.

Mounts are made in a namespace of their own: whatever ends this, they and all that was started go
with it, and the folder is deleted. Needs nothing but Python 3.11 and its standard library.
"""

import argparse
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scripts import spare_machine
from scripts.readme import README, ReadmeError, commands, packages
from scripts.spare_machine import MachineError

ROOT = Path(__file__).resolve().parent.parent
CLONE = "open-analytics"
ON_DISK = "/var/tmp"  # noqa: S108 - mkdtemp makes a folder there that is nobody else's
# What makes the commands end by themselves, and the tests shorter where that is asked for.
ONCE = {"scripts/demo": ("--once",)}
FAST = {"scripts/test": ("--fast",)}
# What the README asks for, and what it says that the scripts get.
INVENTORY = (
    "for name in git python3 python3.13 python3.14 uv c++ chromium debootstrap; "
    'do echo "$name: $(command -v $name || echo none)"; done'
)
# bash adopts and reaps what others leave behind, as the first process of a machine has to. The
# machine ends with it. `set -m` lets what it starts obey Ctrl-C, as tests want.
FIRST_PROCESS = 'trap "exit 143" TERM; set -m; "$@" & set +m; wait $!'


@dataclass(frozen=True)
class Machine:
    """Where commands are run: a folder with a system in it, or this machine."""

    root: Path | None
    home: Path
    environ: Mapping[str, str]

    def run(self, command: str, folder: Path) -> int:
        """Run a command in a folder as a shell would, and return its exit code."""
        inside = f"cd {shlex.quote(str(folder))} && {command}"
        chroot = ["chroot", str(self.root)] if self.root else []
        return subprocess.run(
            [*chroot, "bash", "-c", inside],
            stdin=subprocess.DEVNULL,
            env=dict(self.environ),
            check=False,
        ).returncode


class NewcomerError(Exception):
    """A newcomer would have been stopped."""


def main(arguments: Sequence[str]) -> int:
    """Be a newcomer and return the exit code."""
    options = parse(arguments)
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    # A shell that starts this in the background has it ignore what Ctrl-C sends.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if options.inside:
            be_newcomer(machine(options.inside, options.suite), fast=options.fast)
            return 0
        with scratch_folder() as folder:
            if options.here:
                be_newcomer(Machine(None, folder, os.environ), fast=options.fast)
                return 0
            return run_apart(folder, arguments)
    except (NewcomerError, MachineError, ReadmeError) as error:
        say(f"\nA newcomer fails: {error}")
        return 1
    except KeyboardInterrupt:
        return 130


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/newcomer", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("suite", nargs="?", help="make a minimal Debian of it, such as trixie")
    parser.add_argument("--here", action="store_true", help="on this machine as it is")
    parser.add_argument("--fast", action="store_true", help="run the plugin's fast tests only")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here and options.suite:
        parser.error("either a suite or --here")
    return options


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Lend a folder on a disk: what is tried takes gigabytes, and /tmp may be in memory."""
    folder = tempfile.mkdtemp(prefix="newcomer-", dir=os.environ.get("TMPDIR", ON_DISK))
    try:
        yield Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_apart(folder: Path, arguments: Sequence[str]) -> int:
    """Go on in a namespace of its own, which ends with this process, and return its exit code."""
    if os.geteuid() != 0:
        raise MachineError("Only root may make a machine in a folder; --here needs no root.")
    if not shutil.which("unshare"):
        raise MachineError("A machine in a folder needs Linux, and unshare of util-linux.")
    again = [sys.executable, "-m", "scripts.newcomer", "--inside", str(folder), *arguments]
    first = ["bash", "-c", FIRST_PROCESS, "newcomer", *again]
    process = subprocess.Popen(["unshare", "--mount", "--pid", "--fork", "--kill-child", *first])
    try:
        return process.wait()
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the first process inside, if it runs; nothing else is left when it is gone."""
    with suppress(OSError):
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        for child in children.split():
            os.kill(int(child), signal.SIGTERM)
    process.wait()


def machine(folder: Path, suite: str | None) -> Machine:
    """Make the machine to be new on."""
    if suite:
        with step(f"Making a minimal Debian {suite}"):
            root = spare_machine.minimal_debian(folder, suite, named_packages())
        return Machine(root, Path("/root"), spare_machine.environment_of_minimal(os.environ))
    with step("Making a copy of this machine without what was provided on it"):
        root = spare_machine.copy_of_this_machine(folder)
    return Machine(root, Path.home(), os.environ)


def be_newcomer(on: Machine, *, fast: bool) -> None:
    """Clone, and run each command of the README; raises NewcomerError with those that failed."""
    outside = (on.root or Path("/")) / on.home.relative_to("/") / CLONE
    with step("Cloning"):
        clone(outside)
    on.run(INVENTORY, on.home)
    failed = []
    for command in commands(README.read_text(encoding="utf-8")):
        with step(typed := completed(command, fast=fast)):
            if code := on.run(typed, on.home / CLONE):
                failed.append(f"{typed} ended with code {code}.")
    if failed:
        raise NewcomerError(" ".join(failed))


def completed(command: str, *, fast: bool) -> str:
    """Return a command of the README with what makes it end by itself."""
    words = shlex.split(command)
    return shlex.join([*words, *ONCE.get(words[0], ()), *(FAST.get(words[0], ()) if fast else ())])


def named_packages() -> list[str]:
    """Return the packages that the README names."""
    return packages(README.read_text(encoding="utf-8"))


def clone(folder: Path) -> None:
    """Clone what is committed, whoever owns the repository."""
    say(output("git", "-c", f"safe.directory={ROOT}", "-C", ROOT, "log", "-1", "--format=%h %s"))
    upload = "git -c safe.directory='*' upload-pack"
    output("git", "clone", "--quiet", "--depth=1", "-u", upload, ROOT.as_uri(), folder)


def output(*command: str | Path) -> str:
    """Return what a command prints; raises NewcomerError with what it says where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NewcomerError(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Announce what is done, and say at its end how long it took."""
    started = time.monotonic()
    say(f"\n--- A newcomer: {what} …")
    yield
    say(f"--- {what}: {time.monotonic() - started:.0f} s")


def say(text: str) -> None:
    """Show progress at once, in order with what the commands print."""
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
