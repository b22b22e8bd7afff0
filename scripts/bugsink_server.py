"""Be the child process: run a command of Bugsink for as long as the parent lives.

As with hass.py, the parent holds the other end of standard input, whose end says that the parent
is gone. Bugsink keeps all it has in SQLite, so it gets no time to say goodbye.

Runs as a file, `python -P bugsink_server.py COMMAND …`, in the folder that has the configuration.
"""

import os
import signal
import sys
import threading


def stop_with_parent() -> None:
    """Wait until the parent is gone, then end this process and what it started."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=stop_with_parent, name="parent watch", daemon=True).start()

    from bugsink.scripts.manage import main  # type: ignore[import-not-found]

    main()
