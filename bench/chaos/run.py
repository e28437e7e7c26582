"""One chaos run: web, services and faults, then the verdict."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import ARTICLES_RAW, INTERNAL_STREAMS
from services.runtime.delivery.cancelling import cancel_until_ended
from services.runtime.delivery.waiting import waiting_of

from .costs import Costs
from .faults import DECKS, hurt
from .field import VISIBILITY_S, Field, build_field
from .follower import Follower
from .logbook import Logbook, read_logs
from .observing import Standing, look, sample_for_ever
from .plan import POISONS, Page, plan_pages
from .verdict import Verdict
from .web import ChaosWeb

UNREADABLE = 5  # entries that no service can read: dead letters beside the poison pages
LOOK_EVERY_S = 1.0
LOOK_SHARE = 10  # a look at many thousand entries takes seconds: most of the time is the services'
SUPERVISE_EVERY_S = 0.25
READY_S = 90.0


@dataclass(frozen=True)
class Plan:
    """One run: how many pages over how many hosts, how long they pour in, how close the faults come, and its seed.

    `deck` names the faults, `without` the rules that are taken out (a control); the logs are kept in the folder `keep`.
    """

    pages: int = 200
    hosts: int = 8
    seconds: float = 30.0
    fault_every_s: float = 1.5
    drain_s: float = 180.0
    seed: int = 1
    topology: str = "sqlite"
    poll_s: float = 2.0
    poison_each: int = 1
    extra: tuple[str, ...] = ()
    deck: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()
    mounted: bool = False
    keep: Path | None = None

    @property
    def cards(self) -> tuple[str, ...]:
        """The faults to deal."""
        return (*(DECKS[self.topology] if self.deck is None else self.deck), *self.extra)


@dataclass(frozen=True)
class Outcome:
    """What came of it. `unfinished` names whatever was not zero at the end; `samples` are lengths of the clean stream.

    `cpu_s` is the processor time by service and server, `load` the machine's load over its last five minutes.
    """

    plan: Plan
    verdict: Verdict
    letters: Verdict
    missed: list[str]
    unfinished: dict[str, int]
    logbook: Logbook
    faults: dict[str, int]
    timeline: list[tuple[float, str]]
    samples: list[tuple[float, int]] = field(default_factory=list)
    dead: int = 0
    poured_s: float = 0.0
    drained_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)
    load: float = 0.0

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled, left over or unexplained; dead exactly the poison; the subscriber missed nothing."""
        whole = self.verdict.is_clean and self.letters.is_clean
        return whole and not (self.missed or self.unfinished or self.logbook.unexplained)

    @property
    def expected_dead(self) -> int:
        """How many dead letters there must be."""
        return UNREADABLE + self.plan.poison_each * len(POISONS)

    @property
    def findings(self) -> list[str]:
        """Everything that is not as it must be, in words."""
        verdicts = (self.verdict, self.letters)
        wrong = [line for one in verdicts for line in (*one.late, *one.doubled, *one.wrong)]
        left = [f"{count} {name}" for name, count in self.unfinished.items()]
        return [*wrong, *self.missed, *left, *(f"log: {line}" for line in self.logbook.unexplained.values())]


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
    urls = {page.number: web.url_of(page) for page in pages}
    beside = [
        asyncio.ensure_future(sample_for_ever(built, samples, costs)),
        asyncio.ensure_future(_supervise(built)),
    ]
    try:
        async with Follower(built.server.port) as follower:
            await hurt(
                built,
                lambda: time.monotonic() - built.began > plan.seconds,
                plan.fault_every_s,
                plan.seed,
                plan.cards,
            )
            poured_s = time.monotonic() - built.began
            await _heal(built)
            await _poison(built)
            standing, drained_s = await _drain(plan, pages, urls, built)
            missed = await _missed(follower, standing)
            logbook = _logbook(built)
            if not standing.is_final:
                await _ask_what_is_waited_for(built)
    finally:
        await cancel_until_ended(beside)
    return Outcome(
        plan,
        standing.verdict,
        standing.letters,
        missed,
        standing.unfinished,
        logbook,
        dict(built.told),
        built.timeline,
        samples,
        standing.dead,
        poured_s,
        drained_s,
        costs.by_name(),
        os.getloadavg()[1],
    )


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
