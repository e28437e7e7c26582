"""An article's page: asked for once, handed on whole, or put back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import zstandard
from redis.asyncio import Redis

from services.contracts.identities import fetch_id_of, page_hash_of
from services.contracts.messages import FetchRequest, RawArticle
from services.contracts.streams import ARTICLES_RAW, PAGE_FIELD
from services.ingest.core.outcomes import (
    ARTICLE_LIMITS,
    Failed,
    Fetched,
    Gone,
    NotModified,
    Redirected,
    Refused,
)
from services.ingest.core.policy_files import SiteTerms, with_site_terms
from services.ingest.core.retry_after import retry_delay_s
from services.ingest.core.rights import rights_of
from services.ingest.fetching.politeness import NotYet
from services.ingest.fetching.visitor import Resting, Visitor
from services.ingest.handling.site_terms import SiteTermsTaker
from services.ingest.scheduling.page_records import page_id_of, read_page_record, remember_page
from services.ingest.scheduling.putting_back import follow, put_back
from services.ingest.sources.sites import OutletSites
from services.runtime.logs import log_outcome
from services.runtime.wire import emit

HEADERS_THAT_MATTER = (
    "content-type",
    "content-language",
    "content-location",
    "last-modified",
    "etag",
    "link",
    "x-robots-tag",
    "tdm-reservation",
    "tdm-policy",
)
MAX_HEADER = 2000
MAX_RESTS = 8  # so often a host may send a request away before it is given up


class ArticleTaker:
    """Takes requests of kind `article`."""

    def __init__(
        self,
        redis: Redis,
        visitor: Visitor,
        *,
        terms: SiteTermsTaker,
        sites: OutletSites,
        now: Callable[[], datetime],
    ) -> None:
        self._redis = redis
        self._visitor = visitor
        self._sites = sites
        self._terms = terms
        self._now = now

    async def take(self, request: FetchRequest) -> None:
        """Fetch the page and hand it on, or say why not."""
        outcome = await self._visitor.visit(request.url, ARTICLE_LIMITS, await self._validators(request))
        match outcome:
            case Fetched() if request.why == "search hint":
                # What answers here is the search's own page, not the article that it spoke of.
                _log_end("search_hint_unresolved", "unresolved", request, "no plain redirect")
            case Fetched():
                terms = await self._terms.of_site(request.url)
                self._hand_on(self._with_outlet(request), outcome, terms)
            case Redirected():
                self._go_on(request, outcome)
            case NotYet(at=at):
                put_back(request, datetime.fromtimestamp(at, self._now().tzinfo))
                log_outcome("fetch_delayed", "host busy", url=request.url, source=source_name(request))
            case Resting(outcome=cause, rest_s=rest_s):
                self._retry(request, reason_of(cause), rest_s if request.attempt < MAX_RESTS else None)
            case Failed(retry=True):
                self._retry(request, reason_of(outcome), retry_delay_s(request.attempt + 1), outcome.detail)
            case Failed():
                _log_end("fetch_failed", "failed", request, reason_of(outcome), outcome.detail)
            case Refused():
                _log_end("fetch_refused", "refused", request, outcome.reason, outcome.detail)
            case Gone():
                _log_end("fetch_failed", "gone", request, reason_of(outcome))
            case NotModified():
                log_outcome("page_unchanged", "unchanged", url=request.url, source=source_name(request))
            case _:
                self._retry(request, reason_of(outcome), retry_delay_s(request.attempt + 1))

    async def _validators(self, request: FetchRequest) -> dict[str, str]:
        """What the page's last fetch left: only an entry that has changed is asked for again."""
        if request.why != "feed entry changed":
            return {}
        return (await read_page_record(self._redis, page_id_of(request.url))).validators()

    def _with_outlet(self, request: FetchRequest) -> FetchRequest:
        """A page that was submitted, or found by a search, is its known outlet's all the same: side, licence and name."""
        if request.source is not None:
            return request
        return request.model_copy(update={"source": self._sites.source_of(request.url)})

    def _hand_on(self, request: FetchRequest, fetched: Fetched, terms: SiteTerms) -> None:
        article = raw_article_of(request, fetched, terms, self._now())
        emit(ARTICLES_RAW, article, **{PAGE_FIELD: zstandard.compress(fetched.body, 3)})
        remember_page(request, article)
        log_outcome(
            "page_fetched",
            "fetched",
            url=article.final_url,
            source=source_name(request),
            bytes=len(fetched.body),
        )

    def _go_on(self, request: FetchRequest, redirect: Redirected) -> None:
        if follow(request, redirect):
            log_outcome("fetch_redirected", "redirected", url=request.url, to=redirect.location[:500])
        else:
            _log_end("fetch_failed", "failed", request, "redirects", f"more than {request.hops}")

    def _retry(self, request: FetchRequest, reason: str, delay_s: float | None, detail: str = "") -> None:
        if delay_s is None:
            _log_end("fetch_failed", "given up", request, reason, detail)
            return
        put_back(
            request.model_copy(update={"attempt": request.attempt + 1}),
            self._now() + timedelta(seconds=delay_s),
        )
        _log_end("fetch_failed", "retry later", request, reason, detail)


def raw_article_of(request: FetchRequest, fetched: Fetched, terms: SiteTerms, at: datetime) -> RawArticle:
    """The message that carries the page on."""
    page_hash = page_hash_of(fetched.body)
    licence = request.source.licence if request.source else "full"
    return RawArticle(
        fetch_id=fetch_id_of(request.url, at, page_hash),
        url=request.first_url or request.url,
        final_url=request.url,
        status=fetched.status,
        headers={
            name: fetched.headers[name][:MAX_HEADER]
            for name in HEADERS_THAT_MATTER
            if name in fetched.headers
        },
        fetched_at=at,
        page_hash=page_hash,
        source=request.source,
        hint=request.hint,
        rights=with_site_terms(rights_of(fetched.headers, licence), terms, request.url),
        why=request.why,
    )


def reason_of(outcome: object) -> str:
    """The short name of what went wrong."""
    status = getattr(outcome, "status", None)
    return str(getattr(outcome, "reason", "")) or (
        f"http {status}" if status else type(outcome).__name__.lower()
    )


def source_name(request: FetchRequest) -> str:
    """The source a request belongs to, as logs call it."""
    return request.source.name if request.source else ""


def _log_end(event: str, outcome: str, request: FetchRequest, reason: str, detail: str = "") -> None:
    log_outcome(
        event, outcome, reason=reason, detail=detail[:300], url=request.url, source=source_name(request)
    )
