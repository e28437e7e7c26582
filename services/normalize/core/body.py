"""From judged blocks to the article's paragraphs: headline, byline, dateline and credit line become fields."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.normalize.core.judging.keep import JudgedBlock
from services.normalize.core.line_looks import (
    BYLINE,
    CREDIT,
    DATE,
    LONGEST_BARE_DATE,
    LONGEST_DATE_LINE,
    NOTICE,
    SAID,
    look_at,
)
from services.normalize.core.metadata.labels import is_machine_notice
from services.normalize.core.provenance.credit_line import (
    CreditLine,
    may_end_article,
    read_credit_line,
    read_last_line,
    split_credit_tail,
)
from services.normalize.core.provenance.dateline import Dateline, read_dateline
from services.normalize.core.words.caseless import Caseless
from services.normalize.core.words.date_text import STEMS, find_moment, has_year
from services.normalize.core.words.name_words import says_by
from services.normalize.core.words.names import names_in_byline, signed_name
from services.normalize.core.words.plain_words import as_written, plain

LONGEST_BYLINE = 200
HEAD_REACH = 40  # blocks above the first kept one in which headline, byline and date are looked for
NOTICE_REACH = 8  # blocks behind the last kept one in which a notice is still the article's
MARKS_IN_TITLE = (
    24  # punctuation, accents and soft hyphens by which a line may be longer than its folded text
)
HEADS = 2  # kept paragraphs that may be a name and its newsroom
TAIL_PARAGRAPHS = 4  # the last paragraphs, where a credit line may hang at the end
CREDITS_AFTER_END = 6  # blocks behind the last kept one in which a credit line is looked for
SENTENCE = re.compile(r"(?<![ap]\.m)(?<! val)(?<! [dгрr])\.$|[。，、！？]")
DATELINE_PARAGRAPHS = 3
HOUR = r"(?:\W+(?:at |в |у |о |um |à |a las |godz\. )?\d{1,2}[:.]\d\d)"
BARE_DATE = Caseless.of(
    r"\W*(?:(?:first )?(?:published|posted|updated|modified|опубликовано|обновлено|апублікавана|абноўлена|опубліковано|оновлено|"
    r"opublikowano|aktualizacja|paskelbta|atnaujinta|veröffentlicht|aktualisiert)\W+)?(?:on\s+)?"
    rf"(?:\d{{1,2}}([./-])\d{{1,2}}\1(?:(?:19|20)\d\d{HOUR}?|\d\d{HOUR})|\d{{1,2}}\s(?:{STEMS})\w*\.?{HOUR}|"
    r"(?:(?:an?|one|two|\d{1,3})\s(?:minutes?|mins?|hours?|days?|weeks?|months?|years?)\sago|last (?:week|month|year)|yesterday|today|"
    r"\d{1,3}\s(?:мин|час|дн|день|недел|месяц|год|лет|хвілін|гадзін|дзень|дзён|тыдн|хвилин|годин|днів|тижн)\w*\.?\s(?:назад|таму|тому)|вчера|сегодня|учора|сёння|вчора|сьогодні|"
    r"\d{1,3}\s(?:minut|godzin|dni|tygodni)\w*\stemu|wczoraj|dzisiaj|dziś|prieš \d{1,3}\s\w{2,10}|vakar|šiandien|vor \d{1,3}\s\w{3,9}|gestern|heute)"
    rf"{HOUR}?)\W*"
)
"""A day that says too little to be a field — relative, or of two readings — is no paragraph either."""


@dataclass(frozen=True)
class Body:
    """The article's text taken apart.

    `judged` is the ledger with what was cut here; `paragraphs` maps the index of a kept block to its text without
    dateline and credit tail; `byline_lines` are the blocks of the byline and the date line,
    `notices` the texts that say what a machine made.
    """

    judged: tuple[JudgedBlock, ...]
    paragraphs: dict[int, str]
    dateline: Dateline | None
    credit_lines: tuple[CreditLine, ...]
    byline_lines: tuple[int, ...]
    notices: tuple[str, ...]

    @property
    def text(self) -> str:
        """The kept paragraphs joined by a blank line."""
        return "\n\n".join(self.paragraphs.values())


def take_apart(judged: Sequence[JudgedBlock], title: str | None) -> Body:
    """Cut the headline, byline and notices that were kept, and take dateline and credit lines off the paragraphs."""
    ledger = list(judged)
    looks = _looks_at(ledger, title)
    fields = _fields_of(looks)
    fields |= {
        n: "byline" for n in looks.heads if n not in fields and signed_name(looks.texts[n - looks.first])
    }
    for n, field in fields.items():
        ledger[n] = ledger[n]._replace(kept=False, reason=REASON[field], rule=field)
    credit_lines = _cut_credit_lines(ledger, looks)
    paragraphs = as_written({n: one.block.text for n, one in enumerate(ledger) if one.kept})
    dateline = _take_dateline(paragraphs)
    credit_lines += _take_credit_tail(paragraphs)
    return Body(
        judged=tuple(ledger),
        paragraphs={n: text for n, text in paragraphs.items() if text},
        dateline=dateline,
        credit_lines=tuple(credit_lines),
        byline_lines=tuple(n for n, field in fields.items() if field in ("byline", "date")),
        notices=tuple(ledger[n].block.text for n, field in fields.items() if field == "notice"),
    )


REASON = {
    "headline": "the headline, which is a field",
    "byline": "the byline, which is a field",
    "date": "the date line, which is a field",
    "notice": "a notice on the page's pictures or text, which is a label",
}


class Looks(NamedTuple):
    """What the lines around an article may be: of those from `first` on a byte each; the middle kept one, the first and
    the last ones; the lines' texts."""

    first: int
    middle: int
    heads: list[int]
    last: list[int]
    marks: bytes
    texts: list[str]

    def marked(self, mark: int) -> list[int]:
        """The places of the lines with one of the marks, in order."""
        return [n for n, look in enumerate(self.marks, self.first) if look & mark]


