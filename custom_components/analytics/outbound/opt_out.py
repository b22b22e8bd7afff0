"""What stops every request, whatever the user chose: variables, a file, a setting."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

# https://consoledonottrack.com and the one that Netdata and others honour.
VARIABLES: Final = ("DO_NOT_TRACK", "DISABLE_TELEMETRY")
FALSY: Final = {"", "0", "false", "no", "off"}
FILE_NAME: Final = ".opt-out-from-anonymous-statistics"


class SwitchKind(StrEnum):
    """The kinds of switches, by which their texts are found."""

    VARIABLE = "variable"
    FILE = "file"
    SETTING = "setting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Switch:
    """A switch that is on, and so keeps everything off."""

    kind: SwitchKind
    name: str


def read(environ: Mapping[str, str], folder: Path, *, enabled: bool) -> Switch | None:
    """Return the first switch that is on. Reads the disk: not for the event loop."""
    for name in VARIABLES:
        if environ.get(name, "").strip().lower() not in FALSY:
            return Switch(kind=SwitchKind.VARIABLE, name=name)
    if _exists(f"{folder}/{FILE_NAME}"):
        return Switch(kind=SwitchKind.FILE, name=FILE_NAME)
    return None if enabled else Switch(kind=SwitchKind.SETTING, name="enabled")


def _exists(path: str) -> bool:
    """Tell whether there is something of this name; if that can't be told, it counts as there.

    A plain string: what pathlib does besides takes longer than the look.
    """
    try:
        os.lstat(path)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return True
