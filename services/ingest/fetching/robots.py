"""robots.txt: fetched within the host's turn, kept in Redis, read by Protego. Closed on 5xx and time-outs."""

import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urljoin, urlsplit

from protego import Protego
from redis.asyncio import Redis

from services.ingest import keys
from services.ingest.core.addresses import host_key
from services.ingest.core.outcomes import (
    ROBOTS_LIMITS,
    Failed,
    Fetched,
    FetchOutcome,
    Gone,
    NotModified,
    Redirected,
    Refused,
    Throttled,
)
from services.ingest.fetching.fetcher import Fetcher
from services.ingest.fetching.politeness import COUNTS_KEPT_S, NotYet, Politeness, TurnReport

AGENT = "cleanwire"
KEPT_S = 24 * 3600  # RFC 9309 §2.4: no longer than a day
CLOSED_S = 600  # an unreachable robots.txt is asked for again after ten minutes
MAX_REDIRECTS = 5  # RFC 9309 §2.3.1.2
MAX_CRAWL_DELAY_S = 120.0
PARSED_KEPT = 2000
AT_HAND_S = 60.0

State = Literal["rules", "open", "closed", "forbidden"]


@dataclass(frozen=True)
class Allowed:
    """The URL may be asked for; `delay_s` is the crawl-delay, 0 where there is none."""

    delay_s: float = 0.0


@dataclass(frozen=True)
class Disallowed:
    """The site says no."""


@dataclass(frozen=True)
class Unreachable:
    """The site could not say: nothing may be asked of it for now."""

    detail: str


@dataclass(frozen=True)
class Forbidden:
    """The site stands where this process must not connect; `detail` names the address."""

    detail: str


Verdict = Allowed | Disallowed | Unreachable | Forbidden


@dataclass(frozen=True)
class _Kept:
    state: State
    text: str


class Robots:
    """Answers whether a URL may be asked for. Call it only within the turn of the URL's host."""

    def __init__(
        self, redis: Redis, fetcher: Fetcher, politeness: Politeness, now: Callable[[], datetime]
    ) -> None:
        self._redis = redis
        self._fetcher = fetcher
        self._politeness = politeness
        self._now = now
        self._at_hand: dict[str, tuple[float, _Kept]] = {}
        self._parsed: OrderedDict[tuple[str, str], Protego] = OrderedDict()

    async def verdict(self, url: str) -> Verdict:
        """What the robots.txt of the URL's origin says of it."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        kept = self._fresh(origin) or await self._kept(origin) or await self._fetched(origin)
        if kept.state == "closed":
            return Unreachable(kept.text)
        if kept.state == "forbidden":
            return Forbidden(kept.text)
        self._at_hand[origin] = (self._now().timestamp(), kept)
        if kept.state == "open":
            return Allowed()
        rules = self._rules(origin, kept.text)
        if not rules.can_fetch(url, AGENT):
            return Disallowed()
        return Allowed(min(float(rules.crawl_delay(AGENT) or 0.0), MAX_CRAWL_DELAY_S))

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the origin's robots.txt names, as far as it is known."""
        parts = urlsplit(url)
        kept = await self._kept(f"{parts.scheme}://{parts.netloc}")
        if kept is None or kept.state != "rules":
            return []
        return [urljoin(url, sitemap) for sitemap in self._rules(parts.netloc, kept.text).sitemaps][:50]

    def _fresh(self, origin: str) -> _Kept | None:
        """What this process looked up a moment ago: a host under load need not ask Redis for each page."""
        if len(self._at_hand) > PARSED_KEPT:
            self._at_hand.clear()
        at, kept = self._at_hand.get(origin, (0.0, None))
        return kept if self._now().timestamp() - at < AT_HAND_S else None

    async def _kept(self, origin: str) -> _Kept | None:
        stored = await self._redis.get(keys.robots_file(origin))
        return _Kept(**json.loads(stored)) if stored else None

    async def _fetched(self, origin: str) -> _Kept:
        kept = _Kept(*robots_state(await self._follow(f"{origin}/robots.txt")))
        life_s = CLOSED_S if kept.state in ("closed", "forbidden") else KEPT_S
        # A cache, written at once: losing or repeating it changes no output of the handler.
        await self._redis.set(
            keys.robots_file(origin), json.dumps({"state": kept.state, "text": kept.text}), ex=life_s
        )
        if kept.state != "forbidden":
            await self._count(host_key(origin), self._now().date().isoformat())
        return kept

    async def _count(self, host: str, day: str) -> None:
        """The day's report counts every request; a turn counts the page alone."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hincrby(keys.day_counts(day, host), "robots_requests", 1)
            pipe.expire(keys.day_counts(day, host), COUNTS_KEPT_S)
            pipe.sadd(keys.hosts_of_day(day), host)
            await pipe.execute()

    async def _follow(self, url: str) -> FetchOutcome:
        own = host_key(url)
        for _hop in range(MAX_REDIRECTS + 1):
            outcome = await self._asked(url, own)
            if not isinstance(outcome, Redirected):
                return outcome
            url = outcome.location
        return Gone(404)  # RFC 9309: too many redirects may be taken as unavailable

    async def _asked(self, url: str, own: str) -> FetchOutcome:
        try:
            host = host_key(url)
        except ValueError as problem:
            return Failed("bad url", str(problem), retry=False)
        if host == own:
            return await self._fetcher.fetch(url, ROBOTS_LIMITS)
        turn = await self._politeness.take_turn(host, patience_s=3.0)
        if isinstance(turn, NotYet):
            return Failed("host busy", host)
        try:
            async with self._politeness.kept(turn):
                return await self._fetcher.fetch(url, ROBOTS_LIMITS)
        finally:
            await self._politeness.end_turn(turn, TurnReport())

    def _rules(self, origin: str, text: str) -> Protego:
        key = (origin, text)
        if key not in self._parsed:
            self._parsed[key] = Protego.parse(text)
            if len(self._parsed) > PARSED_KEPT:
                self._parsed.popitem(last=False)
        self._parsed.move_to_end(key)
        return self._parsed[key]


def robots_state(outcome: FetchOutcome) -> tuple[State, str]:
    """What follows from the answer for a robots.txt: its rules, open (there is none), closed (it cannot be had), forbidden."""
    match outcome:
        case Fetched():
            return "rules", outcome.body.decode("utf-8", "replace")
        case Gone():
            return "open", ""
        case Refused(reason="address", detail=detail) | Failed(reason="bad url", detail=detail):
            return "forbidden", detail[:300]
        case Refused(reason=reason) if reason.startswith("http 4"):
            return "open", ""
        case Failed(reason=reason) if reason.startswith("http 4") and reason != "http 408":
            return "open", ""
        case Throttled():
            return "closed", f"robots.txt: http {outcome.status}"
        case Refused() | Failed():
            return "closed", f"robots.txt: {outcome.reason} {outcome.detail}".strip()[:300]
        case NotModified() | Redirected():
            return "closed", "robots.txt: an answer without a file"
