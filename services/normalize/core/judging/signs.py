"""Signs that only expressions find, looked for in the few candidates that may have them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from services.normalize.core.judging.page_hints import PageHints
from services.normalize.core.reading.measures import Rows
from services.normalize.core.words.phrases import JUNK_START, LABEL, WIDE_NOTICE

WIDE_HEAD = 200
MANY_LINKS = 0.5


def find_labels(keys: Sequence[str], begins: Any, rows: Rows, judged: Any) -> None:
    """Which candidates, and which others that are no links, begin like a label of the page, into the row `label`."""
    asked = judged | (rows["link_shares"] <= MANY_LINKS)
    may_be = np.flatnonzero(asked & (begins & LABEL > 0)).tolist()
    rows["label"][[at for at in may_be if JUNK_START.match(keys[at])]] = True


def count_wide_signs(
    texts: Sequence[str], rows: Rows, words: dict[str, Any], judged: Any, hints: PageHints
) -> None:
    """What a script without blanks has in place of commas, words and notices, into their rows."""
    for at in np.flatnonzero(judged & (rows["wide"] > 0)).tolist():
        text, head = texts[at], texts[at][:WIDE_HEAD]
        rows["commas"][at] = text.count("，") + text.count("、")
        rows["sentences"][at] = text.count("。") + text.count("！") + text.count("？")
        rows["wide_notice"][at] = len(WIDE_NOTICE.findall(head))
        words["titled"][at] = _pairs_in(head, hints.title_pairs)
        words["words"][at] = len(head) // 4


def _pairs_in(head: str, pairs: frozenset[str]) -> int:
    """How many pairs of letters, which stand for words, are the title's."""
    return sum(head[at : at + 2] in pairs for at in range(0, len(head), 2)) if pairs else 0
