"""A process that has imported what counts, of which a fork counts as often as that is asked for.

To import NumPy takes thirty times as long as to count what most tests have, and each receiver
counts at its start. What `receiver.aggregate` costs and does as a program of its own is the matter
of the tests of `publishing` and of test_aggregate.py, which start it.
"""

import ast
import gc
import os
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from receiver import aggregate
from tests.limits import LIMIT, limited
from tests.receiver.rows import keep

ROOT = Path(__file__).parents[2]
ASKING = Path(__file__).parent / "asking.py"
STREAMS = 3
WAITING = ".ended"
LONGEST = 1 << 20
UNTIL = 1 << 31


@contextmanager
def counting_forks() -> Iterator[tuple[str, ...]]:
    """Start the process, and yield the command that asks it for a fork."""
    with tempfile.TemporaryDirectory() as folder:
        # The path of a socket has to be short.
        address = f"{folder}/asked"
        with subprocess.Popen(
            [sys.executable, "-m", "tests.receiver.counting_forks", address],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            with limited(process, "the process that forks"):
                assert process.stdout.readline()
            # What goes on is no child of this process, of which a test may ask for what it has.
            process.wait()
            # Without what is installed: to look for it takes as long as all else that it does.
            yield sys.executable, "-I", "-S", str(ASKING), address
            # It ends with its standard input.


def wait_until_ended(command: Sequence[str]) -> None:
    """Wait for all forks that a command has asked for: one whose program was killed ends soon."""
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(LIMIT)
        server.connect(command[-1] + WAITING)
        server.recv(1)


def serve(address: str) -> None:
    """Fork for each that asks, until the end of standard input."""
    count_once(Path(address).with_suffix(".db"))
    gc.collect()
    gc.freeze()
    forks = 0
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as waiting:
        for each, name in ((listener, address), (waiting, address + WAITING)):
            each.bind(name)
            each.listen()
        print("Listening", flush=True)
        if os.fork():
            os._exit(0)
        while sys.stdin not in (ready := select.select([listener, waiting, sys.stdin], [], [])[0]):
            if waiting in ready:
                with waiting.accept()[0]:
                    while forks:
                        os.wait()
                        forks -= 1
                continue
            asking, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                be_the_program(asking)
            asking.close()
            forks += 1
            # Who has asked is told; here they only have to be gone.
            while forks and os.waitpid(-1, os.WNOHANG)[0]:
                forks -= 1


def count_once(database: Path) -> None:
    """Load what only counting loads, and compile what it compiles, which each fork has then."""
    keep(database, [bytes(16)])
    aggregate.count(database, 0, UNTIL)


def be_the_program(asking: socket.socket) -> None:
    """Count with what came along, tell how it ended, and end."""
    status = 1
    try:
        line, streams, *_ = socket.recv_fds(asking, LONGEST, STREAMS)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        while not line.endswith(b"\n"):
            if not (more := asking.recv(LONGEST)):
                os._exit(status)  # killed before it has asked
            line += more
        arguments, environ = ast.literal_eval(line.decode())
        os.environ.clear()
        os.environ.update(environ)
        Thread(target=end_with, args=(asking,), daemon=True).start()
        status = aggregate.main(arguments)
        sys.stdout.flush()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - it would go on as the process that forks
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        with suppress(OSError):  # killed meanwhile
            asking.send(bytes([status]))
        os._exit(status)


def end_with(asking: socket.socket) -> None:
    """End when the program that asked was killed."""
    asking.recv(1)
    os._exit(1)


if __name__ == "__main__":
    serve(*sys.argv[1:])
