"""When an article was published and changed, by evidence in a written order: JSON-LD, meta, `<time>`, URL, visible text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from services.contracts.messages import ArticleDate
from services.normalize.core.metadata.article_object import JsonObject, first_text
from services.normalize.core.metadata.date_values import (
    OLDEST_YEAR,
    moment_in_url,
    moment_of_seconds,
    read_moment,
)
from services.normalize.core.metadata.outlet import host_of
from services.normalize.core.reading.page import Page
from services.normalize.core.words.date_text import Habits, Moment, find_moment, has_year
from services.normalize.core.words.zones import place_of_page

PUBLISHED_METAS = (
    "article:published_time", "article:published", "og:article:published_time", "datepublished", "parsely-pub-date",
    "sailthru.date", "article.published", "published_time", "publication_date", "publish-date", "publishdate",
    "pubdate", "citation_publication_date", "citation_date", "dc.date.issued", "dcterms.created", "dc.date.created",
    "dc.date", "dcterms.date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "datecreated",
    "article_date_original", "originalpublicationdate", "date", "ptime", "og:pubdate", "og:published_time",
    "bt:pubdate", "rnews:datepublished", "displaydate",
)  # fmt: skip
MODIFIED_METAS = (
    "article:modified_time", "og:updated_time", "article:modified", "datemodified", "last-modified", "lastmod",
    "dcterms.modified", "dc.date.modified", "article.updated", "revised", "rnews:datemodified",
)  # fmt: skip

MODIFIED_WORD = (
    r"updated?|modified|last edited|обновлен[оа]?|изменен[оа]?|абноўлена|оновлено|aktualizacja|zaktualizowano|atnaujinta|"
    r"aktualisiert|stand|mis à jour|modifié|actualizad[oa]"
)
PUBLISHED_WORD = (
    r"published|posted|created|first published|опубликован[оа]?|апублікавана|опубліковано|opublikowan[oa]|utworzono|"
    r"paskelbta|publikuota|veröffentlicht|erstellt|publié|publicad[oa]|date"
)
MARKS = re.compile(
    rf"(?<!\w)(?:(?P<modified>{MODIFIED_WORD})|(?P<published>{PUBLISHED_WORD}))(?!\w)", re.IGNORECASE
)
LONGEST_DATE_LINE = 240
MOST_TIMES = 40
IST = re.compile(r"IST\b")
DAY_FIRST_REGIONS = frozenset({"gb", "ie", "in", "au", "nz", "za"})
MONTH_FIRST_REGIONS = frozenset({"us", "ph"})


@dataclass(frozen=True)
class Dates:
    """When the article came out and when it last changed, each with its evidence, where the page says so."""

    published: ArticleDate | None = None
    modified: ArticleDate | None = None


def read_dates(page: Page, articles: Sequence[JsonObject], near: Sequence[str]) -> Dates:
    """The dates of a page; `near` are the short lines around its headline, where a date is the article's own.

    A relative date ("last month", "2 days ago") is never one. Nothing is converted: the zone stays the page's.
    """
    habits = habits_of(page, near)
    published = _first(_published(page, articles, near, habits))
    modified = _first(_modified(page, articles, near, habits))
    return Dates(published, modified)


def habits_of(page: Page, near: Sequence[str]) -> Habits:
    """How this page's numbers are to be read, from its language and region; its country only if a date says IST."""
    tag = (page.html_lang or page.metas.get("og:locale") or "").lower().replace("_", "-")
    language, _, region = tag.partition("-")
    host = host_of(page.url)
    texts = "\n".join((*near, *page.metas.values()))
    says_ist = "IST" in texts and IST.search(texts) is not None
    place = place_of_page(page.text, host) if says_ist else None
    if region in MONTH_FIRST_REGIONS:
        return Habits(place, day_first=False)
    known = region in DAY_FIRST_REGIONS or (language and language != "en")
    by_host = host.rpartition(".")[2] in {"uk", "ie", "in", "au", "nz", "za"}
    return Habits(place, day_first=True if known or by_host else None)


