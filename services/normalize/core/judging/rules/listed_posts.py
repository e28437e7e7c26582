"""Lists of other posts that the page's own editor marks as such."""

import re

import numpy as np

from services.normalize.core.judging.draft import Draft
from services.normalize.core.words.class_words import group_bit

LISTING = re.compile(r"(?<![\w-])wp-block-(?:query|post-template|latest-posts)(?![\w-])")
"""WordPress's blocks that list posts: Query Loop with its template, and Latest Posts (developer.wordpress.org, "Core Blocks Reference")."""
LISTING_GROUP = group_bit("aside")  # where `block` is among the words
LEFT_CHARS = 150  # of other text; a page that is nothing but such a list has these posts for its text


def cut_listed_posts(draft: Draft) -> None:
    """Cut what stands in a list of posts, unless the headline stands in it too or hardly anything else was kept.

    Needed for a news site whose page ends with ten newer posts, headline and first sentences each.
    """
    facts, elements = draft.scored.facts, draft.scored.page.elements
    before = np.concatenate(([0], np.cumsum(draft.kept)))
    held = before[facts.tree.last] > before[facts.tree.first]
    named = [
        elements[at]
        for at in np.flatnonzero(held & (facts.tree.flags & LISTING_GROUP > 0)).tolist()
        if at not in facts.headline_depths and LISTING.search(elements[at].names)
    ]
    inside = {at for one in named for at in range(one.first_block, one.end_block)}
    found = [at for at in draft.kept_places() if at in inside] if inside else []
    if found and draft.kept_chars() - sum(facts.sizes[at] for at in found) >= LEFT_CHARS:
        for at in found:
            draft.cut(at, "listed_posts", "other article or comment")
