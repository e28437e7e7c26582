"""What ingest does with a request: an article is taken, anything else is a listing to poll."""

from collections.abc import Callable
from datetime import datetime

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, ReadOnlyError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.contracts.failures import RetryLater
from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import FetchRequest
from services.ingest.handling.articles import ArticleTaker
from services.ingest.handling.polls import Poller
from services.ingest.handling.revisits import REVISIT, Revisiter
from services.ingest.handling.site_terms import TERMS, SiteTermsTaker
from services.ingest.scheduling.putting_back import put_back
from services.runtime.logs import bind_message, log_outcome

REDIS_AWAY = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError)


class FetchHandler:
    """Handles `fetch.requests` and `fetch.backfill`."""

    def __init__(
        self,
        taker: ArticleTaker,
        revisiter: Revisiter,
        terms: SiteTermsTaker,
        poller: Poller,
        now: Callable[[], datetime],
    ) -> None:
        self._taker = taker
        self._revisiter = revisiter
        self._terms = terms
        self._poller = poller
        self._now = now

    async def on_fetch_request(self, request: FetchRequest) -> None:
        """Ask for what the request names, in time and politely; every way it ends is one line in the log.

        Raises RetryLater where Redis, which keeps the turns and the marks, is away or full.
        """
        bind_message(source=request.source.name if request.source else None)
        if request.kind == "article":
            bind_message(article_id=_article_id(request.url))
        try:
            await self._taken(request)
        except REDIS_AWAY as problem:
            raise RetryLater("redis", detail=str(problem)) from None

    async def _taken(self, request: FetchRequest) -> None:
        if request.not_before and request.not_before > self._now():
            put_back(request, request.not_before)
            log_outcome("fetch_delayed", "not before", url=request.url)
        elif request.why.startswith(REVISIT):
            await self._revisiter.take(request)
        elif request.why == TERMS:
            await self._terms.take(request)
        elif request.kind == "article":
            await self._taker.take(request)
        else:
            await self._poller.poll(request)


def _article_id(url: str) -> str | None:
    """What the article will be called if its page stays where it was asked for; None where the URL is none."""
    try:
        return article_id_of(canonical_url(url))
    except ValueError:
        return None
