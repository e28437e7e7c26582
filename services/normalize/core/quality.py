"""How far an extraction can be trusted, from what it rests on."""

from collections.abc import Sequence
from operator import attrgetter

from services.contracts.messages import Quality
from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.words.plain_words import count_words

TEXT = attrgetter("block.text")
ENOUGH_WORDS = 120  # a short note is as good as its evidence; below this, length lowers the trust


def rate_quality(text: str, judged: Sequence[JudgedBlock], *, has_title: bool, has_date: bool) -> Quality:
    """0 to 1: length, how sure the model was of what it kept, and whether a title and a date were found."""
    words = count_words(text)
    whole = sum(map(len, map(TEXT, judged))) or 1
    chosen = [one for one in judged if one.kept]
    kept = sum(map(len, map(TEXT, chosen)))
    sure = [one.score for one in chosen if one.score is not None]
    certain = sum(score > 0 for score in sure) / len(sure) if sure else 1.0
    score = 0.4 * min(1.0, words / ENOUGH_WORDS) + 0.3 * certain + 0.2 * has_title + 0.1 * has_date
    return Quality(score=round(score, 3), words=words, kept_share=round(kept / whole, 3))
