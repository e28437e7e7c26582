"""In words, why the model cut a block: the most telling thing about its place or its text."""

from services.normalize.core.blocks import PageBlock
from services.normalize.core.class_words import group_bit, group_mask
from services.normalize.core.features import HEADINGS, BlockFacts, PageFacts
from services.normalize.core.page_hints import text_key
from services.normalize.core.phrases import JUNK_HEADING, JUNK_START, NOTICE, words_of

REASON_OF_GROUP = (
    ("comments", "comment"), ("navigation", "navigation"), ("related", "related list"), ("notice", "notice"),
    ("advert", "advertisement"), ("share", "sharing"), ("caption", "caption"), ("byline", "byline"), ("tags", "tags"),
    ("hidden", "hidden text"), ("teaser", "teaser"), ("media", "caption"), ("product", "product box"), ("aside", "side column"),
)  # fmt: skip
_BITS = tuple((group_bit(group), reason) for group, reason in REASON_OF_GROUP)


def reason_of_cut(block: PageBlock, fact: BlockFacts, page: PageFacts) -> str:
    """One of a few phrases: headline, navigation, related list, comment, caption, byline, notice …"""
    if block.index == page.headline_at or (fact.size < 250 and text_key(fact.key) in page.hints.headlines):
        return "headline"
    if block.kind == "caption":
        return "caption"
    named = _reason_of_names(block)
    if named is not None:
        return named
    return _reason_of_text(block, fact, page)


def _reason_of_names(block: PageBlock) -> str | None:
    own = block.element.flags | group_mask(" ".join(block.inline_names))
    for mask in (own, block.element.near_flags, block.element.far_flags):
        for bit, reason in _BITS:
            if mask & bit:
                return reason
    if block.element.hidden:
        return "hidden text"
    return None


def _reason_of_text(block: PageBlock, fact: BlockFacts, page: PageFacts) -> str:
    if fact.link_share > 0.5:
        return "links"
    if page.after_junk_heading[block.index] >= 0 or (fact.size < 70 and JUNK_HEADING.match(block.text)):
        return "related list"
    if NOTICE.intersection(words_of(block.text[:600])) and fact.size < 400:
        return "notice"
    if JUNK_START.match(block.text):
        return "label"
    if block.tag in HEADINGS:
        return "heading of another part"
    return "short line" if fact.size < 60 else "not article text"