def _looks_at(ledger: Sequence[JudgedBlock], title: str | None) -> Looks:
    kept = [n for n, one in enumerate(ledger) if one.kept]
    if not kept:
        return Looks(0, 0, [], [], b"", [])
    first = max(0, kept[0] - HEAD_REACH)
    texts = [one.block.text for one in ledger[first : kept[-1] + NOTICE_REACH]]
    marks = look_at(texts, plain(title or ""), MARKS_IN_TITLE)
    return Looks(first, kept[len(kept) // 2], kept[:HEADS], kept[-TAIL_PARAGRAPHS:], marks, texts)


def _fields_of(looks: Looks) -> dict[int, str]:
    """Blocks that are a field rather than body text: the headline anywhere, bylines and dates above its middle."""
    found: dict[int, str] = {}
    for n in looks.marked(NOTICE | SAID | BYLINE | DATE):
        text, look = looks.texts[n - looks.first], looks.marks[n - looks.first]
        if look & NOTICE and is_machine_notice(text):
            found[n] = "notice"
        elif look & SAID and len(text) <= LONGEST_BYLINE:
            found[n] = "headline"
        elif n < looks.middle and (field := _field_of(text, look)):
            found[n] = field
    return found


def _field_of(text: str, look: int) -> str | None:
    if text.endswith(("?", "!", "”", '"')):
        return None
    if look & BYLINE and says_by(text) and names_in_byline(text):
        return "byline"
    return "date" if look & DATE and _is_date_line(text) else None


def _is_date_line(text: str) -> bool:
    """A line of a date and little else: `News Desk | Updated: 12-12-2025 19:00 IST`; a sentence is none."""
    if len(text) <= LONGEST_BARE_DATE and BARE_DATE.fullmatch(text):
        return True
    if len(text) > LONGEST_DATE_LINE or not has_year(text) or SENTENCE.search(text):
        return False
    return (
        sum(map(str.isdigit, text)) >= len(text) / 12
        and len(plain(text).split()) <= 18
        and find_moment(text) is not None
    )


def _cut_credit_lines(ledger: list[JudgedBlock], looks: Looks) -> list[CreditLine]:
    marked = looks.marked(CREDIT)
    last = [n for n in looks.last if may_end_article(looks.texts[n - looks.first])]
    kept = _bounds_of_kept(ledger, looks) if marked or last else range(0)
    found: list[CreditLine] = []
    for n in sorted({*marked, *last}) if kept else ():
        line = _credit_line_at(n, ledger[n], kept, is_last=n in last)
        if line is not None and not _is_picture_credit(line, kept=ledger[n].kept):
            found.append(line)
            ledger[n] = ledger[n]._replace(
                kept=False, reason="the credit line, which is a field", rule="credit line"
            )
    return found


def _bounds_of_kept(ledger: Sequence[JudgedBlock], looks: Looks) -> range:
    """From the first kept block to the last one; empty if none is."""
    first = next((n for n in range(looks.first, len(ledger)) if ledger[n].kept), None)
    if first is None:
        return range(0)
    return range(first, next(n for n in range(looks.last[-1], -1, -1) if ledger[n].kept) + 1)


def _credit_line_at(n: int, one: JudgedBlock, kept: range, *, is_last: bool) -> CreditLine | None:
    """The credit line that a block is; none far from the article, and no picture's source."""
    if not kept[0] <= n < kept[-1] + CREDITS_AFTER_END:
        return None
    line = read_credit_line(one.block.text) or (read_last_line(one.block.text) if is_last else None)
    if line is None or not line.ends_article:
        return line
    return line if n > kept[-1] - TAIL_PARAGRAPHS and one.block.kind != "caption" else None


def _is_picture_credit(line: CreditLine, *, kept: bool) -> bool:
    """A caption's credit below the article belongs to its picture, not to the report."""
    return not kept and bool(line.credits) and all(credit.role == "photography" for credit in line.credits)


def _take_dateline(paragraphs: dict[int, str]) -> Dateline | None:
    for n in list(paragraphs)[:DATELINE_PARAGRAPHS]:
        dateline = read_dateline(paragraphs[n])
        if dateline is not None:
            paragraphs[n] = paragraphs[n][dateline.length :]
            return dateline
    return None


def _take_credit_tail(paragraphs: dict[int, str]) -> list[CreditLine]:
    for n in list(paragraphs)[-TAIL_PARAGRAPHS:]:
        paragraphs[n], line = split_credit_tail(paragraphs[n])
        if line is not None:
            return [line]
    return []
