"""What normalize does with a fetched page: extract, match its topics, hand on the article or say why not."""

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

from services.contracts.failures import Unprocessable
from services.contracts.identities import article_id_of
from services.contracts.messages import NormalizedArticle, RawArticle
from services.contracts.streams import ARTICLES_NORMALIZED
from services.normalize.core.normalized import normalized_article, own_canonical_url
from services.normalize.core.rejections import Rejection
from services.normalize.core.topics.topic import Topic
from services.normalize.extract import Extraction
from services.normalize.extractor import Extractor
from services.normalize.metrics import count_article, count_rejected
from services.normalize.page_field import unpack_page
from services.normalize.page_keeping import KeepPage, page_keeper
from services.normalize.site_memory import SiteMemory
from services.runtime.logs import bind_message, log_outcome
from services.runtime.wire import emit, entry

KEEP_NOTHING = page_keeper("")
UNKNOWN_HOST = "unknown"


class PageHandler:
    """Handles `articles.raw`."""

    def __init__(
        self,
        extractor: Extractor,
        topics: Sequence[Topic],
        keep_page: KeepPage = KEEP_NOTHING,
        sites: SiteMemory | None = None,
    ) -> None:
        self._extractor = extractor
        self._topics = topics
        self._keep_page = keep_page
        self._sites = sites

    async def on_raw_article(self, raw: RawArticle) -> None:
        """One page in, one article out or one line that says why there is none."""
        bind_message(source=raw.source.name if raw.source else None)
        page = unpack_page(entry().fields)
        await self._keep_page(raw, page, entry().fields)
        found = await self._extractor.extract(page, raw.final_url, _content_type(raw))
        article = found if isinstance(found, Rejection) else await self._described(raw, found)
        if isinstance(article, Rejection):
            _log_rejected(raw.final_url, article)
        else:
            emit(ARTICLES_NORMALIZED, article)
            _log_article(article)

    async def _described(self, raw: RawArticle, found: Extraction) -> NormalizedArticle | Rejection:
        canonical = _canonical_url(raw, found)
        template = None
        if self._sites is not None:
            host = urlsplit(canonical).netloc
            found, template = await self._sites.judge(host, article_id_of(canonical), found)
        return normalized_article(raw, found, self._topics, template)


def _canonical_url(raw: RawArticle, found: Extraction) -> str:
    try:
        return own_canonical_url(raw.final_url, found.canonical_url)
    except ValueError as error:
        raise Unprocessable(f"the page's URL cannot be used: {error}") from None


def _content_type(raw: RawArticle) -> str | None:
    return next((value for name, value in raw.headers.items() if name.lower() == "content-type"), None)


def _log_article(article: NormalizedArticle) -> None:
    article_id = article_id_of(article.canonical_url)
    bind_message(article_id=article_id)
    log_outcome(
        "article_normalized",
        "normalized",
        url=article.url,
        title=article.title,
        topics=[topic.topic for topic in article.topics],
        words=article.quality.words,
        **count_article(urlsplit(article.canonical_url).netloc, article),
    )


def _log_rejected(url: str, rejection: Rejection) -> None:
    host = UNKNOWN_HOST
    with suppress(ValueError):  # a URL that is none is no reason to say nothing of its page
        canonical = own_canonical_url(url, None)
        host = urlsplit(canonical).netloc
        bind_message(article_id=article_id_of(canonical))
    count_rejected(host)
    log_outcome(
        "page_rejected", "rejected", url=url, host=host, reason=rejection.reason, detail=rejection.detail
    )
