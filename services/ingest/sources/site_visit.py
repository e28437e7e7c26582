"""One site asked by hand, without Redis: its robots.txt first, a pause before each request, redirects followed."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from services.ingest.core.outcomes import ROBOTS_LIMITS, FetchOutcome, Limits, Redirected, Refused
from services.ingest.fetching.fetcher import Fetcher
from services.ingest.fetching.robots import AGENT, robots_state

MOST_REDIRECTS = 5
LONGEST_DELAY_S = 10.0


class SiteVisit:
    """Asks one URL after the other, `gap_s` apart, and never past a robots.txt."""

    def __init__(self, fetcher: Fetcher, wait: Callable[[float], Awaitable[None]], gap_s: float) -> None:
        self._fetcher = fetcher
        self._wait = wait
        self._gap_s = gap_s
        self._rules: dict[str, tuple[str, Protego]] = {}

    async def asked(self, url: str, limits: Limits) -> tuple[FetchOutcome, str]:
        """One request after the pause, redirects followed, never past a robots.txt; with the URL that answered."""
        for _hop in range(MOST_REDIRECTS):
            if await self.robots_say(url) != "allowed":
                return Refused("robots"), url
            await self._wait(max(self._gap_s, self._crawl_delay_s(url)))
            outcome = await self._fetcher.fetch(url, limits)
            if not isinstance(outcome, Redirected):
                return outcome, url
            url = outcome.location
        return outcome, url

    async def robots_say(self, url: str) -> str:
        """`allowed`, `disallowed` or `unreachable`."""
        state, rules = await self._rules_of(_origin(url))
        if state in ("closed", "forbidden"):
            return "unreachable"
        return "allowed" if rules.can_fetch(url, AGENT) else "disallowed"

    async def _rules_of(self, origin: str) -> tuple[str, Protego]:
        if origin not in self._rules:
            place = f"{origin}/robots.txt"
            for _hop in range(MOST_REDIRECTS):
                outcome = await self._fetcher.fetch(place, ROBOTS_LIMITS)
                if not isinstance(outcome, Redirected):
                    break
                place = outcome.location
            state, text = robots_state(outcome)
            self._rules[origin] = (state, Protego.parse(text if state == "rules" else ""))
        return self._rules[origin]

    def _crawl_delay_s(self, url: str) -> float:
        """The site's own wish, as far as somebody at a terminal can be asked to wait for it."""
        return min(float(self._rules[_origin(url)][1].crawl_delay(AGENT) or 0.0), LONGEST_DELAY_S)

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """What the site's robots.txt names, as far as it has been asked for."""
        return tuple(self._rules[_origin(url)][1].sitemaps)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def words_of(outcome: FetchOutcome) -> str:
    """Why nothing came, in a few words."""
    status = getattr(outcome, "status", None)
    reason = getattr(outcome, "reason", "") or (f"http {status}" if status else type(outcome).__name__)
    return f"{reason} {getattr(outcome, 'detail', '')}".strip()[:200]
