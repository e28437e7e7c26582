"""Readers' comments: everything in a container whose class or id says so."""

import re

from services.normalize.core.judging.draft import Draft
from services.normalize.core.reading.blocks import Element

COMMENT_NAME = re.compile(
    r"(?:^|[\s_-])(?:comments?|coments?|disqus|kommentare?|komentarze|komentarai|commentaires|comentarios|comment-?list|respond|opinie|"
    r"tabs-comments)(?:$|[\s_-])",
    re.I,
)
LEFT_CHARS = 150  # of other text; comments without an article above them are not comments


def cut_comments(draft: Draft) -> None:
    """Cut what stands in a comment container, unless the page's headline stands in it too.

    Needed for a news page with a hundred long comments in running text; a wrapper around article and comments that is
    itself called `comments` holds the headline or all the text, and is left alone.
    """
    page, sizes = draft.scored.page, draft.scored.facts.sizes
    above_headline = draft.scored.facts.headline_depths
    known: dict[int, bool] = {}
    found = [at for at in draft.kept_places() if _in_comments(page.blocks[at].element, above_headline, known)]
    if draft.kept_chars() - sum(sizes[at] for at in found) < LEFT_CHARS:
        return
    for at in found:
        draft.cut(at, "comments", "comment")


def _in_comments(element: Element | None, above_headline: dict[int, int], known: dict[int, bool]) -> bool:
    if element is None:
        return False
    found = known.get(element.index)
    if found is None:
        own = _is_named_comments(element.names) and element.index not in above_headline
        found = known[element.index] = own or _in_comments(element.parent, above_headline, known)
    return found


def _is_named_comments(names: str) -> bool:
    lower = names.lower()
    return _has_stem(lower) and COMMENT_NAME.search(names) is not None


def _has_stem(names: str) -> bool:
    """A quick look: one of these is in each of the names sought."""
    return (
        "omment" in names or "oment" in names or "disqus" in names or "respond" in names or "opinie" in names
    )
