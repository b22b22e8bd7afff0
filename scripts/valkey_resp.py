"""Ask a Valkey server without a library, which environments of hosts have none of."""

import socket
from dataclasses import dataclass
from typing import Any, Final, Self

from scripts.ports import LOOPBACK

TIMEOUT: Final = 5.0
END: Final = b"\r\n"

type Part = str | bytes | int


class AnswerError(Exception):
    """The server answered with an error, in its words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """A user and the password that the server knows it by."""

    user: str = "default"
    password: str


class Connection:
    """A connection to one server on this machine; raises OSError where it is gone or hangs."""

    def __init__(
        self, port: int, *, access: Access | None = None, timeout: float = TIMEOUT
    ) -> None:
        """Connect, and log in where there is a password."""
        self._socket = socket.create_connection((LOOPBACK, port), timeout)
        self._file = self._socket.makefile("rb")
        if access:
            try:
                self.call("AUTH", access.user, access.password)
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        """Return the connection."""
        return self

    def __exit__(self, *_exc_info: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it."""
        self._file.close()
        self._socket.close()

    def call(self, *parts: Part) -> Any:
        """Return the answer to a command: bytes, numbers, None, lists; raises AnswerError."""
        words = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
        self._socket.sendall(
            b"*%d\r\n" % len(words)
            + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)
        )
        return self._answer()

    def _answer(self) -> Any:
        line = self._line()
        kind, rest = line[:1], line[1:]
        match kind:
            case b"+":
                return rest
            case b"-":
                raise AnswerError(rest.decode(errors="replace"))
            case b":":
                return int(rest)
            case b"$":
                return self._bytes(int(rest))
            case b"*":
                # Of none there is -1, too.
                return [self._answer() for _ in range(int(rest))]
            case _:
                raise ConnectionError(f"The server does not speak RESP: {line!r}")

    def _line(self) -> bytes:
        line = self._file.readline()
        if not line.endswith(END):
            raise ConnectionError("The server closed the connection")
        return line.removesuffix(END)

    def _bytes(self, size: int) -> bytes | None:
        if size < 0:
            return None
        found = self._file.read(size + len(END))
        if len(found) < size + len(END):
            raise ConnectionError("The server closed the connection")
        return found.removesuffix(END)
