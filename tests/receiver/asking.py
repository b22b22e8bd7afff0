"""Stand for the program that counts: let a fork do it, see counting_forks.py, and end as it does.

Runs as a file, with what Python itself has, so that it costs little.
"""

import os
import socket
import sys


def ask(address: str, *arguments: str) -> int:
    """Hand over arguments, environment and streams, and return the exit code."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(address)
        line = f"{(arguments, dict(os.environ))!r}\n"
        socket.send_fds(server, [line.encode()], [0, 1, 2])
        return (server.recv(1) or b"\1")[0]


if __name__ == "__main__":
    sys.exit(ask(*sys.argv[1:]))
