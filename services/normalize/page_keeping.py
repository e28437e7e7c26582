"""Keeps each fetched page beside the walk, where a store of pages is set (docs/decisions/0061)."""

from collections.abc import Awaitable, Callable

from services.contracts.identities import page_hash_of
from services.contracts.messages import RawArticle
from services.contracts.streams import PAGE_FIELD
from services.runtime.kept_pages import KeptPages
from services.runtime.settings import SettingsError

KeepPage = Callable[[RawArticle, bytes, dict[bytes, bytes]], Awaitable[None]]


def page_keeper(pages_url: str) -> KeepPage:
    """What keeps a page (the message, the page, the entry's fields); it does nothing where `pages_url` is empty.

    Raises SettingsError for a URL that names no store.
    """
    if not pages_url:
        return _keep_nothing
    try:
        pages = KeptPages(pages_url)
    except ValueError as error:
        raise SettingsError(f"CLEANWIRE_PAGES_URL is {pages_url!r}: {error}") from None

    async def keep_page(raw: RawArticle, page: bytes, fields: dict[bytes, bytes]) -> None:
        """Raises RetryLater where the store is away: a page that goes on is a page that is kept."""
        record = raw.model_copy(update={"page_hash": page_hash_of(page)})
        await pages.keep(
            record.page_hash,
            fields[PAGE_FIELD.encode()],
            day=raw.fetched_at.date(),
            fetch_id=raw.fetch_id,
            record=record.model_dump_json().encode(),
        )

    return keep_page


async def _keep_nothing(raw: RawArticle, page: bytes, fields: dict[bytes, bytes]) -> None:
    return None
