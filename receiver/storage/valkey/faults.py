"""What a node says instead of a reply, told apart once: the rest compares kinds, and no texts."""

from typing import Any, Final

from valkey.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    ValkeyError,
)

from ..errors import StorageUnavailable

# What the library takes the first word from, and turns into a class.
_CODES: Final[tuple[tuple[type[ValkeyError], str], ...]] = (
    (OutOfMemoryError, "OOM"),
    (BusyLoadingError, "LOADING"),
    (ReadOnlyError, "READONLY"),
    (NoScriptError, "NOSCRIPT"),
    (NoPermissionError, "NOPERM"),
    (AuthenticationError, "NOAUTH"),
)
# Nothing was done, and soon it may be: by this node, or by the one that takes its place.
_NOT_NOW: Final = {
    "TRYAGAIN": "moves the keys that this is about",
    "CLUSTERDOWN": "says that the cluster is down",
    "LOADING": "reads its files",
    "READONLY": "is a replica",
    "MASTERDOWN": "has lost its primary",
    "BUSY": "runs a script",
}
_WORDS: Final = {
    "OOM": "has no memory left: raise its maxmemory, or add nodes and move slots there",
    "NOPERM": "does not let the receiver's user do this: see which commands and keys it needs",
    "NOAUTH": "does not know the receiver's user, or its password",
    "NOREPLICAS": "has too few replicas that keep up",
    "MISCONF": "can't write to its disk: see its log",
    "UNBLOCKED": "was made a replica in the midst of a write",
}
# What keeps all writes from a node, and not one alone.
GRAVE: Final = frozenset(_WORDS)
# Arguments follow, which may be keys.
_UNKNOWN: Final = ", with args"
_LONGEST: Final = 200


class Refused(StorageUnavailable):
    """A node answered that it won't; `code` is the first word of its error."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


class Lost(StorageUnavailable):
    """The connection ended after something was sent: whether it was done is not known."""


class Later(Exception):  # noqa: N818 - no error of anybody
    """Nothing was done: what was asked may be asked again, here or elsewhere."""


class Unsent(Later):
    """There is no connection, so nothing was sent."""


class Barred(Unsent):
    """There will be no connection until somebody mends who asks, or by which certificate."""


class Elsewhere(Later):
    """Another node has the slot or, where `once`, the key alone; no host means the same one."""

    def __init__(self, slot: int, host: str, port: int, *, once: bool) -> None:
        super().__init__(f"slot {slot} has moved")
        self.slot = slot
        self.host = host
        self.port = port
        self.once = once


def checked(reply: Any) -> Any:
    """Return a reply; raises the fault that it may be."""
    if isinstance(reply, Exception):
        raise reply
    return reply


def fault(node: str, error: ValkeyError) -> Exception:
    """Return what an error reply of a node means."""
    code, text = _split(error)
    if code in {"MOVED", "ASK"}:
        slot, _, address = text.partition(" ")
        host, _, port = address.rpartition(":")
        return Elsewhere(int(slot), host, int(port), once=code == "ASK")
    if code in _NOT_NOW:
        return Later(f"{node} {_NOT_NOW[code]}")
    text = text.partition(_UNKNOWN)[0][:_LONGEST]
    return Refused(code, f"{node} {_WORDS.get(code) or f'answers {code}: {text}'}")


def _split(error: ValkeyError) -> tuple[str, str]:
    """Return the first word of an error, and the rest."""
    text = str(error)
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code, text
    code, _, rest = text.partition(" ")
    # Of errors of no kind the library has taken that word, "ERR", away.
    return (code, rest) if code.isupper() else ("ERR", text)
