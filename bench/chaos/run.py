"""One chaos run: web, services and faults, then the verdict."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import ARTICLES_RAW, INTERNAL_STREAMS
from services.runtime.delivery.cancelling import cancel_until_ended
from services.runtime.delivery.waiting import waiting_of

from .costs import Costs
from .faults import hurt
from .field import VISIBILITY_S, Field, build_field
from .follower import Follower
from .logbook import Logbook, read_logs
from .observing import Standing, look, sample_for_ever
from .outcome import UNREADABLE, Outcome, Plan
from .plan import Page, plan_pages
from .web import ChaosWeb

LOOK_EVERY_S = 1.0
LOOK_SHARE = 10  # a look at many thousand entries takes seconds: most of the time is the services'
SUPERVISE_EVERY_S = 0.25
READY_S = 90.0


async def run_chaos(plan: Plan) -> Outcome:
    """Play one run from beginning to end."""
    pages = plan_pages(
        plan.pages, plan.hosts, plan.seconds, plan.seed, poll_s=plan.poll_s, poison_each=plan.poison_each
    )
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # noqa: ASYNC240 - PostgreSQL runs as another user
        async with ChaosWeb(pages, plan.hosts, plan.poll_s) as web:
            built = await build_field(
                folder,
                _environ(folder, web),
                topology=plan.topology,
                has_clock="clock" in plan.cards,
                mounted=plan.mounted,
                without=plan.without,
            )
            try:
                return await _play(plan, pages, web, built)
            finally:
                await built.close()
                if plan.keep is not None:
                    shutil.copytree(folder / "logs", plan.keep, dirs_exist_ok=True)


def _environ(folder: Path, web: ChaosWeb) -> dict[str, str]:
    (folder / "topics").mkdir()
    (folder / "sources.toml").write_text(web.sources_toml())
    return {
        "CLEANWIRE_TOPICS_DIR": str(folder / "topics"),
        "CLEANWIRE_SOURCES_FILE": str(folder / "sources.toml"),
        "CLEANWIRE_ALLOW_PRIVATE_HOSTS": ",".join(f"127.0.0.1:{port}" for port in web.ports),
        "CLEANWIRE_CONTACT": "chaos@example.org",
        "CLEANWIRE_HOST_GAP_S": "0",
        "CLEANWIRE_VISIBILITY_S": str(VISIBILITY_S),
    }


async def _play(plan: Plan, pages: Sequence[Page], web: ChaosWeb, built: Field) -> Outcome:
    await _ready(built)
    web.begin()
    built.began = time.monotonic()
    samples: list[tuple[float, int]] = []
    costs = Costs()
    beside = [
        asyncio.ensure_future(sample_for_ever(built, samples, costs)),
        asyncio.ensure_future(_supervise(built)),
    ]
    try:
        async with Follower(built.server.port) as follower:
            poured_s = await _pour(plan, built)
            urls = {page.number: web.url_of(page) for page in pages}
            standing, drained_s = await _drain(plan, pages, urls, built)
            missed = await _missed(follower, standing)
            logbook = _logbook(built)
            if not standing.is_final:
                await _ask_what_is_waited_for(built)
    finally:
        await cancel_until_ended(beside)
    return Outcome(
        plan=plan,
        verdict=standing.verdict,
        letters=standing.letters,
        missed=missed,
        unfinished=standing.unfinished,
        logbook=logbook,
        faults=dict(built.told),
        timeline=built.timeline,
        samples=samples,
        dead=standing.dead,
        poured_s=poured_s,
        drained_s=drained_s,
        cpu_s=costs.by_name(),
        load=os.getloadavg()[1],
    )


async def _pour(plan: Plan, built: Field) -> float:
    """Pages come and faults hurt for the plan's time; returns the seconds it took, before what is left is healed."""

    def is_over() -> bool:
        return time.monotonic() - built.began > plan.seconds

    await hurt(built, is_over, plan.fault_every_s, plan.seed, plan.cards)
    poured_s = time.monotonic() - built.began
    await _heal(built)
    await _poison(built)
    return poured_s


async def _ready(built: Field) -> None:
    """Until every declared group exists: every service has read once."""
    async with Redis.from_url(built.server.url) as redis, asyncio.timeout(READY_S):
        for stream in INTERNAL_STREAMS:
            while len(await waiting_of(redis, stream.name)) < len(stream.groups):  # noqa: ASYNC110
                await asyncio.sleep(0.1)


async def _supervise(built: Field) -> None:
    while True:
        built.restart_dead()
        await asyncio.sleep(SUPERVISE_EVERY_S)


async def _heal(built: Field) -> None:
    """Whatever the last fault left behind."""
    for proxy in (*built.to_redis.values(), *built.to_postgres.values()):
        proxy.heal()


async def _poison(built: Field) -> None:
    async with Redis.from_url(built.server.url) as redis:
        for number in range(UNREADABLE):
            await redis.xadd(ARTICLES_RAW, {"page": b"\xff\xfe", "n": number})
    built.remark(f"{UNREADABLE} unreadable entries")


async def _drain(
    plan: Plan, pages: Sequence[Page], urls: dict[int, str], built: Field
) -> tuple[Standing, float]:
    """Look until everything is as it must be, or nothing has come any nearer to it for the plan's time."""
    calm, standing, took_s = time.monotonic(), Standing.unseen(), 0.0
    nearer, least = calm, standing.distance
    while time.monotonic() - nearer < plan.drain_s and not standing.is_final:
        await asyncio.sleep(max(LOOK_EVERY_S, LOOK_SHARE * took_s))
        began = time.monotonic()
        try:
            standing = await look(built.server.url, pages, urls, UNREADABLE)
        except (RedisError, OSError):
            continue
        took_s = time.monotonic() - began
        if standing.distance < least:
            nearer, least = time.monotonic(), standing.distance
    built.remark("drained" if standing.is_final else "time is over")
    return standing, time.monotonic() - calm


async def _ask_what_is_waited_for(built: Field) -> None:
    """Into the logs: a run that does not end is a finding, and this is where to look."""
    for process in built.services.values():
        process.send(signal.SIGUSR1)
    await asyncio.sleep(1)


async def _missed(follower: Follower, standing: Standing) -> list[str]:
    deadline = time.monotonic() + 10
    while (faults := follower.faults(standing.stands)) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    return faults


def _logbook(built: Field) -> Logbook:
    return read_logs(
        line
        for file in sorted((built.folder / "logs").glob("*.log"))
        for line in file.read_text(errors="replace").splitlines()
    )
