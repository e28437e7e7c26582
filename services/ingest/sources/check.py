"""A look at a site before it becomes a source: robots, lists, terms, language, one sample article. Needs no Redis."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast
from urllib.parse import urljoin, urlsplit

from protego import Protego
from selectolax.lexbor import LexborHTMLParser

from services.contracts.messages import FetchKind, Rights
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.core.outcomes import (
    ARTICLE_LIMITS,
    FEED_LIMITS,
    ROBOTS_LIMITS,
    Fetched,
    FetchOutcome,
    Limits,
    Redirected,
    Refused,
)
from services.ingest.core.policy_files import AI_TXT_PATH, TDMREP_PATH, SiteTerms, with_site_terms
from services.ingest.core.rights import rights_of
from services.ingest.core.source_verdict import FoundList, Sample, SourceCheck, cadence_of, judged_source
from services.ingest.fetching.fetcher import Fetcher
from services.ingest.fetching.robots import AGENT, robots_state
from services.ingest.listings.pages import feeds_named_by, language_of
from services.ingest.listings.reader import read_listing

USUAL_PLACES = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
MOST_LISTS = 4
MOST_REDIRECTS = 5
Extract = Callable[[bytes, str, str], Sample]


class SourceChecker:
    """Asks one site a dozen questions, one at a time with a pause between; `extract` judges the sample article."""

    def __init__(
        self,
        fetcher: Fetcher,
        extract: Extract,
        *,
        now: Callable[[], datetime],
        wait: Callable[[float], Awaitable[None]],
        gap_s: float,
    ) -> None:
        self._fetcher = fetcher
        self._extract = extract
        self._now = now
        self._wait = wait
        self._gap_s = gap_s
        self._rules: dict[str, tuple[str, Protego]] = {}
        self._samples: list[str] = []

    async def check(self, url: str) -> SourceCheck:
        """Everything there is to know of the site at `url` (a homepage or a feed) before it is followed."""
        robots = await self._robots_say(url)
        front, front_url = await self._asked(url, FEED_LIMITS)
        named = self._named_lists(front, front_url)
        lists = [found for kind, place in named[:MOST_LISTS] if (found := await self._looked_at(kind, place))]
        if not any(not found.problem for found in lists):
            lists += [
                found
                for place in USUAL_PLACES
                if (found := await self._looked_at("feed", urljoin(url, place))) and not found.problem
            ]
        sitemaps = tuple(self._rules_of(url)[1].sitemaps)[:20]
        if sitemaps and not any(not found.problem for found in lists):
            lists.append(await self._looked_at("sitemap", urljoin(url, "/robots.txt")))
        if isinstance(front, Fetched) and not any(not found.problem for found in lists):
            lists.append(await self._looked_at("listing", front_url))
        rights = await self._rights(front, url)
        sample = await self._sample()
        judgement, reasons = judged_source(lists, robots, rights, sample, self._now())
        return SourceCheck(
            url=url,
            outlet=_outlet_of(front, front_url),
            language=(language_of(front.body) or "") if isinstance(front, Fetched) else "",
            robots=robots,
            lists=tuple(lists),
            sitemaps=sitemaps,
            rights=rights,
            sample=sample,
            judgement=judgement,
            reasons=reasons,
        )

    def _named_lists(self, front: FetchOutcome, url: str) -> list[tuple[FetchKind, str]]:
        if not isinstance(front, Fetched):
            return []
        if (urlsplit(url).hostname or "") in ("t.me", "telegram.me"):
            return [("telegram", url)]
        is_page = front.headers.get("content-type", "").startswith(("text/html", "application/xhtml"))
        return [("feed", place) for place in feeds_named_by(front.body, url)] if is_page else [("feed", url)]

    async def _looked_at(self, kind: FetchKind, url: str) -> FoundList:
        outcome, place = await self._asked(url, FEED_LIMITS)
        if not isinstance(outcome, Fetched):
            return FoundList(kind, url, problem=_words_of(outcome))
        listed = await read_listing(kind, place, outcome)
        if isinstance(listed, Unreadable):
            return FoundList(kind, url, problem=f"{listed.reason} {listed.detail}".strip()[:200])
        return self._described(kind, url, listed)

    def _described(self, kind: FetchKind, url: str, listed: Listed) -> FoundList:
        if not listed.entries and not listed.children:
            return FoundList(kind, url, problem="empty")
        self._samples += [entry.url for entry in listed.entries[:1]]
        dates = [date for entry in listed.entries if (date := entry.published or entry.updated)]
        return FoundList(
            kind,
            url,
            len(listed.entries) or len(listed.children),
            max(dates, default=None),
            cadence_of(listed.entries),
        )

    async def _rights(self, front: FetchOutcome, url: str) -> Rights:
        texts = []
        for path in (TDMREP_PATH, AI_TXT_PATH):
            outcome, _ = await self._asked(urljoin(url, path), ROBOTS_LIMITS)
            texts.append(outcome.body.decode("utf-8", "replace") if isinstance(outcome, Fetched) else "")
        headers = front.headers if isinstance(front, Fetched) else {}
        return with_site_terms(rights_of(headers), SiteTerms(*texts), url)

    async def _sample(self) -> Sample | None:
        for url in self._samples[:2]:
            outcome, place = await self._asked(url, ARTICLE_LIMITS)
            if isinstance(outcome, Fetched):
                return self._extract(outcome.body, place, outcome.headers.get("content-type", ""))
        return None

    async def _asked(self, url: str, limits: Limits) -> tuple[FetchOutcome, str]:
        """One request after the pause, redirects followed, never past a robots.txt; with the URL that answered."""
        for _hop in range(MOST_REDIRECTS):
            if await self._robots_say(url) != "allowed":
                return Refused("robots"), url
            await self._wait(self._gap_s)
            outcome = await self._fetcher.fetch(url, limits)
            if not isinstance(outcome, Redirected):
                return outcome, url
            url = outcome.location
        return outcome, url

    async def _robots_say(self, url: str) -> str:
        origin = _origin(url)
        if origin not in self._rules:
            place, outcome = (
                f"{origin}/robots.txt",
                cast(FetchOutcome, Redirected(f"{origin}/robots.txt", False, 302)),
            )
            for _hop in range(MOST_REDIRECTS):
                outcome = await self._fetcher.fetch(place, ROBOTS_LIMITS)
                if not isinstance(outcome, Redirected):
                    break
                place = outcome.location
            state, text = robots_state(outcome)
            self._rules[origin] = (state, Protego.parse(text if state == "rules" else ""))
        known, rules = self._rules[origin]
        if known in ("closed", "forbidden"):
            return "unreachable"
        return "allowed" if rules.can_fetch(url, AGENT) else "disallowed"

    def _rules_of(self, url: str) -> tuple[str, Protego]:
        return self._rules[_origin(url)]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _outlet_of(front: FetchOutcome, url: str) -> str:
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    if not isinstance(front, Fetched):
        return host
    page = LexborHTMLParser(front.body[:200_000].decode("utf-8", "replace"))
    name = page.css_first('meta[property="og:site_name"]')
    shown = (name.attributes.get("content") or "") if name else ""
    return re.sub(r"\s+", " ", shown).strip()[:80] or host


def _words_of(outcome: FetchOutcome) -> str:
    status = getattr(outcome, "status", None)
    reason = getattr(outcome, "reason", "") or (f"http {status}" if status else type(outcome).__name__)
    return f"{reason} {getattr(outcome, 'detail', '')}".strip()[:200]
