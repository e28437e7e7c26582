"""The messages that pass between the services. Frozen; only optional fields are ever added (see docs/glossary.md)."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Side = Literal["state", "exile", "regional", "international"]
Licence = Literal["full", "excerpt", "headline"]
Scope = Literal["topic", "general"]
FetchKind = Literal["feed", "sitemap", "listing", "telegram", "search", "article"]
Precision = Literal["year", "month", "day", "minute", "second"]
AuthorRole = Literal[
    "author", "reporter", "writer", "editor", "contributor", "photographer", "translator", "desk"
]
CreditRole = Literal["reporting", "writing", "editing", "photography", "translation", "compiling"]
PageRole = Literal["original", "copy", "excerpt", "rewrite", "report-on-report"]
Label = Literal["ai_image", "ai_text", "paywalled"]


class Message(BaseModel):
    """Base of everything that travels: frozen, and blind to fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Source(Message):
    """Where coverage comes from, as `deploy/sources.toml` describes it."""

    name: str
    outlet: str
    country: str = ""
    side: Side = "international"
    language: str = ""
    licence: Licence = "full"
    scope: Scope = "general"


class EntryHint(Message):
    """What a feed, sitemap or listing said of an article before it was fetched; evidence, never truth."""

    title: str | None = None
    summary: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    guid: str | None = None


class FetchRequest(Message):
    """Asks ingest for one URL; `why` is read by operators (`feed entry`, `revisit 1h`, `submitted`).

    `attempt`, `first_url` (what was asked for before `hops` redirects led here) are ingest's own notes. Lane
    `backfill` says that it is history, `since` how far back a listing's entries are taken (without it: the feed window).
    """

    version: Literal[1] = 1
    url: str
    kind: FetchKind = "article"
    source: Source | None = None
    why: str = ""
    hint: EntryHint | None = None
    attempt: int = 0
    not_before: datetime | None = None
    first_url: str | None = None
    hops: int = 0
    lane: Literal["live", "backfill"] = "live"
    since: datetime | None = None


class Rights(Message):
    """What the publisher said machines may do with the page, as found in headers, robots files and meta tags."""

    robots: str | None = None
    tdm: str | None = None
    noai: bool | None = None
    licence: Licence = "full"


class RawArticle(Message):
    """One fetched page; the page's bytes stand in the entry's second field `page`, zstd-compressed.

    `fetch_id` is new at each fetch; `page_hash` is of the uncompressed bytes; `headers` keeps only those that matter.
    """

    version: Literal[1] = 1
    fetch_id: str
    url: str
    final_url: str
    status: int = 200
    headers: dict[str, str] = Field(default_factory=dict)
    fetched_at: datetime
    page_hash: str
    source: Source | None = None
    hint: EntryHint | None = None
    rights: Rights = Rights()
    why: str = ""


class Author(Message):
    """One name of the byline or the credits; `role` says which."""

    name: str
    role: AuthorRole = "author"


class ArticleDate(Message):
    """A date exactly as precise as its evidence: `value` is ISO 8601, a day stays `2025-12-12`.

    `zone` is the zone as the page names it (`IST`, `+05:30`, `Europe/Minsk`); `evidence` the place it was found.
    """

    value: str
    precision: Precision
    zone: str | None = None
    evidence: str = ""


class Image(Message):
    """A picture of the article's body or its lead."""

    url: str
    caption: str | None = None
    credit: str | None = None


class Credit(Message):
    """One name of a credit line, and what the line says they did."""

    name: str
    role: CreditRole


class Provenance(Message):
    """Where the report comes from, as the page itself shows it; copy and excerpt are the store's to add."""

    agency: str | None = None
    role: PageRole = "original"
    credits: tuple[Credit, ...] = ()
    credit_line: str | None = None
    dateline: str | None = None
    cites: tuple[str, ...] = ()
    derived_from: str | None = None
    confidence: float = 0.0
    evidence: str | None = None


class TopicMatch(Message):
    """A topic the kept text belongs to, with the words that showed it."""

    topic: str
    score: float
    evidence: tuple[str, ...] = ()


class Block(Message):
    """One line of the cut ledger: a block of the page, kept or cut, by which rule, for which reason."""

    text: str
    kind: str = "paragraph"
    kept: bool
    reason: str
    rule: str = ""
    score: float | None = None


class Quality(Message):
    """How far the extraction can be trusted, 0 to 1, and what it rests on."""

    score: float
    words: int
    kept_share: float


class NormalizedArticle(Message):
    """The clean article with its ledger, its provenance, and the identity of the fetch it came from.

    `text` is the kept paragraphs joined by a blank line, the standfirst first where the page shows one. `replayed`:
    made anew from a kept page, so that the same page is no reason to ignore it.
    """

    version: Literal[1] = 1
    fetch_id: str
    page_hash: str
    fetched_at: datetime
    engine: str
    template: str | None = None
    source: Source | None = None
    hint: EntryHint | None = None
    url: str
    canonical_url: str
    title: str | None = None
    standfirst: str | None = None
    text: str
    authors: tuple[Author, ...] = ()
    published: ArticleDate | None = None
    modified: ArticleDate | None = None
    outlet: str | None = None
    language: str | None = None
    section: str | None = None
    images: tuple[Image, ...] = ()
    topics: tuple[TopicMatch, ...] = ()
    provenance: Provenance = Provenance()
    labels: tuple[Label, ...] = ()
    rights: Rights = Rights()
    quality: Quality
    ledger: tuple[Block, ...] = ()
    replayed: bool = False


class CleanArticle(Message):
    """The `data` of an event on `articles.cleaned`: the article as subscribers see it."""

    article_id: str
    canonical_id: str
    revision: int
    url: str
    canonical_url: str
    outlet: str
    side: Side | None = None
    title: str | None = None
    standfirst: str | None = None
    text: str
    authors: tuple[Author, ...] = ()
    published: ArticleDate | None = None
    modified: ArticleDate | None = None
    language: str | None = None
    section: str | None = None
    images: tuple[Image, ...] = ()
    topics: tuple[TopicMatch, ...] = ()
    provenance: Provenance = Provenance()
    labels: tuple[Label, ...] = ()
    rights: Rights = Rights()
    story_id: str | None = None
    quality: Quality | None = None
    engine: str = ""


class WithdrawnArticle(Message):
    """The `data` of a withdrawal: what is gone, without its text."""

    article_id: str
    canonical_id: str
    revision: int
    url: str
    outlet: str
    reason: str = ""


class StoryChange(Message):
    """The `data` of an event on `stories.updated`; which fields are filled depends on the event's type."""

    story_id: str | None = None
    article_id: str | None = None
    canonical_id: str | None = None
    title: str | None = None
    outlet: str | None = None
    url: str | None = None
    from_story_id: str | None = None
    into_story_id: str | None = None
    previous_canonical_id: str | None = None
    members: tuple[str, ...] = ()
    score: float | None = None
    verdict: str | None = None
