"""What changed between two states of an article, readable, and whether it is news. Pure."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from .members import Member
from .words import fold, words_of

PAIRED_AT_MOST = 200
"""Paragraphs of either side that are looked at one against the other; beyond that they are only added or removed."""
SAME_PARAGRAPH = 0.5
"""Two paragraphs that share half of the smaller one's words are one paragraph, changed."""
NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
CORRECTION = re.compile(
    r"(?<!\w)(corrections?|corrected|corrects|clarification|исправлен\w*|уточнен\w*|выпраўлен\w*|sprostowanie)\b"
)
UPDATED = re.compile(r"\W*(updated?|обновлен\w*|дополнен\w*|абноўлен\w*|aktualizacja|atnaujinta)\b")
NOTICE_WORDS = 60
"""A notice stands at the head or the foot in a short paragraph; "updated" inside a report is a verb."""

Notice = Literal["correction", "updated"]


@dataclass(frozen=True, slots=True)
class Changes:
    """A readable difference. Paragraphs are given as they are printed.

    `headline` is (before, after) or None. `changed` pairs a paragraph with its later wording; `numbers` are the
    figures within such pairs that changed, before and after. `notice` is what the article itself says of the change,
    only if it did not say so before.
    """

    headline: tuple[str, str] | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    numbers: tuple[tuple[str, str], ...] = ()
    notice: Notice | None = None

    @property
    def is_material(self) -> bool:
        """Whether a subscriber should get it: the headline, a paragraph or a figure is another one."""
        return bool(self.headline or self.added or self.removed or self.changed or self.notice)


def changes_between(before: Member, after: Member) -> Changes:
    """Compare two states; spacing, case, quotes and punctuation are no change, nor is the order of paragraphs.

    Where engine or template differ, only the headline and the paragraphs both kept are compared: a better extraction
    is not news, unless it was asked for (`is_replay`).
    """
    reextracted = (before.engine, before.template) != (after.engine, after.template) and not after.is_replay
    removed, added = _unmatched(before.text, after.text)
    pairs, removed, added = _paired(removed, added)
    headline = _headline_change(before.title, after.title, lenient=reextracted)
    if reextracted:
        pairs = [(old, new) for old, new in pairs if not _is_resplit(old, new, before.text, after.text)]
        removed, added = [], []
    notice = _new_notice(before, after, [*added, *(new for _, new in pairs)])
    return Changes(headline, tuple(added), tuple(removed), tuple(pairs), _changed_numbers(pairs), notice)


def paragraphs_of(text: str) -> list[str]:
    """The text's paragraphs, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _unmatched(before: str, after: str) -> tuple[list[str], list[str]]:
    """The paragraphs of each side that the other has not, in order, compared by their words and figures."""
    old, new = paragraphs_of(before), paragraphs_of(after)
    spare_old, spare_new = Counter(map(_key, old)), Counter(map(_key, new))
    both = spare_old & spare_new
    return _without(old, both), _without(new, both)


def _without(paragraphs: list[str], matched: Counter[str]) -> list[str]:
    left, kept = Counter(matched), []
    for paragraph in paragraphs:
        key = _key(paragraph)
        if left[key]:
            left[key] -= 1
        elif key:
            kept.append(paragraph)
    return kept


def _key(paragraph: str) -> str:
    """Equal for paragraphs that read the same; "1.5" and "15" differ."""
    return " ".join([*words_of(paragraph), *NUMBER.findall(paragraph)])


def _paired(removed: list[str], added: list[str]) -> tuple[list[tuple[str, str]], list[str], list[str]]:
    """Pair each removed paragraph with the added one most like it; give the pairs and what stayed alone."""
    spare = {index: Counter(words_of(text)) for index, text in enumerate(added[:PAIRED_AT_MOST])}
    pairs: list[tuple[str, str]] = []
    alone = removed[PAIRED_AT_MOST:]
    for paragraph in reversed(removed[:PAIRED_AT_MOST]):
        words = Counter(words_of(paragraph))
        best = max(spare, key=lambda index: (_shared(words, spare[index]), -index), default=None)
        if best is None or _shared(words, spare[best]) < SAME_PARAGRAPH:
            alone.insert(0, paragraph)
        else:
            pairs.insert(0, (paragraph, added[best]))
            del spare[best]
    taken = {new for _, new in pairs}
    return pairs, alone, [text for text in added if text not in taken]


def _shared(one: Counter[str], other: Counter[str]) -> float:
    smaller = min(one.total(), other.total())
    return (one & other).total() / smaller if smaller else 0.0


def _headline_change(before: str | None, after: str | None, *, lenient: bool) -> tuple[str, str] | None:
    old, new = " ".join(words_of(before)), " ".join(words_of(after))
    if old == new or not old or not new:
        return None
    if lenient and (f" {old} " in f" {new} " or f" {new} " in f" {old} "):
        return None  # "Headline | Outlet": the engine cuts it better now
    return (before or "", after or "")


def _is_resplit(old: str, new: str, before: str, after: str) -> bool:
    """Whether one paragraph stands inside the other side's whole text: split or joined otherwise, not rewritten."""
    return _stands_in(old, after) or _stands_in(new, before)


def _stands_in(paragraph: str, text: str) -> bool:
    return f" {' '.join(words_of(paragraph))} " in f" {' '.join(words_of(text))} "


def _changed_numbers(pairs: list[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Figures that changed, in reading order; one that came or went alone is paired with nothing ("")."""
    changed: list[tuple[str, str]] = []
    for old, new in pairs:
        gone = _without_numbers(NUMBER.findall(old), NUMBER.findall(new))
        come = _without_numbers(NUMBER.findall(new), NUMBER.findall(old))
        length = max(len(gone), len(come))
        changed += zip(gone + [""] * (length - len(gone)), come + [""] * (length - len(come)), strict=True)
    return tuple(changed)


def _without_numbers(numbers: list[str], others: list[str]) -> list[str]:
    spare, kept = Counter(others), []
    for number in numbers:
        if spare[number]:
            spare[number] -= 1
        else:
            kept.append(number)
    return kept


def _new_notice(before: Member, after: Member, touched: list[str]) -> Notice | None:
    fresh = [fold(text) for text in touched if len(words_of(text)) <= NOTICE_WORDS]
    headline = fold(after.title or "")
    known = fold(before.title or "")
    if any(CORRECTION.search(text) for text in fresh) or (
        CORRECTION.search(headline) and not CORRECTION.search(known)
    ):
        return "correction"
    starts = [text for text in fresh if UPDATED.match(text)]
    if starts or (UPDATED.match(headline) and not UPDATED.match(known)):
        return "updated"
    return None
