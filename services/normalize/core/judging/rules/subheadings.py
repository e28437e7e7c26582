"""Subheadings: a heading between two paragraphs of the article is the article's."""

from itertools import pairwise

from services.normalize.core.judging.draft import Draft
from services.normalize.core.reading.blocks import Element

LEVELS = 2  # up from the heading to the element that must hold what stands right before and right after it


def keep_subheadings(draft: Draft) -> None:
    """Keep a heading that the model cut between two likely blocks of its own section.

    Needed for guides whose headings are links to what they describe, which the model never judges, or are a single word.
    The headline and headings like "Related articles" are none.
    """
    facts, blocks = draft.scored.facts, draft.scored.page.blocks
    likely = [at for at in draft.kept_places() if (draft.scored.scores[at] or 0.0) > 0]
    for before, behind in pairwise(likely):
        at = before + 1
        if behind != at + 1 or blocks[at].kind != "heading" or draft.kept[at] or draft.reasons[at]:
            continue
        section = _section_of(blocks[at].element)
        within = section.first_block <= before and behind < section.end_block
        if within and at != facts.headline_at and not facts.junk_headings[at]:
            draft.keep(at, "subheadings", "subheading")


def _section_of(element: Element) -> Element:
    for _ in range(LEVELS):
        element = element.parent or element
    return element
