"""What the page's head says about its text: headline, description, articleBody. Hints for features and rules."""

import html
import re
from dataclasses import dataclass
from typing import Any

from services.normalize.core.reading.page import Page
from services.normalize.core.reading.texts import Said, squeezed, text_key
from services.normalize.core.words.phrases import words_of

ARTICLE_TYPE = re.compile(r"Article|BlogPosting|Report", re.I)
TAG = re.compile(r"<[^<>]{0,500}>")
WIDE_RUN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
MIN_ARTICLE_BODY = 200  # characters; a shorter articleBody is a teaser
MAX_ARTICLE_BODY = 300_000
MIN_TITLE_WORD = 4  # bytes; shorter words are mostly grammar


@dataclass(frozen=True, slots=True)
class PageHints:
    """Lower-case texts to compare blocks with; empty where the page gives none.

    `headlines` are what the page calls its headline (og:title, JSON-LD), `title` is the text of `<title>`;
    `article_paragraphs` are the JSON-LD articleBody without tags, `article_body_key` the same in lower case.
    """

    headlines: frozenset[str]
    title: str
    title_words: frozenset[bytes]
    title_pairs: frozenset[str]
    description: str
    article_paragraphs: tuple[str, ...]
    article_body_key: str

    def said(self) -> Said:
        """What blocks are compared with."""
        return Said(self.headlines, self.title, self.description, self.article_body_key)


def read_hints(page: Page) -> PageHints:
    """Collect the hints of one page."""
    article = article_object(page.json_ld)
    metas = page.metas
    headlines = [metas.get("og:title"), metas.get("twitter:title"), article.get("headline")]
    known = [html.unescape(one) for one in headlines if isinstance(one, str) and len(one) > 10]
    paragraphs = _article_paragraphs(article)
    spoken = " ".join([*known, page.title_tag or "", _first_heading(page)])
    return PageHints(
        headlines=frozenset(text_key(one) for one in known),
        title=(page.title_tag or "").lower(),
        title_words=frozenset(word for word in words_of(spoken[:1000]) if len(word) >= MIN_TITLE_WORD),
        title_pairs=letter_pairs(spoken[:300]),
        description=squeezed((metas.get("og:description") or metas.get("description") or "")[:600]).lower(),
        article_paragraphs=paragraphs,
        article_body_key=" ".join(paragraphs).lower(),
    )


def article_object(objects: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    """The fullest JSON-LD object of an article type that has a headline or a body; empty if there is none."""
    best: dict[str, Any] = {}
    for one in objects:
        kind = one.get("@type")
        names = " ".join(map(str, kind)) if isinstance(kind, list) else str(kind or "")
        if (
            ARTICLE_TYPE.search(names)
            and (one.get("headline") or one.get("articleBody"))
            and len(one) > len(best)
        ):
            best = one
    return best


def letter_pairs(text: str) -> frozenset[str]:
    """Neighbouring letters of the scripts that put no blank between words; their stand-in for words."""
    found = [] if text.isascii() else WIDE_RUN.findall(text)
    return frozenset(run[at : at + 2] for run in found for at in range(len(run) - 1))


def _article_paragraphs(article: dict[str, Any]) -> tuple[str, ...]:
    body = article.get("articleBody")
    if not isinstance(body, str) or len(body) < MIN_ARTICLE_BODY:
        return ()
    text = html.unescape(TAG.sub("\n", html.unescape(body[:MAX_ARTICLE_BODY])))
    return tuple(line for one in text.split("\n") if (line := squeezed(one)))


def _first_heading(page: Page) -> str:
    for block in page.blocks:
        if block.element.tag == "h1":
            return block.text
    return ""
