"""By whom destinations have to be signed: the host's list, and a file that somebody named."""

import asyncio
import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Final

import certifi
from homeassistant.core import HomeAssistant

from ..const import CONF_CA_FILE

# In place of the usual list: https://docs.openssl.org/master/man3/SSL_CTX_set_default_verify_paths
SSL_CERT_FILE: Final = "SSL_CERT_FILE"
# What the host reads in place of its list, as `requests` does.
REQUESTS_CA_BUNDLE: Final = "REQUESTS_CA_BUNDLE"
# Seconds for a look at the files: a network drive that is gone never answers.
LIMIT: Final = 5.0
NOTHING_FOUND: Final = "NO_CERTIFICATE_OR_CRL_FOUND"


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateFile:
    """A file as it was when it was looked at, and which setting names it."""

    setting: str
    path: str
    changed: int
    size: int
    number: int


class UnusableError(Exception):
    """There is nobody to trust; says which setting names the file, never its path.

    `key` names the text of a form.
    """

    def __init__(self, key: str, setting: str, reason: str) -> None:
        """Keep the key beside the text for log and status."""
        super().__init__(f"{setting}: {reason}")
        self.key = key


type Look = tuple[ssl.SSLContext | None, UnusableError | None]


class Trust:
    """Makes the context of TLS anew when a file of certificates has changed.

    `context` is None where the host's own does; with a `fault` nobody can be trusted.
    """

    def __init__(self, folder: Path, ca_file: str | None, environ: Mapping[str, str]) -> None:
        """Name the files, a relative one in this folder; nothing is read yet."""
        self._instead = environ.get(SSL_CERT_FILE)
        self._usual = environ.get(REQUESTS_CA_BUNDLE) or certifi.where()
        self._beside = str(folder / ca_file) if ca_file else None
        self._looking: asyncio.Future[Look] | None = None
        self.context: ssl.SSLContext | None = None
        self.fault: UnusableError | None = None

    async def async_look(self, hass: HomeAssistant) -> None:
        """Look at the files again, if any were named; a disk that does not answer is a fault.

        Of looks that hang there is one at most, for each takes a thread of the host's.
        """
        if not (self._instead or self._beside):
            return
        if self._looking is None or self._looking.done():
            # Not a job of the host's: it waits for those when it starts and stops.
            self._looking = hass.loop.run_in_executor(None, self._looked)
        try:
            async with asyncio.timeout(LIMIT):
                self.context, self.fault = await asyncio.shield(self._looking)
        except TimeoutError:
            setting = CONF_CA_FILE if self._beside else SSL_CERT_FILE
            self.fault = UnusableError("no_answer", setting, "the disk of the file does not answer")

    def _looked(self) -> Look:
        """Return the context for the files as they are now, or what is wrong with them."""
        try:
            usual = _seen(SSL_CERT_FILE, self._instead or self._usual)
            return _context(
                usual, _seen(CONF_CA_FILE, self._beside) if self._beside else None
            ), None
        except UnusableError as error:
            return None, error


def _seen(setting: str, path: str) -> CertificateFile:
    """Return a file as it is now. Raises UnusableError for what can't be read as one."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a path as the variable has it
    except OSError as error:
        raise _unreadable(setting, error) from None
    if not S_ISREG(found.st_mode):
        raise UnusableError("no_certificates", setting, "not a file")
    return CertificateFile(
        setting=setting,
        path=path,
        changed=found.st_mtime_ns,
        size=found.st_size,
        number=found.st_ino,
    )


@lru_cache(maxsize=1)  # to read some hundred certificates takes longer than a request
def _context(usual: CertificateFile, beside: CertificateFile | None) -> ssl.SSLContext:
    """Return a context that trusts what is in the files. Raises UnusableError."""
    context = _loaded(usual, lambda path: ssl.create_default_context(cafile=path))
    context.set_alpn_protocols(["http/1.1"])
    if beside:
        _loaded(beside, lambda path: context.load_verify_locations(cafile=path))
    return context


def _loaded[T](file: CertificateFile, load: Callable[[str], T]) -> T:
    """Return what loading a file returns. Raises UnusableError where it has no certificates.

    It may be replaced at any time: what is loaded can be another than what was counted.
    """
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        alone.load_verify_locations(cafile=file.path)
        loaded = load(file.path)
    except ssl.SSLError as error:
        raise _refused(file.setting, error) from None
    except OSError as error:
        raise _unreadable(file.setting, error) from None
    if not alone.cert_store_stats()["x509"]:
        raise _empty(file.setting)
    return loaded


def _refused(setting: str, error: ssl.SSLError) -> UnusableError:
    if error.reason == NOTHING_FOUND:
        return _empty(setting)
    return UnusableError("damaged_certificates", setting, "the file is damaged or cut short (PEM)")


def _empty(setting: str) -> UnusableError:
    return UnusableError("no_certificates", setting, "there is no certificate (PEM) in the file")


def _unreadable(setting: str, error: OSError) -> UnusableError:
    reason = f"the file can't be read ({type(error).__name__})"
    return UnusableError("no_certificates", setting, reason)
