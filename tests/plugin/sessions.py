"""The sessions of ours in which requests are made."""

import gc

from aiohttp import ClientSession, DummyCookieJar


def open_sessions() -> list[ClientSession]:
    """Return those that are open; of all in this process, ours are those that keep no cookies."""
    sessions = [each for each in gc.get_objects() if type(each) is ClientSession]
    return [
        each for each in sessions if not each.closed and isinstance(each.cookie_jar, DummyCookieJar)
    ]
