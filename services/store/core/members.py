"""What sameness knows of an article, and how far its publication time can be trusted. Pure values."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from services.contracts.messages import ArticleDate

EARLIEST_TRUSTED = timedelta(hours=72)
"""A page that claims to be older than this when first seen is a back-dated or recycled one more often than a late find."""
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Member:
    """One article as sameness sees it: its identity, its text, when it was published and fetched.

    `published_at` is the instant the page claims, day precision or finer (`claimed_instant`); whether it is believed
    is `trusted_instant`'s to say. `first_seen` is the `fetched_at` of the article's first fetch, `fetched_at` that
    of its current revision. `outlet_group` is the outlet, or the house several outlets belong to. `is_replay`: the
    same page made anew, on purpose.
    """

    article_id: str
    canonical_url: str
    outlet_group: str
    title: str | None
    text: str
    first_seen: datetime
    fetched_at: datetime
    fetch_id: str
    page_hash: str
    published_at: datetime | None = None
    published_day_only: bool = False
    engine: str = ""
    template: str | None = None
    revision: int = 1
    canonical_id: str = ""
    language: str | None = None
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored article that may be the same as the incoming one, and how many sketch hashes they share.

    One with the same text hash is a candidate too, whatever it shares.
    """

    member: Member
    shared_hashes: int


def claimed_instant(published: ArticleDate | None) -> tuple[datetime | None, bool]:
    """The instant a page's date means, and whether only its day is known; (None, False) where it is coarser or unreadable.

    A time without a zone is taken as UTC; a day begins at midnight UTC.
    """
    if published is None or published.precision in ("year", "month"):
        return None, False
    if published.precision == "day":
        return _day_of(published.value), True
    try:
        instant = datetime.fromisoformat(published.value)
        return (instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)), False
    except (ValueError, OverflowError):
        return None, False


def trusted_instant(member: Member) -> datetime | None:
    """The publication time if it can be true: not after the article was first seen, at most 72 hours before it."""
    published, seen = member.published_at, member.first_seen
    if published is None or published > seen:
        return None
    # A day is as long as its last minute: 72 hours count from there.
    end_of_claim = min(seen, published + A_DAY) if member.published_day_only else published
    return published if seen - end_of_claim <= EARLIEST_TRUSTED else None


def publication_rank(member: Member) -> tuple[bool, date, bool, datetime, str]:
    """Sorts members by who published first: by trusted day, an exact time before a bare day, then the smallest id.

    Members without a trusted time come last, by id alone, so that the order of arrival never matters.
    """
    published = trusted_instant(member)
    if published is None:
        return (True, date.max, True, datetime.max.replace(tzinfo=UTC), member.article_id)
    return (False, published.date(), member.published_day_only, published, member.article_id)


def _day_of(value: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(value[:10]), datetime.min.time(), UTC)
    except ValueError:
        return None
