"""In words, why the model cut a block: the most telling thing about its place or its text."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.tree import Tree
from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.reading.texts import IS_HEADLINE
from services.normalize.core.words.class_words import group_bit, group_mask
from services.normalize.core.words.containers import CONTAINER_BIT, H2, H6
from services.normalize.core.words.phrases import is_junk_heading, starts_as_junk

REASON_OF_GROUP = (
    ("comments", "comment"), ("navigation", "navigation"), ("related", "related list"), ("notice", "notice"),
    ("advert", "advertisement"), ("share", "sharing"), ("caption", "caption"), ("byline", "byline"), ("tags", "tags"),
    ("hidden", "hidden text"), ("teaser", "teaser"), ("media", "caption"), ("product", "product box"), ("aside", "side column"),
)  # fmt: skip
_BITS = tuple((group_bit(group), reason) for group, reason in REASON_OF_GROUP)
_TELLING = sum(bit for bit, _ in _BITS)
NOTICE_CHARS = 400
HEADLINE_KINDS = ("heading", "line")
_NAVIGATION = CONTAINER_BIT["nav"] | CONTAINER_BIT["footer"]


def reason_of_cut(block: PageBlock, facts: PageFacts, names: Sequence[str | None]) -> str:
    """One of a few phrases: headline, navigation, related list, comment, caption, byline, notice …

    `names` are the reasons that the elements' own names give, from `reasons_of_names`.
    """
    at, named = block.index, names[block.element.index]
    if at == facts.headline_at:
        return "headline"
    if block.kind == "caption":
        return "caption"
    if block.kind in HEADLINE_KINDS and facts.said[IS_HEADLINE, at]:
        return "headline"
    if block.inline_names:
        named = _reason_of_inline(block, int(facts.tree.flags[block.element.index])) or named
    return named or _reason_of_text(block, facts)


def reasons_of_names(tree: Tree) -> list[str | None]:
    """What the name of each element, or of the nearest around it that says something, makes of the text in it."""
    own, far = tree.flags & _TELLING, tree.far & _TELLING
    near = np.where(np.arange(len(own)) > 0, tree.carried & _TELLING, 0)
    masks = np.where(own, own, np.where(near, near, far)).tolist()
    marks = zip(masks, (tree.far & _NAVIGATION).tolist(), tree.hidden.tolist(), strict=True)
    return [
        _first_reason(mask) if mask else "navigation" if leads else "hidden text" if hidden else None
        for mask, leads, hidden in marks
    ]


def _reason_of_inline(block: PageBlock, flags: int) -> str | None:
    """The reason that the names of the inline elements in it give, together with the flags of its own element."""
    mask = flags
    for names in block.inline_names:
        mask |= group_mask(names)
    return _first_reason(mask & _TELLING) if mask & _TELLING else None


@lru_cache(4096)
def _first_reason(mask: int) -> str:
    return next(reason for bit, reason in _BITS if mask & bit)


def _reason_of_text(block: PageBlock, facts: PageFacts) -> str:
    at, size = block.index, facts.sizes[block.index]
    if facts.link_shares[at] > 0.5:
        return "links"
    if facts.after_junk_heading[at] >= 0 or (size < 70 and is_junk_heading(facts.keys[at])):
        return "related list"
    if size < NOTICE_CHARS and facts.found["notice"][at]:
        return "notice"
    if starts_as_junk(facts.keys[at]):
        return "label"
    if H2 <= facts.tags[at] <= H6:
        return "heading of another part"
    return "short line" if size < 60 else "not article text"
