"""Which further sitemaps of an index are worth a request. Pure."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from services.ingest.core.entries import ListedEntry

LIVE_MOST = 5
BACKFILL_MOST = 300


def chosen_sitemaps(children: Sequence[ListedEntry], oldest: datetime, *, is_backfill: bool) -> list[str]:
    """The children that may hold articles since `oldest`: the newest first, those named for news before others.

    Where children say when they changed, that decides; where none does, news ones are taken, or else the last listed.
    """
    recent = [child for child in children if child.updated is None or child.updated >= oldest]
    if is_backfill:
        return [child.url for child in _newest_first(recent)][:BACKFILL_MOST]
    news = [child for child in recent if "news" in urlsplit(child.url).path.lower()]
    dated = [child for child in recent if child.updated]
    return [child.url for child in _newest_first(news or dated or recent[-LIVE_MOST:])][:LIVE_MOST]


def _newest_first(children: Sequence[ListedEntry]) -> list[ListedEntry]:
    return sorted(
        children, key=lambda child: child.updated.timestamp() if child.updated else 0.0, reverse=True
    )