def as_article_date(moment: Moment, evidence: str) -> ArticleDate:
    """The contract's form of a moment."""
    return ArticleDate(value=moment.value, precision=moment.precision, zone=moment.zone, evidence=evidence)


Found = Iterator[tuple[Moment | None, str]]


def _first(found: Iterable[tuple[Moment | None, str]]) -> ArticleDate | None:
    return next((as_article_date(moment, evidence) for moment, evidence in found if moment), None)


def _published(page: Page, articles: Sequence[JsonObject], near: Sequence[str], habits: Habits) -> Found:
    declared = list(_declared(page, articles))
    for text, evidence in declared:
        yield read_moment(text, habits), evidence
    yield from _time_elements(page, habits, modified=False)
    for text, evidence in declared:  # seconds since 1970 know no zone: every other writing says more
        yield moment_of_seconds(text), evidence
    yield moment_in_url(page.url), "url"
    yield _visible(near, habits, "published"), "byline text"
    yield _visible(near, habits, "modified"), "byline text, of an update"


def _declared(page: Page, articles: Sequence[JsonObject]) -> Iterator[tuple[str, str]]:
    for one in articles:
        for key in ("datePublished", "dateCreated", "uploadDate"):
            if text := _date_text(one.get(key)):
                yield text, f"json-ld {key}"
    for name in PUBLISHED_METAS:
        if name in page.metas:
            yield page.metas[name], f"meta {name}"


def _modified(page: Page, articles: Sequence[JsonObject], near: Sequence[str], habits: Habits) -> Found:
    for one in articles:
        if text := _date_text(one.get("dateModified")):
            yield read_moment(text, habits), "json-ld dateModified"
    for name in MODIFIED_METAS:
        if name in page.metas:
            yield read_moment(page.metas[name], habits), f"meta {name}"
    yield from _time_elements(page, habits, modified=True)
    yield _visible(near, habits, "modified"), "byline text"


def _date_text(value: Any) -> str | None:
    """A date of JSON-LD as written; a number is one in seconds or milliseconds."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.0f}" if is_number else first_text(value, "@value")


def _time_elements(page: Page, habits: Habits, *, modified: bool) -> Found:
    """`<time datetime>`: those marked as the publication first, then the first of the page; updates by their class."""
    if page.tree is None:
        return
    ordinary: list[str] = []
    dated = (element for element in page.tree.tags("time") if "datetime" in element.attributes)
    for element in islice(dated, MOST_TIMES):
        names = f"{element.attributes.get('itemprop') or ''} {element.attributes.get('class') or ''}".lower()
        value = element.attributes.get("datetime") or ""
        is_update = "modif" in names or "updat" in names
        if is_update == modified and (modified or "publi" in names or "pubdate" in element.attributes):
            yield read_moment(value, habits), "time element"
        elif not is_update:
            ordinary.append(value)
    if not modified:
        for value in ordinary[:3]:
            yield read_moment(value, habits), "time element"


def _visible(near: Sequence[str], habits: Habits, wanted: str) -> Moment | None:
    """The best date of the lines near the headline: a labelled one first, then the more precise, then the first."""
    ranked: list[tuple[int, int, int, Moment]] = []
    for line in near:
        if len(line) > LONGEST_DATE_LINE or not has_year(line):
            continue
        for label, text in _labelled_parts(line):
            moment = find_moment(text, habits) if label in (wanted, "") else None
            if moment and moment.when.year >= OLDEST_YEAR and (label or wanted == "published"):
                ranked.append((label != wanted, moment.precision == "day", len(ranked), moment))
    return min(ranked)[3] if ranked else None


def _labelled_parts(line: str) -> Iterator[tuple[str, str]]:
    """`Updated: A | Created: B` → ("modified", "A"), ("published", "B"); what stands before a label has none."""
    marks = list(MARKS.finditer(line))
    ends = [mark.start() for mark in marks[1:]] + [len(line)] * bool(marks)
    yield "", line[: marks[0].start()] if marks else line
    for mark, end in zip(marks, ends, strict=True):
        yield mark.lastgroup or "", line[mark.end() : end]
