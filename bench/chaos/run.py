"""One chaos run: web, services and faults, then the verdict and its report."""

import argparse
import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.console.embedded_valkey import start_valkey
from services.contracts.streams import ARTICLES_CLEANED, ARTICLES_RAW, INTERNAL_STREAMS, STORIES_UPDATED
from services.runtime.backlog import backlogs
from services.runtime.delivery.waiting import waiting_of

from .faults import DECK, FLUSHING_DECK, VISIBILITY_S, Field, hurt
from .plan import Page, plan_pages
from .verdict import Verdict, judge
from .web import ChaosWeb

SLOTS = ("ingest 1", "ingest 2", "normalize 1", "normalize 2", "store 1")
POISON = 5  # entries that no service can read; exactly these are to be dead letters
LOOK_EVERY_S = 1.0
READY_S = 60.0


@dataclass(frozen=True)
class Plan:
    """One run: how many pages over how many hosts, how long they pour in, how close the faults come, and its seed."""

    pages: int = 200
    hosts: int = 8
    seconds: float = 30.0
    fault_every_s: float = 1.5
    drain_s: float = 120.0
    seed: int = 1
    flush: bool = False


@dataclass(frozen=True)
class Outcome:
    """What came of it. `unfinished` names whatever was not zero at the end; `dead` are the dead letters' counts."""

    verdict: Verdict
    faults: dict[str, int]
    timeline: list[tuple[float, str]]
    unfinished: dict[str, int]
    dead: dict[str, int]
    drained_s: float

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing doubled, nothing left over, dead exactly the poison."""
        return self.verdict.is_clean and not self.unfinished and self.dead == {ARTICLES_RAW: POISON}


async def run_chaos(plan: Plan) -> Outcome:
    """Play one run from beginning to end."""
    pages = plan_pages(plan.pages, plan.hosts, plan.seconds, plan.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with ChaosWeb(pages, plan.hosts) as web:
            field = _field(folder, web)
            try:
                return await _play(plan, pages, web, field)
            finally:
                for service in field.services.values():
                    service.stop()
                field.server.stop()


def _field(folder: Path, web: ChaosWeb) -> Field:
    server = start_valkey(folder / "valkey", maxmemory="0")
    (folder / "topics").mkdir()
    (folder / "sources.toml").write_text(web.sources_toml())
    environ = {
        "CLEANWIRE_REDIS_URL": server.url,
        "CLEANWIRE_DATA_DIR": str(folder),
        "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
        "CLEANWIRE_SOURCES_FILE": str(folder / "sources.toml"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": ",".join(f"127.0.0.1:{port}" for port in web.ports),
        "CLEANWIRE_CONTACT": "chaos@example.org",
        "CLEANWIRE_HOST_GAP_S": "0",
        "CLEANWIRE_VISIBILITY_S": str(VISIBILITY_S),
    }
    field = Field(folder, environ, server)
    for slot in SLOTS:
        field.start(slot)
    return field


async def _play(plan: Plan, pages: tuple[Page, ...], web: ChaosWeb, field: Field) -> Outcome:
    await _ready(field)
    web.begin()
    deck = FLUSHING_DECK if plan.flush else DECK
    await hurt(field, plan.seconds, plan.fault_every_s, plan.seed, deck)
    await _poison(field)
    urls = {page.number: web.url_of(page) for page in pages}
    calm, verdict, unfinished, dead = (
        time.monotonic(),
        Verdict(late=["nothing looked at"]),
        {"": 1},
        dict[str, int](),
    )
    while time.monotonic() - calm < plan.drain_s:
        field.restart_dead()
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            verdict, unfinished, dead = await _look(field.server.url, pages, urls)
        except (RedisError, OSError):
            continue
        if verdict.is_clean and not unfinished:
            break
    return Outcome(verdict, dict(field.told), field.timeline, unfinished, dead, time.monotonic() - calm)


async def _ready(field: Field) -> None:
    """Until every declared group exists: every service has read once."""
    async with Redis.from_url(field.server.url) as redis, asyncio.timeout(READY_S):
        for stream in INTERNAL_STREAMS:
            while len(await waiting_of(redis, stream.name)) < len(stream.groups):  # noqa: ASYNC110
                await asyncio.sleep(0.1)


async def _poison(field: Field) -> None:
    async with Redis.from_url(field.server.url) as redis:
        for number in range(POISON):
            await redis.xadd(ARTICLES_RAW, {"page": b"\xff\xfe", "n": number})


async def _look(
    url: str, pages: tuple[Page, ...], urls: dict[int, str]
) -> tuple[Verdict, dict[str, int], dict[str, int]]:
    async with Redis.from_url(url, decode_responses=True) as redis:
        cleaned, changes = await redis.xrange(ARTICLES_CLEANED), await redis.xrange(STORIES_UPDATED)
    async with Redis.from_url(url) as redis:
        found = await backlogs(redis)
    unfinished = {
        f"{stream.name} {what}": count
        for stream in INTERNAL_STREAMS
        for group in found[stream.name].groups.values()
        for what, count in (("lag", group.lag), ("pending", group.pending))
        if count
    }
    dead = {name: backlog.dead for name, backlog in found.items() if backlog.dead}
    return judge(pages, urls, _fields(cleaned), _fields(changes)), unfinished, dead


def _fields(entries: Any) -> list[dict[str, str]]:
    return [fields for _, fields in entries]


def _report(plan: Plan, outcome: Outcome, *, timeline: bool) -> None:
    faults = ", ".join(f"{count} × {fault}" for fault, count in sorted(outcome.faults.items()))
    verdict = outcome.verdict
    print(
        f"| {plan.seed} | {plan.pages:,} | {faults} | {len(verdict.late)} | {len(verdict.doubled)} | {len(verdict.wrong)} | "
        f"{sum(outcome.dead.values())} of {POISON} | {sum(outcome.unfinished.values())} | {outcome.drained_s:.0f} s |",
        flush=True,
    )
    for fault in (*verdict.late, *verdict.doubled, *verdict.wrong):
        print(f"    {fault}")
    for moment, fault in outcome.timeline if timeline or not outcome.is_clean else ():
        print(f"    {moment:6.1f} s  {fault}")


def main(argv: list[str]) -> int:
    """Run some seeds; 1 if any of them lost or doubled anything."""
    parser = argparse.ArgumentParser(prog="./run bench chaos", description=__doc__)
    parser.add_argument("--pages", type=int, default=Plan.pages)
    parser.add_argument("--hosts", type=int, default=Plan.hosts)
    parser.add_argument("--seconds", type=float, default=Plan.seconds)
    parser.add_argument("--fault-every", type=float, default=Plan.fault_every_s)
    parser.add_argument(
        "--drain", type=float, default=Plan.drain_s, help="seconds to wait for the end after the last fault"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, with rising seeds")
    parser.add_argument("--flush", action="store_true", help="lose all of the server now and then, too")
    parser.add_argument("--timeline", action="store_true")
    options = parser.parse_args(argv)
    print(
        "| seed | pages | faults | lost | doubled | wrong | dead | unfinished | drained in |\n|---|---|---|---|---|---|---|---|---|"
    )
    clean = True
    for seed in range(options.seed, options.seed + options.seeds):
        plan = Plan(
            options.pages,
            options.hosts,
            options.seconds,
            options.fault_every,
            options.drain,
            seed,
            options.flush,
        )
        outcome = asyncio.run(run_chaos(plan))
        _report(plan, outcome, timeline=options.timeline)
        clean = clean and outcome.is_clean
    return 0 if clean else 1
