"""What is worked out once for a page before its features: sizes, prose, the headline's place, its elements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.judging.page_hints import PageHints, read_hints, text_key
from services.normalize.core.judging.rules.notice_phrases import NOTICE_RULE_WORDS
from services.normalize.core.judging.tree import Tree, read_tree
from services.normalize.core.reading.blocks import Element, PageBlock
from services.normalize.core.reading.measures import Counting, Rows
from services.normalize.core.reading.page import Page
from services.normalize.core.words.letters import may_hold_wide_letters
from services.normalize.core.words.phrases import JUNK_HEADING, TELLING, lines_of_junk, words_side_by_side

HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))

WIDE_SIZE = (
    1.5  # added for each Chinese, Japanese, Korean or Thai letter: it says what two and a half Latin ones say
)
PROSE_CHARS = 40
PROSE_LINKS = 0.4
LINK_SHARE = 0.9  # more of it in links, and short: navigation for certain, never a candidate
LINK_CHARS = 200
HEADING_CHARS = 70
HEADLINE_CHARS = 250
KEY_CHARS = 200
READ = 600
ASKED = TELLING | NOTICE_RULE_WORDS
FAR = 20
NEVER = -5 * FAR


@dataclass(slots=True, eq=False)
class PageFacts:
    """One page, block by block (in the order of the blocks) and as a whole.

    `measured` are the rows of `measure_blocks`;
    `may_be_wide`: Chinese, Japanese, Korean or Thai letters may be among its text; `sizes` are characters with wide letters counted more, also as the array `chars`; `prose` blocks are long and hold
    few links; `keys` the first 200 characters in lower case; `candidates` the indices of the blocks that the model
    judges, `words` how many words each of these has in its first 600 characters, `telling` which of them features and
    rules ask for; `after_junk_heading` the blocks since the last heading like "Related articles", negative once another
    heading has ended its part.
    """

    page: Page
    hints: PageHints
    tree: Tree
    measured: Rows
    may_be_wide: bool
    sizes: list[float]
    chars: Any
    link_shares: Any
    prose: Any
    keys: list[str]
    candidates: Any
    words: list[int]
    telling: dict[int, frozenset[bytes]]
    headline_at: int
    headline_depths: dict[int, int]
    after_junk_heading: Any


def read_facts(page: Page) -> PageFacts:
    """Sum up the page, mark its elements, find its headline and choose the candidates."""
    blocks = page.blocks
    texts = [block.text for block in blocks]
    hints, count = read_hints(page), page.reader.counting
    measured = count.measure_blocks(blocks)
    lengths = measured["lengths"]
    chars = lengths + WIDE_SIZE * measured["wide"]
    sizes = chars.tolist()
    links = measured["link_chars"] / lengths
    prose = (chars > PROSE_CHARS) & (links < PROSE_LINKS)
    keys = [text[:KEY_CHARS].lower() for text in texts]
    headline_at = _headline_at(blocks, keys, sizes, hints)
    candidates = _candidates(page, lengths, links)
    asked = ASKED | hints.title_words
    words, telling = _words(texts, candidates.tolist(), asked, count)
    return PageFacts(
        page=page,
        hints=hints,
        tree=read_tree(count.measure_elements(page.elements), measured, chars, prose, count),
        measured=measured,
        may_be_wide=may_hold_wide_letters("".join(texts)),
        sizes=sizes,
        chars=chars,
        link_shares=links,
        prose=prose,
        keys=keys,
        candidates=candidates,
        words=words,
        telling=telling,
        headline_at=headline_at,
        headline_depths=_depths_above(blocks[headline_at].element if headline_at >= 0 else None),
        after_junk_heading=_junk_headings(blocks, keys, lengths),
    )


def _candidates(page: Page, lengths: Any, links: Any) -> Any:
    """Every line of a dump, which shows no links; of a page what is more than a link or a single character."""
    if page.kind == "text":
        return np.arange(len(lengths))
    return np.flatnonzero((lengths > 1) & ((links < LINK_SHARE) | (lengths >= LINK_CHARS)))


def _words(
    texts: list[str], candidates: list[int], asked: frozenset[bytes], count: Counting
) -> tuple[list[int], dict[int, frozenset[bytes]]]:
    if not candidates:
        return [], {}
    words, found = count.find_words(words_side_by_side([texts[at][:READ] for at in candidates]), asked)
    return words, dict(zip(candidates, found, strict=True))


def _headline_at(blocks: Sequence[PageBlock], keys: list[str], sizes: list[float], hints: PageHints) -> int:
    """The block that is the page's headline: an h1 that the head names, else any block it names, else the only h1."""
    headings = [place for place, block in enumerate(blocks) if block.element.tag == "h1"]
    for place in headings:
        if text_key(keys[place]) in hints.headlines:
            return place
    for place in headings:
        key = text_key(keys[place])
        if len(key) > 8 and key in hints.title:
            return place
    shortest = max(9, min(map(len, hints.headlines), default=KEY_CHARS + 1))
    for place, key in enumerate(keys):
        if len(key) >= shortest and sizes[place] < HEADLINE_CHARS and text_key(key) in hints.headlines:
            return place
    return headings[0] if len(headings) == 1 else -1


def _depths_above(element: Element | None) -> dict[int, int]:
    depths: dict[int, int] = {}
    while element is not None:
        depths[element.index] = len(depths)
        element = element.parent
    return depths


def _junk_headings(blocks: Sequence[PageBlock], keys: Sequence[str], lengths: Any) -> Any:
    short = np.flatnonzero(lengths < HEADING_CHARS).tolist()
    junk = [
        place
        for place in lines_of_junk(keys, short)
        if JUNK_HEADING.match(keys[place]) and _is_line(blocks[place])
    ]
    if not junk:
        return np.full(len(blocks), -FAR - 1)
    headings = [
        place for place in short if blocks[place].element.tag in HEADINGS and len(keys[place]) < HEADING_CHARS
    ]
    places = np.arange(len(blocks))
    last = _last_of(junk, places)
    distances = np.minimum(FAR, places - last)
    return np.where((last == NEVER) | (_last_of(headings, places) > last), -distances - 1, distances)


def _is_line(block: PageBlock) -> bool:
    return block.element.tag in HEADINGS or block.text[-1] not in ".!?。,"


def _last_of(marked: list[int], places: Any) -> Any:
    """For each place the last marked one up to it."""
    last = np.full(len(places), NEVER)
    last[marked] = marked
    return np.maximum.accumulate(last)
