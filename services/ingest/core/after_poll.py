"""What follows from one poll: the listing's new state and its next due time. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from services.ingest.core.entries import Selection
from services.ingest.core.listed import FeedPacing, Listed
from services.ingest.core.listing_state import ListingState
from services.ingest.core.liveness import Evidence, judged_health
from services.ingest.core.schedule import (
    after_skipped_hours,
    interval_at,
    learnt_pace,
    next_poll_at,
    wished_pause,
)

MOST_FAILURE_FACTOR = 8
NOTHING_TAKEN = Selection()

PollOutcome = Literal["new", "unchanged", "failed"]


@dataclass(frozen=True)
class PollResult:
    """What a poll brought. `rest` is what the host asked for; no `body_hash` means that no body came (304)."""

    outcome: PollOutcome
    evidence: Evidence
    detail: str = ""
    selection: Selection = NOTHING_TAKEN
    listed: Listed | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body_hash: str = ""
    rest: timedelta | None = None


def state_after(state: ListingState, result: PollResult, now: datetime) -> ListingState:
    """The state with the poll's validators, pace and health; two failures at a new place lead back to the old one."""
    before = state.state
    if result.outcome == "failed":
        state = replace(state, failures=min(state.failures + 1, 99))
        if state.has_moved and state.failures >= 2:
            state = replace(state, moved_to="", moved_count=0)
    else:
        state = _with_validators(replace(state, failures=0), result)
        state = state.with_pace(learnt_pace(state.pace, has_news=bool(result.selection.taken), now=now))
    health = judged_health(state.health, result.evidence, now)
    evidence = evidence_in_words(result) if health.state != before else state.evidence
    return replace(state.with_health(health), evidence=evidence)


def due_after(state: ListingState, result: PollResult, now: datetime, *, poll_s: float | None) -> datetime:
    """When the listing is due again. `poll_s`, the operator's own pace, gives way only to a host that wants rest."""
    rested = now + (result.rest or timedelta())
    if poll_s:
        return next_poll_at(now, timedelta(seconds=poll_s), rested)
    pacing = result.listed.pacing if result.listed else FeedPacing()
    wish = wished_pause(result.headers, pacing.ttl_s, now)
    factor = min(2 ** max(state.failures - 1, 0), MOST_FAILURE_FACTOR)
    due = next_poll_at(now, interval_at(state.pace, now) * factor, max(rested, now + wish))
    return after_skipped_hours(due, pacing.skip_hours, pacing.skip_days)


def evidence_in_words(result: PollResult) -> str:
    """What a state rests on, for people."""
    evidence = result.evidence
    words = [evidence.reason or f"{evidence.entries} entries, {evidence.new} new"]
    if evidence.newest:
        words.append(f"newest {evidence.newest:%Y-%m-%d}")
    if result.detail:
        words.append(result.detail)
    return ", ".join(words)[:300]


def _with_validators(state: ListingState, result: PollResult) -> ListingState:
    if result.listed and result.listed.children:
        # An index may stand still while its children change: it is read anew each time.
        return replace(state, etag="", last_modified="", body_hash="")
    if result.listed and result.listed.shapes:
        state = replace(state, shapes="\n".join(result.listed.shapes))
    etag, modified = result.headers.get("etag", ""), result.headers.get("last-modified", "")
    if not result.body_hash:  # 304: the server may leave out what has not changed
        return replace(state, etag=etag or state.etag, last_modified=modified or state.last_modified)
    # Cut short a validator would match nothing: then none is sent at all.
    etag, modified = (value if len(value) <= 500 else "" for value in (etag, modified))
    return replace(state, etag=etag, last_modified=modified, body_hash=result.body_hash)
