"""What is counted of a page before anything is judged: letters of its blocks, names of its elements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.reading.blocks import Element, PageBlock
from services.normalize.core.words.containers import element_flags
from services.normalize.core.words.letters import COUNTED, HEAD, counts_of, marks_of, signs_of, wide_of

BLOCK_ROWS = ("lengths", "link_chars", "links", "elements", "blanks", "commas", "breaks", "sentences", "wide",
              *COUNTED, "first", "last")  # fmt: skip
ELEMENT_ROWS = ("parent", "end", "first", "last", "shape", "article", "hidden", "flags")
Rows = dict[str, Any]
"""Name → an array of whole numbers, one for each block or element."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The three counts of a page by one hand: those below, or _measures.c's."""

    measure_blocks: Callable[[Sequence[PageBlock]], Rows]
    measure_elements: Callable[[Sequence[Element]], Rows]
    from_above: Callable[[Any, Any], tuple[Any, Any]]


def measure_blocks(blocks: Sequence[PageBlock]) -> Rows:
    """Of every block its length, the letters of it in links, its links, the number of its element; how many signs it holds.

    Digits, capitals and the other `COUNTED` are those of its first 120 letters; `wide` are Chinese, Japanese, Korean and
    Thai letters; `first` and `last` the marks of its first and last letter, a bit each of `MARKED`.
    """
    texts = [block.text for block in blocks]
    rows = {
        "lengths": numbers(map(len, texts)),
        "link_chars": numbers([block.link_chars for block in blocks]),
        "links": numbers([block.links for block in blocks]),
        "elements": numbers([block.element.index for block in blocks]),
    }
    rows |= signs_of(texts) | counts_of([text[:HEAD] for text in texts])
    rows["wide"] = wide_of(texts)
    rows["first"] = marks_of("".join([text[0] for text in texts]))
    rows["last"] = marks_of("".join([text[-1] for text in texts]))
    return rows


def measure_elements(elements: Sequence[Element]) -> Rows:
    """Of every element its place in the tree, its class path and `<article>`, and what it is called by as bits."""
    return {
        "parent": numbers([0, *(one.parent.index if one.parent else 0 for one in elements[1:])]),
        "end": numbers([one.end for one in elements]),
        "first": numbers([one.first_block for one in elements]),
        "last": numbers([one.end_block for one in elements]),
        "shape": numbers([one.shape for one in elements]),
        "article": numbers([one.article for one in elements]),
        "hidden": numbers([one.hidden for one in elements]),
        "flags": numbers([element_flags(one.names, one.tag) for one in elements]),
    }


def numbers(values: Any) -> Any:
    """Whole numbers as an array."""
    return np.fromiter(values, np.int64)


def from_above(parent: Any, carried: Any) -> tuple[Any, Any]:
    """Depth, and what all elements above carry, by doubling the way upwards: a step each for the depth's logarithm."""
    depth, far, above = (np.arange(len(parent)) > 0).astype(np.int64), carried, parent
    while above.any():
        depth, far, above = depth + depth[above], far | far[above], above[above]
    return depth, far


PYTHON = Counting(measure_blocks, measure_elements, from_above)
