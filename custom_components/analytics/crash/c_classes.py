"""The classes of exceptions that Python's own modules make in C, where no source names them."""

from typing import Final

# A type that can't be changed is none that was made in Python.
_IMMUTABLE: Final = 1 << 8

_NAMES: Final = {
    "_csv": "Error",
    "_lzma": "LZMAError",
    "_pickle": "PickleError PicklingError UnpicklingError",
    "_queue": "Empty",
    "binascii": "Error Incomplete",
    "builtins": "ExceptionGroup",
    "compression.zstd": "ZstdError",
    "ctypes": "ArgumentError",
    "io": "UnsupportedOperation",
    "locale": "Error",
    "socket": "gaierror herror",
    "sqlite3": "DataError DatabaseError Error IntegrityError InterfaceError InternalError "
    "NotSupportedError OperationalError ProgrammingError Warning",
    "ssl": "SSLCertVerificationError SSLEOFError SSLError SSLSyscallError SSLWantReadError "
    "SSLWantWriteError SSLZeroReturnError",
    "struct": "error",
    "termios": "error",
    "xml.parsers.expat": "ExpatError",
    "zlib": "error",
}
_MADE_IN_C: Final = {
    f"{module}.{name}" for module, names in _NAMES.items() for name in names.split()
}


def is_made_in_c(kind: type, module: str, name: str) -> bool:
    """Tell whether a class that is found under a name is one of Python's own made in C."""
    is_builtin = module == "builtins" and bool(kind.__flags__ & _IMMUTABLE)
    return is_builtin or f"{module}.{name}" in _MADE_IN_C
