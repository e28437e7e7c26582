"""The headline of a page that came as plain text: the line that stands as one above the body."""

import re
from collections.abc import Sequence

from services.normalize.core.date_text import HAS_YEAR
from services.normalize.core.keep import JudgedBlock
from services.normalize.core.names import PREFIX
from services.normalize.core.plain_words import plain

SHORTEST, LONGEST = 15, 110  # a line longer than this sums up rather than heads, unless the page repeats it
LONGEST_REPEATED = 220
PROSE = 140
REACH = 24  # lines between a headline and the body: byline, date, picture, share buttons
BREADCRUMB = re.compile(r"\s[>›»/|]\s")
ENDS_SENTENCE = (".", ":", ";", ",")
NOT_HEADLINE = re.compile(
    r"https?:|@|©|^\W*\d+\W*$|\b(?:min read|read more|subscribe|sign in|log in|cookies?|advertisement)\b",
    re.IGNORECASE,
)


def choose_text_title(judged: Sequence[JudgedBlock]) -> str | None:
    """The best headline among the lines above the first kept paragraph; None where no line stands as one."""
    body = next((n for n, one in enumerate(judged) if _is_prose(one)), None)
    if body is None:
        return None
    head = [one.block.text for one in judged[max(0, body - REACH) : body]]
    below = frozenset(one.block.text for one in judged[body : body + 4])
    topic = set(plain(" ".join(one.block.text for one in judged[body : body + 12] if one.kept)).split())
    rated = [(_rating(head, n, topic, below), n) for n in range(len(head))]
    best = max(rated, default=(0.0, 0))
    return head[best[1]] if best[0] >= 1.0 else None


def _is_prose(one: JudgedBlock) -> bool:
    text = one.block.text
    return one.kept and (
        len(text) > PROSE or (len(text) > PROSE / 2 and text.endswith((".", "!", "?", "”", '"', "»")))
    )


def _rating(head: Sequence[str], n: int, topic: set[str], below: frozenset[str]) -> float:
    """How much like this article's headline a line is: repetition, place, form, and words shared with the body."""
    line = head[n]
    words = plain(line).split()
    repeated = line in below or _is_repeated(head, n)
    longest = LONGEST_REPEATED if repeated else LONGEST
    if (
        not SHORTEST <= len(line) <= longest
        or len(words) < 3
        or NOT_HEADLINE.search(line)
        or BREADCRUMB.search(line)
    ):
        return 0.0
    if line.endswith(ENDS_SENTENCE) or PREFIX.match(line) or (HAS_YEAR.search(line) and len(words) < 7):
        return 0.0
    shared = sum(word in topic for word in words if len(word) > 3) / max(
        1, sum(len(word) > 3 for word in words)
    )
    return 0.5 + 1.2 * shared + 1.0 * repeated + 0.3 * n / len(head)


def _is_repeated(head: Sequence[str], n: int) -> bool:
    """The line stands twice above the body, or a breadcrumb ends with it."""
    return any(
        other != n and (head[other] == head[n] or head[other].endswith(f" {head[n]}"))
        for other in range(len(head))
    )
