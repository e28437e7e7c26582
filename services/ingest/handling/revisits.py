"""Revisits: a clean article's page asked for again, conditionally, until it has come to rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import zstandard
from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.contracts.streams import ARTICLES_RAW, PAGE_FIELD
from services.ingest import keys
from services.ingest.core.outcomes import ARTICLE_LIMITS, Fetched, Gone, NotModified, Redirected
from services.ingest.core.policy_files import SiteTerms
from services.ingest.core.revisits import Answer, Drop, PageRecord, VisitAgain, Withdrew, next_revisit
from services.ingest.fetching.politeness import NotYet
from services.ingest.fetching.visitor import Resting, Visitor
from services.ingest.handling.articles import raw_article_of, reason_of, source_name
from services.ingest.handling.site_terms import SiteTermsTaker
from services.ingest.scheduling.page_records import WHILE_REVISITED_S, page_id_of, read_page_record
from services.ingest.scheduling.putting_back import follow
from services.runtime.logs import log_outcome
from services.runtime.wire import emit, emit_command

REVISIT = "revisit"


class Revisiter:
    """Takes requests whose `why` begins with `revisit`."""

    def __init__(
        self, redis: Redis, visitor: Visitor, terms: SiteTermsTaker, now: Callable[[], datetime]
    ) -> None:
        self._redis = redis
        self._visitor = visitor
        self._terms = terms
        self._now = now

    async def take(self, request: FetchRequest) -> None:
        """Ask whether the page has changed; hand it on if so; plan the next revisit, or none."""
        page_id = page_id_of(request.first_url or request.url)
        record = await read_page_record(self._redis, page_id)
        outcome = await self._visitor.visit(request.url, ARTICLE_LIMITS, record.validators())
        match outcome:
            case Fetched():
                terms = await self._terms.of_site(request.url)
                record, answer = self._changed(request, record, outcome, terms)
                self._plan(request, page_id, record, answer)
            case NotModified():
                self._plan(request, page_id, record, "unchanged")
            case Gone():
                self._plan(request, page_id, record, "gone")
            case NotYet(at=at):
                emit_command("ZADD", keys.REVISITS, at, page_id)
                log_outcome("fetch_delayed", "host busy", url=request.url, source=source_name(request))
            case Resting(rest_s=rest_s):
                emit_command("ZADD", keys.REVISITS, self._now().timestamp() + rest_s, page_id)
                log_outcome("fetch_failed", "retry later", url=request.url, reason=reason_of(outcome.outcome))
            case Redirected() if follow(request, outcome):
                log_outcome("fetch_redirected", "redirected", url=request.url, to=outcome.location[:500])
            case _:
                self._plan(request, page_id, record, "failed", reason_of(outcome))

    def _changed(
        self, request: FetchRequest, record: PageRecord, fetched: Fetched, terms: SiteTerms
    ) -> tuple[PageRecord, Answer]:
        """Hand a changed page on; a server that knows no validators shows by the page's hash that nothing is new."""
        article = raw_article_of(request, fetched, terms, self._now())
        answer: Answer = "unchanged" if article.page_hash == record.page_hash else "changed"
        if answer == "changed":
            emit(ARTICLES_RAW, article, **{PAGE_FIELD: zstandard.compress(fetched.body, 3)})
        record = replace(
            record,
            etag=article.headers.get("etag", ""),
            last_modified=article.headers.get("last-modified", ""),
            page_hash=article.page_hash,
        )
        return record, answer

    def _plan(
        self, request: FetchRequest, page_id: str, record: PageRecord, answer: Answer, reason: str = ""
    ) -> None:
        follows = next_revisit(record, answer, self._now().timestamp())
        match follows:
            case VisitAgain(record=later, at=at):
                emit_command("HSET", keys.page_record(page_id), *later.to_pairs())
                emit_command("EXPIRE", keys.page_record(page_id), WHILE_REVISITED_S)
                emit_command("ZADD", keys.REVISITS, at, page_id)
            case Drop() | Withdrew():
                emit_command("ZREM", keys.REVISITS, page_id)
                emit_command("DEL", keys.page_record(page_id))
        log_outcome(
            "source_withdrew" if isinstance(follows, Withdrew) else "page_revisited",
            answer,
            url=request.url,
            source=source_name(request),
            why=request.why,
            reason=reason,
        )
