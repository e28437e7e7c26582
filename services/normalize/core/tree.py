"""The page's elements as arrays: what they hold, what they are called, which lies in which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from services.normalize.core.blocks import Element, PageBlock
from services.normalize.core.class_words import GROUP_NAMES, REMEMBERED, group_bit, group_mask

CONTAINERS = ("article", "main", "aside", "nav", "footer", "header", "list", "figure", "table", "form", "blockquote",
              "section", "li", "dl", "articlebody")  # fmt: skip
CONTAINER_OF_TAG = {name: name for name in CONTAINERS} | {"ul": "list", "ol": "list", "figcaption": "figure"}
CONTAINER_BIT = {name: 1 << (len(GROUP_NAMES) + place) for place, name in enumerate(CONTAINERS)}
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


def read_tree(elements: Sequence[Element], blocks: Sequence[PageBlock], prose_sizes: Any, prose: Any) -> Tree:
    """Sum up the elements and mark them; a container of most of the prose carries no negative word on."""
    parent = _numbers([0, *(one.parent.index if one.parent else 0 for one in elements[1:])])
    first = _numbers([one.first_block for one in elements])
    last = _numbers([one.end_block for one in elements])
    running = np.zeros((3, len(blocks) + 1))
    np.cumsum((prose_sizes, prose, [one.link_chars for one in blocks]), axis=1, out=running[:, 1:])
    prose_chars, prose_blocks, link_chars = running[:, last] - running[:, first]
    flags = _numbers([element_flags(one.names, one.tag) for one in elements])
    carried = np.where(prose_chars > BIG_SHARE * running[0, -1], flags & ~NEGATIVE, flags)
    depth, far = _from_above(parent, carried)
    return Tree(
        parent,
        _numbers([one.end for one in elements]),
        first,
        last,
        _numbers([one.shape for one in elements]),
        _numbers([one.article for one in elements]),
        _numbers([one.hidden for one in elements]),
        depth,
        prose_chars,
        prose_blocks,
        link_chars,
        last - first,
        flags,
        carried,
        far,
    )


def _numbers(values: Iterable[int]) -> Any:
    return np.fromiter(values, np.int64)


@lru_cache(REMEMBERED)
def element_flags(names: str, tag: str) -> int:
    """The groups of class words and the containers that an element is called by, as bits."""
    flags = group_mask(names)
    if "articlebody" in names.lower():
        flags |= CONTAINER_BIT["articlebody"]
    container = CONTAINER_OF_TAG.get(tag)
    return flags if container is None else flags | CONTAINER_BIT[container]


def _from_above(parent: Any, carried: Any) -> tuple[Any, Any]:
    """Depth, and what all elements above carry, by doubling the way upwards: a step each for the depth's logarithm."""
    depth, far, above = (np.arange(len(parent)) > 0).astype(np.int64), carried, parent
    while above.any():
        depth, far, above = depth + depth[above], far | far[above], above[above]
    return depth, far


def chain_of(parent: Any, leaves: Any, levels: int = 5) -> Any:
    """For each leaf the elements upwards, itself first: one row a level; the root is its own parent."""
    chain = np.empty((levels, len(leaves)), dtype=np.int64)
    chain[0] = leaves
    for level in range(1, levels):
        chain[level] = parent[chain[level - 1]]
    return chain
