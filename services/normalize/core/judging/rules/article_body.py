"""The JSON-LD articleBody as rescue: for pages whose text is drawn by a script or cut off by a paywall."""

from collections import Counter
from collections.abc import Sequence

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
    kept = [blocks[at].text for at in draft.kept_places()]
    body = words_of("\n".join(paragraphs))
    if _surely_found(kept, draft.scored.facts.hints.article_body_key, LITTLE * len(body)):
        return
    if _found(Counter(body), Counter(words_of("\n".join(kept)))) >= LITTLE * len(body):
        return
    for at in draft.kept_places():
        draft.cut(at, "article_body", "not in the article's body as the page declares it")
    draft.add(paragraphs, "article_body")


def _found(body: Counter[bytes], kept: Counter[bytes]) -> int:
    return sum([min(count, kept.get(word, 0)) for word, count in body.items()])


def _surely_found(kept: Sequence[str], body: str, enough: float) -> bool:
    """A quick look: whether pieces of the body that were kept word for word, one behind the other, are enough by themselves.

    Of each piece the first and the last word may be parts of longer ones of the body, so these do not count.
    """
    found, end = 0, 0
    for text in kept:
        piece = text.replace("\n", " ").lower()
        at = body.find(piece, end)
        if at >= 0:
            end = at + len(piece)
            found += max(0, len(words_of(piece)) - 2)
            if found >= enough:
                return True
    return False
