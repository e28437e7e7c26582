"""The headline of a page that came as plain text: the line that stands as one above the body."""

import re
from collections.abc import Sequence

from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.words.date_text import find_moment
from services.normalize.core.words.name_words import PREFIX
from services.normalize.core.words.plain_words import plain

SHORTEST = 15
LONGEST = 110  # a longer line right above the body sums up rather than heads
LONGEST_HEADLINE = 220  # unless it stands twice, or a byline or standfirst stands between
PROSE = 140
REACH = 40  # lines between a headline and the body: byline, date, picture, share buttons
STEM = 5  # letters by which words of headline and body are compared: a headline inflects otherwise
TITLE_SCORE = 0.6  # a line with nothing of the body in it stays below
USUAL = 30  # shorter lines are more often a section's name
BREADCRUMB = re.compile(r"\s[>›»/|]\s")
ENDS_SENTENCE = (".", ":", ";", ",", "(", "…")
BULLET = re.compile(r"^\s*(?:[*+•·▪►–—-]|\d{1,2}[.)])\s")
NOT_HEADLINE = re.compile(
    r"https?:|@|©|^\W*\d+\W*$|\b(?:min(?:ute)? read|read more|subscribe|sign in|log in|cookies?|advertisement|share|tweet|"
    r"whatsapp|getty|newsletter|comments?|presented by)\b|"
    r"\b(?:image|photo|photograph|illustration|picture|credit|foto|bild|fot|фото|здымак|zdjęcie|nuotr)s?\.?(?:\s(?:credits?|by))?\s*:|"
    r"\b(?:picture alliance|afp|epa|shutterstock|istock)\b",
    re.IGNORECASE,
)


def choose_text_title(judged: Sequence[JudgedBlock]) -> str | None:
    """The best headline among the lines above the first kept paragraph; None where no line stands as one."""
    body = next((n for n, one in enumerate(judged) if _is_prose(one)), None)
    if body is None:
        return None
    head = [one.block.text for one in judged[max(0, body - REACH) : body]]
    below = frozenset(one.block.text for one in judged[body : body + 4])
    topic = _stems(" ".join(one.block.text for one in judged[body : body + 12] if one.kept))
    rated = [(_rating(head, n, topic, below), -n) for n in range(len(head))]
    best, place = max(rated, default=(0.0, 0))
    return head[-place] if best >= TITLE_SCORE else None


def _is_prose(one: JudgedBlock) -> bool:
    text = one.block.text
    ends = text.endswith((".", "!", "?", "”", '"', "»", "。", "」"))
    return one.kept and (len(text) > PROSE or (len(text) > PROSE / 2 and ends))


def _rating(head: Sequence[str], n: int, topic: set[str], below: frozenset[str]) -> float:
    """How much like this article's headline a line is: words shared with the body, repetition, form, what follows it."""
    line = head[n]
    repeated = line in below or _is_repeated(head, n)
    if not _has_form(line, LONGEST_HEADLINE if repeated or n < len(head) - 1 else LONGEST):
        return 0.0
    stems = _stems(line)
    score = 0.4 + 1.4 * len(stems & topic) / max(1, len(stems)) + 0.1 * n / len(head)
    return score + 1.0 * repeated + 0.5 * _heads_a_byline(head, n) + _length_score(len(line))


def _length_score(length: int) -> float:
    return 0.0 if length < USUAL else 0.3 if length <= LONGEST else 0.1


def _heads_a_byline(head: Sequence[str], n: int) -> bool:
    """Whether a byline or a date stands within the next lines."""
    near = head[n + 1 : n + 6]
    return any(PREFIX.match(line) or (len(line) < 100 and find_moment(line)) for line in near)


def _has_form(line: str, longest: int) -> bool:
    """Length, no sentence's end, no bullet, breadcrumb, byline, date, caption or button."""
    if not SHORTEST <= len(line) <= longest or line.endswith(ENDS_SENTENCE) or BULLET.match(line):
        return False
    if len(line.split()) < 3 and line.isascii():
        return False
    if NOT_HEADLINE.search(line) or BREADCRUMB.search(line) or PREFIX.match(line):
        return False
    return len(line.split()) > 9 or find_moment(line) is None


def _stems(text: str) -> set[str]:
    """Beginnings of the longer words; pairs of signs where a script has no blanks."""
    words = plain(text).split()
    long = {word[:STEM] for word in words if 3 < len(word) <= 24 and word.isalpha()}
    pairs = {
        word[at : at + 2]
        for word in words
        if not word.isascii() and max(word) >= "\u3040"
        for at in range(len(word) - 1)
    }
    return long | pairs


def _is_repeated(head: Sequence[str], n: int) -> bool:
    """The line stands twice above the body, or a breadcrumb ends with it."""
    return any(
        other != n and (head[other] == head[n] or head[other].endswith(f" {head[n]}"))
        for other in range(len(head))
    )
