"""Three replicas of ingest on a web that grows, hours in minutes: time is virtual, Redis and all of ingest are real."""

import asyncio
import heapq
import itertools
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from statistics import median
from typing import Any

import httpx
from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_REQUESTS
from services.ingest.app import Ingest
from services.ingest.fetching.fetcher import Fetcher, WebClient
from services.ingest.settings import IngestSettings
from services.ingest.sources.catalogue import Catalogue
from services.ingest.sources.sources_file import parse_catalogue
from services.runtime.delivery.entry import Entry, Output
from services.runtime.envelope import DATA_KEY, unseal
from services.runtime.handling import handling

START = datetime(2026, 11, 21, tzinfo=UTC)
GAP_S = 5.0
REPLICAS = 3
AT_ONCE = 16
TICK_S = 5.0
TAKE_OVER_S = 30.0
GROUP = "ingest"
NOMINAL_INTERVAL_S = 600.0


OLD_ENTRIES = "".join(
    f"<item><title>Old {n}</title><link>http://old.example/{n}</link><pubDate>{format_datetime(START - timedelta(days=30))}</pubDate></item>"
    for n in range(5)
)


class VirtualClock:
    """Time that stands still while anybody works and jumps to the next waiter when nobody does."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._busy = 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    async def wait(self, seconds: float) -> None:
        done = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (self.seconds + max(seconds, 0.0), next(self._order), done))
        self._busy -= 1
        try:
            await done
        except asyncio.CancelledError:
            self._busy += 1  # a killed task leaves through `start`, which counts it off
            raise

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run work that counts as busy from this moment on."""
        self._busy += 1

        async def counted() -> None:
            try:
                await work
            finally:
                self._busy -= 1

        return asyncio.ensure_future(counted())

    async def run_until(self, end: float) -> None:
        """Let time pass until `end`."""
        while self.seconds < end:
            while self._busy > 0:  # noqa: ASYNC110 - real input and output goes on meanwhile
                await asyncio.sleep(0)
            if not self._waiting:
                return
            at, _, done = heapq.heappop(self._waiting)
            if done.done():
                continue
            self.seconds = max(self.seconds, at)
            self._busy += 1
            done.set_result(None)
            await asyncio.sleep(0)


@dataclass(frozen=True)
class Asked:
    """One request as a host saw it, in virtual seconds."""

    host: str
    path: str
    started: float
    ended: float
    status: int


@dataclass
class GrowingWeb(httpx.AsyncBaseTransport):
    """Hosts that publish at random moments; half of them never do. Answers take a moment of virtual time."""

    clock: VirtualClock
    publications: dict[str, list[float]]
    asked: list[Asked] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(11))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, started = request.url.host, self.clock.seconds
        await self.clock.wait(self.chance.uniform(0.05, 0.6))
        response = self._answer(host, request)
        self.asked.append(Asked(host, request.url.path, started, self.clock.seconds, response.status_code))
        return response

    def _answer(self, host: str, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/feed":
            return self._feed(host, request.headers.get("if-none-match", ""))
        if path.startswith("/a/"):
            return _response(f"<p>{host} {path}</p>", {"content-type": "text/html"})
        return httpx.Response(404)

    def _feed(self, host: str, known: str) -> httpx.Response:
        out = [at for at in self.publications[host] if at <= self.clock.seconds]
        etag = f'"{len(out)}"'
        if etag == known:
            return httpx.Response(304, headers={"etag": etag})
        first = max(0, len(out) - 20)
        items = "".join(
            f"<item><title>{host} {n}</title><link>http://{host}/a/{n}</link>"
            f"<pubDate>{format_datetime(START + timedelta(seconds=out[n]))}</pubDate></item>"
            for n in range(first, len(out))
        )
        body = f'<rss version="2.0"><channel><title>{host}</title>{items}{OLD_ENTRIES}</channel></rss>'
        return _response(body, {"etag": etag, "content-type": "application/rss+xml"})


def _response(body: str, headers: dict[str, str]) -> httpx.Response:
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body.encode()))


