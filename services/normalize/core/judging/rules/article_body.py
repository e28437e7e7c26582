"""The JSON-LD articleBody as rescue: for pages whose text is drawn by a script or cut off by a paywall."""

from collections import Counter

from services.normalize.core.judging.draft import Draft
from services.normalize.core.words.phrases import words_of

LITTLE = (
    0.4  # of the articleBody's words found in what was kept: below this the page does not show its article
)
ENOUGH_CHARS = 300


def rescue_by_article_body(draft: Draft) -> None:
    """Take the articleBody's paragraphs as blocks of their own where the page shows next to nothing of them.

    Needed for pages whose body is drawn by a script: the words are in the page, but only in its JSON-LD.
    """
    paragraphs = draft.scored.facts.hints.article_paragraphs
    if sum(map(len, paragraphs)) < ENOUGH_CHARS:
        return
    blocks = draft.scored.page.blocks
    body = Counter(words_of("\n".join(paragraphs)))
    kept = Counter(words_of("\n".join([blocks[at].text for at in draft.kept_places()])))
    if sum([min(count, kept.get(word, 0)) for word, count in body.items()]) >= LITTLE * body.total():
        return
    for at in draft.kept_places():
        draft.cut(at, "article_body", "not in the article's body as the page declares it")
    draft.add(paragraphs, "article_body")
