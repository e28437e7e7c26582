"""From a page's bytes to the article on it, or why it is none. Pure: no clock, no network, no logging."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urljoin

from pydantic import BaseModel, TypeAdapter

from services.contracts.messages import ArticleDate, Author, Block, Image, Label, Provenance, Quality, Rights
from services.normalize.core.admission import refuse
from services.normalize.core.body import Body, take_apart
from services.normalize.core.index_page import refuse_index
from services.normalize.core.judging.keep import judge_blocks
from services.normalize.core.judging.ledger import LedgerLine, ledger_of
from services.normalize.core.judging.model import Passes
from services.normalize.core.metadata.article_object import JsonObject, article_objects
from services.normalize.core.metadata.authors import read_authors
from services.normalize.core.metadata.dates import Dates, read_dates
from services.normalize.core.metadata.images import read_images
from services.normalize.core.metadata.labels import read_labels
from services.normalize.core.metadata.language import detect_language
from services.normalize.core.metadata.near import blocks_near_headline, headline_index
from services.normalize.core.metadata.outlet import read_outlet
from services.normalize.core.metadata.rights import rights_of_metas
from services.normalize.core.metadata.section import read_section
from services.normalize.core.metadata.standfirst import find_standfirst
from services.normalize.core.metadata.text_title import choose_text_title
from services.normalize.core.metadata.title import choose_title
from services.normalize.core.provenance.provenance import read_provenance
from services.normalize.core.quality import rate_quality
from services.normalize.core.reading.page import Page, read_page
from services.normalize.core.reading.reader import SHIPPED, Reader
from services.normalize.core.rejections import Rejection
from services.normalize.core.words.names import unglued

ENGINE = "1.3.0"
"""Rises with every change of what `extract` returns; the store compares texts of one engine only."""

BLOCKS = TypeAdapter(tuple[Block, ...])


@dataclass(frozen=True, slots=True)
class Extraction:
    """One article as its page shows it.

    `text` is the kept paragraphs joined by a blank line, the standfirst first; `outlet` the name the page gives its
    publisher; `ledger` every block with its verdict: kept and cut blocks together are the page's whole text.
    """

    text: str
    title: str | None
    standfirst: str | None
    authors: tuple[Author, ...]
    published: ArticleDate | None
    modified: ArticleDate | None
    outlet: str | None
    language: str | None
    provenance: Provenance
    labels: tuple[Label, ...]
    images: tuple[Image, ...]
    section: str | None
    canonical_url: str | None
    quality: Quality
    ledger: tuple[LedgerLine, ...]
    rights: Rights
    engine: str = ENGINE

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The cut ledger as objects, made anew at each call: for people who look into it."""
        return BLOCKS.validate_python(self.ledger)

    def as_dict(self) -> dict[str, Any]:
        """All fields as plain JSON values, in this order; the ledger is called `blocks`."""
        values = {field.name: _plain(getattr(self, field.name)) for field in fields(self)}
        return {"blocks" if name == "ledger" else name: value for name, value in values.items()}


def extract(
    page: bytes,
    url: str = "",
    content_type: str | None = None,
    *,
    passes: Passes | None = None,
    reader: Reader = SHIPPED,
) -> Extraction | Rejection:
    """The article on a page of any bytes, or the reason why there is none; never raises.

    `url` is where the page came from (for links, dates in it, the site's name), `content_type` the header's value.
    `passes` is another model than the shipped one; measuring on folds needs it. `reader` is which
    walk cuts the page into blocks.
    """
    try:
        found = read_page(page, url, content_type, reader)
        return found if isinstance(found, Rejection) else _extract(found, passes)
    except Exception as fault:  # any page may meet a bug of ours: it costs that page, never the service
        return Rejection("engine error", f"{type(fault).__name__}: {fault}"[:300])


def _extract(page: Page, passes: Passes | None) -> Extraction | Rejection:
    judged = judge_blocks(page, passes)
    index = refuse_index(page, judged)
    if index is not None:
        return index
    articles = article_objects(page.json_ld)
    title = choose_title(page, articles) if page.kind == "html" else choose_text_title(judged)
    body = take_apart(judged, title)
    refusal = refuse(page, title, body.text)
    return refusal if refusal is not None else _described(page, articles, title, body)


def _described(page: Page, articles: Sequence[JsonObject], title: str | None, body: Body) -> Extraction:
    headline = headline_index(page, body.judged, title)
    near = blocks_near_headline(body.judged, headline)
    dates = read_dates(page, articles, [unglued(block.text) for block in near])
    outlet = read_outlet(page, articles)
    authors = read_authors(page, articles, near, outlet)
    standfirst = find_standfirst(page, body.judged, headline, body.byline_lines)
    text = body.text
    return Extraction(
        text=text,
        title=title,
        standfirst=body.paragraphs.get(standfirst) if standfirst is not None else None,
        authors=authors,
        published=dates.published,
        modified=dates.modified,
        outlet=outlet,
        language=detect_language(text, page.html_lang),
        provenance=read_provenance(
            text, outlet=outlet, authors=authors, dateline=body.dateline, credit_lines=body.credit_lines
        ),
        labels=read_labels(page, articles, body.notices),
        images=read_images(page, articles),
        section=read_section(page, articles),
        canonical_url=_canonical_link(page),
        quality=_quality(text, body, title, dates),
        ledger=ledger_of(body.judged, page.reader.verdicts),
        rights=rights_of_metas(page.metas),
    )


def _quality(text: str, body: Body, title: str | None, dates: Dates) -> Quality:
    return rate_quality(text, body.judged, has_title=bool(title), has_date=dates.published is not None)


def _canonical_link(page: Page) -> str | None:
    """The canonical link as an absolute http(s) URL; what is none is dropped."""
    if not page.canonical_link:
        return None
    try:
        full = urljoin(page.url, page.canonical_link.strip())
    except ValueError:
        return None
    return full if full.startswith(("http://", "https://")) else None


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(one) for one in value] if isinstance(value, tuple) else value
