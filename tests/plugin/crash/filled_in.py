"""Ways in which integrations log with something filled in; what is filled in must never leave."""

from typing import Final

# No word of these is in any source that is logged from, or in a name of the host's.
ROOM: Final = "Zimmerlinde"
PERSON: Final = "Quastenflosser"
WORDS: Final = "wendehals dompfaff eisvogel"
FILLED_IN: Final = ("zimmerlinde", "quastenflosser", "wendehals", "dompfaff", "eisvogel", "4711471")

HEAD: Final = """
import contextlib
import functools
import json
import logging
import string
import sys
import textwrap
import traceback
import warnings
from dataclasses import dataclass

LOG = logging.getLogger(__name__)
TEMPLATE = "Could not heat %s"
MESSAGES = {"heat": "Could not heat {}"}


class HeatError(Exception):
    def __init__(self, *args):
        super().__init__(*args)
        self.msg = self.message = " ".join(map(str, args))

    def __str__(self):
        return self.msg


class Adapter(logging.LoggerAdapter):
    def process(self, msg, kwargs):
        return f"[{self.extra}] {msg}", kwargs


class Braces:
    def __init__(self, text, *args):
        self.text, self.args = text, args

    def __str__(self):
        return self.text.format(*self.args)


class Upper(str):
    pass


@dataclass
class Room:
    name: str


def describe(room):
    return f"Could not heat {room}"


def complain(text, *args, **kwargs):
    LOG.exception(text, *args, **kwargs)


def pass_on(text, *args):
    LOG.exception(text, *args, stacklevel=2)


def told(function):
    @functools.wraps(function)
    def wrapped(*args):
        try:
            return function(*args)
        except HeatError as error:
            LOG.exception(f"{function.__name__} failed for {args}: {error}")
    return wrapped


def keep(text):
    global kept
    kept = text
"""
# Each is a statement in a function that has these values, and has caught an error with them.
_WAYS: Final = r'''
LOG.exception(f"Could not heat {room} for {person} with {words}")
---
msg = f"Could not heat {room} for {person} with passphrase {words}"
LOG.exception(msg)
---
msg = f"Could not heat {room} for {person}"; LOG.exception(msg)
---
LOG.exception(msg=f"Could not heat {room}")
---
msg = f"Could not heat {room}"
LOG.exception(msg=msg)
---
LOG.exception(f"Could not heat {room}\n".rstrip())
---
LOG.exception(f"Could not heat {room}".strip().lower())
---
LOG.exception("Could not heat %s", room)
---
LOG.exception("Could not heat %(room)s", {"room": room})
---
LOG.exception("Could not heat %s" % room)
---
LOG.exception("Could not heat %s for %s" % (room, person))
---
LOG.exception("Could not heat {}".format(room))
---
LOG.exception("Could not heat {room}".format_map({"room": room}))
---
LOG.exception("Could not heat " + room)
---
LOG.exception("Could not heat " + room + " for " + person + ": " + words)
---
LOG.exception(" ".join(["Could not heat", room, person]))
---
LOG.exception(str(error))
---
LOG.exception(error)
---
LOG.exception(repr(error))
---
LOG.exception(error.msg)
---
LOG.exception(room)
---
LOG.exception(room + " is cold")
---
LOG.exception(f"Could not heat {room}" if room else "Could not heat")
---
LOG.exception(room if room else "Could not heat")
---
LOG.exception((msg := f"Could not heat {room}"))
---
if msg := f"Could not heat {room}":
    LOG.exception(msg)
---
for msg in (f"Could not heat {room}", "Could not heat"):
    LOG.exception(msg)
---
for name in (room, person):
    msg = f"Could not heat {name}"
    LOG.exception(msg)
---
[LOG.exception(f"Could not heat {each}") for each in (room,)]
---
list(map(LOG.exception, [room, person]))
---
LOG.exception(describe(room))
---
msg = describe(room)
LOG.exception(msg)
---
complain(f"Could not heat {room}")
---
pass_on(f"Could not heat {room}")
---
complain("Could not heat %s", room)
---
LOG.exception("Could not heat", extra={"room": room, "message_text": words})
---
Adapter(LOG, person).exception("Could not heat %s", room)
---
Adapter(LOG, {"room": room}).exception(f"Could not heat {room}")
---
LOG.error("Could not heat", exc_info=HeatError(room, words))
---
LOG.error(f"Could not heat {room}", exc_info=(type(error), error, error.__traceback__))
---
LOG.error("Could not heat\n%s", traceback.format_exc())
---
LOG.error(f"Could not heat {room}\n{traceback.format_exc()}")
---
LOG.error("%s\n%s", f"Could not heat {room}", traceback.format_exc())
---
msg = "Could not heat "; msg += room; LOG.exception(msg)
---
msg = "Could not heat "
msg = msg + room
LOG.exception(msg)
---
parts = ["Could not heat"]
parts.append(room)
LOG.exception(" ".join(parts))
---
LOG.exception(
    f"Could not heat {room} "
    f"for {person} "
    "with %s",
    words,
)
---
(
    LOG
    .exception(
        "Could not heat "
        + room
    )
)
---
LOG.exception(TEMPLATE % room)
---
LOG.exception(MESSAGES["heat"].format(room))
---
LOG.exception(string.Template("Could not heat $room").substitute(room=room))
---
LOG.exception(Braces("Could not heat {}", room))
---
LOG.exception(Upper(f"Could not heat {room}"))
---
LOG.exception(json.dumps({"room": room, "words": words}))
---
LOG.exception(f"{Room(room)}")
---
LOG.exception(f"{room=} {words!r}")
---
LOG.exception(f"Could not heat {f'the {room}'}")
---
LOG.exception(f"Could not heat {room:>{len(person)}}")
---
LOG.exception(textwrap.shorten(f"Could not heat {room}", 99))
---
LOG.exception("Could not heat X".replace("X", room))
---
LOG.exception("Could not heat %s".__mod__(room))
---
LOG.exception("Could not heat {}".__add__(room))
---
LOG.exception(*[f"Could not heat {room}"])
---
LOG.exception(**{"msg": f"Could not heat {room}"})
---
LOG.log(logging.ERROR, f"Could not heat {room}", exc_info=True)
---
LOG.log(logging.ERROR, msg=room, exc_info=True)
---
getattr(LOG, "exception")(f"Could not heat {room}")
---
log = LOG.exception
log(f"Could not heat {room}")
---
functools.partial(LOG.exception, f"Could not heat {room}")()
---
(lambda msg: LOG.exception(msg))(f"Could not heat {room}")
---
def inner(msg):
    LOG.exception(msg)
inner(f"Could not heat {room}")
---
def inner():
    msg = f"Could not heat {room}"
    LOG.exception(msg)
inner()
---
class Inner:
    msg = f"Could not heat {room}"
    LOG.exception(msg)
---
keep(f"Could not heat {room}")
LOG.exception(kept)
---
msg = f"Could not heat {room}"
for _ in range(1):
    with contextlib.suppress(KeyError):
        LOG.exception(msg)
---
match room:
    case str(msg):
        LOG.exception(msg)
---
match {"room": room}:
    case {"room": msg}:
        LOG.exception(msg)
---
msg, other = f"Could not heat {room}", person
LOG.exception(msg)
---
msg = other = f"Could not heat {room}"
LOG.exception(msg)
---
msg: str = f"Could not heat {room}"
LOG.exception(msg)
---
exec('msg = f"Could not heat {room}"\nLOG.exception(msg)', {**globals(), "room": room})
---
exec(f'LOG.exception("Could not heat {room}")', globals())
---
exec(compile(f'\n\n\nLOG.exception("Could not heat {room}")', __file__, "exec"), globals())
---
eval(f'LOG.exception("Could not heat {room}")', globals())
---
LOG.handle(LOG.makeRecord(LOG.name, 40, __file__, 4711471, room, (), sys.exc_info(), words))
---
LOG._log(40, f"Could not heat {room}", (), exc_info=True)
---
logging.getLogger(f"{__name__}.{room}").exception(f"Could not heat {room}")
---
LOG.getChild(room).exception("Could not heat")
---
LOG.exception("Could not heat"); LOG.exception(f"Could not heat {room}")
---
LOG.exception(f"Could not heat {room}"); LOG.exception(f"Could not heat {person}")
---
error.add_note(f"in {room}")
LOG.exception("Could not heat")
---
try:
    raise KeyError(room) from error
except KeyError:
    LOG.exception(f"Could not heat {room}")
---
LOG.error("Could not heat", exc_info=ExceptionGroup(room, [HeatError(words), KeyError(person)]))
---
error.__class__ = type(room, (HeatError,), {})
LOG.exception("Could not heat")
---
LOG.error("Could not heat", exc_info=type(room, (HeatError,), {"__module__": __name__})(words))
---
kind = type(room, (HeatError,), {"__module__": __name__})
globals()[room] = kind
LOG.error("Could not heat", exc_info=kind(words))
---
kind = type(room, (HeatError,), {"__module__": __name__, "__qualname__": f"HeatError.{room}"})
setattr(HeatError, room, kind)
LOG.error("Could not heat", exc_info=kind(words))
---
kind = type("HeatError", (Exception,), {"__module__": room})
sys.modules[room] = type(sys)(room)
sys.modules[room].HeatError = kind
sys.modules[room].__file__ = __file__
LOG.error("Could not heat", exc_info=kind(words))
---
exec(f"class {room}(Exception): pass\ndef {person}(): raise {room}", globals())
try:
    globals()[person]()
except Exception:
    LOG.exception("Could not heat")
---
names = {}
exec(compile(f"def {person}(): raise KeyError", __file__, "exec"), names)
try:
    names[person]()
except KeyError:
    LOG.exception("Could not heat")
---
LOG.error("%s", f"""Traceback (most recent call last):
  File "{__file__}", line 4711471, in {person}
    {words}
  File "{__file__}", line 12, in {person}
{__name__}.{room}: {words}
""")
---
LOG.error("%s", f"""Traceback (most recent call last):
  File "{__file__}", line 4711471, in describe
    {words}
{__name__}.HeatError: {words}
""")
'''
WAYS: Final = tuple(_WAYS.strip("\n").split("\n---\n"))


def module_of(ways: tuple[str, ...]) -> str:
    """Return a module with a function for each way, and one that runs them all."""
    bodies = (
        f"def way_{number}(room, person, words):\n    try:\n        raise HeatError(words)\n"
        f"    except HeatError as error:\n"
        + "\n".join(f"        {line}" for line in way.splitlines())
        for number, way in enumerate(ways)
    )
    run = "\n".join(f"    way_{number}(*values)" for number in range(len(ways)))
    return f"{HEAD}\n\n" + "\n\n\n".join(bodies) + f"\n\n\ndef run(*values):\n{run}\n"
