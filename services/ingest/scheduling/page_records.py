"""What is remembered of fetched pages, so that a clean one can be asked for again with its validators."""

import hashlib

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest, RawArticle
from services.ingest import keys
from services.ingest.core.revisits import PageRecord
from services.ingest.stored import read_hash
from services.runtime.wire import emit_command

UNTIL_CLEAN_S = 3600  # most pages are no clean articles: their records need not stay
WHILE_REVISITED_S = 5 * 86400


def page_id_of(url: str) -> str:
    """The identity of a page for its revisits: of the very URL that answered, which the clean article carries on."""
    return hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:32]


async def read_page_record(redis: Redis, page_id: str) -> PageRecord:
    """The record of a page; an empty one where none is left."""
    return PageRecord.of_fields(await read_hash(redis, keys.page_record(page_id)))


def remember_page(request: FetchRequest, article: RawArticle) -> None:
    """Keep the validators of a page just handed on, for as long as it takes to come out clean or be rejected."""
    record = PageRecord(
        url=article.final_url,
        source=request.source.model_dump_json() if request.source else "",
        etag=article.headers.get("etag", ""),
        last_modified=article.headers.get("last-modified", ""),
        page_hash=article.page_hash,
    )
    key = keys.page_record(page_id_of(article.final_url))
    # A page that is being revisited keeps its steps: only what the fetch has shown is written.
    kept = ("url", "source", "etag", "last_modified", "page_hash")
    emit_command("HSET", key, *(part for name in kept for part in (name, getattr(record, name))))
    # Any other reason than a first listing may concern a page that is being revisited: its record must last.
    emit_command("EXPIRE", key, UNTIL_CLEAN_S if request.why == "feed entry" else WHILE_REVISITED_S)
