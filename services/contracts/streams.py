"""The table of streams: the only place that spells a stream's name."""

from dataclasses import dataclass
from typing import Literal

FETCH_REQUESTS = "fetch.requests"
FETCH_BACKFILL = "fetch.backfill"
ARTICLES_RAW = "articles.raw"
ARTICLES_NORMALIZED = "articles.normalized"
ARTICLES_CLEANED = "articles.cleaned"
STORIES_UPDATED = "stories.updated"

ARTICLES_REPLAYED = "articles.replayed"
"""A side stream, outside the walk: what `cleanwire replay` made anew, until it is promoted or discarded."""

GROUP_INGEST = "ingest"
GROUP_NORMALIZE = "normalize"
GROUP_STORE = "store"

PAGE_FIELD = "page"
"""The second, binary field of an `articles.raw` entry: the page itself, zstd-compressed."""


@dataclass(frozen=True)
class Stream:
    """One row of the table.

    `groups` are the declared readers: an internal stream is trimmed behind the slowest of them, and not at all
    while one is missing. A public stream has none; it keeps `keep_days` or `keep_bytes`, whichever ends first.
    """

    name: str
    kind: Literal["internal", "public"]
    writers: tuple[str, ...]
    groups: tuple[str, ...]
    carries: str
    keep_days: int | None = None
    keep_bytes: int | None = None

    @property
    def dead(self) -> str:
        """The name of this stream's dead-letter stream."""
        return dead_letters_of(self.name)


def dead_letters_of(stream: str) -> str:
    """The dead-letter stream of `stream`."""
    return f"{stream}.dead"


TWO_GIB = 2 * 1024**3

STREAMS: tuple[Stream, ...] = (
    Stream(FETCH_REQUESTS, "internal", ("ingest", "console"), (GROUP_INGEST,), "what to fetch, and why"),
    Stream(
        FETCH_BACKFILL,
        "internal",
        ("ingest", "console"),
        (GROUP_INGEST,),
        "the same, read only when the first is empty",
    ),
    Stream(
        ARTICLES_RAW,
        "internal",
        ("ingest",),
        (GROUP_NORMALIZE,),
        "one fetched page, its headers and provenance",
    ),
    Stream(
        ARTICLES_NORMALIZED,
        "internal",
        ("normalize",),
        (GROUP_STORE,),
        "the article without its page, and every cut",
    ),
    Stream(
        ARTICLES_CLEANED,
        "public",
        ("store",),
        (),
        "each distinct article once, revisions above it",
        30,
        TWO_GIB,
    ),
    Stream(
        STORIES_UPDATED, "public", ("store",), (), "stories, copies, earlier originals, merges", 30, TWO_GIB
    ),
)

STREAM_BY_NAME: dict[str, Stream] = {stream.name: stream for stream in STREAMS}
REMOVED_SUBSCRIBERS = "cleanwire:subscribers:removed"
"""A hash of Redis: groups that `cleanwire subscriber remove` took away, by `removed_field`; the store restores no such group."""

INTERNAL_STREAMS: tuple[Stream, ...] = tuple(stream for stream in STREAMS if stream.kind == "internal")
PUBLIC_STREAMS: tuple[Stream, ...] = tuple(stream for stream in STREAMS if stream.kind == "public")


def removed_field(stream: str, group: str) -> str:
    """The field of REMOVED_SUBSCRIBERS that stands for a group on a stream."""
    return f"{stream} {group}"
