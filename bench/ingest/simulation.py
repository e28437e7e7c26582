"""Three replicas of ingest on a web that grows, hours in minutes: time is virtual, Redis and all of ingest are real."""

import random
from typing import Any

from redis.asyncio import Redis

from bench.ingest.figures import Simulation
from bench.ingest.growing_web import GrowingWeb, random_publications
from bench.ingest.replica import Replica, build_replica
from bench.ingest.virtual_clock import VirtualClock
from services.contracts.streams import FETCH_REQUESTS, GROUP_INGEST
from services.ingest.sources.sources_file import parse_catalogue

REPLICAS = 3
TAKE_OVER_S = 30.0


async def simulate(redis_url: str, *, hosts: int, hours: float, kills: int = 0, seed: int = 7) -> Simulation:
    """Let the replicas follow the web for so many hours, with so many of them killed and started again on the way."""
    chance, clock = random.Random(seed), VirtualClock()
    publications = random_publications(chance, hosts, hours)
    shared = GrowingWeb(clock, publications)
    catalogue = parse_catalogue("\n".join(_source(host) for host in publications), "simulated")
    async with Redis.from_url(redis_url) as redis:
        await redis.flushall()
        await redis.xgroup_create(FETCH_REQUESTS, GROUP_INGEST, id="0", mkstream=True)
        replicas = [build_replica(redis_url, catalogue, clock, shared, f"r{n}") for n in range(REPLICAS)]
        for replica in replicas:
            replica.start()
        killed_at_work = 0
        moments = sorted(chance.uniform(600, hours * 3600 - 4 * 3600) for _ in range(kills)) if kills else []
        for moment in moments:
            await clock.run_until(moment)
            while not any(replica.running for replica in replicas) and clock.seconds < moment + 1800:
                await clock.run_until(clock.seconds + 0.1)  # a kill between two requests would prove nothing
            number = max(range(REPLICAS), key=lambda one: (len(replicas[one].running), chance.random()))
            killed_at_work += bool(replicas[number].running)
            replicas[number] = await _killed_and_replaced(redis, replicas, number, clock)
        await clock.run_until(hours * 3600)
        for replica in replicas:
            await replica.kill()
            await replica.ingest.close()
    return Simulation(hosts, hours, kills, shared.asked, publications, killed_at_work)


async def _killed_and_replaced(
    redis: Redis, replicas: list[Replica], number: int, clock: VirtualClock
) -> Replica:
    dead, heir = replicas[number], replicas[(number + 1) % REPLICAS]
    orphans = list(dead.running)
    await dead.kill()
    fresh = Replica(f"{dead.name}'", dead.ingest, clock)
    fresh.start()

    async def take_over() -> None:
        await clock.wait(TAKE_OVER_S)
        for entry_id in orphans:
            rows: Any = await redis.xclaim(
                FETCH_REQUESTS, GROUP_INGEST, heir.name, min_idle_time=0, message_ids=[entry_id]
            )
            for claimed_id, fields in rows:
                heir.take_entry(claimed_id, fields)

    clock.start(take_over())
    return fresh


def _source(host: str) -> str:
    return f'[[source]]\nname = "{host}"\noutlet = "{host}"\n[[source.feed]]\nkind = "feed"\nurl = "http://{host}/feed"\n'
