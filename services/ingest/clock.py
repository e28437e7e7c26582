"""Ingest's clock: it does not go back when the machine's does, and its replicas share it through Redis."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest import keys

CATCH_UP_SPEED = 0.5  # ahead of the machine's clock ours runs at half speed until that has caught up
FARTHEST = timedelta(days=1)  # by more than this no clock is believed against the machine's own
LEVEL_EVERY_S = 1.0

# KEYS: the clock. ARGV: my time, the latest to believe, both in µs. -> the time to go by.
LEVEL = """
local known = redis.call('GET', KEYS[1])
if known and tonumber(known) > tonumber(ARGV[1]) and tonumber(known) <= tonumber(ARGV[2]) then return known end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
"""


class SteadyClock:
    """Due times, hosts' rests and `fetched_at` go by it: a clock set back by an hour must not hold them up for an hour."""

    def __init__(self, wall: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._last, self._turn = wall(), monotonic()

    def now(self) -> datetime:
        """The machine's time, or where that was set back, a time that goes on from there."""
        wall, turn = self._wall(), self._monotonic()
        carried = self._last + timedelta(seconds=CATCH_UP_SPEED * (turn - self._turn))
        self._last, self._turn = wall if carried - wall > FARTHEST else max(wall, carried), turn
        return self._last

    async def keep_level(self, redis: Redis) -> None:
        """Stay level with the other replicas, for ever."""
        while True:
            await self.level(redis)
            await asyncio.sleep(LEVEL_EVERY_S)

    async def level(self, redis: Redis) -> None:
        """Tell the others our time, or take theirs where it is later; without Redis we go by our own."""
        latest = self._wall() + FARTHEST
        try:
            agreed = await redis.eval(LEVEL, 1, keys.CLOCK, _us(self.now()), _us(latest))
        except (RedisError, OSError):  # said by whoever needs Redis more
            return
        self._last = max(self.now(), datetime.fromtimestamp(int(agreed) / 1e6, UTC))


def _us(moment: datetime) -> str:
    return str(round(moment.timestamp() * 1e6))
