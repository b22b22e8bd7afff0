"""Keep what the next start of the demo needs: its ports and how to log in."""

import json
import os
import secrets
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from scripts.home_assistant import ROOT
from scripts.ports import free_port, port_is_free

FOLDER = ROOT / ".demo"
USUAL_PORT = 8123


class DemoError(Exception):
    """The demo can't go on, for a reason that the user can do something about."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoState:
    """One host's demo.

    The ports stay, because recent hosts read theirs from YAML only once, and because consent
    belongs to a destination: a receiver at another port would have to be allowed again. The number
    of made-up homes stays, because their three months are past once the receiver has begun.
    """

    port: int
    receiver_port: int
    fleet: int
    username: str
    password: str


def config_dir(host: str) -> Path:
    """Return the host's configuration folder."""
    return FOLDER / host


def receiver_dir(host: str) -> Path:
    """Return the folder of the receiver's database."""
    return FOLDER / f"{host}-receiver"


def state_path(host: str) -> Path:
    """Return where the state is kept, beside the configuration folder."""
    return FOLDER / f"{host}.json"


def forget(host: str) -> None:
    """Remove everything that an earlier start left."""
    shutil.rmtree(config_dir(host), ignore_errors=True)
    shutil.rmtree(receiver_dir(host), ignore_errors=True)
    state_path(host).unlink(missing_ok=True)


def load_or_create(
    host: str, *, port: int | None, receiver_port: int | None, fleet: int | None
) -> DemoState:
    """Return the kept state, or that of a new demo; None takes what is kept, free, or no fleet."""
    path = state_path(host)
    if not path.exists():
        forget(host)  # a folder without its password is of no use
        return _create(path, port=port, receiver_port=receiver_port, fleet=fleet)
    kept = _read(path)
    if (
        port not in {None, kept.port}
        or receiver_port not in {None, kept.receiver_port}
        or fleet not in {None, kept.fleet}
    ):
        raise DemoError(
            f"This demo was made with port {kept.port}, receiver port {kept.receiver_port} and "
            f"{kept.fleet} made-up homes: add --fresh to begin anew with others."
        )
    return kept


def _read(path: Path) -> DemoState:
    try:
        return DemoState(**json.loads(path.read_text(encoding="utf-8")))
    except TypeError:
        raise DemoError("An older demo was here: add --fresh to begin anew.") from None


def _create(
    path: Path, *, port: int | None, receiver_port: int | None, fleet: int | None
) -> DemoState:
    state = DemoState(
        port=port or (USUAL_PORT if port_is_free(USUAL_PORT) else free_port()),
        receiver_port=receiver_port or free_port(),
        fleet=fleet or 0,
        username="demo",
        password=secrets.token_urlsafe(9),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(state), file, indent=2)
    return state
