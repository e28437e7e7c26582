"""What of an article may be passed on: the whole text, its beginning, or the headline alone. Pure."""

import re
from collections.abc import Mapping

from services.contracts.messages import CleanArticle, Licence, NormalizedArticle

EXCERPT_WORDS = 60  # two or three sentences: what search engines and feeds show of a page
STRICTNESS: Mapping[Licence, int] = {"full": 0, "excerpt": 1, "headline": 2}
WORD = re.compile(r"\S+")


def licence_of(message: NormalizedArticle) -> Licence:
    """The stricter of what stood on the page's rights and on its source."""
    source = message.source.licence if message.source else "full"
    return max((message.rights.licence, source), key=lambda licence: STRICTNESS[licence])


def licensed_text(text: str, licence: Licence) -> str:
    """As much of a text as may be passed on; a text that was cut already stays as it is.

    >>> licensed_text("Talks went on.", "headline")
    ''
    """
    if licence == "full":
        return text
    return excerpt_of(text) if licence == "excerpt" else ""


def excerpt_of(text: str) -> str:
    """The first 60 words, paragraphs kept, with `…` where something is left out."""
    words = [*WORD.finditer(text)]
    if len(words) <= EXCERPT_WORDS:
        return text
    return f"{text[: words[EXCERPT_WORDS - 1].end()].rstrip('….')}…"


def as_licensed(article: CleanArticle) -> CleanArticle:
    """The article with what its licence keeps back taken out; facts about it (who, when, which topic) stay."""
    licence = article.rights.licence
    if licence == "full":
        return article
    is_excerpt = licence == "excerpt"
    quoted = {} if is_excerpt else {"credit_line": None, "dateline": None, "evidence": None}
    return article.model_copy(
        update={
            "text": licensed_text(article.text, licence),
            "standfirst": licensed_text(article.standfirst or "", licence) or None,
            "images": tuple(image.model_copy(update={"caption": None}) for image in article.images)
            if is_excerpt
            else (),
            "provenance": article.provenance.model_copy(update=quoted),
        }
    )
