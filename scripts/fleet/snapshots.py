"""What homes tell of their devices, each under the identifier that the receiver gave it."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import partial
from typing import Final

import orjson
from aiohttp import hdrs

from scripts.fleet.devices import devices, snapshot
from scripts.fleet.home import Home
from scripts.fleet.posting import Post

PATH: Final = "/api/v1/snapshot/1"
IDENTIFIER: Final = "X-Device-Database-Submission-Identifier"


class Snapshots:
    """The homes that share what they have."""

    def __init__(self, homes: Iterable[Home], today: date) -> None:
        """Let each have its devices."""
        self._homes = [
            (home, owned) for home in homes if (owned := devices(home, today)) is not None
        ]
        self._identifiers: dict[str, str] = {}

    def posts(self, day: date) -> Iterator[Post]:
        """Yield what each home that is there sends on a day."""
        for home, owned in self._homes:
            if home.updates[0] <= day:
                known = self._identifiers.get(home.uuid)
                headers = {hdrs.USER_AGENT: f"home-assistant/{home.version(day)}"}
                yield Post(
                    PATH,
                    partial(snapshot, owned, day),
                    headers | ({IDENTIFIER: known} if known else {}),
                    partial(self._keep, home.uuid),
                )

    def _keep(self, uuid: str, answer: bytes) -> None:
        self._identifiers[uuid] = orjson.loads(answer)["submission_identifier"]
