"""Headlines of other articles, set as a long list of bullets in a text dump."""

from collections.abc import Iterator, Sequence

from services.normalize.core.judging.draft import Draft
from services.normalize.core.reading.blocks import PageBlock

FEWEST = 8  # bullets without a sentence's end; an article's own list of this length is made of short items
LONG_ITEM = 60  # characters: a whole headline
SENTENCE_ENDS = '.!?…"”»“’‘;:,。！？'
MOST_ENDED = 0.3  # of the items may end as a sentence does: headlines that quote or ask


def cut_teaser_lists(draft: Draft) -> None:
    """Cut runs of long bulleted lines that do not end as sentences do: headlines of other articles.

    Needed for a tabloid's dump with two hundred headlines in its margin, each as long as a paragraph.
    """
    blocks = draft.scored.page.blocks
    for run in _bulleted_runs(blocks):
        headlines = [at for at in run if len(blocks[at].text) >= LONG_ITEM]
        ended = sum(blocks[at].text[-1] in SENTENCE_ENDS for at in headlines)
        if len(headlines) >= FEWEST and ended <= MOST_ENDED * len(headlines):
            for at in run:
                draft.cut(at, "teaser_lists", "headlines of other articles")


def _bulleted_runs(blocks: Sequence[PageBlock]) -> Iterator[range]:
    start = 0
    for at in range(len(blocks) + 1):
        if at == len(blocks) or blocks[at].kind != "list_item":
            if at > start:
                yield range(start, at)
            start = at + 1
