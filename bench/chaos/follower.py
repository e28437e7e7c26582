"""A subscriber that reads along during a chaos run, as any Redis client may: what it saw is judged at the end."""

import asyncio
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import ARTICLES_CLEANED, STORIES_UPDATED
from services.runtime.delivery.cancelling import cancel_until_ended

BLOCK_MS = 500
AGAIN_S = 0.2


class Follower:
    """Reads both public streams from its last ids on, through every death of the server; ignores an event it knows."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._last: dict[Any, Any] = {ARTICLES_CLEANED: "0-0", STORIES_UPDATED: "0-0"}
        self.seen: dict[str, str] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Follower":
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            await cancel_until_ended([self._task])

    def faults(self, stands: Mapping[str, str]) -> list[str]:
        """What a subscriber would complain of, given the entry id of each event that stands: never seen, or seen elsewhere."""
        return [
            f"the subscriber never saw {event_id}"
            if event_id not in self.seen
            else f"event {event_id} was {self.seen[event_id]} and is {entry_id} now"
            for event_id, entry_id in sorted(stands.items())
            if self.seen.get(event_id) != entry_id
        ]

    async def _read(self) -> None:
        while True:
            try:
                async with Redis(port=self._port, decode_responses=True, socket_timeout=5) as redis:
                    while True:
                        await self._read_once(redis)
            except (RedisError, OSError):
                await asyncio.sleep(AGAIN_S)

    async def _read_once(self, redis: Redis) -> None:
        reply: Any = await redis.xread(self._last, count=500, block=BLOCK_MS)
        streams = reply.items() if isinstance(reply, dict) else reply or ()
        for stream, entries in streams:
            nested = entries and entries[0] and isinstance(entries[0][0], list | tuple)
            for entry_id, fields in entries[0] if nested else entries:
                self._last[stream] = entry_id
                self.seen.setdefault(fields["id"], entry_id)
