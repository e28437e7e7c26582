"""Our result in the shape that the scorer of the shared data reads: plain strings for authors and dates."""

from typing import Any

from services.normalize import extract
from services.normalize.core.judging.model import Passes
from services.normalize.core.rejections import Rejection


def extract_plain(
    html: bytes, url: str, *, passes: Passes | None = None, content_type: str | None = None
) -> dict[str, Any]:
    """Text, title, authors (names) and published (ISO); an empty text and the reason for a rejection."""
    result = extract(html, url, content_type, passes=passes)
    if isinstance(result, Rejection):
        return {"text": "", "title": None, "authors": [], "published": None, "rejection": result.reason}
    return {
        "text": result.text,
        "title": result.title,
        "authors": [author.name for author in result.authors],
        "published": result.published.value if result.published else None,
    }
