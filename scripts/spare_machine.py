"""Make a machine in a folder: a copy of this one, or a minimal Debian.

The copy lacks what was provided for the project. Both are mounted, so this runs as root in a mount
namespace that somebody ends. Needs nothing but Python 3.11 and its standard library.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

# What a newcomer's machine would not have. Removed in the copy only, so that nothing is lost.
PROVIDED_PACKAGES = ("chromium", "chromium-common", "chromium-headless-shell", "debootstrap")
PROVIDED_PYTHONS = "opt/python3.*"  # with programs in usr/local/bin that call them
CACHES = (".cache", ".local/share/uv", ".local/bin/uv", ".cargo/bin/uv")

# Of this machine's configuration, what decides how packages are reached.
NETWORK_FILES = (
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/pip.conf",
    "/etc/uv/uv.toml",
    "/usr/local/share/ca-certificates",
    "/etc/ssl/certs/ca-certificates.crt",
    "~/.config/pip",
    "~/.config/uv",
)
# Of its variables, the same and what is said of this terminal.
PASSED_VARIABLES = re.compile(
    r"CI|LANG|TERM|PIP_\w+|UV_\w+|\w+_proxy|SSL_CERT_\w+|\w+_CA_BUNDLE|GIT_SSL_CAINFO",
    re.IGNORECASE,
)
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class MachineError(Exception):
    """No machine can be made in a folder of this one."""


# --- This machine, without what was provided


def copy_of_this_machine(folder: Path) -> Path:
    """Return the root of a copy in which all changes stay in the folder."""
    root = folder / "root"
    for name in ("changes", "work", "root"):
        (folder / name).mkdir()
    options = f"lowerdir=/,upperdir={folder}/changes,workdir={folder}/work"
    try:
        _run("mount", "-t", "overlay", "overlay", "-o", options, root)
    except MachineError as error:
        raise MachineError(
            f"{error}\nName a folder on a disk with TMPDIR, or use --here on a machine on which "
            "nothing was provided."
        ) from None
    _mount_kernel(root)
    for file in ("/etc/resolv.conf", "/etc/hosts"):  # in a container they are mounts
        _lend(root, file)
    _hide_provided(root)
    return root


def _hide_provided(root: Path) -> None:
    _remove_packages(root)
    for folder in root.glob(PROVIDED_PYTHONS):
        for program in (root / "usr/local/bin").glob("python3*"):
            if _mentions(program, f"/{folder.relative_to(root)}/"):
                program.unlink()
        _hide(folder, root.parent)
    home = root / Path.home().relative_to("/")
    on_path = [Path(place) / "uv" for place in os.environ.get("PATH", "").split(os.pathsep)]
    for uv in filter(Path.is_absolute, on_path):
        _hide(root / uv.relative_to("/"), root.parent)
    for name in CACHES:
        _hide(home / name, root.parent)


def _remove_packages(root: Path) -> None:
    """Remove what was installed for the project, and what only that needs."""
    query = ("dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n")
    listed = subprocess.run(query, capture_output=True, text=True, check=False)
    there = {line.split()[0] for line in listed.stdout.splitlines() if line.endswith(" installed")}
    if found := sorted(there.intersection(PROVIDED_PACKAGES)):
        _run("chroot", root, "apt-get", "purge", "-y", "-qq", "--auto-remove", *found)


def _mentions(program: Path, text: str) -> bool:
    """Tell whether a program is a script, or a link, to what is in a folder."""
    if program.is_symlink():
        return str(program.readlink()).startswith(text)
    return text.encode() in program.read_bytes()[:4096]


def _hide(path: Path, scratch: Path) -> None:
    """Delete a file, or put an empty folder before one that others may be writing to."""
    if path.is_dir():
        _run("mount", "--bind", tempfile.mkdtemp(prefix="empty-", dir=scratch), path)
    else:
        path.unlink(missing_ok=True)


# --- A minimal Debian


def minimal_debian(folder: Path, suite: str, packages: Sequence[str]) -> Path:
    """Return the root of a Debian that has these packages, and what they depend on or recommend."""
    if not shutil.which("debootstrap"):
        raise MachineError("debootstrap is missing: apt install debootstrap, then try again.")
    root = folder / "root"
    _run("debootstrap", "--variant=minbase", suite, root, _mirror())
    _mount_kernel(root)
    _lend_network(root)
    environment = environment_of_minimal(os.environ)
    _run("chroot", root, "apt-get", "update", "-qq", env=environment)
    _run("chroot", root, "apt-get", "install", "-y", "-qq", *packages, env=environment)
    _lend_network(root)  # the certificates, which a package has just written
    return root


def environment_of_minimal(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of a new machine, with those that decide how packages are reached."""
    passed = {key: value for key, value in environ.items() if PASSED_VARIABLES.fullmatch(key)}
    return {**passed, "HOME": "/root", "PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"}


def _mirror() -> str:
    """Return where this machine gets Debian from."""
    query = ("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)")
    codename = _os_release().get("VERSION_CODENAME", "")
    for line in _output(*query, "Identifier: Packages").splitlines():
        release, _, address = line.partition(" ")
        if release == codename and _os_release().get("ID") == "debian":
            return address
    raise MachineError("No mirror of Debian is known: apt of this machine has none for itself.")


def _os_release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}


def _lend_network(root: Path) -> None:
    """Copy what decides how packages are reached."""
    for name in NETWORK_FILES:
        _lend(root, str(Path(name).expanduser()))
    settings = _output("apt-config", "dump", "Acquire")
    (root / "etc/apt/apt.conf.d/99machine").write_text(settings, encoding="utf-8")


# --- Both


def _lend(root: Path, name: str) -> None:
    """Copy a file or folder of this machine, if it is there."""
    source, target = Path(name), root / name.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        target.unlink(missing_ok=True)  # a link may lead out of the root
        shutil.copyfile(source, target)


def _mount_kernel(root: Path) -> None:
    _run("mount", "-t", "proc", "proc", root / "proc")
    for name in ("dev", "sys"):
        _run("mount", "--rbind", f"/{name}", root / name)


def _run(*command: str | Path, env: Mapping[str, str] | None = None) -> None:
    """Run a command whose output is told only where it fails, which raises MachineError."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=env,
        check=False,
    )
    if done.returncode != 0:
        said = "\n".join(done.stdout.splitlines()[-20:])
        raise MachineError(
            f"{' '.join(map(str, command[:6]))} ended with {done.returncode}:\n{said}"
        )


def _output(*command: str) -> str:
    """Return what a command prints; raises MachineError."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise MachineError(
            f"{command[0]} does not tell how packages are reached: {error}"
        ) from None
