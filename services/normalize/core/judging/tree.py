"""The page's elements as arrays: what they hold, what they are called, which lies in which."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.reading.measures import Counting, Rows
from services.normalize.core.words.class_words import group_bit

NEGATIVE_GROUPS = ("comments", "related", "teaser", "caption", "media", "byline", "tags", "navigation", "notice", "share",
                   "advert", "aside", "product")  # fmt: skip
NEGATIVE = sum(group_bit(name) for name in NEGATIVE_GROUPS)
BIG_SHARE = 0.5  # a container of half the prose is not called `related` for its class: sites name the body so


@dataclass(slots=True, eq=False)
class Tree:
    """The elements in document order, an array an attribute; the root is number 0 and its own parent.

    An element holds the blocks from `first` up to `last` (not included), and the elements from itself up to `end`.
    `prose_chars`, `prose_blocks`, `link_chars` and `blocks` sum these blocks up. `flags` are the groups of class words
    and the containers that an element is called by, as bits; `carried` what of them counts for the blocks in it;
    `far` also what the elements around it carry.
    """

    parent: Any
    end: Any
    first: Any
    last: Any
    shape: Any
    article: Any
    hidden: Any
    depth: Any
    prose_chars: Any
    prose_blocks: Any
    link_chars: Any
    blocks: Any
    flags: Any
    carried: Any
    far: Any


def read_tree(rows: Rows, measured: Rows, chars: Any, prose: Any, count: Counting) -> Tree:
    """Sum up the elements and mark them; a container of most of the prose carries no negative word on.

    `rows` are of the elements, `measured` of the blocks, as `chars` (sizes) and `prose` (which of them are).
    """
    first, last, flags = rows["first"], rows["last"], rows["flags"]
    running = np.zeros((3, len(prose) + 1))
    np.cumsum((chars * prose, prose, measured["link_chars"]), axis=1, out=running[:, 1:])
    prose_chars, prose_blocks, link_chars = np.ascontiguousarray(running[:, last] - running[:, first])
    carried = np.where(prose_chars > BIG_SHARE * running[0, -1], flags & ~NEGATIVE, flags)
    depth, far = count.from_above(rows["parent"], carried)
    return Tree(
        **rows,
        depth=depth,
        prose_chars=prose_chars,
        prose_blocks=prose_blocks,
        link_chars=link_chars,
        blocks=last - first,
        carried=carried,
        far=far,
    )


def chain_of(parent: Any, leaves: Any, levels: int = 5) -> Any:
    """For each leaf the elements upwards, itself first: one row a level; the root is its own parent."""
    chain = np.empty((levels, len(leaves)), dtype=np.int64)
    chain[0] = leaves
    for level in range(1, levels):
        chain[level] = parent[chain[level - 1]]
    return chain
