"""Delete what is kept of an installation, or a snapshot, for whoever knows its id."""

from asyncio import sleep
from dataclasses import dataclass
from time import monotonic

from aiohttp import web

from ..storage import StorageUnavailable
from ..storage.writing import Store
from .answers import Answers
from .body import Patience
from .ids import key_of, snapshot_key_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Deleting:
    """The handlers, and what they need. Whether and what was there is nobody's business."""

    store: Store
    answers: Answers
    patience: Patience

    async def installation(self, request: web.Request) -> web.Response:
        """Delete an installation."""
        return await self.delete(request, key_of(request.match_info["uuid"]))

    async def snapshot(self, request: web.Request) -> web.Response:
        """Delete a snapshot."""
        return await self.delete(request, snapshot_key_of(request.match_info["identifier"]))

    async def delete(self, request: web.Request, key: bytes) -> web.Response:
        """Delete what is kept under a key."""
        began = monotonic()
        _, held_back = self.answers.held_back(request)
        if held_back:
            return held_back
        try:
            await self.store.delete(key)
        except StorageUnavailable:
            return self.answers.unavailable()
        # Large reports take longer to delete, and the time of the answer would tell.
        await sleep(-(monotonic() - began) % self.patience.deletion)
        return self.answers.deleted()
