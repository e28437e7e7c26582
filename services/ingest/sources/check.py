"""A look at a site before it becomes a source: robots, lists, terms, language, one sample article. Needs no Redis."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from services.contracts.messages import FetchKind, Rights
from services.ingest.core.addresses import host_key
from services.ingest.core.entries import ListedEntry
from services.ingest.core.listed import Listed, Unreadable
from services.ingest.core.outcomes import (
    ARTICLE_LIMITS,
    FEED_LIMITS,
    ROBOTS_LIMITS,
    SITEMAP_LIMITS,
    Fetched,
    FetchOutcome,
)
from services.ingest.core.policy_files import AI_TXT_PATH, TDMREP_PATH, SiteTerms, with_site_terms
from services.ingest.core.rights import rights_of
from services.ingest.core.sitemap_choice import chosen_sitemaps
from services.ingest.core.source_verdict import (
    STALE,
    FoundList,
    Sample,
    SourceCheck,
    cadence_of,
    judged_source,
)
from services.ingest.fetching.fetcher import Fetcher
from services.ingest.listings.pages import feeds_named_by, language_of
from services.ingest.listings.reader import read_listing
from services.ingest.sources.site_visit import SiteVisit, words_of

USUAL_PLACES = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")
MOST_LISTS = 4
MOST_CHILDREN = 2
MOST_DEPTH = 2  # robots.txt names an index, the index a sitemap
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
        self._visit = SiteVisit(fetcher, wait, gap_s)
        self._extract = extract
        self._now = now
        self._samples: list[str] = []

    async def check(self, url: str) -> SourceCheck:
        """Everything there is to know of the site at `url` (a homepage or a feed) before it is followed.

        Raises ValueError where `url` is no web address.
        """
        host_key(url)
        robots = await self._visit.robots_say(url)
        front, front_url = await self._visit.asked(url, FEED_LIMITS)
        sitemaps = self._visit.sitemaps(url)[:20]
        lists = await self._lists(url, front, front_url, sitemaps)
        rights = await self._rights(front, url)
        sample = await self._sample()
        judgement, reasons = judged_source(lists, robots, rights, sample, self._now())
        if not isinstance(front, Fetched) and robots == "allowed":
            reasons = (f"the page itself did not come: {words_of(front)}", *reasons)
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

    async def _lists(
        self, url: str, front: FetchOutcome, front_url: str, sitemaps: Sequence[str]
    ) -> list[FoundList]:
        """What the page names; where none of that is good, the usual places, the sitemaps, and the page's own links."""
        named = self._named_lists(front, front_url)
        found = [await self._looked_at(kind, place) for kind, place in named[:MOST_LISTS]]
        if not _any_good(found):
            guesses = [await self._looked_at("feed", urljoin(url, place)) for place in USUAL_PLACES]
            found += [one for one in guesses if not one.problem]
        if sitemaps and not _any_good(found):
            found.append(await self._looked_at("sitemap", urljoin(url, "/robots.txt")))
        if isinstance(front, Fetched) and not _any_good(found):
            found.append(await self._looked_at("listing", front_url))
        return found

    def _named_lists(self, front: FetchOutcome, url: str) -> list[tuple[FetchKind, str]]:
        if not isinstance(front, Fetched):
            return []
        if (urlsplit(url).hostname or "") in ("t.me", "telegram.me"):
            return [("telegram", url)]
        is_page = front.headers.get("content-type", "").startswith(("text/html", "application/xhtml"))
        return [("feed", place) for place in feeds_named_by(front.body, url)] if is_page else [("feed", url)]

    async def _looked_at(self, kind: FetchKind, url: str, depth: int = 0) -> FoundList:
        outcome, place = await self._visit.asked(url, SITEMAP_LIMITS if kind == "sitemap" else FEED_LIMITS)
        if not isinstance(outcome, Fetched):
            return FoundList(kind, url, problem=words_of(outcome))
        listed = await read_listing(kind, place, outcome)
        if isinstance(listed, Unreadable):
            return FoundList(kind, url, problem=f"{listed.reason} {listed.detail}".strip()[:200])
        if listed.children and not listed.entries and depth < MOST_DEPTH:
            return await self._first_good_child(url, listed.children, depth + 1)
        return self._described(kind, url, listed)

    async def _first_good_child(self, url: str, children: Sequence[ListedEntry], depth: int) -> FoundList:
        """What the newest sitemaps of an index hold, told of the index."""
        chosen = chosen_sitemaps(children, self._now() - STALE, is_backfill=False)
        found = FoundList("sitemap", url, problem="its sitemaps are all older than a week")
        for child in chosen[:MOST_CHILDREN]:
            found = replace(await self._looked_at("sitemap", child, depth), url=url)
            if not found.problem:
                break
        return found

    def _described(self, kind: FetchKind, url: str, listed: Listed) -> FoundList:
        if not listed.entries:
            return FoundList(kind, url, problem="empty")
        self._samples += [entry.url for entry in listed.entries[:1]]
        dates = [date for entry in listed.entries if (date := entry.published or entry.updated)]
        return FoundList(
            kind,
            url,
            len(listed.entries),
            max(dates, default=None),
            cadence_of(listed.entries),
        )

    async def _rights(self, front: FetchOutcome, url: str) -> Rights:
        texts = []
        for path in (TDMREP_PATH, AI_TXT_PATH):
            outcome, _ = await self._visit.asked(urljoin(url, path), ROBOTS_LIMITS)
            texts.append(outcome.body.decode("utf-8", "replace") if isinstance(outcome, Fetched) else "")
        headers = front.headers if isinstance(front, Fetched) else {}
        return with_site_terms(rights_of(headers), SiteTerms(*texts), url)

    async def _sample(self) -> Sample | None:
        for url in self._samples[:2]:
            outcome, place = await self._visit.asked(url, ARTICLE_LIMITS)
            if isinstance(outcome, Fetched):
                return self._extract(outcome.body, place, outcome.headers.get("content-type", ""))
        return None


def _any_good(lists: Sequence[FoundList]) -> bool:
    return any(not found.problem for found in lists)


def _outlet_of(front: FetchOutcome, url: str) -> str:
    host = (urlsplit(url).hostname or url).removeprefix("www.")
    if not isinstance(front, Fetched):
        return host
    page = LexborHTMLParser(front.body[:200_000].decode("utf-8", "replace"))
    name = page.css_first('meta[property="og:site_name"]')
    shown = (name.attributes.get("content") or "") if name else ""
    return re.sub(r"\s+", " ", shown).strip()[:80] or host
