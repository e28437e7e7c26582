"""What is counted of a page before anything is judged: letters of its blocks, names of its elements, the prose in both."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.reading.blocks import Element, PageBlock
from services.normalize.core.words.class_words import groups_of_all
from services.normalize.core.words.containers import OTHER_TAG, TAG_PLACE, element_flags
from services.normalize.core.words.letters import (
    COUNTED,
    HEAD,
    counts_of,
    marks_of,
    may_hold_wide_letters,
    signs_of,
    wide_of,
)

WIDE_SIZE = (
    1.5  # added for each Chinese, Japanese, Korean or Thai letter: it says what two and a half Latin ones say
)
PROSE_CHARS = 40
PROSE_LINKS = 0.4
FAR = 20
BIG_SHARE = 0.5  # a container of half the prose is not called `related` for its class: sites name the body so
SHORT_LINE = 120
DATE = re.compile(r"\b(?:19|20)\d\d\b|\d\d?[:.]\d\d\b")
MORE = ("more", "more…", "more...", "→", "»", ">>")

READ_LATER = ("label", "wide_notice")
"""Rows that signs.py fills: what expressions find in a few blocks."""
BLOCK_SHARES = ("chars", "link_shares")
BLOCK_ROWS = ("lengths", "link_chars", "links", "elements", "blanks", "commas", "breaks", "sentences", "wide", *COUNTED, "first",
              "last", "inline", "ends_more", "may_be_wide", "prose", "since_prose", "until_prose", "short_date", *READ_LATER,
              *BLOCK_SHARES)  # fmt: skip
ELEMENT_SUMS = ("prose_chars", "prose_blocks", "link_chars")
ELEMENT_ROWS = ("parent", "end", "first", "last", "shape", "article", "hidden", "flags", "tag", "depth", "carried", "far",
                *ELEMENT_SUMS)  # fmt: skip


class Rows(dict[str, Any]):
    """Name → an array, one number for each block or element: whole ones, but `BLOCK_SHARES` and `ELEMENT_SUMS`.

    `whole` holds all rows in one, where C has filled them.
    """

    whole: Any = None


@dataclass(frozen=True, slots=True)
class Counting:
    """The two counts of a page by one hand: those below, or _measures.c's."""

    measure_blocks: Callable[[Sequence[PageBlock]], Rows]
    measure_elements: Callable[[Sequence[Element], Rows, int], Rows]


def measure_blocks(blocks: Sequence[PageBlock]) -> Rows:
    """Of every block its length, the letters of it in links, its links, the number of its element; how many signs it holds.

    Digits, capitals and the other `COUNTED` are those of its first 120 letters; `wide` are Chinese, Japanese, Korean and
    Thai letters; `first` and `last` the marks of its first and last letter, a bit each of `MARKED`; `inline` the groups of
    the names in it; `chars` its size, wide letters counted more. `prose` blocks are long and hold few links,
    `since_prose` and `until_prose` the blocks between it and the prose before and after it, at most 20; `short_date`
    ones are of less than 120 characters and hold a year or a time of day.
    """
    texts = [block.text for block in blocks]
    rows = Rows(
        {
            "lengths": numbers(map(len, texts)),
            "link_chars": numbers([block.link_chars for block in blocks]),
            "links": numbers([block.links for block in blocks]),
            "elements": numbers([block.element.index for block in blocks]),
        }
    )
    rows |= signs_of(texts) | counts_of([text[:HEAD] for text in texts])
    rows["wide"] = wide_of(texts)
    rows["first"] = marks_of("".join([text[0] for text in texts]))
    rows["last"] = marks_of("".join([text[-1] for text in texts]))
    rows["inline"] = numbers([groups_of_all(block.inline_names) for block in blocks])
    rows["ends_more"] = numbers([text.endswith(MORE) for text in texts])
    rows["may_be_wide"] = numbers(map(may_hold_wide_letters, texts))
    rows["chars"] = rows["lengths"] + WIDE_SIZE * rows["wide"]
    rows["link_shares"] = rows["link_chars"] / rows["lengths"]
    prose = (rows["chars"] > PROSE_CHARS) & (rows["link_shares"] < PROSE_LINKS)
    rows |= {
        "prose": prose.astype(np.int64),
        "since_prose": _since(prose),
        "until_prose": _since(prose[::-1])[::-1],
    }
    may_be_dates = (rows["chars"] < SHORT_LINE) & (rows["digits"] > 0)
    rows["short_date"] = numbers(
        [may_be and DATE.search(text) is not None for may_be, text in zip(may_be_dates, texts, strict=True)]
    )
    rows |= {name: np.zeros(len(texts), np.int64) for name in READ_LATER}
    return rows


def _since(marks: Any) -> Any:
    places = np.arange(len(marks))
    last = np.maximum.accumulate(np.where(marks, places, -FAR - 1))
    before = np.concatenate(([-FAR - 1], last[:-1]))
    return np.minimum(FAR, places - 1 - before)


def measure_elements(elements: Sequence[Element], blocks: Rows, negative: int) -> Rows:
    """Of every element its place in the tree, its class path and `<article>`, what it is called by as bits, and what it holds.

    `carried` is what of its bits counts for the blocks in it: a container of most of the prose carries no `negative` one;
    `far` also what the elements around it carry. The sums are those of the blocks in it.
    """
    rows = Rows(
        {
            "parent": numbers([0, *(one.parent.index if one.parent else 0 for one in elements[1:])]),
            "end": numbers([one.end for one in elements]),
            "first": numbers([one.first_block for one in elements]),
            "last": numbers([one.end_block for one in elements]),
            "shape": numbers([one.shape for one in elements]),
            "article": numbers([one.article for one in elements]),
            "hidden": numbers([one.hidden for one in elements]),
            "flags": numbers([element_flags(one.names, one.tag) for one in elements]),
            "tag": numbers([TAG_PLACE.get(one.tag, OTHER_TAG) for one in elements]),
        }
    )
    prose, flags = blocks["prose"], rows["flags"]
    running = np.zeros((3, len(prose) + 1))
    np.cumsum((blocks["chars"] * prose, prose, blocks["link_chars"]), axis=1, out=running[:, 1:])
    sums = running[:, rows["last"]] - running[:, rows["first"]]
    rows.update(zip(ELEMENT_SUMS, sums, strict=True))
    rows["carried"] = np.where(sums[0] > BIG_SHARE * running[0, -1], flags & ~negative, flags)
    rows["depth"], rows["far"] = from_above(rows["parent"], rows["carried"])
    return rows


def numbers(values: Any) -> Any:
    """Whole numbers as an array."""
    return np.fromiter(values, np.int64)


def from_above(parent: Any, carried: Any) -> tuple[Any, Any]:
    """Depth, and what all elements above carry, by doubling the way upwards: a step each for the depth's logarithm."""
    depth, far, above = (np.arange(len(parent)) > 0).astype(np.int64), carried, parent
    while above.any():
        depth, far, above = depth + depth[above], far | far[above], above[above]
    return depth, far


PYTHON = Counting(measure_blocks, measure_elements)
