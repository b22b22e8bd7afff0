"""By whom destinations have to be signed: the host's list, and a file that somebody named."""

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Final

import certifi

from ..const import CONF_CA_FILE

# In place of the usual list: https://docs.openssl.org/master/man3/SSL_CTX_set_default_verify_paths
SSL_CERT_FILE: Final = "SSL_CERT_FILE"
# What the host reads in place of its list, as `requests` does.
REQUESTS_CA_BUNDLE: Final = "REQUESTS_CA_BUNDLE"


@dataclass(frozen=True, kw_only=True, slots=True)
class CertificateFile:
    """A file as it was when it was looked at, and which setting names it."""

    setting: str
    path: str
    changed: int
    size: int
    number: int


class UnusableError(Exception):
    """There is no certificate to trust; says which setting names the file, never its path."""


class Trust:
    """Makes the context of TLS anew when a file of certificates has changed.

    `context` is None where the host's own does; with a `problem` nobody can be trusted.
    """

    def __init__(self, folder: Path, ca_file: str | None, environ: Mapping[str, str]) -> None:
        """Name the files, a relative one in this folder; nothing is read yet."""
        self._instead = environ.get(SSL_CERT_FILE)
        self._usual = environ.get(REQUESTS_CA_BUNDLE) or certifi.where()
        self._beside = str(folder / ca_file) if ca_file else None
        self.context: ssl.SSLContext | None = None
        self.problem: str | None = None

    def read(self) -> None:
        """Look at the files again. Blocking."""
        try:
            # In this order: a request that looks meanwhile must not find neither.
            self.context = self._made()
            self.problem = None
        except UnusableError as error:
            self.problem = str(error)

    def _made(self) -> ssl.SSLContext | None:
        """Return the context for the files as they are now. Raises UnusableError."""
        if not (self._instead or self._beside):
            return None
        usual = _seen(SSL_CERT_FILE, self._instead or self._usual)
        return _context(usual, _seen(CONF_CA_FILE, self._beside) if self._beside else None)


def _seen(setting: str, path: str) -> CertificateFile:
    """Return a file as it is now. Raises UnusableError for what can't be read as one."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a path as the variable has it
    except OSError as error:
        raise UnusableError(_unreadable(setting, error)) from None
    if not S_ISREG(found.st_mode):
        raise UnusableError(f"{setting}: not a file")
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
    context = ssl.create_default_context(cafile=_checked(usual))
    context.set_alpn_protocols(["http/1.1"])
    if beside:
        context.load_verify_locations(cafile=_checked(beside))
    return context


def _checked(file: CertificateFile) -> str:
    """Return the path of a file that has certificates. Raises UnusableError for any other."""
    alone = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        alone.load_verify_locations(cafile=file.path)
    except ssl.SSLError:
        pass  # nothing of it was read
    except OSError as error:
        raise UnusableError(_unreadable(file.setting, error)) from None
    if not alone.cert_store_stats()["x509"]:
        raise UnusableError(f"{file.setting}: there is no certificate (PEM) in the file")
    return file.path


def _unreadable(setting: str, error: OSError) -> str:
    return f"{setting}: the file can't be read ({type(error).__name__})"
