"""Pages that list articles without a feed, and the feeds that a homepage names, read from HTML."""

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from services.ingest.core.entries import ListedEntry
from services.ingest.core.link_shapes import Link, article_links, article_shapes
from services.ingest.core.listed import Listed, Unreadable

MAX_LINKS = 5000
MAX_ARTICLES = 200
FEED_LINK_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)


def parse_listing_page(
    body: bytes, url: str, learnt: tuple[str, ...] = (), pattern: str | None = None
) -> Listed | Unreadable:
    """The article links of a page: those whose path fits `pattern`, or, without one, of the shapes learnt so far.

    The answer's `shapes` are what to pass as `learnt` the next time.
    """
    links = links_of(body, url)
    if not links:
        return Unreadable("no links", f"{len(body)} bytes")
    if pattern:
        fitting = [link for link in links if re.search(pattern, urlsplit(link.url).path)]
        shapes: tuple[str, ...] = ()
        chosen = list({link.url: link for link in fitting}.values())
    else:
        shapes = article_shapes(links, learnt)
        chosen = article_links(links, shapes)
    if not chosen:
        return Unreadable("no article links", f"{len(links)} links")
    entries = tuple(ListedEntry(link.url, title=link.text or None) for link in chosen[:MAX_ARTICLES])
    return Listed(entries, "listing", cut=max(len(chosen) - MAX_ARTICLES, 0), shapes=shapes)


@dataclass(frozen=True)
class FrontPage:
    """What a page offers to who looked for a list there."""

    feeds: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()

    def in_words(self) -> str:
        """For the log; empty where the page offers nothing."""
        feeds = f"the feeds {', '.join(self.feeds[:3])}" if self.feeds else ""
        links = f"{len(self.articles)} article links such as {self.articles[0]}" if self.articles else ""
        return f"the page names {' and '.join(filter(None, [feeds, links]))}" if feeds or links else ""


def front_page_of(body: bytes, url: str) -> FrontPage:
    """The feeds a page names and the article links it shows."""
    listed = parse_listing_page(body, url)
    entries = listed.entries if isinstance(listed, Listed) else ()
    return FrontPage(tuple(feeds_named_by(body, url)), tuple(entry.url for entry in entries))


def links_of(body: bytes, url: str) -> list[Link]:
    """The links of a page that stay on its site, with their words, fragments taken off."""
    page = LexborHTMLParser(body.decode("utf-8", "replace"))
    base_node = page.css_first("base[href]")
    base = _absolute(url, (base_node.attributes.get("href") or "") if base_node else "") or url
    site = _site_of(url)
    links = []
    for anchor in page.css("a[href]")[:MAX_LINKS]:
        target = _absolute(base, anchor.attributes.get("href") or "")
        if target and _site_of(target) == site:
            links.append(Link(target, " ".join(anchor.text(separator=" ").split())[:500]))
    return links


def feeds_named_by(body: bytes, url: str) -> list[str]:
    """The feeds that a page names in its head, each once, those of comments last."""
    page = LexborHTMLParser(body.decode("utf-8", "replace"))
    found: dict[str, bool] = {}
    for node in page.css("link[rel][href]"):
        attributes = node.attributes
        kind = (attributes.get("type") or "").split(";")[0].strip().lower()
        if "alternate" in (attributes.get("rel") or "").lower().split() and kind in FEED_LINK_TYPES:
            target = _absolute(url, attributes.get("href") or "")
            if target:
                found.setdefault(target, "comment" in target.lower())
    return sorted(found, key=lambda target: found[target])


def language_of(body: bytes) -> str | None:
    """The language a page declares."""
    root = LexborHTMLParser(body[:64_000].decode("utf-8", "replace")).css_first("html")
    declared = (root.attributes.get("lang") or "") if root else ""
    return declared.split("-")[0].split("_")[0].lower()[:3] or None


def _absolute(base: str, link: str) -> str | None:
    try:
        target = urldefrag(urljoin(base, link.strip()))[0]
    except ValueError:
        return None
    return target if target.startswith(("http://", "https://")) else None


def _site_of(url: str) -> str:
    return (urlsplit(url).netloc or "").lower().removeprefix("www.")
