"""What keeps reports from being kept, or read, in words for the operator."""


class StorageError(Exception):
    """The database can't be used as it is; the message says why, and what to do."""


class StorageUnavailable(Exception):  # noqa: N818 - an answer of its own, 503
    """The database can't be written right now: locked, disk full, failing."""


class NotKeptError(Exception):
    """Nothing is kept under the key of what was to take the place of something: nothing is done."""
