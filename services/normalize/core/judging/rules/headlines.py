"""The headline in a text dump is a field, not text: lines above the first paragraph, and lines said twice."""

from services.normalize.core.judging.draft import Draft

HEADLINE_CHARS = 110  # a standfirst without a full stop is longer (seen: 126), a headline seldom
PARAGRAPH_CHARS = 100
ENDINGS = '.!…;:"”»“’‘。！'


def cut_headline_lines(draft: Draft) -> None:
    """Short lines without a full stop above the first kept paragraph are the headline and what stands around it.

    Needed for an aggregator's dump whose first line is the headline, close under which the text begins.
    """
    blocks = draft.scored.page.blocks
    for at in draft.kept_places():
        text = blocks[at].text
        if len(text) >= PARAGRAPH_CHARS and len(text) > HEADLINE_CHARS:
            return
        if text[-1] not in ENDINGS and len(text) <= HEADLINE_CHARS:
            draft.cut(at, "headline_lines", "headline")


def cut_repeated_lines(draft: Draft) -> None:
    """A short line said twice is a headline over its picture, or a teaser list: never a paragraph."""
    blocks = draft.scored.page.blocks
    counts: dict[str, int] = {}
    for block in blocks:
        counts[block.text] = counts.get(block.text, 0) + 1
    for at in draft.kept_places():
        text = blocks[at].text
        if counts[text] > 1 and len(text) <= HEADLINE_CHARS:
            draft.cut(at, "repeated_lines", "headline")
