"""In words, why the model cut a block: the most telling thing about its place or its text."""

from functools import lru_cache

from services.normalize.core.blocks import PageBlock
from services.normalize.core.class_words import group_bit, group_mask
from services.normalize.core.facts import CONTAINER_BIT, HEADINGS, PageFacts
from services.normalize.core.page_hints import text_key
from services.normalize.core.phrases import JUNK_HEADING, JUNK_START, NOTICE, words_of

REASON_OF_GROUP = (
    ("comments", "comment"), ("navigation", "navigation"), ("related", "related list"), ("notice", "notice"),
    ("advert", "advertisement"), ("share", "sharing"), ("caption", "caption"), ("byline", "byline"), ("tags", "tags"),
    ("hidden", "hidden text"), ("teaser", "teaser"), ("media", "caption"), ("product", "product box"), ("aside", "side column"),
)  # fmt: skip
_BITS = tuple((group_bit(group), reason) for group, reason in REASON_OF_GROUP)
_TELLING = sum(bit for bit, _ in _BITS)
_NAVIGATION = CONTAINER_BIT["nav"] | CONTAINER_BIT["footer"]
HEADLINE_CHARS = 250


def reason_of_cut(block: PageBlock, facts: PageFacts) -> str:
    """One of a few phrases: headline, navigation, related list, comment, caption, byline, notice …"""
    at = block.index
    if at == facts.headline_at:
        return "headline"
    if block.kind == "caption":
        return "caption"
    if (
        facts.sizes[at] < HEADLINE_CHARS
        and block.kind in ("heading", "line")
        and text_key(facts.keys[at]) in facts.hints.headlines
    ):
        return "headline"
    return _reason_of_names(block) or _reason_of_text(block, facts)


def _reason_of_names(block: PageBlock) -> str | None:
    element = block.element
    own = element.flags
    for names in block.inline_names:
        own |= group_mask(names)
    for mask in (own & _TELLING, element.near_flags & _TELLING, element.far_flags & _TELLING):
        if mask:
            return _first_reason(mask)
    if element.far_flags & _NAVIGATION:
        return "navigation"
    return "hidden text" if element.hidden else None


@lru_cache(4096)
def _first_reason(mask: int) -> str:
    return next(reason for bit, reason in _BITS if mask & bit)


def _reason_of_text(block: PageBlock, facts: PageFacts) -> str:
    at, size = block.index, facts.sizes[block.index]
    if facts.link_shares[at] > 0.5:
        return "links"
    if facts.after_junk_heading[at] >= 0 or (size < 70 and JUNK_HEADING.match(block.text)):
        return "related list"
    if size < 400 and NOTICE.intersection(words_of(block.text[:600])):
        return "notice"
    if JUNK_START.match(block.text):
        return "label"
    if block.tag in HEADINGS:
        return "heading of another part"
    return "short line" if size < 60 else "not article text"
