"""How a poll ends: publish → mark seen → store validators and state → next due time, all outputs of the one hand-off."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.addresses import host_or_unknown
from services.ingest.core.after_poll import PollResult, due_after, evidence_in_words, state_after
from services.ingest.core.entries import Taken
from services.ingest.core.listed import Listed
from services.ingest.core.listing_state import ListingState
from services.ingest.core.liveness import DEAD
from services.ingest.core.outcomes import Redirected
from services.ingest.core.sitemap_choice import chosen_sitemaps
from services.ingest.handling.articles import source_name
from services.ingest.scheduling.putting_back import MAX_HOPS, lane_of, put_back
from services.ingest.sources.catalogue import Listing
from services.runtime.logs import log_outcome
from services.runtime.wire import emit, emit_command, emit_walk, hand_over_slice

SLICE = 200
UNLISTED_KEPT_S = 30 * 86400
SITEMAP_WINDOW = timedelta(days=7)

log = structlog.get_logger()


@dataclass(frozen=True)
class Poll:
    """One poll under way: what is asked, of which listing, what was known of it and of its source's other lists."""

    request: FetchRequest
    listing_id: str
    listing: Listing | None
    state: ListingState
    now: datetime
    siblings: tuple[Listing, ...] = ()
    other_primaries: Mapping[Listing, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Whose marks count: the source's, or the host's where no source asked."""
        return source_name(self.request) or host_or_unknown(self.request.url)


async def end_poll(poll: Poll, result: PollResult) -> None:
    """Write everything that follows from the poll, in the order in which a crash does no harm, and say how it ended."""
    await _hand_on(poll, result)
    state = state_after(poll.state, result, poll.now)
    due = due_after(state, result, poll.now, poll_s=poll.listing.poll_s if poll.listing else None)
    _store(poll, state, due)
    if state.state != poll.state.state:
        _announce(poll, state, result)
    _switch_fallbacks(poll, state)
    _log_end(poll, result)


def come_back(poll: Poll, at: datetime) -> None:
    """The host is busy or rests: a listing is due again then, anything else waits."""
    if poll.listing is not None and poll.request.hops == 0:
        emit_command("ZADD", keys.SCHEDULE, at.timestamp(), poll.listing_id)
    else:
        put_back(poll.request, at)
    log_outcome("fetch_delayed", "host busy", url=poll.request.url, source=poll.source)


def note_redirect(poll: Poll, redirect: Redirected) -> None:
    """Remember where the listing's own URL points."""
    if poll.request.hops or poll.listing is None:
        return
    if poll.state.has_moved:
        # The new place sends us on in its turn: start again from the URL the operator wrote.
        state = replace(poll.state, moved_to="", moved_count=0)
    else:
        state = poll.state.with_redirect(redirect.location, permanent=redirect.permanent)
    emit_command("HSET", keys.listing_state(poll.listing_id), "moved_to", state.moved_to)
    emit_command("HSET", keys.listing_state(poll.listing_id), "moved_count", state.moved_count)
    if state.has_moved and not poll.state.has_moved:
        log.warning(
            "source_state_changed", source=poll.source, url=poll.listing.url, state="moved", to=state.moved_to
        )


async def _hand_on(poll: Poll, result: PollResult) -> None:
    """Publish → mark seen, slice by slice; the last slice goes with the validators and the acknowledgement."""
    slices = [*_slices(result.selection.taken)]
    for number, taken in enumerate(slices, 1):
        for one in taken:
            emit_walk(lane_of(poll.request), _article_request(poll.request, one))
        _mark_seen(poll, [(one.article_id, one.mark.text()) for one in taken])
        if number < len(slices):
            await hand_over_slice()
    renewed = [(article_id, mark.text()) for article_id, mark in result.selection.renewed.items()]
    for start in range(0, len(renewed), SLICE):
        _mark_seen(poll, renewed[start : start + SLICE])
    _hand_on_children(poll, result.listed)


def _hand_on_children(poll: Poll, listed: Listed | None) -> None:
    request = poll.request
    if listed is None or not listed.children or request.hops >= MAX_HOPS:
        return
    oldest = request.since or poll.now - SITEMAP_WINDOW
    for url in chosen_sitemaps(listed.children, oldest, is_backfill=request.lane == "backfill"):
        child = request.model_copy(
            update={"url": url, "first_url": None, "hops": request.hops + 1, "why": "sitemap index"}
        )
        emit(lane_of(request), child)


def _mark_seen(poll: Poll, marks: Sequence[tuple[str, str]]) -> None:
    if marks:
        emit_command("HSET", keys.seen_marks(poll.source), *(part for pair in marks for part in pair))


def _article_request(request: FetchRequest, taken: Taken) -> FetchRequest:
    url, why, source = taken.entry.url, taken.why, request.source
    if request.kind == "search":
        # A search's own links are hints: they count only where a plain redirect leads to the article.
        why = "search hint" if host_or_unknown(url) == host_or_unknown(request.url) else "search result"
        source = None
    return FetchRequest(url=url, source=source, why=why, hint=taken.hint(), lane=request.lane)


def _slices(taken: Sequence[Taken]) -> Iterator[Sequence[Taken]]:
    for start in range(0, len(taken), SLICE):
        yield taken[start : start + SLICE]


def _store(poll: Poll, state: ListingState, due: datetime) -> None:
    emit_command("HSET", keys.listing_state(poll.listing_id), *state.to_pairs())
    if poll.listing is None:
        emit_command("EXPIRE", keys.listing_state(poll.listing_id), UNLISTED_KEPT_S)
    elif poll.listing.fallback and any(state not in DEAD for state in poll.other_primaries.values()):
        emit_command("ZREM", keys.SCHEDULE, poll.listing_id)
    else:
        emit_command("ZADD", keys.SCHEDULE, due.timestamp(), poll.listing_id)


def _announce(poll: Poll, state: ListingState, result: PollResult) -> None:
    level = log.warning if state.state in DEAD else log.info
    level(
        "source_state_changed",
        source=poll.source,
        url=poll.listing.url if poll.listing else poll.request.url,
        state=state.state,
        was=poll.state.state,
        evidence=evidence_in_words(result),
    )


def _switch_fallbacks(poll: Poll, state: ListingState) -> None:
    """When a source's last living list dies its fallbacks take over; when one lives again they hand back."""
    if poll.listing is None or poll.listing.fallback or state.state == poll.state.state:
        return
    fallbacks = [sibling for sibling in poll.siblings if sibling.fallback]
    all_dead = state.state in DEAD and all(other in DEAD for other in poll.other_primaries.values())
    for fallback in fallbacks:
        if all_dead:
            emit_command("ZADD", keys.SCHEDULE, poll.now.timestamp(), fallback.listing_id)
        elif poll.state.state in DEAD:
            emit_command("ZREM", keys.SCHEDULE, fallback.listing_id)
    if fallbacks and (all_dead or poll.state.state in DEAD):
        log.info("source_fallback", source=poll.source, to="fallback" if all_dead else "primary")


def _log_end(poll: Poll, result: PollResult) -> None:
    problem = (
        {"reason": result.evidence.reason, "detail": result.detail} if result.outcome == "failed" else {}
    )
    log_outcome(
        "feed_polled",
        result.outcome,
        source=poll.source,
        url=poll.request.url,
        entries=result.evidence.entries,
        new=len(result.selection.taken),
        skipped=dict(result.selection.skipped),
        **problem,
    )
