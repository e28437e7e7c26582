"""The title by agreement: what h1, Open Graph, JSON-LD and `<title>` less the site's name say together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape

from services.normalize.core.metadata.article_object import JsonObject, first_text
from services.normalize.core.metadata.outlet import NAME_METAS, host_label
from services.normalize.core.reading.page import Page
from services.normalize.core.words.plain_words import plain, tidy

SEPARATOR = re.compile(r"\s+[|\-–—:»«·•/~]+\s+|\s*[|｜：»]\s*|(?<=\w):\s+|--+|_{1,2}(?=\S+$)")
SIGN = re.compile(r"[|\-–—:»«·•/~｜：_]")
SHORTEST, LONGEST = 3, 400
SHORTEST_HEADLINE, SHORTEST_SHOWN = 4, 8  # in words; in characters, for scripts without blanks
STRANGE_HEADING = 0.5
FIRST_H1 = 6  # a page with more first headings lists articles

WEIGHTS = {"h1": 2.8, "headline": 1.25, "og": 1.0, "twitter": 0.3, "tag": 0.8}
"""How far each place is believed when they disagree; fitted by hand on one half of the news sites, checked on the other."""


@dataclass(frozen=True)
class Candidate:
    """A text that may be the title, and where it stands."""

    place: str
    text: str
    key: str
    words: frozenset[str]


def choose_title(page: Page, articles: Sequence[JsonObject]) -> str | None:
    """The title of an HTML page, or None where nothing names one.

    Equal candidates add up; one that is another less a site's name supports it. The heading that readers see wins over
    what is written for search engines, unless it has nothing in common with it: then it heads a section.
    """
    candidates = title_candidates(page, articles)
    if not candidates:
        return None
    weights = [_weight(one, candidates) for one in candidates]
    best = max(_rated(candidates, weights), key=lambda rated: rated[0])[1]
    if all(one.place == "tag" for one in candidates):
        return _shown_part(best.text, page)
    return best.text


def title_candidates(page: Page, articles: Sequence[JsonObject]) -> list[Candidate]:
    """Every text that a place of the page gives as its title, less the site's name."""
    names = _site_names(page, articles)
    return [one for one in _candidates(page, articles, names) if one.key and one.key not in names]


def _rated(candidates: list[Candidate], weights: list[float]) -> Iterator[tuple[float, Candidate]]:
    """Each candidate with the weight of all places that say the same, and a share of those that hold it or are held by it."""
    support: dict[str, float] = {}
    for one in candidates:
        if one.key not in support:
            support[one.key] = _support(one.key, candidates, weights)
        yield support[one.key] + 0.01 * WEIGHTS[one.place], one


def _support(key: str, candidates: list[Candidate], weights: list[float]) -> float:
    best: dict[str, float] = {}
    for other, weight in zip(candidates, weights, strict=True):
        worth = weight * _likeness(key, other.key)
        best[other.place] = max(best.get(other.place, 0.0), worth)
    return sum(best.values())


def _weight(one: Candidate, candidates: list[Candidate]) -> float:
    if one.place != "h1":
        return WEIGHTS[one.place]
    words = one.words
    others = [other for other in candidates if other.place != "h1"]
    is_of_this = not others or any(words & other.words or one.key in other.key for other in others)
    return WEIGHTS["h1"] if is_of_this else STRANGE_HEADING


def _shown_part(title: str, page: Page) -> str:
    """Of a page that names its title in `<title>` alone: the part that a line of the page repeats, else the first."""
    marks = list(_separators(title))
    if not marks:
        return title
    parts = [title[: mark.start()] for mark in reversed(marks)] + [title[mark.end() :] for mark in marks]
    lines = {plain(block.text) for block in page.blocks if len(block.text) <= len(title)}
    shown = [part for part in parts if plain(part) in lines and len(plain(part)) >= SHORTEST_SHOWN]
    first = title[: marks[0].start()]
    return max(shown, key=len) if shown else first if len(first.split()) >= SHORTEST_HEADLINE else title


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if f" {one} " in f" {other} " or f" {other} " in f" {one} ":
        return 0.6
    mine, theirs = set(one.split()), set(other.split())
    return 0.5 * len(mine & theirs) / max(len(mine), len(theirs))


def _candidates(page: Page, articles: Sequence[JsonObject], names: frozenset[str]) -> Iterator[Candidate]:
    headings = [block.text for block in page.blocks if block.element.tag == "h1"][:FIRST_H1]
    headlines = [text for one in articles[:2] if (text := first_text(one.get("headline")))]
    found: list[tuple[str, str | None]] = [("h1", text) for text in headings]
    found += [("headline", text) for text in headlines]
    found += [
        ("og", page.metas.get("og:title")),
        ("twitter", page.metas.get("twitter:title")),
        ("tag", page.title_tag),
    ]
    read: dict[str, Candidate] = {}
    for place, text in found:
        if text and SHORTEST <= len(text) <= LONGEST:
            one = read.get(text) or _candidate(place, text, names)
            read[text] = one
            yield one if one.place == place else replace(one, place=place)


def _candidate(place: str, text: str, names: frozenset[str]) -> Candidate:
    clean = _less_site_name(tidy(unescape(text)), names)
    key = plain(clean)
    return Candidate(place, clean, key, frozenset(key.split()))


def _site_names(page: Page, articles: Sequence[JsonObject]) -> frozenset[str]:
    names = [page.metas[name] for name in NAME_METAS if page.metas.get(name)]
    names += [name for one in articles if (name := first_text(one.get("publisher")))]
    return frozenset(plain(name) for name in names) | {host_label(page.url)} - {""}


def _less_site_name(title: str, names: frozenset[str]) -> str:
    """`title` without the site's name at its end or its beginning."""
    marks = list(_separators(title))
    for mark in reversed(marks):
        if _is_site_name(title[mark.end() :], names):
            title = title[: mark.start()]
    first = next((mark for mark in marks if mark.end() < len(title)), None)
    if first and _is_site_name(title[: first.start()], names):
        title = title[first.end() :]
    return title


def _separators(title: str) -> Iterator[re.Match[str]]:
    """As `SEPARATOR.finditer`, which tries itself at every place: here only before a sign that one is made of."""
    at = 0
    while sign := SIGN.search(title, at):
        start = at + len(title[at : sign.start()].rstrip())
        hit = SEPARATOR.match(title, start) or SEPARATOR.match(title, sign.start())
        if hit:
            yield hit
        at = hit.end() if hit else sign.end()


def _is_site_name(segment: str, names: frozenset[str]) -> bool:
    key = plain(segment)
    if key in names:
        return True
    pressed = key.replace(" ", "")
    return len(pressed) > 2 and any(
        pressed in (name.replace(" ", ""), "the" + name.replace(" ", "")) for name in names
    )
