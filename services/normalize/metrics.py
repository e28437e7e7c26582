"""Normalize's metrics: how good the extraction is, host by host, so that a rebuilt site shows."""

from typing import Any

from services.contracts.messages import NormalizedArticle
from services.runtime.monitoring.measuring import BoundedLabel, counter, summary

MOST_HOSTS = 1_000

PAGES = counter(
    "host_pages", "Pages of a host by what became of them", "host", "outcome", service="normalize"
)
QUALITY = summary(
    "extraction_quality",
    "How far the extractions of a host's pages can be trusted, 0 to 1",
    "host",
    service="normalize",
)
CUT = summary(
    "cut_share", "Share of the text of a host's pages that was cut, 0 to 1", "host", service="normalize"
)
MISSING = counter(
    "missing_metadata",
    "Articles of a host without a title, a date, authors or a language",
    "host",
    "field",
    service="normalize",
)

_host = BoundedLabel(MOST_HOSTS)


def count_article(host: str, article: NormalizedArticle) -> dict[str, Any]:
    """Count a normalized article; returns what its outcome line says of its extraction."""
    label, missing = _host(host), missing_fields(article)
    cut_share = round(1 - article.quality.kept_share, 3)
    PAGES.labels(label, "normalized").inc()
    QUALITY.labels(label).observe(article.quality.score)
    CUT.labels(label).observe(cut_share)
    for field in missing:
        MISSING.labels(label, field).inc()
    return {"host": host, "quality": article.quality.score, "cut_share": cut_share, "missing": missing}


def count_rejected(host: str) -> None:
    """Count a page that is no article for us."""
    PAGES.labels(_host(host), "rejected").inc()


def missing_fields(article: NormalizedArticle) -> list[str]:
    """What the page did not tell, of what nearly every article tells."""
    told = {
        "title": article.title,
        "published": article.published,
        "authors": article.authors,
        "language": article.language,
    }
    return [name for name, value in told.items() if not value]
