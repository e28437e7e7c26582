"""Other articles: everything in a container whose class or id says that it holds them."""

import re

import numpy as np

from services.normalize.core.judging.draft import Draft
from services.normalize.core.words.class_words import group_bit

OTHERS = re.compile(
    r"(?<![\w-])wp-block-(?:query|post-template|latest-posts)(?![\w-])|"
    r"recommend(?!ation)|trending|outbrain|taboola|recirc|most[-_ ]?(?:read|popular|viewed)|"
    r"related[-_ ]?(?:articles?|posts?|stories|news|content|links?)",
    re.I,
)
"""First WordPress's blocks that list posts: Query Loop with its template, and Latest Posts; then names of many sites."""
OTHERS_GROUPS = group_bit("related") | group_bit("aside")  # `block` is among the second's words
LEFT_CHARS = 150  # of other text; a page that is nothing but such a list has these articles for its text


def cut_other_articles(draft: Draft) -> None:
    """Cut what stands in such a container, unless the headline stands in it too or hardly anything else was kept.

    Needed for news pages that end with ten newer posts, headline and first sentences each, or with another article in
    running text.
    """
    facts, elements = draft.scored.facts, draft.scored.page.elements
    before = np.concatenate(([0], np.cumsum(draft.kept)))
    held = before[facts.tree.last] > before[facts.tree.first]
    named = [
        elements[at]
        for at in np.flatnonzero(held & (facts.tree.flags & OTHERS_GROUPS > 0)).tolist()
        if at not in facts.headline_depths and OTHERS.search(elements[at].names)
    ]
    inside = {at for one in named for at in range(one.first_block, one.end_block)}
    found = [at for at in draft.kept_places() if at in inside] if inside else []
    if found and draft.kept_chars() - sum(facts.sizes[at] for at in found) >= LEFT_CHARS:
        for at in found:
            draft.cut(at, "other_articles", "other article or comment")
