"""What became of one kept page under today's engine, beside what the archive has. Pure."""

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from services.contracts.messages import NormalizedArticle
from services.normalize.core.rejections import Rejection

COMPARED = (
    "title",
    "standfirst",
    "text",
    "authors",
    "published",
    "modified",
    "outlet",
    "language",
    "section",
    "images",
    "topics",
    "provenance",
    "labels",
    "rights",
)
"""What a subscriber would see change; not the ledger, the quality or the engine's own version."""


@dataclass(frozen=True)
class Unchanged:
    """Today's engine says the same."""


@dataclass(frozen=True)
class Superseded:
    """A later fetch of the same article holds now: this one is history."""


@dataclass(frozen=True)
class StillRejected:
    """It was no article then, and is none now."""

    reason: str


@dataclass(frozen=True)
class Changed:
    """The article would be revised; `fields` are those that differ."""

    before: NormalizedArticle
    after: NormalizedArticle
    fields: tuple[str, ...]


@dataclass(frozen=True)
class NowAccepted:
    """The page was rejected then and is an article now."""

    after: NormalizedArticle


@dataclass(frozen=True)
class NowRejected:
    """The article stands in the archive, and today's engine would refuse its page; a replay never withdraws."""

    before: NormalizedArticle
    reason: str


Outcome = Unchanged | Superseded | StillRejected | Changed | NowAccepted | NowRejected


def outcome_of(before: NormalizedArticle | None, after: NormalizedArticle | Rejection) -> Outcome:
    """Compare what the archive has of a page (None: nothing) with what today's engine makes of it."""
    if isinstance(after, Rejection):
        return NowRejected(before, after.reason) if before else StillRejected(after.reason)
    if before is None:
        return NowAccepted(_as_replay(after))
    fields = tuple(name for name in COMPARED if getattr(before, name) != getattr(after, name))
    return Changed(before, _as_replay(after), fields) if fields else Unchanged()


def difference_of(changed: Changed) -> Iterator[str]:
    """The difference line by line, as `diff -u` prints it; the text by paragraphs."""
    for name in changed.fields:
        before, after = (_lines(getattr(state, name)) for state in (changed.before, changed.after))
        yield from difflib.unified_diff(
            before, after, f"{name} in the archive", f"{name} today", n=0, lineterm=""
        )


def _lines(value: Any) -> list[str]:
    if isinstance(value, tuple):
        return [str(item) for item in value]
    return [line for line in str(value).split("\n") if line] if value is not None else []


def _as_replay(article: NormalizedArticle) -> NormalizedArticle:
    """Marked, under an id of its own: the store knows the fetch already, and a replay repeated it knows as well."""
    content = article.model_dump_json(include=set(COMPARED))
    fetch_id = hashlib.sha256(f"{article.fetch_id}\n{article.engine}\n{content}".encode()).hexdigest()[:32]
    return article.model_copy(update={"replayed": True, "fetch_id": fetch_id})
