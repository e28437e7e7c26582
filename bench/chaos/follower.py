"""A subscriber that reads along during a chaos run, as any Redis client may: what it saw is judged at the end."""

import asyncio
from collections import Counter
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import ARTICLES_CLEANED

BLOCK_MS = 500
AGAIN_S = 0.2


class Follower:
    """Reads `articles.cleaned` from its last id on, through every death of the server; ignores an event it knows."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._last = "0-0"
        self.seen: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Follower":
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def faults(self, stands: set[str]) -> list[str]:
        """What a subscriber would complain of: events it never saw. One seen twice it knows by its id."""
        return [f"the subscriber never saw {event_id}" for event_id in sorted(stands - set(self.seen))]

    async def _read(self) -> None:
        while True:
            try:
                async with Redis(port=self._port, decode_responses=True, socket_timeout=5) as redis:
                    while True:
                        await self._read_once(redis)
            except (RedisError, OSError):
                await asyncio.sleep(AGAIN_S)

    async def _read_once(self, redis: Redis) -> None:
        reply: Any = await redis.xread({ARTICLES_CLEANED: self._last}, count=500, block=BLOCK_MS)
        streams = reply.items() if isinstance(reply, dict) else reply or ()
        for _, entries in streams:
            nested = entries and entries[0] and isinstance(entries[0][0], list | tuple)
            for entry_id, fields in entries[0] if nested else entries:
                self._last = entry_id
                self.seen[fields["id"]] += 1
