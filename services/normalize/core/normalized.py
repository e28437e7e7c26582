"""From a fetched page's extraction to the message `articles.normalized` carries, or the reason why there is none."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from pydantic import WrapValidator

from services.contracts.identities import canonical_url
from services.contracts.messages import ArticleDate, EntryHint, NormalizedArticle, RawArticle, TopicMatch
from services.normalize.core.judging.ledger import LedgerLine
from services.normalize.core.metadata.rights import rights_of_headers, strictest
from services.normalize.core.rejections import Rejection
from services.normalize.core.topics.topic import Topic, score_topics, threshold_of, topics_reached

if TYPE_CHECKING:
    from services.normalize.extract import Extraction

AsItIs = WrapValidator(lambda value, _check: value)


class WrittenArticle(NormalizedArticle):
    """A normalised article as normalize writes it: the contract's message, its ledger plain values of our own making."""

    ledger: Annotated[tuple[LedgerLine, ...], AsItIs] = ()  # type: ignore[assignment]


def normalized_article(
    raw: RawArticle, extraction: "Extraction", topics: Sequence[Topic], template: str | None = None
) -> WrittenArticle | Rejection:
    """The clean article of a fetch, or `off topic`. Without any topic everything is let through.

    `template` is the version of the site's template that cut something of the page, None where none did.
    Raises ValueError where the fetch's URL is none.
    """
    hint = raw.hint or EntryHint()
    title = extraction.title or _hinted_title(hint)
    matches = _topics_of(raw, title, extraction.text, topics)
    if isinstance(matches, Rejection):
        return matches
    return WrittenArticle(
        fetch_id=raw.fetch_id,
        page_hash=raw.page_hash,
        fetched_at=raw.fetched_at,
        engine=extraction.engine,
        template=template,
        source=raw.source,
        hint=raw.hint,
        url=raw.final_url,
        canonical_url=own_canonical_url(raw.final_url, extraction.canonical_url),
        title=title,
        standfirst=extraction.standfirst,
        text=extraction.text,
        authors=extraction.authors,
        published=extraction.published or _hinted_date(hint.published),
        modified=extraction.modified or _hinted_date(hint.updated),
        outlet=extraction.outlet,
        language=extraction.language,
        section=extraction.section,
        images=extraction.images,
        topics=matches,
        provenance=extraction.provenance,
        labels=extraction.labels,
        rights=strictest(raw.rights, extraction.rights, rights_of_headers(raw.headers)),
        quality=extraction.quality,
        ledger=extraction.ledger,
    )


def own_canonical_url(final_url: str, link: str | None) -> str:
    """The canonical URL: the page's canonical link where it stays at the site and names a page, else where it was found.

    A link to another outlet says where a text comes from, not that the two are one article. Raises ValueError.
    """
    found = canonical_url(final_url)
    if not link:
        return found
    try:
        linked = canonical_url(link)
    except ValueError:
        return found
    here, there = urlsplit(found), urlsplit(linked)
    names_a_page = len(there.path) > 1 or bool(there.query) or len(here.path) <= 1
    return linked if names_a_page and _is_one_site(here.netloc, there.netloc) else found


def _is_one_site(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _topics_of(
    raw: RawArticle, title: str | None, text: str, topics: Sequence[Topic]
) -> tuple[TopicMatch, ...] | Rejection:
    scope = raw.source.scope if raw.source else "general"
    scores = score_topics(topics, title, text)
    matches = topics_reached(topics, scores, scope)
    if matches or not topics:
        return matches
    best, topic = max(zip(scores, topics, strict=True), key=lambda pair: pair[0].score)
    needed = threshold_of(topic.profile, scope)
    return Rejection("off topic", f"{best.topic} scores {best.score:g}, {needed:g} is needed (scope {scope})")


def _hinted_title(hint: EntryHint) -> str | None:
    return " ".join((hint.title or "").split()) or None


def _hinted_date(when: datetime | None) -> ArticleDate | None:
    """The feed's date, the last evidence there is."""
    if when is None:
        return None
    zone = when.strftime("%z") or None
    shown = f"{zone[:3]}:{zone[3:]}" if zone else None
    return ArticleDate(
        value=when.isoformat(timespec="seconds"), precision="second", zone=shown, evidence="feed"
    )
