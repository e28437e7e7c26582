"""Who wrote an article: what the page shows and what its head declares, brought together in a written order."""

import re
from collections.abc import Iterable, Sequence
from html import unescape
from urllib.parse import unquote

from services.contracts.messages import Author
from services.normalize.core.metadata.article_object import JsonObject, texts_of
from services.normalize.core.metadata.byline import (
    Line,
    bylines_of_page,
    dated_authors,
    helpers_named,
    lines_of,
    linked_authors,
    lone_desk,
    lone_name,
    marked_authors,
    signed_names,
    spoken_authors,
)
from services.normalize.core.metadata.outlet import NAME_METAS
from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.reading.page import Page
from services.normalize.core.words.name_words import MOST_NAMES, PREFIX, says_by
from services.normalize.core.words.names import Strip, authors_of, declared_author, unique
from services.normalize.core.words.plain_words import plain, tidy

AUTHOR_METAS = (
    "author", "article:author", "byl", "byline", "dc.creator", "dcterms.creator", "sailthru.author", "parsely-author",
    "citation_author", "article:author_name", "dcsext.author", "rnews:author", "og:author", "twitter:data1", "authors",
)  # fmt: skip
NO_PERSON = re.compile(
    r"https?:|^[a-z]+(?:[.][a-z]+)+[.]\d+$|www\.|@|facebook|^\W*\d+\W*$|^\W*,|developer$|^admin$",
    re.IGNORECASE,
)
LIST = re.compile(r",|;|\s(?:and|und|og|et|och|y|e|и|і|та|oraz|ir|&)\s", re.IGNORECASE)
LONGEST_DECLARED = 300
WRITTEN_BY = re.compile("writ|author|by|autor|von|verfass|geschr|автор", re.IGNORECASE)


def read_authors(
    page: Page, articles: Sequence[JsonObject], near: Sequence[PageBlock], outlet: str | None = None
) -> tuple[Author, ...]:
    """The article's authors with their roles; `near` are the lines around the headline.

    Order: a byline that says "By …" together with the head (JSON-LD, then meta elements); lines marked as byline; a
    name beside a date; author links; last the desk or outlet that the head declares. `outlet` itself is no author of
    a page that only names its publisher ("Published by The Daily").
    """
    strip = _strip_of(page, articles, outlet)
    declared = _declared(page, articles)
    named = [author for author in declared if plain(author.name) not in strip.outlets]
    persons = named if any(author.role != "desk" for author in named) else []
    lines = lines_of(near)
    found = _agreed(spoken_authors(lines, strip), persons, helpers_named(lines))
    found = found or _shown(page, lines, strip) or _as_desks(declared) or lone_name(lines) or lone_desk(lines)
    return tuple(found[:MOST_NAMES])


def _shown(page: Page, near: Sequence[Line], strip: Strip) -> list[Author]:
    """Weaker marks of the page, the surest first."""
    found = marked_authors(near, strip) or dated_authors(near, strip) or linked_authors(page, strip)
    if found or page.kind == "text":
        return found
    far = bylines_of_page(page)
    return spoken_authors(far, strip) or marked_authors(far[:1], strip) or signed_names(near)


def _agreed(spoken: list[Author], declared: list[Author], helpers: frozenset[str]) -> list[Author]:
    """Byline and head together.

    The head spells the names (`Dave Epstein`, where the byline runs on: `Dave Epstein Globe Correspondent`). It may
    list more than the byline does, or other people; helpers it lists are left out. A byline that names all of the
    head's people and more is the fuller one.
    """
    spelled = [_as_declared(author, declared) for author in spoken]
    writers = [author for author in declared if plain(author.name) not in helpers] or declared
    said = {plain(author.name) for author in spelled}
    if spelled and all(plain(author.name) in said for author in writers):
        return unique(spelled)
    return unique(writers) if writers else unique(spelled)


def _as_declared(author: Author, declared: Iterable[Author]) -> Author:
    key = plain(author.name)
    for one in declared:
        name = plain(one.name)
        if key == name or (key.startswith(name) and len(name.split()) >= 2):
            return one
    return author


def _as_desks(declared: list[Author]) -> list[Author]:
    return [author.model_copy(update={"role": "desk"}) for author in declared]


def _declared(page: Page, articles: Sequence[JsonObject]) -> list[Author]:
    for one in articles:
        found = _from_names(texts_of(one.get("author")))
        if found:
            return found
    for meta in filter(page.metas.__contains__, AUTHOR_METAS):
        if meta == "twitter:data1" and not WRITTEN_BY.search(page.metas.get("twitter:label1", "")):
            continue
        found = _from_names([page.metas[meta]])
        if found:
            return found
    return []


def _from_names(names: Iterable[str]) -> list[Author]:
    return unique(author for name in names for author in _from_name(tidy(unescape(unquote(name)))))


def _from_name(name: str) -> list[Author]:
    """One declared value: a name as it stands, or a list of names in one string."""
    if not name or len(name) > LONGEST_DECLARED or NO_PERSON.search(name):
        return []
    name = PREFIX.sub("", name, count=1) if says_by(name) else name
    head = name.split(" | ")[0].split(" • ")[0]
    if LIST.search(head):
        return authors_of(head, newsrooms=True) or [declared_author(head)]
    return [declared_author(head)]


def _strip_of(page: Page, articles: Sequence[JsonObject], outlet: str | None) -> Strip:
    names = [page.metas[name] for name in NAME_METAS if name in page.metas]
    for one in articles:
        names += texts_of(one.get("publisher"))
        names += [name.lstrip(" ,") for name in texts_of(one.get("author")) if name.lstrip().startswith(",")]
    names += [outlet] if outlet else []
    return Strip(
        frozenset(plain(name) for name in names) - {""}, tuple(tidy(name) for name in names if len(name) > 3)
    )
