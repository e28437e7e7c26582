"""The section of the outlet an article stands in."""

from collections.abc import Sequence

from services.normalize.core.metadata.article_object import JsonObject, first_text
from services.normalize.core.reading.page import Page
from services.normalize.core.words.plain_words import tidy

SECTION_METAS = (
    "article:section",
    "section",
    "parsely-section",
    "sailthru.section",
    "category",
    "cxenseparse:section",
)
LONGEST_SECTION = 60


def read_section(page: Page, articles: Sequence[JsonObject]) -> str | None:
    """The section's name: JSON-LD's articleSection, then meta elements."""
    named = [first_text(one.get("articleSection")) for one in articles]
    named += [page.metas.get(meta) for meta in SECTION_METAS]
    return next((tidy(name) for name in named if name and len(name) <= LONGEST_SECTION and tidy(name)), None)
