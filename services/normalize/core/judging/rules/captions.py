"""Captions: what stands under a picture belongs to the picture, not to the article's text."""

from services.normalize.core.judging.draft import Draft
from services.normalize.core.reading.blocks import PageBlock
from services.normalize.core.words.class_words import group_bit

LEFT_CHARS = 150  # of other text; a gallery's captions are its text
CAPTION = group_bit("caption")
CAPTION_NAME = "caption"  # `credit` and `legend` of the same group name offers and form fields too


def cut_captions(draft: Draft) -> None:
    """Cut what an element or its name calls a caption, unless hardly anything else was kept.

    Needed for pages whose captions are whole sentences in the body's own container: the model takes them for
    paragraphs. A table's caption is its headline, and stays.
    """
    facts, kept = draft.scored.facts, draft.kept_places()
    elements = facts.measured["elements"][kept]
    names = facts.tree.flags[elements] | facts.tree.flags[facts.tree.parent[elements]]
    blocks = draft.scored.page.blocks
    found = [
        at
        for at, named in zip(kept, (names & CAPTION).tolist(), strict=True)
        if _is_caption(blocks[at], may_be_named=named != 0)
    ]
    if found and draft.kept_chars() - sum(facts.sizes[at] for at in found) >= LEFT_CHARS:
        for at in found:
            draft.cut(at, "captions", "caption")


def _is_caption(block: PageBlock, *, may_be_named: bool) -> bool:
    if block.kind == "caption":
        return block.tag != "caption"
    parent = block.element.parent
    return may_be_named and (
        CAPTION_NAME in block.element.names.lower()
        or (parent is not None and CAPTION_NAME in parent.names.lower())
    )
