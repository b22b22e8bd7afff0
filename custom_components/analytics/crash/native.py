"""Turn what the interpreter wrote down of its own crash into a fault like any other."""

from .. import clock
from ..run import NAMES, NativeFault
from .capture import FATAL, Captured
from .faults import NATIVE, Fault, Frame, Raised


def captured(crash: NativeFault, written_at: float) -> Captured:
    """Return a native crash of an earlier run as if it had been logged then."""
    frames = tuple(Frame(frame.file, frame.line, frame.function) for frame in reversed(crash.stack))
    raised = Raised(NATIVE, NAMES[crash.error], frames)
    libraries = tuple((frame.file, frame.symbol) for frame in crash.c_stack)
    fault = Fault((raised,), libraries)
    return Captured((fault,), fault, clock.running(), FATAL, time=written_at)
