"""The standfirst: the paragraph between headline and body that sums the article up."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import islice

from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.reading.page import Page

STANDFIRST_CLASS = re.compile(
    r"stand-?first|sub-?title|sub-?head|sub-?line|(?:^|[\W_])d[e]c?k(?:$|[\W_])|(?:^|[\W_-])lead(?:$|[\W_]|-text|text)|"
    r"intro|summary|strapline|perex|vorspann|chapo|teaser-?text|article-?desc|sapo|anreisser|lid\b",
    re.IGNORECASE,
)
SENTENCE_END = (".", "!", "?", "…", "”", '"', "»", ")")
SHORTEST, LONGEST = 30, 700
FIRST_KEPT = 2  # the standfirst is among the first kept blocks or it is none
REACH = 9  # blocks after the headline


def find_standfirst(
    page: Page, judged: Sequence[JudgedBlock], title_at: int | None, byline_lines: Sequence[int]
) -> int | None:
    """The index of the kept block that is the standfirst, or None where the page shows none.

    HTML: marked by its class, or a second-rank heading under the headline. Text: a kept line before the byline,
    or a first line that does not end as a sentence does.
    """
    kept = list(islice((n for n, one in enumerate(judged) if one.kept), FIRST_KEPT))
    if len(kept) < FIRST_KEPT or not SHORTEST <= len(judged[kept[0]].block.text) <= LONGEST:
        return None
    if page.kind == "text":
        return kept[0] if _stands_before_body(judged, kept, byline_lines) else None
    return next((n for n in kept if _is_marked(judged[n], n, title_at)), None)


def _stands_before_body(judged: Sequence[JudgedBlock], kept: list[int], byline_lines: Sequence[int]) -> bool:
    if any(kept[0] < line < kept[1] for line in byline_lines):
        return True
    return not judged[kept[0]].block.text.endswith(SENTENCE_END)


def _is_marked(one: JudgedBlock, index: int, title_at: int | None) -> bool:
    near = title_at is None or 0 < index - title_at <= REACH
    if not near or one.block.tag in {"h2", "h3"}:
        return near
    parent = one.block.element.parent
    return _names_standfirst(f"{one.block.classes} {parent.names if parent else ''}")


@lru_cache(maxsize=1024)
def _names_standfirst(names: str) -> bool:
    """Pages of one site repeat a few class strings for ever."""
    return STANDFIRST_CLASS.search(names) is not None
