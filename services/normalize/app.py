"""Wires normalize: the only place that builds its clients."""

from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from redis.asyncio import Redis

from services.contracts.messages import RawArticle
from services.contracts.streams import ARTICLES_RAW, GROUP_NORMALIZE
from services.normalize.core.reading.reader import choose_reader
from services.normalize.core.topics.topic import Topic
from services.normalize.core.topics.topic_profile import TopicProfileError
from services.normalize.extractor import Extractor
from services.normalize.handler import PageHandler
from services.normalize.page_keeping import page_keeper
from services.normalize.settings import NormalizeSettings
from services.normalize.site_memory import SiteMemory
from services.normalize.topics import read_topics
from services.runtime.broker import ServiceBroker, build_broker, connect_redis
from services.runtime.settings import SettingsError
from services.runtime.subscriber import reliable

logger = structlog.get_logger()


class Normalize:
    """The parts of one normalize process; `close` gives back what they hold."""

    def __init__(self, settings: NormalizeSettings, topics: Sequence[Topic], redis: Redis) -> None:
        self._reader = choose_reader(compiled=settings.compiled_walk)
        self._extractor, self._redis = Extractor(reader=self._reader), redis
        sites = SiteMemory(redis, utc_now) if settings.site_templates else None
        self.handler = PageHandler(self._extractor, topics, page_keeper(settings.pages_url), sites)

    async def get_ready(self) -> None:
        """What a page would otherwise wait for, once in the life of the process."""
        logger.info("page_reader_chosen", reader=self._reader.name, why_not=self._reader.why_not or None)
        await self._extractor.get_ready()

    async def close(self) -> None:
        """End the thread and close the connection."""
        await self._extractor.close()
        await self._redis.aclose()


def utc_now() -> datetime:
    """This process's clock."""
    return datetime.now(UTC)


def build_normalize(settings: NormalizeSettings) -> tuple[ServiceBroker, Normalize]:
    """The broker with normalize's subscriber, and normalize's parts. Raises SettingsError for a bad profile."""
    try:
        topics = read_topics(settings.topics_dir)
    except TopicProfileError as error:
        raise SettingsError(str(error)) from None
    broker = build_broker(settings)
    normalize = Normalize(settings, topics, connect_redis(settings.redis_url))

    @reliable(broker, ARTICLES_RAW, GROUP_NORMALIZE)
    async def on_raw_article(article: RawArticle) -> None:
        await normalize.handler.on_raw_article(article)

    return broker, normalize
