"""A listing polled: look up what is known of it, ask for it, see what is new."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.after_poll import PollOutcome, PollResult
from services.ingest.core.entries import ListedEntry, Selection, identified, select_entries
from services.ingest.core.listed import Unreadable
from services.ingest.core.listing_state import ListingState
from services.ingest.core.liveness import Evidence, is_challenge_page, looks_like_sections
from services.ingest.core.outcomes import Fetched, NotModified, Redirected
from services.ingest.core.seen_marks import SeenMark
from services.ingest.core.topic_names import TopicNames, contradicts_topics
from services.ingest.fetching.politeness import NotYet
from services.ingest.fetching.visitor import Resting, Visitor
from services.ingest.handling.articles import reason_of, source_name
from services.ingest.handling.poll_end import Poll, come_back, end_poll, note_redirect
from services.ingest.listings.reader import limits_of, read_front_page, read_listing
from services.ingest.scheduling.putting_back import follow
from services.ingest.sources.catalogue import Catalogue, listing_id_of
from services.ingest.stored import read_fields, read_hash
from services.runtime.logs import log_outcome


class Poller:
    """Takes requests of every kind but `article`."""

    def __init__(
        self,
        redis: Redis,
        visitor: Visitor,
        catalogue: Catalogue,
        *,
        topics: Sequence[TopicNames],
        window: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._redis = redis
        self._visitor = visitor
        self._catalogue = catalogue
        self._topics = topics
        self._window = window
        self._now = now

    async def poll(self, request: FetchRequest) -> None:
        """Ask for the listing and hand on what it has of news."""
        poll = await self._looked_up(request)
        outcome = await self._visitor.visit(
            poll.request.url, limits_of(request.kind), poll.state.validators()
        )
        match outcome:
            case Fetched():
                await end_poll(poll, await self._read(poll, outcome))
            case NotModified():
                await end_poll(poll, PollResult("unchanged", Evidence(), headers=outcome.headers))
            case NotYet(at=at):
                come_back(poll, datetime.fromtimestamp(at, poll.now.tzinfo))
            case Resting(outcome=cause, rest_s=rest_s):
                await end_poll(poll, _failed(reason_of(cause), rest=timedelta(seconds=rest_s)))
            case Redirected() if follow(poll.request, outcome):
                note_redirect(poll, outcome)
                log_outcome("fetch_redirected", "redirected", url=request.url, to=outcome.location[:500])
            case _:
                await end_poll(poll, _failed(reason_of(outcome), getattr(outcome, "detail", "")))

    async def _looked_up(self, request: FetchRequest) -> Poll:
        asked = request.first_url or request.url
        listing = self._catalogue.of_request(request.source, request.kind, asked)
        listing_id = listing_id_of(source_name(request), request.kind, asked)
        state = ListingState.of_fields(await read_hash(self._redis, keys.listing_state(listing_id)))
        if state.has_moved and request.hops == 0:
            request = request.model_copy(update={"url": state.moved_to, "first_url": asked})
        siblings = self._catalogue.of_source(listing.source.name) if listing else ()
        others = {
            other: await self._state_of(other.listing_id)
            for other in siblings
            if not other.fallback and other != listing
        }
        has_fallback = any(other.fallback for other in siblings)
        return Poll(
            request, listing_id, listing, state, self._now(), siblings, others if has_fallback else {}
        )

    async def _state_of(self, listing_id: str) -> str:
        [state] = await read_fields(self._redis, keys.listing_state(listing_id), ["state"])
        return state or "unknown"

    async def _read(self, poll: Poll, fetched: Fetched) -> PollResult:
        body_hash = hashlib.sha256(fetched.body).hexdigest()[:32]
        if body_hash == poll.state.body_hash and poll.request.since is None:
            return PollResult("unchanged", Evidence(), headers=fetched.headers, body_hash=body_hash)
        listing = poll.listing
        listed = await read_listing(
            poll.request.kind,
            poll.request.url,
            fetched,
            shapes=tuple(poll.state.shapes.split("\n")) if poll.state.shapes else (),
            pattern=listing.links if listing else None,
        )
        if isinstance(listed, Unreadable):
            return await _unreadable(listed, fetched, poll.request.url)
        selection = await self._selected(poll, listed.entries)
        evidence = _evidence_of(listed.entries, selection, has_children=bool(listed.children))
        outcome: PollOutcome = (
            "failed" if evidence.reason else "new" if selection.taken or listed.children else "unchanged"
        )
        return PollResult(
            outcome,
            evidence,
            selection=selection,
            listed=listed,
            headers=fetched.headers,
            body_hash=body_hash,
        )

    async def _selected(self, poll: Poll, entries: Sequence[ListedEntry]) -> Selection:
        by_id = identified(entries)
        stored = await read_fields(self._redis, keys.seen_marks(poll.source), list(by_id))
        marks = {
            article_id: SeenMark.of_text(mark)
            for article_id, mark in zip(by_id, stored, strict=True)
            if mark is not None
        }
        window = poll.now - poll.request.since if poll.request.since else self._window
        selection = select_entries(
            by_id, marks, now=poll.now, window=window, must_be_dated=poll.request.kind == "sitemap"
        )
        return self._without_contradictions(poll, _counting_repeats(selection, len(entries) - len(by_id)))

    def _without_contradictions(self, poll: Poll, selection: Selection) -> Selection:
        source = poll.request.source
        if source is None or source.scope != "general":
            return selection
        off = [
            one
            for one in selection.taken
            if contradicts_topics(one.entry.title, one.entry.summary, self._topics)
        ]
        if not off:
            return selection
        return replace(
            selection,
            taken=tuple(one for one in selection.taken if one not in off),
            skipped={**selection.skipped, "off topic": len(off)},
            renewed={**selection.renewed, **{one.article_id: one.mark for one in off}},
        )


def _counting_repeats(selection: Selection, repeats: int) -> Selection:
    """Entries that are another spelling of an article already listed."""
    return replace(selection, skipped={**selection.skipped, "repeated": repeats}) if repeats else selection


def _evidence_of(entries: Sequence[ListedEntry], selection: Selection, *, has_children: bool) -> Evidence:
    if not entries and not has_children:
        return Evidence("empty")
    if looks_like_sections(entries):
        return Evidence("sections instead of articles", len(entries), looks_wrong=True)
    dates = [date for entry in entries if (date := entry.published or entry.updated)]
    fresh = [one for one in selection.taken if one.why == "feed entry"]
    return Evidence(entries=len(entries), new=len(fresh), newest=max(dates, default=None))


async def _unreadable(listed: Unreadable, fetched: Fetched, url: str) -> PollResult:
    """A page where a list should be is often the site's new front: what it names is the operator's next step."""
    front = (await read_front_page(url, fetched)).in_words() if listed.reason == "html" else ""
    return _failed(listed.reason, front or listed.detail, is_challenge=is_challenge_page(fetched.body))


def _failed(
    reason: str, detail: str = "", *, rest: timedelta | None = None, is_challenge: bool = False
) -> PollResult:
    reason = "challenge page" if is_challenge else reason
    return PollResult("failed", Evidence(reason, is_challenge=is_challenge), detail=detail[:300], rest=rest)
