"""Keeps the relays of the public streams running: one at a time by lease, at once after a commit, patient when a server is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.failures import RetryLater
from services.contracts.streams import PUBLIC_STREAMS, STREAM_BY_NAME

from ..database.opening import Database
from .lease import Lease
from .relay import Relay
from .retention import floor_of

IDLE_S = 0.05  # another replica's commits are seen by polling; our own poke us
COMPARE_EVERY_S = 1.0  # a quiet stream that was flushed or cut is noticed within this
STANDBY_S = 1.0
BACKOFF_S = (0.1, 5.0)
FLUSH_WITHIN_S = 3.0

log = structlog.get_logger()


class Relaying:
    """The relays of all public streams of one process."""

    def __init__(self, database: Database, redis: Redis, holder: str) -> None:
        self.relays = [Relay(database, redis, stream.name, now_ms) for stream in PUBLIC_STREAMS]
        self._leases = {
            relay.stream: Lease(database, f"relay {relay.stream}", holder) for relay in self.relays
        }
        self._pokes = {relay.stream: asyncio.Event() for relay in self.relays}

    def poke(self) -> None:
        """There is something to send: called after a commit."""
        for event in self._pokes.values():
            event.set()

    @property
    def tasks(self) -> Sequence[Callable[[], Awaitable[None]]]:
        """One endless task per public stream."""
        return [_task(self, relay) for relay in self.relays]

    async def flush(self) -> None:
        """Send what waits, for a short while, and give the leases back: the last act of a service."""
        try:
            async with asyncio.timeout(FLUSH_WITHIN_S):
                for relay in self.relays:
                    await self._send_rest(relay)
        except (RetryLater, RedisError, OSError, TimeoutError) as error:
            log.warning("relay_not_flushed", reason=_reason_of(error))

    async def _send_rest(self, relay: Relay) -> None:
        lease = self._leases[relay.stream]
        while await lease.hold(datetime.now(UTC)) and await relay.step():
            pass
        await lease.release()

    async def run(self, relay: Relay) -> None:
        """Relay one stream for ever."""
        delay = BACKOFF_S[0]
        compared = time.monotonic()
        while True:
            try:
                sent = await self._turn(relay)
            except (RetryLater, RedisError, OSError, TimeoutError) as error:
                relay.forget_position()
                log.warning("relay_waits", stream=relay.stream, reason=_reason_of(error), retry_in_s=delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, BACKOFF_S[1])
                continue
            delay = BACKOFF_S[0]
            if sent:
                continue
            if time.monotonic() - compared > COMPARE_EVERY_S:
                relay.forget_position()
                compared = time.monotonic()
            await self._wait(relay, IDLE_S if sent is not None else STANDBY_S)

    async def _turn(self, relay: Relay) -> int | None:
        """One step; None while another process has the lease."""
        self._pokes[relay.stream].clear()
        now = datetime.now(UTC)
        if not await self._leases[relay.stream].hold(now):
            return None
        relay.floor = floor_of(STREAM_BY_NAME[relay.stream], now)
        return await relay.step()

    async def _wait(self, relay: Relay, at_most_s: float) -> None:
        try:
            async with asyncio.timeout(at_most_s):
                await self._pokes[relay.stream].wait()
        except TimeoutError:
            return


async def rebuild(database: Database, redis: Redis, *, streams: Sequence[str] = ()) -> dict[str, int]:
    """Fill the public streams from the archive under their old ids (`cleanwire rebuild-stream`); entries sent per stream.

    A stream that is whole gets nothing. Raises RetryLater, redis.exceptions.RedisError.
    """
    names = streams or [stream.name for stream in PUBLIC_STREAMS]
    return {name: await _send_all(Relay(database, redis, name, now_ms)) for name in names}


def now_ms() -> int:
    """The clock of entry ids."""
    return time.time_ns() // 1_000_000


async def _send_all(relay: Relay) -> int:
    total = 0
    relay.floor = floor_of(STREAM_BY_NAME[relay.stream], datetime.now(UTC))
    while not relay.is_level:
        total += await relay.step()
    return total


def _reason_of(error: Exception) -> str:
    """In one line; some failures of the network have no words of their own."""
    return str(error)[:200] or type(error).__name__


def _task(relaying: Relaying, relay: Relay) -> Callable[[], Awaitable[None]]:
    return lambda: relaying.run(relay)
