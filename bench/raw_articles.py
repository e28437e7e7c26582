"""A fetched page's entry as ingest would write it, for benches and tests that make their own pages."""

from datetime import datetime

from services.contracts.identities import fetch_id_of, page_hash_of
from services.contracts.messages import RawArticle


def raw_article(url: str, fetched_at: datetime, page: bytes) -> RawArticle:
    """The fetch of that page, which said no more of itself than that it is HTML."""
    page_hash = page_hash_of(page)
    return RawArticle(
        fetch_id=fetch_id_of(url, fetched_at, page_hash),
        url=url,
        final_url=url,
        headers={"content-type": "text/html; charset=utf-8"},
        fetched_at=fetched_at,
        page_hash=page_hash,
    )
