"""In words, why the model cut a block: the most telling thing about its place or its text."""

from functools import lru_cache
from typing import Any

import numpy as np

from services.normalize.core.judging.facts import PageFacts
from services.normalize.core.judging.signs import MANY_LINKS
from services.normalize.core.reading.compiled import Verdicts
from services.normalize.core.reading.texts import IS_HEADLINE
from services.normalize.core.words.class_words import group_bit
from services.normalize.core.words.containers import CONTAINER_BIT, H2, H6

REASON_OF_GROUP = (
    ("comments", "comment"), ("navigation", "navigation"), ("related", "related list"), ("notice", "notice"),
    ("advert", "advertisement"), ("share", "sharing"), ("caption", "caption"), ("byline", "byline"), ("tags", "tags"),
    ("hidden", "hidden text"), ("teaser", "teaser"), ("media", "caption"), ("product", "product box"), ("aside", "side column"),
)  # fmt: skip
_NAVIGATION = CONTAINER_BIT["nav"] | CONTAINER_BIT["footer"]
_LED, _HIDDEN = 1 << 60, 1 << 61  # behind all groups
_BITS = (
    *((group_bit(group), reason) for group, reason in REASON_OF_GROUP),
    (_LED, "navigation"),
    (_HIDDEN, "hidden text"),
)
_TELLING = sum(group_bit(group) for group, _ in REASON_OF_GROUP)
NOTICE_CHARS = 400
HEADING_CHARS = 70
SHORT_CHARS = 60
HEADLINE_KINDS = ("heading", "line")
OF_TEXT = (
    "links",
    "related list",
    "notice",
    "label",
    "heading of another part",
    "short line",
    "not article text",
)
LINKS, RELATED, NOTICE, LABEL, HEADING, SHORT, NO_TEXT = range(len(OF_TEXT))
_GROUP_BITS = np.array([group_bit(group) for group, _ in REASON_OF_GROUP])
_ALL_REASONS = (*(reason for _, reason in _BITS), *OF_TEXT)
"""As _verdicts.c counts them."""


def reasons_of_cuts(facts: PageFacts) -> list[str]:
    """For each block of the page why it would be cut, in one of a few phrases: headline, navigation, comment, byline …"""
    compiled = facts.page.reader.verdicts
    reasons = _compiled_reasons(facts, compiled) if compiled is not None else _reasons_by_arrays(facts)
    kinds = [block.kind for block in facts.page.blocks]
    for at in np.flatnonzero(facts.said[IS_HEADLINE]).tolist():
        if kinds[at] in HEADLINE_KINDS:
            reasons[at] = "headline"
    if "caption" in kinds:
        reasons = ["caption" if kind == "caption" else why for kind, why in zip(kinds, reasons, strict=True)]
    if facts.headline_at >= 0:
        reasons[facts.headline_at] = "headline"
    return reasons


def _compiled_reasons(facts: PageFacts, compiled: Verdicts) -> list[str]:
    """As `_reasons_by_arrays`, by _verdicts.c."""
    places = compiled.reasons_of_cuts(
        facts.measured.whole,
        facts.words,
        facts.after_junk_heading,
        facts.tree.whole,
        facts.junk_headings,
        _GROUP_BITS,
        _TELLING,
        _NAVIGATION,
    )
    return [*map(_ALL_REASONS.__getitem__, places)]


def _reasons_by_arrays(facts: PageFacts) -> list[str]:
    """By what the block is called, else by its text."""
    named = map(_first_reason, _masks_of_names(facts).tolist())
    return [
        name or OF_TEXT[place] for name, place in zip(named, _places_of_texts(facts).tolist(), strict=True)
    ]


def _masks_of_names(facts: PageFacts) -> Any:
    """What the element of each block and the inline elements in it are called, else what the elements around it are."""
    tree, rows = facts.tree, facts.measured
    at = rows["elements"]
    own, far = (tree.flags[at] | rows["inline"]) & _TELLING, tree.far[at]
    around = np.where(own, own, far & _TELLING)
    outside = np.where(far & _NAVIGATION, _LED, 0) | tree.hidden[at] * _HIDDEN
    return np.where(around, around, outside)


@lru_cache(4096)
def _first_reason(mask: int) -> str | None:
    return next((reason for bit, reason in _BITS if mask & bit), None)


def _places_of_texts(facts: PageFacts) -> Any:
    """What each block's own text says, as a place in `OF_TEXT`."""
    rows, size = facts.measured, facts.chars
    is_heading = (facts.tags >= H2) & (facts.tags <= H6)
    junk = (facts.after_junk_heading >= 0) | ((size < HEADING_CHARS) & facts.junk_headings)
    place = np.where(is_heading, HEADING, np.where(size < SHORT_CHARS, SHORT, NO_TEXT))
    place = np.where(rows["label"], LABEL, place)
    place = np.where((size < NOTICE_CHARS) & (facts.found["notice"] > 0), NOTICE, place)
    return np.where(facts.link_shares > MANY_LINKS, LINKS, np.where(junk, RELATED, place))
