"""Be the leader of a group of servers: once the parent is gone, kill them and delete their folder.

The parent holds the other end of standard input, whose end says that it is gone, however it ended.
The servers join this process's group, so that none is missed that was started a moment before.

Runs as a file, `python -P valkey_keeper.py FOLDER`.
"""

import os
import shutil
import signal
import sys


def keep(folder: str) -> None:
    """Wait until the parent is gone, then leave nothing of what it had started."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    group = os.getpgrp()
    if os.fork() == 0:
        os.setpgid(0, 0)  # outside of the group, to be there when it is gone
        os.killpg(group, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    # What stops the parent from a terminal is no reason to let go of the servers before it.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    keep(sys.argv[1])
