"""The store's walk: a clean article comes in, its verdict is decided and kept, subscribers are told. Look up, decide, commit."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import structlog

from services.runtime.logs import bind_message, log_outcome
from services.runtime.wire import traceparent

from .archive import Archive
from .arrived import ArrivedArticle
from .claim.incoming import incoming_of
from .claim.settling import Settled
from .core.groups import LARGE_GROUP
from .metrics import count_settled

log = structlog.get_logger()

LONG_TEXT = 200_000  # characters: a fingerprint takes longer than other messages should wait


def build_handler(
    archive: Archive, poke_relay: Callable[[], None]
) -> Callable[[ArrivedArticle], Awaitable[None]]:
    """The handler of `articles.normalized`."""

    async def on_normalized_article(article: ArrivedArticle) -> None:
        long = len(article.text) > LONG_TEXT
        incoming = await asyncio.to_thread(incoming_of, article) if long else incoming_of(article)
        source = article.source.name if article.source else None
        bind_message(article_id=incoming.member.article_id, source=source)
        if parent := traceparent():
            incoming = replace(incoming, traceparent=parent)
        settled = await archive.claim(incoming)
        if settled.announced:
            poke_relay()
        _log_settled(settled, count_settled(article, settled, datetime.now(UTC)))

    return on_normalized_article


def _log_settled(settled: Settled, counted: Mapping[str, Any]) -> None:
    log_outcome(
        "article_stored",
        settled.verdict,
        verdict=settled.verdict,
        reason=settled.reason,
        canonical_id=settled.canonical_id,
        revision=settled.revision,
        story_id=settled.story_id,
        score=settled.score,
        capped=settled.is_capped,
        **counted,
    )
    if settled.members > LARGE_GROUP:
        log.warning("group_is_large", canonical_id=settled.canonical_id, members=settled.members)
