"""Know where the Chromium of the browser tests is, and get one where there is none.

The only place that knows. Needs nothing but Python 3.11 and its standard library.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.environments import (
    SetupError,
    as_root,
    install_packages,
    one_at_a_time,
    output,
    run,
    say,
)

# The first is the same engine without a window around it, for half the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as playwright: print(playwright.chromium.executable_path)"
)
DOWNLOAD_TIMEOUT = 1200  # seconds; it is 170 MB

REMEDY = (
    "Install it (on Debian: sudo apt-get install {package}; elsewhere: {python} -m playwright "
    "install --with-deps chromium), or put the path of yours into CHROMIUM."
)


class ChromiumMissingError(Exception):
    """There is no Chromium that starts."""

    def __init__(self, python: Path) -> None:
        """Say how to get one; `python` is of an environment that has Playwright."""
        super().__init__(f"Chromium. {REMEDY.format(package=NAMES[0], python=python)}")


def find(python: Path, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return a Chromium that starts; `python` is of an environment that has Playwright."""
    return next(filter(_starts, _places(python, environ)), None)


def provide(python: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return a Chromium that starts, got where there was none; raises ChromiumMissingError."""
    if found := find(python, environ):
        return found
    if not environ.get("CHROMIUM"):
        with one_at_a_time():
            # Another process may have got it in the meantime.
            if found := find(python, environ):
                return found
            for get in (_install_package, _download):
                if get(python) and (found := find(python, environ)):
                    return found
    raise ChromiumMissingError(python)


def _places(python: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield where it can be: just where CHROMIUM says, else on the PATH, or Playwright's own."""
    if named := environ.get("CHROMIUM"):
        yield Path(named)
        return
    on_path = (shutil.which(name, path=environ.get("PATH", "")) for name in NAMES)
    yield from map(Path, filter(None, on_path))
    if playwrights := output(python, "-c", PLAYWRIGHTS_OWN):
        yield Path(playwrights)


def _starts(chromium: Path) -> bool:
    """Tell whether it is there with all that it needs: Ubuntu's package only names another one."""
    return output(chromium, "--version") is not None


def _may_install() -> bool:
    return shutil.which("apt-get") is not None and as_root() is not None


def _install_package(_: Path) -> bool:
    if not _may_install():
        return False
    try:
        install_packages(NAMES[0])
    except SetupError as error:
        say(str(error))
        return False
    return True


def _download(python: Path) -> bool:
    say("Playwright downloads Chromium …")
    command: list[str | Path] = [python, "-m", "playwright", "install", "--no-shell", "chromium"]
    if _may_install():
        command.append("--with-deps")  # which asks for a password where that is needed
    return run(*command, timeout=DOWNLOAD_TIMEOUT)
