"""Be the child process: run Home Assistant for as long as the parent lives.

The parent holds the other end of standard input and never writes to it, so the end of that stream
says that the parent is gone, however it went. Unlike Linux's parent-death signal this works on
macOS too, and does not depend on which of the parent's threads started the child.

Runs as a file, `python -P hass.py -c FOLDER`, so that nothing of this repository is importable.
"""

import atexit
import gc
import os
import signal
import sys
import threading
import time

GRACE = 20  # seconds that Home Assistant gets to write its stores


def stop_with_parent() -> None:
    """Wait until the parent is gone, then stop this process and what it started."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    threading.Thread(target=stop_with_parent, name="parent watch", daemon=True).start()

    from homeassistant.__main__ import main

    # After the threads have ended, the interpreter would look four times for what can be freed of
    # a memory that is given back as a whole: as long as all of the stop before it.
    atexit.register(gc.freeze)
    sys.exit(main())
