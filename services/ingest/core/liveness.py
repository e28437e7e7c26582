"""How a listing is doing, judged from evidence and never from the status code alone. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.ingest.core.entries import ListedEntry

Liveness = Literal[
    "unknown", "alive", "quiet", "frozen", "empty", "wrong content", "challenge", "blocked", "moved", "gone", "unreachable"
]  # fmt: skip
DEAD: frozenset[Liveness] = frozenset(
    {"frozen", "empty", "wrong content", "challenge", "blocked", "gone", "unreachable"}
)
"""The states in which a source's fallback takes over."""

CONFIRMATIONS = 2  # polls in a row that must agree before a listing is called dead
UNREACHABLE_AFTER = 3
FIRST_EXPECTATION = timedelta(days=1)  # between two new entries, until it is learnt
QUIET_FACTOR, FROZEN_FACTOR = 3.0, 10.0
QUIET_LEAST, FROZEN_LEAST = timedelta(hours=12), timedelta(days=3)
GAP_WEIGHT = 0.3
SHORT_TITLE_WORDS = 2
GONE = ("http 404", "http 410")
EMPTY = ("empty", "no posts")
BLOCKED = ("http 401", "http 402", "http 403", "http 407", "http 451", "http 429", "robots", "address")
UNREACHABLE = (
    "http ", "deadline", "first byte", "dns", "tls", "connect", "protocol", "idle", "connection", "robots unre",
)  # fmt: skip
"""Reasons of a failed poll, by what they say of the listing; these last are beginnings."""
CHALLENGES = re.compile(
    rb"challenge-platform|cf-chl|_cf_chl_opt|just a moment\.\.\.|attention required! \| cloudflare|ddos-guard|"
    rb"captcha-delivery|g-recaptcha|h-captcha|enable javascript and cookies|checking your browser|"
    rb"px-captcha|incapsula incident|access denied.{0,200}reference #|sucuri website firewall",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Evidence:
    """What one poll showed. `reason` is the failure's or the reader's short name, empty where entries were read."""

    reason: str = ""
    entries: int = 0
    new: int = 0
    newest: datetime | None = None
    looks_wrong: bool = False
    is_challenge: bool = False


@dataclass(frozen=True)
class Health:
    """A listing's state, since when (Unix seconds), and what the polls since have hinted at."""

    state: Liveness = "unknown"
    since: float = 0.0
    hinted: Liveness = "unknown"
    hints: int = 0
    new_at: float = 0.0
    gap_s: float = 0.0


def judged_health(health: Health, evidence: Evidence, now: datetime) -> Health:
    """The health after one more poll; a state other than alive or quiet needs two polls in a row that say so."""
    at = now.timestamp()
    learnt = _learnt(health, evidence, at)
    found = _state_shown(learnt, evidence, now)
    hints = learnt.hints + 1 if found == learnt.hinted else 1
    needed = UNREACHABLE_AFTER if found == "unreachable" else CONFIRMATIONS if found in DEAD else 1
    state = found if hints >= needed else learnt.state
    since = at if state != learnt.state else learnt.since
    return Health(state, since, found, min(hints, 99), learnt.new_at, learnt.gap_s)


def expected_gap(health: Health) -> timedelta:
    """The usual time between two polls that bring news."""
    return timedelta(seconds=health.gap_s) if health.gap_s else FIRST_EXPECTATION


def is_challenge_page(body: bytes) -> bool:
    """Whether a page asks its reader to prove to be a person."""
    return bool(CHALLENGES.search(body[:100_000]))


def looks_like_sections(entries: Sequence[ListedEntry]) -> bool:
    """Whether a list names its site's sections instead of articles: no dates at all, and titles of a word or two."""
    if len(entries) < 3 or any(entry.published or entry.updated for entry in entries):
        return False
    short = [entry for entry in entries if len((entry.title or "").split()) <= SHORT_TITLE_WORDS]
    return len(short) >= 0.8 * len(entries)


def _learnt(health: Health, evidence: Evidence, at: float) -> Health:
    if evidence.new == 0:
        # The clock of silence starts with the first look, so that a list dead on arrival is found out too.
        return Health(
            health.state, health.since, health.hinted, health.hints, health.new_at or at, health.gap_s
        )
    gap = at - health.new_at if health.new_at else 0.0
    gap_s = health.gap_s + GAP_WEIGHT * (gap - health.gap_s) if health.gap_s and gap else gap or health.gap_s
    return Health(health.state, health.since, health.hinted, health.hints, at, gap_s)


def _state_shown(health: Health, evidence: Evidence, now: datetime) -> Liveness:
    reason = evidence.reason
    if evidence.is_challenge:
        return "challenge"
    if evidence.looks_wrong:
        return "wrong content"
    if reason:
        return _state_of_reason(reason)
    if evidence.new:
        return "alive"
    silent = now - datetime.fromtimestamp(health.new_at, now.tzinfo)
    if evidence.newest and evidence.newest < now:
        # A list dead before we came shows it by its newest date.
        silent = max(silent, now - evidence.newest)
    gap = expected_gap(health)
    if silent > max(FROZEN_FACTOR * gap, FROZEN_LEAST):
        return "frozen"
    return "quiet" if silent > max(QUIET_FACTOR * gap, QUIET_LEAST) else "alive"


def _state_of_reason(reason: str) -> Liveness:
    if reason in GONE:
        return "gone"
    if reason in EMPTY:
        return "empty"
    if reason in BLOCKED:
        return "blocked"
    return "unreachable" if reason.startswith(UNREACHABLE) else "wrong content"
