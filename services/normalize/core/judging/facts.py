"""What is worked out once for a page before its features: sizes, prose, the headline's place, its elements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.judging.page_hints import PageHints, read_hints
from services.normalize.core.judging.rules.notice_phrases import NOTICES
from services.normalize.core.judging.signs import count_wide_signs, find_labels
from services.normalize.core.judging.tree import NEGATIVE, Tree
from services.normalize.core.reading.blocks import Element
from services.normalize.core.reading.measures import FAR, Rows
from services.normalize.core.reading.page import Page
from services.normalize.core.reading.texts import IS_HEADLINE, text_key
from services.normalize.core.words.containers import H1, H2, H6
from services.normalize.core.words.phrases import HEADING, JUNK_HEADING, LINKING, NOTICE, WRITER

LINK_SHARE = 0.9  # more of it in links, and short: navigation for certain, never a candidate
LINK_CHARS = 200
HEADING_CHARS = 70
HEADLINE_CHARS = 250
SHORTEST_HEADLINE = 9
GROUPS = (NOTICE, LINKING, WRITER, *(notice.words for notice in NOTICES))
WORD_ROWS = ("words", "titled", "notice", "linking", "writer")
"""Of what `find_words` gives for these groups; the rest are the words of one kind of note each."""
NOTICE_BITS = 1 << np.arange(len(NOTICES))
NEVER = -5 * FAR


@dataclass(slots=True, eq=False)
class PageFacts:
    """One page, block by block (in the order of the blocks) and as a whole.

    `measured` are the rows of `measure_blocks`; `may_be_wide`: Chinese, Japanese, Korean or Thai letters may be among
    its text; `sizes` are characters with wide letters counted more, also as the array `chars`; `prose` blocks are long
    and hold few links; `tags` the places of their elements' tags among `TAGS`; `keys` the first 200 characters in lower
    case, `begins` what these may begin as; `candidates` the indices of the blocks that the model judges; `said` what the
    page's head says too; `words`, by name `found`, how many words of its first 600 characters there are and how many of
    those that features ask for (`WORD_ROWS`); `notices` for which kinds of notes to the reader it has a word (bits);
    `junk_headings` begin like "Related articles"; `after_junk_heading` the blocks since the last such heading, negative
    once another heading has ended its part.
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
    tags: Any
    keys: list[str]
    begins: Any
    candidates: Any
    said: Any
    found: dict[str, Any]
    words: Any
    notices: list[int]
    headline_at: int
    headline_depths: dict[int, int]
    junk_headings: Any
    after_junk_heading: Any


def read_facts(page: Page) -> PageFacts:
    """Sum up the page, mark its elements, find its headline and choose the candidates."""
    blocks = page.blocks
    texts = [block.text for block in blocks]
    hints, count, read = read_hints(page), page.reader.counting, page.reader.texts
    rows = count.measure_blocks(blocks)
    elements = count.measure_elements(page.elements, rows, NEGATIVE)
    tree = Tree(**elements, whole=elements.whole)
    tags = tree.tag[rows["elements"]]
    keys, begins = read.keys_of(texts)
    judged = _judged(page, rows)
    said = read.said_by_head(keys, rows["chars"], judged, hints.said())
    words = read.find_words(texts, GROUPS, hints.title_words)
    found = dict(zip(WORD_ROWS, words, strict=False))
    find_labels(keys, begins, rows, judged)
    may_be_wide = bool(rows["may_be_wide"].any())
    if may_be_wide:
        count_wide_signs(texts, rows, found, judged, hints)
    junk_headings = _junk_headings(keys, begins, rows["lengths"])
    headline_at = _headline_at(np.flatnonzero(tags == H1).tolist(), keys, said[IS_HEADLINE], hints)
    return PageFacts(
        page=page,
        hints=hints,
        tree=tree,
        measured=rows,
        may_be_wide=may_be_wide,
        sizes=rows["chars"].tolist(),
        chars=rows["chars"],
        link_shares=rows["link_shares"],
        prose=rows["prose"],
        tags=tags,
        keys=keys,
        begins=begins,
        candidates=np.flatnonzero(judged),
        said=said,
        found=found,
        words=words,
        notices=(NOTICE_BITS @ (words[len(WORD_ROWS) :] > 0)).tolist(),
        headline_at=headline_at,
        headline_depths=_depths_above(blocks[headline_at].element if headline_at >= 0 else None),
        junk_headings=junk_headings,
        after_junk_heading=_after_junk_heading(page, rows, tree, junk_headings, texts, keys),
    )


def _judged(page: Page, rows: Rows) -> Any:
    """Every line of a dump, which shows no links; of a page what is more than a link or a single character."""
    lengths = rows["lengths"]
    if page.kind == "text":
        return np.ones(len(lengths), bool)
    return (lengths > 1) & ((rows["link_shares"] < LINK_SHARE) | (lengths >= LINK_CHARS))


def _headline_at(headings: list[int], keys: list[str], is_headline: Any, hints: PageHints) -> int:
    """The block that is the page's headline: an h1 that the head names, else any block it names, else the only h1."""
    for place in headings:
        if text_key(keys[place]) in hints.headlines:
            return place
    for place in headings:
        key = text_key(keys[place])
        if len(key) >= SHORTEST_HEADLINE and key in hints.title:
            return place
    for place in np.flatnonzero(is_headline).tolist():
        if len(keys[place]) >= SHORTEST_HEADLINE:
            return int(place)
    return headings[0] if len(headings) == 1 else -1


def _depths_above(element: Element | None) -> dict[int, int]:
    depths: dict[int, int] = {}
    while element is not None:
        depths[element.index] = len(depths)
        element = element.parent
    return depths


def _junk_headings(keys: Sequence[str], begins: Any, lengths: Any) -> Any:
    """Which short blocks begin like "Related articles"."""
    found = np.zeros(len(keys), bool)
    may_be = np.flatnonzero((lengths < HEADING_CHARS) & (begins & HEADING > 0)).tolist()
    found[[place for place in may_be if JUNK_HEADING.match(keys[place])]] = True
    return found


def _after_junk_heading(
    page: Page, rows: Rows, tree: Tree, junk_headings: Any, texts: list[str], keys: list[str]
) -> Any:
    by = page.reader.verdicts
    if by is not None:
        found = by.after_junk_heading(rows.whole, tree.whole, junk_headings, texts, keys)
        return np.frombuffer(found, np.int64)
    tags = tree.tag[rows["elements"]]
    return after_junk_heading(junk_headings, texts, keys, (tags >= H2) & (tags <= H6))


def after_junk_heading(junk_headings: Any, texts: Sequence[str], keys: Sequence[str], is_heading: Any) -> Any:
    """`PageFacts.after_junk_heading`, a number for each block."""
    junk = [
        place
        for place in np.flatnonzero(junk_headings).tolist()
        if is_heading[place] or texts[place][-1] not in ".!?。,"
    ]
    if not junk:
        return np.full(len(texts), -FAR - 1)
    headings = [
        place
        for place in np.flatnonzero(is_heading).tolist()
        if len(texts[place]) < HEADING_CHARS and len(keys[place]) < HEADING_CHARS
    ]
    places = np.arange(len(texts))
    last = _last_of(junk, places)
    distances = np.minimum(FAR, places - last)
    return np.where((last == NEVER) | (_last_of(headings, places) > last), -distances - 1, distances)


def _last_of(marked: list[int], places: Any) -> Any:
    """For each place the last marked one up to it."""
    last = np.full(len(places), NEVER)
    last[marked] = marked
    return np.maximum.accumulate(last)
