"""What an article says twice: pull quotes, and texts given once in parts and once as a whole."""

from collections.abc import Sequence

from services.normalize.core.judging.draft import Draft

SHORTEST = 60  # letters; shorter texts, such as names in a list, stand in longer ones by their nature
HEAD = 16  # letters by which a text is looked for first; as in _verdicts.c
MOST_COMPARED = 50_000_000  # texts times letters: half a second at worst, and no article comes near it
BETWEEN = "\x00"  # in no text


def cut_repeats(draft: Draft) -> None:
    """Cut a text that stands word for word inside a longer one that was kept too: an article says it once.

    Needed for pages that set a sentence of theirs between the paragraphs, in large letters and the paragraphs' own
    markup. Of two equal texts neither is cut: tables and forms say things twice.
    """
    page, kept = draft.scored.page, draft.kept_places()
    texts = [page.blocks[at].text for at in kept]
    if len(texts) * sum(map(len, texts)) > MOST_COMPARED:
        return
    look = page.reader.verdicts.begin_again if page.reader.verdicts is not None else begin_again
    for place in look(texts, SHORTEST):
        if _stands_in_longer(texts[place], texts):
            draft.cut(kept[place], "repeats", "said again in a longer paragraph")


def begin_again(texts: list[str], shortest: int) -> list[int]:
    """The places of texts of at least `shortest` letters whose first sixteen stand in the texts once more."""
    whole = BETWEEN.join(texts)
    heads = [(place, text[:HEAD]) for place, text in enumerate(texts) if len(text) >= shortest]
    return [place for place, head in heads if whole.find(head, whole.find(head) + 1) >= 0]


def _stands_in_longer(text: str, texts: Sequence[str]) -> bool:
    return any(len(other) > len(text) and text in other for other in texts)
