"""A site's terms for machines, asked for once a week per origin, kept in Redis, put onto each article's rights."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from redis.asyncio import Redis

from services.contracts.messages import FetchRequest
from services.ingest import keys
from services.ingest.core.outcomes import ROBOTS_LIMITS, Fetched
from services.ingest.core.policy_files import AI_TXT_PATH, TDMREP_PATH, SiteTerms
from services.ingest.fetching.politeness import NotYet
from services.ingest.fetching.visitor import Visitor
from services.ingest.scheduling.putting_back import delayed_member
from services.ingest.stored import read_hash
from services.runtime.logs import log_outcome
from services.runtime.wire import emit_command

TERMS = "site terms"
FIELD_OF_PATH = {TDMREP_PATH: "tdmrep", AI_TXT_PATH: "ai_txt"}
KEPT_S = 7 * 86400
ASKED_AFTER_S = 60.0  # news first: the files take a turn at the host each, like any other request
AT_HAND_S = 60.0  # a host under load need not ask Redis for each page
MOST_AT_HAND = 5000
MAX_CHARS = 50_000


class SiteTermsTaker:
    """Takes requests for the two files, and tells articles what they say."""

    def __init__(self, redis: Redis, visitor: Visitor, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._visitor = visitor
        self._now = now
        self._at_hand: dict[str, tuple[float, SiteTerms]] = {}

    async def of_site(self, url: str) -> SiteTerms:
        """What is known of the site's terms; asks for the files where nobody has this week."""
        origin = _origin(url)
        at, known = self._at_hand.get(origin, (0.0, SiteTerms()))
        if self._now().timestamp() - at < AT_HAND_S:
            return known
        stored = await read_hash(self._redis, keys.site_terms(origin))
        if not stored:
            self._ask(origin)
        terms = SiteTerms(stored.get("tdmrep", ""), stored.get("ai_txt", ""))
        if len(self._at_hand) >= MOST_AT_HAND:
            self._at_hand.clear()
        self._at_hand[origin] = (self._now().timestamp(), terms)
        return terms

    async def take(self, request: FetchRequest) -> None:
        """Fetch one of the files and keep it; what is not there says nothing."""
        outcome = await self._visitor.visit(request.url, ROBOTS_LIMITS)
        if isinstance(outcome, NotYet):
            emit_command("ZADD", keys.DELAYED, outcome.at, delayed_member(request))
            log_outcome("fetch_delayed", "host busy", url=request.url)
            return
        text = outcome.body.decode("utf-8", "replace")[:MAX_CHARS] if isinstance(outcome, Fetched) else ""
        key = keys.site_terms(_origin(request.url))
        emit_command("HSET", key, FIELD_OF_PATH.get(urlsplit(request.url).path, "other"), text)
        emit_command("EXPIRE", key, KEPT_S)
        log_outcome("site_terms_read", "found" if text else "none", url=request.url)

    def _ask(self, origin: str) -> None:
        at = self._now().timestamp() + ASKED_AFTER_S
        for path in FIELD_OF_PATH:
            emit_command("ZADD", keys.DELAYED, at, delayed_member(FetchRequest(url=origin + path, why=TERMS)))
        emit_command("HSET", keys.site_terms(origin), "asked", int(at))
        emit_command("EXPIRE", keys.site_terms(origin), KEPT_S)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
