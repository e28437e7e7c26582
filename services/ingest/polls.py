"""A listing polled: what is new goes out, then its marks, then the validators, then the next due time."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.articles import reason_of, source_name
from services.ingest.core.addresses import host_key
from services.ingest.core.entries import ListedEntry, SeenMark, Selection, Taken, identified, select_entries
from services.ingest.core.listing_state import ListingState
from services.ingest.core.outcomes import (
    FEED_LIMITS,
    SITEMAP_LIMITS,
    Failed,
    Fetched,
    NotModified,
    Redirected,
)
from services.ingest.core.schedule import FIRST_INTERVAL, next_poll_at
from services.ingest.feeds import Unreadable
from services.ingest.listing_reader import read_listing
from services.ingest.politeness import NotYet
from services.ingest.putting_back import follow, lane_of, put_back
from services.ingest.sources import Catalogue, Listing, listing_id_of
from services.ingest.stored import read_fields, read_hash
from services.ingest.visitor import Resting, Visitor
from services.runtime.logs import log_outcome
from services.runtime.wire import emit, emit_command, hand_over_slice

SLICE = 200


@dataclass(frozen=True)
class Poll:
    """One poll under way: what was asked, of which listing, and what was known of it before."""

    request: FetchRequest
    listing_id: str
    listing: Listing | None
    state: ListingState
    now: datetime

    @property
    def interval(self) -> timedelta:
        """The pause until the next poll."""
        fixed = self.listing.poll_s if self.listing else None
        return timedelta(seconds=fixed) if fixed else FIRST_INTERVAL

    @property
    def source(self) -> str:
        """Whose marks count: the source's, or the host's where no source asked."""
        return source_name(self.request) or host_key(self.request.url)


class Poller:
    """Takes requests of every kind but `article`."""

    def __init__(
        self,
        redis: Redis,
        visitor: Visitor,
        catalogue: Catalogue,
        window: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._redis = redis
        self._visitor = visitor
        self._catalogue = catalogue
        self._window = window
        self._now = now

    async def poll(self, request: FetchRequest) -> None:
        """Ask for the listing and hand on what it has of news."""
        poll = await self._looked_up(request)
        limits = SITEMAP_LIMITS if request.kind == "sitemap" else FEED_LIMITS
        outcome = await self._visitor.visit(request.url, limits, poll.state.validators())
        match outcome:
            case Fetched():
                await self._read(poll, outcome)
            case NotModified():
                _end(poll, replace(poll.state, failures=0), "unchanged")
            case NotYet(at=at):
                _come_back(poll, datetime.fromtimestamp(at, poll.now.tzinfo))
            case Resting(outcome=cause, rest_s=rest_s):
                _fail(poll, reason_of(cause), not_before=poll.now + timedelta(seconds=rest_s))
            case Redirected() if follow(request, outcome):
                log_outcome("fetch_redirected", "redirected", url=request.url, to=outcome.location[:500])
            case Failed(detail=detail):
                _fail(poll, reason_of(outcome), detail)
            case _:
                _fail(poll, reason_of(outcome), getattr(outcome, "detail", ""))

    async def _looked_up(self, request: FetchRequest) -> Poll:
        asked = request.first_url or request.url
        listing = self._catalogue.of_request(request.source, request.kind, asked)
        listing_id = listing_id_of(source_name(request), request.kind, asked)
        stored = await read_hash(self._redis, keys.listing_state(listing_id))
        return Poll(request, listing_id, listing, ListingState.of_fields(stored), self._now())

    async def _read(self, poll: Poll, fetched: Fetched) -> None:
        body_hash = hashlib.sha256(fetched.body).hexdigest()[:32]
        state = replace(_with_validators(poll.state, fetched), body_hash=body_hash, failures=0)
        if body_hash == poll.state.body_hash:
            _end(poll, state, "unchanged")
            return
        listed = await read_listing(poll.request.kind, poll.request.url, fetched)
        if isinstance(listed, Unreadable):
            _fail(poll, listed.reason, listed.detail)
            return
        selection = await self._selected(poll, listed.entries)
        await _hand_on(poll, selection)
        if selection.taken:
            state = replace(state, new_at=poll.now.timestamp())
        _end(poll, state, "new" if selection.taken else "unchanged", len(listed.entries), selection)

    async def _selected(self, poll: Poll, entries: Sequence[ListedEntry]) -> Selection:
        by_id = identified(entries)
        stored = await read_fields(self._redis, keys.seen_marks(poll.source), list(by_id))
        marks = {
            article_id: SeenMark.of_text(mark)
            for article_id, mark in zip(by_id, stored, strict=True)
            if mark is not None
        }
        return select_entries(by_id, marks, now=poll.now, window=self._window)


async def _hand_on(poll: Poll, selection: Selection) -> None:
    """Publish → mark seen, slice by slice; the last slice goes with the validators and the acknowledgement."""
    renewed = [(article_id, mark.text()) for article_id, mark in selection.renewed.items()]
    slices = [*_slices(selection.taken)]
    for number, taken in enumerate(slices, 1):
        for one in taken:
            emit(lane_of(poll.request), _article_request(poll.request, one))
        _mark_seen(poll, [(one.article_id, one.mark.text()) for one in taken])
        if number < len(slices):
            await hand_over_slice()
    _mark_seen(poll, renewed)


def _mark_seen(poll: Poll, marks: Sequence[tuple[str, str]]) -> None:
    if marks:
        emit_command("HSET", keys.seen_marks(poll.source), *(part for pair in marks for part in pair))


def _article_request(request: FetchRequest, taken: Taken) -> FetchRequest:
    why = f"backfill {taken.why}" if request.why.startswith("backfill") else taken.why
    return FetchRequest(url=taken.entry.url, source=request.source, why=why, hint=taken.hint())


def _slices(taken: Sequence[Taken]) -> Iterator[Sequence[Taken]]:
    for start in range(0, len(taken), SLICE):
        yield taken[start : start + SLICE]


def _with_validators(state: ListingState, fetched: Fetched) -> ListingState:
    etag, modified = fetched.headers.get("etag", ""), fetched.headers.get("last-modified", "")
    # Cut short a validator would match nothing: then none is sent at all.
    return replace(state, etag=etag if len(etag) < 500 else "", last_modified=modified[:100])


def _fail(poll: Poll, reason: str, detail: str = "", not_before: datetime | None = None) -> None:
    state = replace(poll.state, failures=poll.state.failures + 1)
    _store(poll, state, not_before)
    log_outcome(
        "feed_polled",
        "failed",
        source=poll.source,
        url=poll.request.url,
        reason=reason,
        detail=detail[:300],
        entries=0,
        new=0,
    )


def _end(
    poll: Poll, state: ListingState, outcome: str, entries: int = 0, selection: Selection | None = None
) -> None:
    _store(poll, state)
    log_outcome(
        "feed_polled",
        outcome,
        source=poll.source,
        url=poll.request.url,
        entries=entries,
        new=len(selection.taken) if selection else 0,
        skipped=dict(selection.skipped) if selection else {},
    )


def _store(poll: Poll, state: ListingState, not_before: datetime | None = None) -> None:
    state = replace(state, polled_at=poll.now.timestamp(), interval_s=poll.interval.total_seconds())
    emit_command("HSET", keys.listing_state(poll.listing_id), *state.to_pairs())
    if poll.listing is not None:
        due = next_poll_at(poll.now, poll.interval, not_before)
        emit_command("ZADD", keys.SCHEDULE, due.timestamp(), poll.listing_id)


def _come_back(poll: Poll, at: datetime) -> None:
    if poll.listing is not None and poll.request.hops == 0:
        emit_command("ZADD", keys.SCHEDULE, at.timestamp(), poll.listing_id)
    else:
        put_back(poll.request, at)
    log_outcome("fetch_delayed", "host busy", url=poll.request.url, source=poll.source)
