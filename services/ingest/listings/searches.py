"""Answers of news searches read into hints: Google News as RSS, GDELT's DOC API as JSON."""

import json
from datetime import UTC, datetime
from typing import Any

from services.ingest.core.entries import ListedEntry
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.listings.feeds import MAX_ENTRIES, parse_feed, plain_text


def parse_search(body: bytes, url: str, content_type: str = "") -> Listed | Unreadable:
    """The results of a search, in whichever of the two forms it answered."""
    stripped = body.lstrip()
    if stripped.startswith(b"{"):
        return _gdelt_results(stripped)
    if stripped[:1].isalpha() and len(stripped) < 1000:
        # GDELT tells its refusals ("Your query was too short", "Please limit requests") as plain text with status 200.
        return Unreadable("refused by the search", stripped[:200].decode("utf-8", "replace"))
    return parse_feed(body, url, content_type)


def _gdelt_results(body: bytes) -> Listed | Unreadable:
    try:
        # GDELT lets control characters through into its strings.
        answer = json.loads(body, strict=False)
    except (ValueError, RecursionError) as problem:
        return Unreadable("broken answer", str(problem)[:200])
    rows: Any = answer.get("articles", []) if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        return Unreadable("broken answer", "no list of articles")
    entries = [_gdelt_entry(row) for row in rows[:MAX_ENTRIES] if isinstance(row, dict)]
    return Listed(tuple(entry for entry in entries if entry), "gdelt")


def _gdelt_entry(row: dict[str, Any]) -> ListedEntry | None:
    url = str(row.get("url") or "")
    if not url.startswith(("http://", "https://")):
        return None
    return ListedEntry(url=url, title=plain_text(row.get("title")), published=_seen_date(row.get("seendate")))


def _seen_date(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
