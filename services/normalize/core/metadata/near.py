"""The lines around a headline, where a page prints the byline and the date of the article itself."""

from collections.abc import Sequence

from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.reading.page import Page
from services.normalize.core.words.plain_words import Wording, plain

BEFORE, AFTER = 4, 14  # blocks around the headline; a standfirst, a picture and share buttons stand between
FARTHEST = 32  # a gallery or a list of key points may part the headline from the body
LAST_RESORT = 30  # lines from the top of a page without a headline
LONGEST = 240
MARKS = 24  # punctuation and accents by which a line may be longer than its folded words


def blocks_near_headline(judged: Sequence[JudgedBlock], headline: int | None) -> list[PageBlock]:
    """Short lines near the block of the headline, in order, down to the first paragraph; without one, those before it."""
    window = _window(judged, headline)
    return [judged[n].block for n in window if n < len(judged) and _is_line(judged[n])]


def _window(judged: Sequence[JudgedBlock], headline: int | None) -> range:
    body = _first_prose(judged)
    if headline is None:
        return range(min(len(judged), LAST_RESORT)) if body is None else range(max(0, body - AFTER), body + 2)
    end = headline + AFTER if body is None else min(max(headline + AFTER, body + 2), headline + FARTHEST)
    return range(max(0, headline - BEFORE), end)


def headline_index(page: Page, judged: Sequence[JudgedBlock], title: str | None) -> int | None:
    """The block that shows the title: a heading of the first rank if one does, else the first such line."""
    if title is None:
        return None
    headline = Wording.of(title)
    if page.kind == "text":
        return _last_above_body(judged, headline)
    headings = [one for one in page.blocks if one.element.tag == "h1"]
    for one in (*headings, *page.blocks):
        if headline.is_said_by(one.text, MARKS):
            return one.index
    words = set(headline.key.split())
    return next((one.index for one in headings if _shares_half(words, one.text)), None)


def _last_above_body(judged: Sequence[JudgedBlock], headline: Wording) -> int | None:
    """Of the lines that show the title of a text dump the last one above the body: menus repeat it higher up."""
    body = _first_prose(judged)
    shown = [n for n, one in enumerate(judged) if headline.is_said_by(one.block.text, MARKS)]
    above = [n for n in shown if body is None or n < body]
    return above[-1] if above else next(iter(shown), None)


def _shares_half(words: set[str], text: str) -> bool:
    theirs = set(plain(text).split())
    return 2 * len(words & theirs) > max(len(words), len(theirs), 1)


def _first_prose(judged: Sequence[JudgedBlock]) -> int | None:
    return next((n for n, one in enumerate(judged) if one.kept and len(one.block.text) > LONGEST / 2), None)


def _is_line(one: JudgedBlock) -> bool:
    text = one.block.text
    ends = text.endswith((".", "?", "!", "…")) and not text.endswith(("a.m.", "p.m."))
    return len(text) <= LONGEST and not (one.kept and ends and len(text) > 80)
