"""The page's elements as arrays: what they hold, what they are called, which lies in which."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.normalize.core.words.class_words import group_bit

NEGATIVE_GROUPS = ("comments", "related", "teaser", "caption", "media", "byline", "tags", "navigation", "notice", "share",
                   "advert", "aside", "product")  # fmt: skip
NEGATIVE = sum(group_bit(name) for name in NEGATIVE_GROUPS)


@dataclass(slots=True, eq=False)
class Tree:
    """The elements in document order, an array an attribute; the root is number 0 and its own parent.

    An element holds the blocks from `first` up to `last` (not included), and the elements from itself up to `end`.
    `prose_chars`, `prose_blocks` and `link_chars` sum these blocks up. `tag` is the place among `TAGS`; `flags` are the
    groups of class words and the containers that an element is called by, as bits; `carried` what of them counts for the
    blocks in it; `far` also what the elements around it carry. `whole` holds all
    of this in one, where C has filled it.
    """

    parent: Any
    end: Any
    first: Any
    last: Any
    shape: Any
    article: Any
    hidden: Any
    flags: Any
    tag: Any
    depth: Any
    carried: Any
    far: Any
    prose_chars: Any
    prose_blocks: Any
    link_chars: Any
    whole: Any = None

    @property
    def blocks(self) -> Any:
        """How many blocks each holds."""
        return self.last - self.first


def chain_of(parent: Any, leaves: Any, levels: int = 5) -> Any:
    """For each leaf the elements upwards, itself first: one row a level; the root is its own parent."""
    chain = np.empty((levels, len(leaves)), dtype=np.int64)
    chain[0] = leaves
    for level in range(1, levels):
        chain[level] = parent[chain[level - 1]]
    return chain
