"""Readers' comments: everything in a container whose class or id says so."""

import re

import numpy as np

from services.normalize.core.judging.draft import Draft
from services.normalize.core.words.containers import NAMED_COMMENTS

COMMENT_NAME = re.compile(
    r"(?:^|[\s_-])(?:comments?|coments?|disqus|kommentare?|komentarze|komentarai|commentaires|comentarios|comment-?list|respond|opinie|"
    r"tabs-comments)(?:$|[\s_-])",
    re.I,
)
"""`containers.COMMENT_STEMS` holds letters of each."""
LEFT_CHARS = 150  # of other text; comments without an article above them are not comments


def cut_comments(draft: Draft) -> None:
    """Cut what stands in a comment container, unless the page's headline stands in it too.

    Needed for a news page with a hundred long comments in running text; a wrapper around article and comments that is
    itself called `comments` holds the headline or all the text, and is left alone.
    """
    page, facts = draft.scored.page, draft.scored.facts
    places = np.flatnonzero(facts.tree.flags & NAMED_COMMENTS).tolist()
    named = [
        page.elements[at]
        for at in places
        if at not in facts.headline_depths and COMMENT_NAME.search(page.elements[at].names)
    ]
    inside = {at for one in named for at in range(one.first_block, one.end_block)}
    found = [at for at in draft.kept_places() if at in inside] if inside else []
    if not found or draft.kept_chars() - sum(facts.sizes[at] for at in found) < LEFT_CHARS:
        return
    for at in found:
        draft.cut(at, "comments", "comment")
