"""The scheduler: puts due listings and waiting requests onto their streams, each once, however many replicas run."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.messages import FetchRequest, Source
from services.contracts.streams import FETCH_REQUESTS, GROUP_INGEST
from services.ingest import keys
from services.ingest.core.revisits import step_name
from services.ingest.scheduling.page_records import read_page_record
from services.ingest.scheduling.putting_back import member_digest
from services.ingest.sources.catalogue import Catalogue, Listing
from services.ingest.stored import read_due, read_fields
from services.runtime.delivery.gates import Gate
from services.runtime.delivery.waiting import waiting_entries
from services.runtime.envelope import DATA_FIELD
from services.runtime.wire import envelope_of

TICK_S = 0.2
SEED_EVERY_S = 60.0
GATE_EVERY_S = 2.0
BATCH = 200
REVISITS_A_TURN = 2  # ten a second
REVISITS_BELOW = 50
OVERDUE_S = 900.0  # a poll whose end was never written is due again after this
SPREAD_PER_S = 50.0  # listings first polled in a second

log = structlog.get_logger()

# KEYS: schedule, stream. ARGV: listing id, the due time it was read with, the next due time, field, envelope.
# Another replica that was quicker has changed the due time: then nothing is written.
PUBLISH_DUE = """
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not due or tonumber(due) ~= tonumber(ARGV[2]) then return 0 end
redis.call('XADD', KEYS[2], '*', ARGV[4], ARGV[5])
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""

# KEYS: delayed, stream, headers. ARGV: member, field, envelope, the member's digest.
PUBLISH_DELAYED = """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('XADD', KEYS[2], '*', ARGV[2], ARGV[3])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[4])
return 1
"""


class Scheduler:
    """Due times live in Redis; each publication is one script that loses to whoever was first."""

    def __init__(
        self,
        redis: Redis,
        catalogue: Catalogue,
        now: Callable[[], datetime],
        *,
        gates: Sequence[Gate] = (),
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._redis = redis
        self._catalogue = catalogue
        self._now = now
        self._gates = gates
        self._wait = wait
        self._publish_due = redis.register_script(PUBLISH_DUE)
        self._publish_delayed = redis.register_script(PUBLISH_DELAYED)
        self._seeded_at = self._gated_at = 0.0
        self._closed: str | None = None

    async def run(self) -> None:
        """Turn for ever; a server that is away is waited for, and said so once."""
        away = False
        while True:
            try:
                await self.turn()
                if away:
                    log.info("scheduler_resumed")
                away = False
            except RedisError as problem:
                if not away:
                    log.warning("scheduler_paused", reason=str(problem))
                away = True
                await self._wait(1.0)
            await self._wait(TICK_S)

    async def turn(self) -> int:
        """Publish what is due now; returns how much."""
        now = self._now().timestamp()
        if now - self._seeded_at >= SEED_EVERY_S:
            await self.seed()
            self._seeded_at = now
        released = await self._release_delayed(now)
        if await self._is_gated(now):
            return released
        return released + await self._poll_due(now) + await self._revisit_due(now)

    async def seed(self) -> None:
        """Give every listing that has none a due time: at the start, and after Redis lost its memory."""
        now = self._now().timestamp()
        missing = {
            listing.listing_id: now + position / SPREAD_PER_S
            for position, listing in enumerate(self._catalogue.listings.values())
            if not (listing.muted or listing.fallback)
        }
        if missing:
            await self._redis.zadd(keys.SCHEDULE, missing, nx=True)

    async def _poll_due(self, now: float) -> int:
        rows = await read_due(self._redis, keys.SCHEDULE, now, BATCH)
        published = 0
        for member, due in rows:
            listing = self._catalogue.listings.get(member)
            if listing is None or listing.muted:
                await self._redis.zrem(keys.SCHEDULE, member)
            else:
                published += await self._publish(listing, due, now)
        return published

    async def _publish(self, listing: Listing, due: float, now: float) -> int:
        request = FetchRequest(url=listing.url, kind=listing.kind, source=listing.source, why="poll")
        again = now + max(OVERDUE_S, 2 * (listing.poll_s or 0))
        return int(
            await self._publish_due(
                keys=[keys.SCHEDULE, FETCH_REQUESTS],
                args=[listing.listing_id, due, again, DATA_FIELD, envelope_of(request)],
            )
        )

    async def _revisit_due(self, now: float) -> int:
        """Revisits have a budget of their own, below new entries: a few, and only while little else waits."""
        rows = await read_due(self._redis, keys.REVISITS, now, REVISITS_A_TURN)
        if not rows or await waiting_entries(self._redis, FETCH_REQUESTS, GROUP_INGEST) > REVISITS_BELOW:
            return 0
        published = 0
        for page_id, due in rows:
            record = await read_page_record(self._redis, page_id)
            if not record.url:
                await self._redis.zrem(keys.REVISITS, page_id)
                continue
            source = Source.model_validate_json(record.source) if record.source else None
            request = FetchRequest(url=record.url, source=source, why=f"revisit {step_name(record.step)}")
            published += int(
                await self._publish_due(
                    keys=[keys.REVISITS, FETCH_REQUESTS],
                    args=[page_id, due, now + OVERDUE_S, DATA_FIELD, envelope_of(request)],
                )
            )
        return published

    async def _release_delayed(self, now: float) -> int:
        released = 0
        members = [member for member, _due in await read_due(self._redis, keys.DELAYED, now, BATCH)]
        digests = [member_digest(member) for member in members]
        headers = await read_fields(self._redis, keys.DELAYED_HEADERS, digests)
        for member, digest, kept in zip(members, digests, headers, strict=True):
            waiting = json.loads(member)
            request = FetchRequest.model_validate_json(waiting["request"])
            envelope = envelope_of(request, json.loads(kept) if kept else None)
            released += await self._publish_delayed(
                keys=[keys.DELAYED, waiting["lane"], keys.DELAYED_HEADERS],
                args=[member, DATA_FIELD, envelope, digest],
            )
        return released

    async def _is_gated(self, now: float) -> bool:
        if now - self._gated_at < GATE_EVERY_S:
            return self._closed is not None
        self._gated_at = now
        reasons = [
            await gate.reason_to_wait(self._redis, closed=self._closed is not None) for gate in self._gates
        ]
        reason = next((reason for reason in reasons if reason), None)
        if (reason is None) != (self._closed is None):
            log.info("polls_gated" if reason else "polls_resumed", reason=reason or self._closed)
        self._closed = reason
        return reason is not None