@dataclass
class Replica:
    """One ingest process in the simulation: its scheduler and its handlers, which die together."""

    name: str
    ingest: Ingest
    clock: VirtualClock
    running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    loop: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.loop = self.clock.start(self._run())

    async def kill(self) -> None:
        """End everything at once, as kill -9 does: nothing is written, nothing given back."""
        tasks = [task for task in (self.loop, *self.running.values()) if task]
        while left := [task for task in tasks if not task.done()]:
            for task in left:  # once more where a client library has swallowed it
                task.cancel()
            await asyncio.wait(left, timeout=0.2)
        self.running.clear()

    async def _run(self) -> None:
        while True:
            await self.ingest.scheduler.turn()
            await self._take()
            await self.clock.wait(TICK_S)

    async def _take(self) -> None:
        redis, free = self.ingest.redis, AT_ONCE - len(self.running)
        if free <= 0:
            return
        answer: Any = await redis.xreadgroup(GROUP, self.name, {FETCH_REQUESTS: ">"}, count=free)
        for entry_id, fields in answer[0][1] if answer else []:
            self.take_entry(entry_id, fields)

    def take_entry(self, entry_id: bytes, fields: dict[bytes, bytes]) -> None:
        self.running[entry_id.decode()] = self.clock.start(self._handle(entry_id.decode(), fields))

    async def _handle(self, entry_id: str, fields: dict[bytes, bytes]) -> None:
        request = FetchRequest.model_validate_json(unseal(fields[DATA_KEY])[0])
        with handling(Entry(entry_id, fields, 1)) as current:
            await self.ingest.handler.on_fetch_request(request)
        await self._hand_off(entry_id, current.outputs)
        self.running.pop(entry_id, None)

    async def _hand_off(self, entry_id: str, outputs: list[Output]) -> None:
        async with self.ingest.redis.pipeline(transaction=True) as pipe:
            for output in outputs:
                pipe.execute_command(output.command, output.key, *output.arguments)
            pipe.xack(FETCH_REQUESTS, GROUP, entry_id)
            pipe.xdel(FETCH_REQUESTS, entry_id)
            await pipe.execute()


@dataclass(frozen=True)
class Simulation:
    """What the hosts saw."""

    hosts: int
    hours: float
    kills: int
    asked: list[Asked]
    publications: dict[str, list[float]]
    killed_at_work: int

    def overlaps(self) -> int:
        """Requests that began while another to the same host was running."""
        return sum(later.started < earlier.ended - 1e-6 for earlier, later in self._neighbours(robots=True))

    def shortest_gap_s(self) -> float:
        """The shortest pause between the end of a request and the beginning of the next at one host."""
        return min(
            (later.started - earlier.ended for earlier, later in self._neighbours(robots=False)), default=0.0
        )

    def fetches(self) -> dict[tuple[str, str], int]:
        """How often each published entry was asked for; those too young to have been polled for are left out."""
        counts = {
            (host, f"/a/{n}"): 0
            for host, moments in self.publications.items()
            for n, at in enumerate(moments)
            if at < self.hours * 3600 - 3 * 3600
        }
        for asked in self.asked:
            if (asked.host, asked.path) in counts:
                counts[asked.host, asked.path] += 1
        return counts

    def delays_s(self) -> list[float]:
        """From each entry's publication to its first request."""
        first: dict[tuple[str, str], float] = {}
        for asked in self.asked:
            first.setdefault((asked.host, asked.path), asked.started)
        return [
            first[host, f"/a/{n}"] - at
            for host, moments in self.publications.items()
            for n, at in enumerate(moments)
            if (host, f"/a/{n}") in first
        ]

    def not_modified_share(self) -> float:
        """Share of 304 among the polls of hosts that never publish, the first poll of each left out."""
        silent = {host for host, moments in self.publications.items() if not moments}
        polls = [asked for asked in self.asked if asked.path == "/feed" and asked.host in silent]
        later = len(polls) - len({asked.host for asked in polls})
        return sum(asked.status == 304 for asked in polls) / later if later else 0.0

    def double_polls(self) -> int:
        """Polls of one list within half the shortest interval there is: one due time served twice."""
        polls: dict[str, list[float]] = {}
        for asked in self.asked:
            if asked.path == "/feed":
                polls.setdefault(asked.host, []).append(asked.started)
        return sum(
            later - earlier < 60 for times in polls.values() for earlier, later in itertools.pairwise(times)
        )

    def mean_interval_s(self) -> float:
        """The mean pause between two polls of a host that publishes."""
        busy = [host for host, moments in self.publications.items() if moments]
        polls = sum(asked.path == "/feed" and bool(self.publications[asked.host]) for asked in self.asked)
        return self.hours * 3600 * len(busy) / max(polls, 1)

    def kept(self) -> bool:
        """Whether every promise was kept."""
        fetches = self.fetches().values()
        once = (
            all(count == 1 for count in fetches) if not self.kills else all(count >= 1 for count in fetches)
        )
        polled_once = self.kills > 0 or self.double_polls() == 0
        in_time = self.kills > 0 or median(self.delays_s()) <= NOMINAL_INTERVAL_S / 2
        quiet = self.not_modified_share() >= 0.95
        return (
            once
            and polled_once
            and in_time
            and quiet
            and not self.overlaps()
            and self.shortest_gap_s() >= GAP_S - 0.01
        )

    def lines(self) -> list[str]:
        """The figures for people."""
        fetches = list(self.fetches().values())
        return [
            f"{REPLICAS} replicas, {self.hosts} hosts, {self.hours:g} simulated hours, {self.kills} kills ({self.killed_at_work} in mid-work): {len(self.asked)} requests",
            f"  two at once at a host: {self.overlaps()}; shortest gap {self.shortest_gap_s():.2f} s (set {GAP_S:g})",
            f"  lists polled twice for one due time: {self.double_polls()}",
            f"  {len(fetches)} new entries: {fetches.count(0)} never fetched, {fetches.count(1)} once, "
            f"{sum(count > 1 for count in fetches)} more often",
            f"  304 where nothing is new: {self.not_modified_share():.1%}",
            f"  publication to request, median {median(self.delays_s()):.0f} s "
            f"(first interval {NOMINAL_INTERVAL_S:.0f} s, mean interval {self.mean_interval_s():.0f} s)",
        ]

    def _neighbours(self, *, robots: bool) -> list[tuple[Asked, Asked]]:
        by_host: dict[str, list[Asked]] = {}
        for asked in sorted(self.asked, key=lambda one: one.started):
            if robots or asked.path != "/robots.txt":
                by_host.setdefault(asked.host, []).append(asked)
        return [pair for rows in by_host.values() for pair in itertools.pairwise(rows)]


