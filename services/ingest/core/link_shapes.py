"""Which links of a page lead to articles: learnt from the shapes of their paths, page by page."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

ENOUGH_ALIKE = 3  # links of one shape with a headline as their text
HEADLINE_WORDS = 4
HEADLINE_CHARS = 25
MAX_SHAPES = 12
NUMBER = re.compile(r"\d+")
NOT_ARTICLES = re.compile(
    r"/(tags?|topics?|authors?|category|categories|search|login|subscribe|about|contacts?|comments|rss|feeds?|page)(/|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Link:
    """A link of a page with the words a reader sees; `url` is absolute."""

    url: str
    text: str


def shape_of(url: str) -> str:
    """The shape of a URL's path: numbers and slugs are wild, section names stay.

    >>> shape_of("https://a.example/news/politics/2026/11/21/talks-in-minsk-go-on-12345")
    '/news/politics/#/#/#/*'
    """
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return "/" + "/".join(_segment_shape(segment) for segment in segments)


def article_shapes(links: Iterable[Link], learnt: Sequence[str] = ()) -> tuple[str, ...]:
    """Shapes that lead to articles on this site: those learnt before, and those that enough headlines share here."""
    distinct = {link.url: link for link in links if _is_headline(link.text)}
    counts = Counter(shape for link in distinct.values() if is_telling(shape := shape_of(link.url)))
    fresh = [shape for shape, count in counts.most_common(MAX_SHAPES) if count >= ENOUGH_ALIKE]
    return tuple(dict.fromkeys((*fresh, *learnt)))[:MAX_SHAPES]


def article_links(links: Iterable[Link], shapes: Sequence[str]) -> list[Link]:
    """The links of these shapes, each once, with the longest of its texts, in the page's order."""
    wanted, best = frozenset(shapes), dict[str, Link]()
    for link in links:
        if shape_of(link.url) in wanted and not NOT_ARTICLES.search(urlsplit(link.url).path):
            known = best.get(link.url)
            if known is None or len(link.text) > len(known.text):
                best[link.url] = link
    return list(best.values())


def is_telling(shape: str) -> bool:
    """Whether a shape has anything wild in it: a path of fixed words is a section, not an article."""
    return "#" in shape or "*" in shape


def _segment_shape(segment: str) -> str:
    stem = (
        segment.rsplit(".", 1)[0]
        if segment.endswith((".html", ".htm", ".php", ".shtml", ".aspx"))
        else segment
    )
    if NUMBER.fullmatch(stem):
        return "#"
    words = [word for word in re.split(r"[-_]", stem) if word]
    has_number = bool(NUMBER.search(stem))
    return "*" if len(words) >= 3 or len(stem) > 24 or (has_number and len(stem) > 4) else stem


def _is_headline(text: str) -> bool:
    return len(text) >= HEADLINE_CHARS and len(text.split()) >= HEADLINE_WORDS
