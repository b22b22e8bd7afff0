"""Tell a fault of the host or an integration from what is none: settings, networks, refusals."""

import errno
import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from .faults import Raised, cause_of, class_name, find_class, is_group, members_of

MAX_CAUSES: Final = 20
MAX_MEMBERS: Final = 100

# By module and name, so that nothing has to be imported; what derives from them is meant as well,
# and so is what a host has put in a module's place.
EXPECTED: Final = frozenset(
    {
        "aiodns.error.DNSError",
        "aiohttp.client_exceptions.ClientConnectionError",
        "annotatedyaml.exceptions.YAMLException",
        "asyncio.exceptions.CancelledError",
        "builtins.ConnectionError",
        "builtins.KeyboardInterrupt",
        "builtins.SystemExit",
        "builtins.TimeoutError",
        "concurrent.futures._base.CancelledError",
        "homeassistant.exceptions.ConditionError",
        "homeassistant.exceptions.ConfigEntryError",
        "homeassistant.exceptions.ConfigValidationError",
        "homeassistant.exceptions.DependencyError",
        "homeassistant.exceptions.IntegrationError",
        "homeassistant.exceptions.InvalidEntityFormatError",
        "homeassistant.exceptions.NoEntitySpecifiedError",
        "homeassistant.exceptions.ServiceNotFound",
        "homeassistant.exceptions.ServiceNotSupported",
        "homeassistant.exceptions.ServiceValidationError",
        "homeassistant.exceptions.TemplateError",
        "homeassistant.exceptions.Unauthorized",
        "homeassistant.helpers.update_coordinator.UpdateFailed",
        "httpcore.NetworkError",
        "httpx.NetworkError",
        "jinja2.exceptions.TemplateError",
        "requests.exceptions.ConnectionError",
        "socket.gaierror",
        "socket.herror",
        "ssl.SSLError",
        "urllib3.exceptions.MaxRetryError",
        "urllib3.exceptions.NewConnectionError",
        "voluptuous.error.Invalid",
        "yaml.error.YAMLError",
    }
)
_EXPECTED_PARTS: Final = [name.rpartition(".")[::2] for name in EXPECTED]
# As libraries call their own kinds of the same.
_REFUSAL: Final = re.compile(
    r"Auth(?!ors?(?![a-z]))|Unauthori[sz]ed|Forbidden|AccessDenied|Credential|Login|Reauth|Timeout"
    r"|TimedOut|NotReady"
)
# Of the network or the disk.
_OUTER_ERRORS: Final = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EHOSTDOWN,
        errno.EHOSTUNREACH,
        errno.EISDIR,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ENOSPC,
        errno.EROFS,
        errno.ETIMEDOUT,
    }
)
_REFUSED: Final = (401, 403)
# Read as the base has them: a class may put code of its own there.
_errno_of: Final = OSError.__dict__["errno"].__get__
_ancestors_of: Final = type.__dict__["__mro__"].__get__
_attributes_of: Final = BaseException.__dict__["__dict__"].__get__


def is_crash(exception: BaseException) -> bool:
    """Tell whether an exception is a fault; not where what is expected is it, or caused it.

    A group is one where any of its members is.
    """
    return _is_crash(exception, set())


def _is_crash(exception: BaseException, seen: set[int]) -> bool:
    """Tell it of one; `seen` are the members that were looked at, each once."""
    current: BaseException | None = exception
    for _ in range(MAX_CAUSES):
        if current is None:
            return True
        if is_group(current):
            members = members_of(current)[: MAX_MEMBERS + 1]
            fresh = [member for member in members if id(member) not in seen]
            seen.update(map(id, fresh))
            return len(seen) > MAX_MEMBERS or any(_is_crash(member, seen) for member in fresh)
        if _is_expected(type(current)) or _says_so(current):
            return False
        current = cause_of(current)
    return True


def is_crash_by_name(raised: Sequence[Raised]) -> bool:
    """Tell the same of what was read from a text, first what was logged."""
    members = [each for each in raised if not each.group]
    if len(members) < len(raised):
        return not members or not all(map(_named, members))
    causes = takewhile(lambda each: not each.in_context, raised)
    return not any(map(_named, causes))


def _named(raised: Raised) -> bool:
    if (found := find_class(raised.module, raised.name)) is not None:
        return _is_expected(found)
    return f"{raised.module}.{raised.name}" in EXPECTED or bool(_REFUSAL.search(raised.name))


def _is_expected(kind: type) -> bool:
    ancestors = _ancestors_of(kind)
    if any(
        f"{module}.{name}" in EXPECTED or _REFUSAL.search(name.rpartition(".")[2])
        for module, name in map(class_name, ancestors)
    ):
        return True
    expected = _expected()
    return any(each is other for each in ancestors for other in expected)


def _expected() -> list[type]:
    """Return the classes that have these names at this moment, whatever they call themselves."""
    named = (find_class(module, name) for module, name in _EXPECTED_PARTS)
    return [found for found in named if found is not None]


def _says_so(exception: BaseException) -> bool:
    """Look at numbers that tell a network that is down, or a refusal; runs no foreign code."""
    if issubclass(type(exception), OSError) and _errno_of(exception) in _OUTER_ERRORS:
        return True
    own = _attributes_of(exception)
    told = (dict.get(own, "status"), dict.get(own, "status_code"))
    return any(issubclass(type(each), int) and each in _REFUSED for each in told)