async def simulate(redis_url: str, *, hosts: int, hours: float, kills: int = 0, seed: int = 7) -> Simulation:
    """Let the replicas follow the web for so many hours, with so many of them killed and started again on the way."""
    chance, clock = random.Random(seed), VirtualClock()
    publications = _publications(chance, hosts, hours)
    shared = GrowingWeb(clock, publications)
    catalogue = parse_catalogue("\n".join(_source(host) for host in publications), "simulated")
    async with Redis.from_url(redis_url) as redis:
        await redis.flushall()
        await redis.xgroup_create(FETCH_REQUESTS, GROUP, id="0", mkstream=True)
        replicas = [_replica(redis_url, catalogue, clock, shared, f"r{n}") for n in range(REPLICAS)]
        for replica in replicas:
            replica.start()
        killed_at_work = 0
        moments = sorted(chance.uniform(600, hours * 3600 - 4 * 3600) for _ in range(kills)) if kills else []
        for moment in moments:
            await clock.run_until(moment)
            number = chance.randrange(REPLICAS)
            while not replicas[number].running and clock.seconds < moment + 1800:
                await clock.run_until(clock.seconds + 0.1)  # a kill between two requests would prove nothing
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
                FETCH_REQUESTS, GROUP, heir.name, min_idle_time=0, message_ids=[entry_id]
            )
            for claimed_id, fields in rows:
                heir.take_entry(claimed_id, fields)

    clock.start(take_over())
    return fresh


def _replica(
    redis_url: str, catalogue: Catalogue, clock: VirtualClock, shared: GrowingWeb, name: str
) -> Replica:
    settings = IngestSettings(redis_url=redis_url, contact="bench@example.org", host_gap_s=GAP_S)
    client = WebClient(shared, {"user-agent": settings.user_agent})
    ingest = Ingest(
        settings,
        catalogue,
        Redis.from_url(redis_url),
        now=clock.now,
        wait=clock.wait,
        fetcher=Fetcher(client, clock.now),
    )
    return Replica(name, ingest, clock)


def _publications(chance: random.Random, hosts: int, hours: float) -> dict[str, list[float]]:
    """Every second host publishes, from one entry in two hours to six an hour."""
    found: dict[str, list[float]] = {}
    for number in range(hosts):
        rate = chance.uniform(0.5, 6.0) / 3600 if number % 2 else 0.0
        moments, at = [], 0.0
        while rate and (at := at + chance.expovariate(rate)) < hours * 3600:
            moments.append(at)
        found[f"h{number}.example"] = moments
    return found


def _source(host: str) -> str:
    return f'[[source]]\nname = "{host}"\noutlet = "{host}"\n[[source.feed]]\nkind = "feed"\nurl = "http://{host}/feed"\n'
