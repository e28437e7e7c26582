"""Entries of a listing, and which of them are new: decided before anything is fetched."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from services.contracts.identities import article_id_of, canonical_url
from services.contracts.messages import EntryHint
from services.ingest.core.seen_marks import SeenMark, day_number, is_due_anew, mark_of

FUTURE_TOLERANCE = timedelta(minutes=15)  # clocks differ; further ahead is a planned post or a wrong zone
RESTAMP_MINIMUM = 5  # so many entries with a new `updated` and old titles at once,
RESTAMP_SHARE = 0.9  # and so large a share of those known: the feed stamps them all each time


@dataclass(frozen=True)
class ListedEntry:
    """One entry as a feed, sitemap or listing shows it; `url` is absolute."""

    url: str
    title: str | None = None
    summary: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    guid: str | None = None


@dataclass(frozen=True)
class Taken:
    """An entry to be fetched, and why."""

    article_id: str
    entry: ListedEntry
    mark: SeenMark
    why: str

    def hint(self) -> EntryHint:
        """What the entry says of its article."""
        entry = self.entry
        return EntryHint(
            title=entry.title,
            summary=entry.summary,
            published=entry.published,
            updated=entry.updated,
            guid=entry.guid,
        )


@dataclass(frozen=True)
class Selection:
    """What one poll brings: entries to fetch, how many were left and why, and marks to renew without a fetch."""

    taken: tuple[Taken, ...] = ()
    skipped: Mapping[str, int] = field(default_factory=dict)
    renewed: Mapping[str, SeenMark] = field(default_factory=dict)


def identified(entries: Iterable[ListedEntry]) -> dict[str, ListedEntry]:
    """Entries by article id, the first of each kept; those without a usable link are left out."""
    by_id: dict[str, ListedEntry] = {}
    for entry in entries:
        try:
            by_id.setdefault(article_id_of(canonical_url(entry.url)), entry)
        except ValueError:
            continue
    return by_id


def select_entries(
    by_id: Mapping[str, ListedEntry],
    marks: Mapping[str, SeenMark],
    *,
    now: datetime,
    window: timedelta,
    must_be_dated: bool = False,
) -> Selection:
    """The entries that are new or changed and within the window, oldest first.

    `must_be_dated` leaves out entries without a date: a sitemap may list its site's whole history without one.
    """
    taken: list[Taken] = []
    skipped: dict[str, int] = {}
    renewed: dict[str, SeenMark] = {}
    today = day_number(now)
    for article_id, entry in by_id.items():
        known, listed = marks.get(article_id), mark_of(entry.title, entry.updated, today)
        mark = known.with_later(listed) if known else listed.first_seen(now)
        reason = _reason_to_skip(entry, known, listed, now - window)
        if must_be_dated and not (entry.published or entry.updated):
            reason = "undated"
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
            if reason == "seen" and (known != mark or is_due_anew(known, today)):
                renewed[article_id] = mark
        else:
            why = "feed entry changed" if known else "feed entry"
            taken.append(Taken(article_id, _without_future(entry, now), mark, why))
    taken.sort(key=lambda one: one.entry.published or one.entry.updated or now)
    return _without_restamps(Selection(tuple(taken), skipped, renewed), marks)


def _reason_to_skip(
    entry: ListedEntry, known: SeenMark | None, listed: SeenMark, oldest: datetime
) -> str | None:
    if known and not known.has_changed(listed):
        return "seen"
    newest = max((at for at in (entry.published, entry.updated) if at), default=None)
    return "too old" if newest and newest < oldest else None


def _without_future(entry: ListedEntry, now: datetime) -> ListedEntry:
    """An entry dated ahead of us is taken at once, and its date believed by nobody."""
    latest = now + FUTURE_TOLERANCE
    return ListedEntry(
        url=entry.url,
        title=entry.title,
        summary=entry.summary,
        published=entry.published if entry.published and entry.published <= latest else None,
        updated=entry.updated if entry.updated and entry.updated <= latest else None,
        guid=entry.guid,
    )


def _without_restamps(selection: Selection, marks: Mapping[str, SeenMark]) -> Selection:
    changed = [one for one in selection.taken if one.article_id in marks]
    restamped = [one for one in changed if marks[one.article_id].titles == one.mark.titles]
    known = len(changed) + selection.skipped.get("seen", 0)
    if len(restamped) < max(RESTAMP_MINIMUM, RESTAMP_SHARE * known):
        return selection
    return Selection(
        tuple(one for one in selection.taken if one not in restamped),
        {**selection.skipped, "restamped": len(restamped)},
        {**selection.renewed, **{one.article_id: one.mark for one in restamped}},
    )


def as_utc(moment: datetime | None) -> datetime | None:
    """A moment with a zone; one without is taken as UTC."""
    if moment is None or moment.tzinfo:
        return moment
    return moment.replace(tzinfo=UTC)
