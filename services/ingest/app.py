"""Wires ingest: the only place that builds its clients."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.contracts.streams import FETCH_BACKFILL, FETCH_REQUESTS, GROUP_INGEST
from services.ingest.clock import SteadyClock
from services.ingest.core.topic_names import TopicNames
from services.ingest.fetching.fetcher import Fetcher, build_client
from services.ingest.fetching.guard import Resolve, resolve_name
from services.ingest.fetching.politeness import LEASE_S, Politeness
from services.ingest.fetching.robots import Robots
from services.ingest.fetching.visitor import Visitor
from services.ingest.handler import FetchHandler
from services.ingest.handling.articles import ArticleTaker
from services.ingest.handling.polls import Poller
from services.ingest.handling.revisits import Revisiter
from services.ingest.handling.site_terms import SiteTermsTaker
from services.ingest.scheduling.clean_reader import CleanReader
from services.ingest.scheduling.clearing import MarkClearer
from services.ingest.scheduling.scheduler import Scheduler
from services.ingest.settings import IngestSettings
from services.ingest.sources.catalogue import Catalogue
from services.ingest.sources.sites import OutletSites
from services.ingest.sources.sources_file import read_catalogue
from services.ingest.sources.topics import read_topics, with_searches
from services.runtime.broker import ServiceBroker, build_broker, connect_redis
from services.runtime.delivery.gates import BacklogGate
from services.runtime.policies import BACKLOG_LIMIT
from services.runtime.subscriber import reliable


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Ingest:
    """The parts of one ingest process; `close` gives back what they hold."""

    def __init__(
        self,
        settings: IngestSettings,
        catalogue: Catalogue,
        redis: Redis,
        *,
        topics: Sequence[TopicNames] = (),
        now: Callable[[], datetime] | None = None,
        wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tls: ssl.SSLContext | None = None,
        resolve: Resolve = resolve_name,
        fetcher: Fetcher | None = None,
    ) -> None:
        self.clock = SteadyClock(utc_now)
        now = now or self.clock.now
        client = build_client(settings.user_agent, settings.allow_private_hosts, tls=tls, resolve=resolve)
        self.redis = redis
        self.fetcher = fetcher or Fetcher(client, now)
        lease_s = min(LEASE_S, 3 * settings.visibility_s)  # the demo's short visibility: a quick take-over
        self.politeness = Politeness(redis, settings.host_gap_s, now, wait, lease_s=lease_s)
        self.catalogue = catalogue = with_searches(catalogue, topics)
        visitor = Visitor(self.politeness, Robots(redis, self.fetcher, self.politeness, now), self.fetcher)
        terms = SiteTermsTaker(redis, visitor, now)
        window = timedelta(days=settings.feed_window_days)
        self.handler = FetchHandler(
            ArticleTaker(
                redis, visitor, terms=terms, sites=OutletSites(catalogue.listings.values()), now=now
            ),
            Revisiter(redis, visitor, terms, now),
            terms,
            Poller(redis, visitor, catalogue, topics=topics, window=window, now=now),
            now,
        )
        gate = BacklogGate(FETCH_REQUESTS, GROUP_INGEST, BACKLOG_LIMIT)
        self.clean_reader = CleanReader(redis, now, wait)
        self.clearer = MarkClearer(redis, now, wait)
        self.scheduler = Scheduler(redis, catalogue, now, gates=(gate,), wait=wait)

    async def close(self) -> None:
        """Close the connections."""
        await self.fetcher.close()
        await self.redis.aclose()


def build_ingest(settings: IngestSettings) -> tuple[ServiceBroker, Ingest]:
    """The broker with ingest's two subscribers, and ingest's parts. Raises SettingsError for a bad sources file."""
    catalogue = read_catalogue(settings.sources_file)
    broker = build_broker(settings)
    ingest = Ingest(
        settings, catalogue, connect_redis(settings.redis_url), topics=read_topics(settings.topics_dir)
    )
    for stream in (FETCH_REQUESTS, FETCH_BACKFILL):
        _subscribe(broker, stream, ingest.handler)
    return broker, ingest


def _subscribe(broker: ServiceBroker, stream: str, handler: FetchHandler) -> None:
    @reliable(broker, stream, GROUP_INGEST)
    async def on_fetch_request(request: FetchRequest) -> None:
        await handler.on_fetch_request(request)
