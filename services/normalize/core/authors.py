"""Who wrote an article: the visible byline, JSON-LD, meta elements and author links, in a written order."""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from itertools import zip_longest
from urllib.parse import unquote

from services.contracts.messages import Author
from services.normalize.core.article_object import article_objects, texts_of
from services.normalize.core.blocks import PageBlock
from services.normalize.core.date_text import find_moment
from services.normalize.core.names import PREFIX, Strip, names_in_byline, unique
from services.normalize.core.outlet import NAME_METAS
from services.normalize.core.page import Page
from services.normalize.core.plain_words import plain, tidy

AUTHOR_METAS = (
    "author", "article:author", "byl", "byline", "dc.creator", "dcterms.creator", "sailthru.author", "parsely-author",
    "citation_author", "article:author_name", "dcsext.author", "rnews:author", "og:author", "twitter:data1", "authors",
)  # fmt: skip
BYLINE_CLASS = re.compile(r"byline|author(?!i[sz])|autor|writer|reporter|contributor", re.IGNORECASE)
COMMENT_CLASS = re.compile(r"comment|recirc|related|card|teaser|caption|credit|photo|bio", re.IGNORECASE)
LONE_BY = re.compile(r"\W*(?:by|von|автор|аўтар|author|written by|text|tekst)\W*", re.IGNORECASE)
DATED = re.compile(r"\d{1,4}\W")
LONGEST_BYLINE = 200
NO_PERSON = re.compile(r"https?:|www\.|@|facebook|\.com\b|^\d+$")


def read_authors(page: Page, near: Sequence[PageBlock], outlet: str | None = None) -> tuple[Author, ...]:
    """The article's authors with their roles.

    Order: a byline that says "By …"; JSON-LD's author; meta elements; lines marked as byline; a name before a date;
    author links. `outlet` is never one: "Published by The Daily" names the publisher.
    """
    strip = Strip(_outlet_names(page) | ({plain(outlet)} if outlet else set()))
    spoken = _spoken_byline(near, strip)
    declared = _declared(page, strip)
    if spoken:
        return tuple(_reconciled(spoken, declared))
    return tuple(
        declared or _marked_byline(near, strip) or _dated_byline(near, strip) or _linked(page, strip)
    )


def _reconciled(spoken: list[Author], declared: list[Author]) -> list[Author]:
    """The byline, in the spelling that the head declares (`SOLCYRE BURGA` there, `Solcyré Burga` here)."""
    spelled = {plain(author.name): author for author in declared}
    return [spelled.get(plain(author.name), author) for author in spoken]


def _spoken_byline(near: Sequence[PageBlock], strip: Strip) -> list[Author]:
    found: list[Author] = []
    for block, following in zip_longest(near, near[1:]):
        if len(block.text) > LONGEST_BYLINE or COMMENT_CLASS.search(block.classes):
            continue
        if plain(PREFIX.sub("", block.text, count=1)) in strip.outlets:
            continue
        if LONE_BY.fullmatch(block.text) and following is not None:
            found += names_in_byline(following.text, strip)
        elif PREFIX.match(block.text):
            found += [
                one for one in names_in_byline(block.text, strip) if " " in one.name or one.role == "desk"
            ]
    return unique(found)


def _declared(page: Page, strip: Strip) -> list[Author]:
    for one in article_objects(page.json_ld):
        names = [name for name in texts_of(one.get("author")) if not NO_PERSON.search(name)]
        found = _from_names(names, strip)
        if found:
            return found
    for meta in AUTHOR_METAS:
        value = page.metas.get(meta, "")
        if value and not NO_PERSON.search(value):
            found = _from_names([value], strip)
            if found:
                return found
    return []


def _from_names(names: Iterable[str], strip: Strip) -> list[Author]:
    return unique(author for name in names for author in names_in_byline(unescape(unquote(name)), strip))


def _marked_byline(near: Sequence[PageBlock], strip: Strip) -> list[Author]:
    """Lines near the headline whose class says byline or author."""
    found: list[Author] = []
    for block in near:
        if (
            len(block.text) <= LONGEST_BYLINE
            and BYLINE_CLASS.search(block.classes)
            and not COMMENT_CLASS.search(block.classes)
        ):
            found += names_in_byline(block.text, strip)
    return unique(found)


def _dated_byline(near: Sequence[PageBlock], strip: Strip) -> list[Author]:
    """A name and a date on one line: `Anna Lee - 12 May 2024`, `News Desk | Updated: 12-12-2025 19:00`."""
    for block in near:
        text = block.text
        if len(text) <= LONGEST_BYLINE / 2 and DATED.search(text) and not COMMENT_CLASS.search(block.classes):
            found = [one for one in names_in_byline(text, strip) if " " in one.name]
            if found and find_moment(text) is not None:
                return found
    return []


def _linked(page: Page, strip: Strip) -> list[Author]:
    """Links and elements that markup itself calls the author."""
    if page.tree is None:
        return []
    marked = page.tree.css("[rel~=author], [itemprop~=author]")[:4]
    names = [tidy(element.text(separator=" ") or "") for element in marked]
    return unique(
        author for name in names if len(name) <= LONGEST_BYLINE for author in names_in_byline(name, strip)
    )


def _outlet_names(page: Page) -> frozenset[str]:
    names = [page.metas[name] for name in NAME_METAS if name in page.metas]
    for one in article_objects(page.json_ld):
        names += texts_of(one.get("publisher"))
        names += [name.lstrip(" ,") for name in texts_of(one.get("author")) if name.lstrip().startswith(",")]
    return frozenset(plain(name) for name in names) - {""}
