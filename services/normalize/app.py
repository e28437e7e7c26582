"""Wires normalize: the only place that builds its clients."""

from services.contracts.messages import RawArticle
from services.contracts.streams import ARTICLES_RAW, GROUP_NORMALIZE
from services.normalize.core.topic_profile import TopicProfileError
from services.normalize.extractor import Extractor
from services.normalize.handler import PageHandler
from services.normalize.page_keeping import page_keeper
from services.normalize.settings import NormalizeSettings
from services.normalize.topics import read_topics
from services.runtime.broker import ServiceBroker, build_broker
from services.runtime.settings import SettingsError
from services.runtime.subscriber import reliable


def build_normalize(settings: NormalizeSettings) -> tuple[ServiceBroker, Extractor]:
    """The broker with normalize's subscriber, and the extractor to close. Raises SettingsError for a bad profile."""
    try:
        topics = read_topics(settings.topics_dir)
    except TopicProfileError as error:
        raise SettingsError(str(error)) from None
    broker, extractor = build_broker(settings), Extractor()
    handler = PageHandler(extractor, topics, page_keeper(settings.pages_url))

    @reliable(broker, ARTICLES_RAW, GROUP_NORMALIZE)
    async def on_raw_article(article: RawArticle) -> None:
        await handler.on_raw_article(article)

    return broker, extractor
