"""The scheduler: each due time once, for however many replicas; what waits comes back."""

import asyncio

from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_REQUESTS
from services.ingest import keys
from services.ingest.scheduling.putting_back import delayed_member
from services.runtime.delivery.gates import BacklogGate
from tests.ingest.conftest import BuildWalk, Clock, source_of

MANY = "\n".join(source_of(f"https://a{n}.example/feed", name=f"Source {n}") for n in range(120))


async def test_due_listing_is_published_once_by_three_replicas(build_walk: BuildWalk, clock: Clock) -> None:
    replicas = [build_walk(MANY) for _ in range(3)]
    await replicas[0].ingest.scheduler.turn()
    clock.forward(60)

    for _turn in range(5):
        await asyncio.gather(*(walk.ingest.scheduler.turn() for walk in replicas))

    urls = [request.url for request in await replicas[0].requests()]
    assert len(urls) == 120
    assert len(set(urls)) == 120


async def test_waiting_request_comes_back_once(build_walk: BuildWalk, clock: Clock) -> None:
    replicas = [build_walk() for _ in range(3)]
    request = FetchRequest(url="https://a.example/x", why="test")
    await replicas[0].redis.zadd(keys.DELAYED, {delayed_member(request): clock.now().timestamp() + 30})

    await asyncio.gather(*(walk.ingest.scheduler.turn() for walk in replicas))
    assert await replicas[0].requests() == []
    clock.forward(31)
    await asyncio.gather(*(walk.ingest.scheduler.turn() for walk in replicas))
    assert await replicas[0].requests() == [request]


async def test_request_of_the_backfill_lane_comes_back_to_its_lane(
    build_walk: BuildWalk, clock: Clock
) -> None:
    walk = build_walk()
    request = FetchRequest(url="https://a.example/x", why="test", lane="backfill")
    await walk.redis.zadd(keys.DELAYED, {delayed_member(request, "fetch.backfill"): 1})
    await walk.ingest.scheduler.turn()
    assert await walk.redis.xlen("fetch.backfill") == 1
    assert await walk.requests() == []


async def test_lost_schedule_is_seeded_again(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk(MANY)
    await walk.ingest.scheduler.turn()
    await walk.redis.flushdb()
    clock.forward(61)
    await walk.ingest.scheduler.turn()
    assert await walk.redis.zcard(keys.SCHEDULE) == 120


async def test_muted_and_unknown_listings_are_never_polled(build_walk: BuildWalk, clock: Clock) -> None:
    muted = source_of("https://a.example/feed").replace("side", "muted = true\nside")
    walk = build_walk(muted)
    await walk.redis.zadd(keys.SCHEDULE, {"no-such-listing": 1})
    await walk.ingest.scheduler.turn()
    clock.forward(3600)
    await walk.ingest.scheduler.turn()
    assert await walk.requests() == []
    assert await walk.redis.zcard(keys.SCHEDULE) == 0


async def test_fallback_waits_for_its_turn(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk(source_of("https://a.example/feed", extra="fallback = true"))
    await walk.ingest.scheduler.turn()
    assert await walk.redis.zcard(keys.SCHEDULE) == 0


async def test_backlog_stops_polls_until_it_drains(build_walk: BuildWalk, clock: Clock) -> None:
    walk = build_walk(MANY)
    walk.ingest.scheduler._gates = (BacklogGate(FETCH_REQUESTS, "ingest", 10),)
    await walk.redis.xgroup_create(FETCH_REQUESTS, "ingest", id="0", mkstream=True)
    await walk.redis.xadd(FETCH_REQUESTS, {"x": "y"})
    for _ in range(10):
        await walk.redis.xadd(FETCH_REQUESTS, {"x": "y"})
    await walk.ingest.scheduler.turn()
    clock.forward(60)
    await walk.ingest.scheduler.turn()
    assert await walk.redis.xlen(FETCH_REQUESTS) == 11

    await walk.redis.delete(FETCH_REQUESTS)
    clock.forward(10)
    await walk.ingest.scheduler.turn()
    assert await walk.redis.xlen(FETCH_REQUESTS) > 11
