"""Whose turn it is at a host: one request at a time and a gap between them, for all replicas through Redis."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest import keys
from services.ingest.fetching.script_calls import ScriptCalls

LEASE_S = 10.0  # what a killed process leaves to run out;
RENEWALS = 3  # a living one renews it so often in that time, two may be lost
FORGET_S = 2 * 86400
COUNTS_KEPT_S = 40 * 86400

# KEYS: host hash. ARGV: now_ms, token, lease_ms, gap_ms, patience_ms.
# Returns {1, refusals in a row} with the turn taken, {0, t} to wait here until t, {2, t} to come back at t (a place in
# the queue: each who is sent away gets a later one, so that they do not all come back at once).
TAKE_TURN = """
local now, lease, gap = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[4])
local h = redis.call('HMGET', KEYS[1], 'next_at', 'lease_until', 'slot', 'token')
local next_at, lease_until, slot = tonumber(h[1] or '0'), tonumber(h[2] or '0'), tonumber(h[3] or '0')
local free_at = next_at
if lease_until > now and h[4] ~= ARGV[2] then free_at = math.max(next_at, now + math.max(gap, 50)) end
if free_at <= now then
  redis.call('HSET', KEYS[1], 'token', ARGV[2], 'lease_until', now + lease)
  redis.call('PEXPIRE', KEYS[1], ARGV[6])
  return {1, tonumber(redis.call('HGET', KEYS[1], 'refusals') or '0')}
end
if free_at - now <= tonumber(ARGV[5]) then return {0, free_at} end
slot = math.max(free_at, slot + gap)
redis.call('HSET', KEYS[1], 'slot', slot)
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return {2, slot}
"""

# KEYS: host hash, day's counts, day's hosts. ARGV: now_ms, token, gap_ms (0: starts no gap), forget_ms, keep_s, host,
# refusal (0 no answer to judge by, 1 refused, 2 answered well), rest_ms, started_ms, then name/increment pairs.
END_TURN = """
local now = tonumber(ARGV[1])
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], 'token', 'lease_until')
if tonumber(ARGV[3]) > 0 then
  local last = tonumber(redis.call('HGET', KEYS[1], 'ended') or '0')
  local shortest = tonumber(redis.call('HGET', KEYS[2], 'shortest_gap_ms') or '1e15')
  local gap = tonumber(ARGV[9]) - last
  if last > 0 and gap < shortest then redis.call('HSET', KEYS[2], 'shortest_gap_ms', gap) end
  redis.call('HSET', KEYS[1], 'ended', now)
end
local next_at = math.max(tonumber(redis.call('HGET', KEYS[1], 'next_at') or '0'), now + tonumber(ARGV[3]) + tonumber(ARGV[8]))
redis.call('HSET', KEYS[1], 'next_at', next_at)
if ARGV[7] == '1' then redis.call('HINCRBY', KEYS[1], 'refusals', 1) end
if ARGV[7] == '2' then redis.call('HDEL', KEYS[1], 'refusals') end
redis.call('PEXPIRE', KEYS[1], math.max(tonumber(ARGV[4]), next_at - now + 60000))
for i = 10, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.call('SADD', KEYS[3], ARGV[6])
redis.call('EXPIRE', KEYS[2], ARGV[5])
redis.call('EXPIRE', KEYS[3], ARGV[5])
return 1
"""


# KEYS: host hash. ARGV: token, lease's end in ms.
RENEW_TURN = """
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'lease_until', ARGV[2])
return 1
"""


@dataclass(frozen=True)
class Turn:
    """The right to send requests to one host until `end`; no other process has it meanwhile."""

    host: str
    token: str
    started_at: datetime
    refusals: int = 0


@dataclass(frozen=True)
class NotYet:
    """The host is busy or resting: come back at `at` (Unix seconds), a place of one's own in its queue."""

    at: float


@dataclass(frozen=True)
class TurnReport:
    """What came of a turn: the rest it starts, and what is counted of it."""

    gap_s: float = 0.0
    rest_s: float = 0.0
    refused: bool = False
    answered: bool = False
    counts: tuple[tuple[str, int], ...] = ()


class Politeness:
    """Hands out turns. `now` is this process's clock; `wait` sleeps, and is a fast-forward clock's own in tests.

    `lease_s` is how long the turn of a killed process keeps its host shut.
    """

    def __init__(
        self,
        redis: Redis,
        gap_s: float,
        now: Callable[[], datetime],
        wait: Any,
        *,
        lease_s: float = LEASE_S,
    ) -> None:
        self._lease_s = lease_s
        self._calls = ScriptCalls(redis)
        self._gap_s = gap_s
        self._now = now
        self._wait = wait
        self._take = redis.register_script(TAKE_TURN)
        self._renew = redis.register_script(RENEW_TURN)
        self._end = redis.register_script(END_TURN)

    @property
    def gap_s(self) -> float:
        """The least pause between two requests to one host."""
        return self._gap_s

    async def take_turn(self, host: str, *, patience_s: float = 1.0) -> Turn | NotYet:
        """The turn at `host` (`name:port`), after at most `patience_s` of waiting; else when to come back."""
        token = secrets.token_hex(8)
        while True:
            now = self._now()
            args: list[str | int] = [_ms(now), token, int(self._lease_s * 1000), int(self._gap_s * 1000)]
            args += [int(patience_s * 1000), FORGET_S * 1000]
            verdict, figure = await self._calls.call(self._take, keys=[keys.host_turns(host)], args=args)
            if verdict == 1:
                return Turn(host, token, now, figure)
            if verdict == 2:
                return NotYet(figure / 1000)
            waited_s = max(figure / 1000 - now.timestamp(), 0.001)
            patience_s -= waited_s
            await self._wait(waited_s)

    @contextlib.asynccontextmanager
    async def kept(self, turn: Turn) -> AsyncIterator[None]:
        """Inside this the turn stays ours, however long the host takes to answer."""
        keeping: list[asyncio.Task[None]] = []
        # Most answers come sooner than the first renewal: only a slow one costs a task.
        starting = asyncio.get_running_loop().call_later(
            self._lease_s / RENEWALS, lambda: keeping.append(asyncio.ensure_future(self._keep(turn)))
        )
        try:
            yield
        finally:
            starting.cancel()
            for keeper in keeping:
                keeper.cancel()

    async def _keep(self, turn: Turn) -> None:
        while True:
            with contextlib.suppress(RedisError):
                await self._calls.call(
                    self._renew,
                    keys=[keys.host_turns(turn.host)],
                    args=[turn.token, _ms(self._now()) + int(self._lease_s * 1000)],
                )
            await asyncio.sleep(self._lease_s / RENEWALS)

    async def end_turn(self, turn: Turn, report: TurnReport) -> None:
        """Give the turn back, start its rest, and count it."""
        now = self._now()
        day = now.date().isoformat()
        judged = 1 if report.refused else 2 if report.answered else 0
        counts: list[str | int] = [part for pair in report.counts for part in pair]
        await self._calls.call(
            self._end,
            keys=[keys.host_turns(turn.host), keys.day_counts(day, turn.host), keys.hosts_of_day(day)],
            args=[
                _ms(now),
                turn.token,
                int(report.gap_s * 1000),
                FORGET_S * 1000,
                COUNTS_KEPT_S,
                turn.host,
                judged,
                int(report.rest_s * 1000),
                _ms(turn.started_at),
                *counts,
            ],
        )


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
