"""A first look at the lines around an article: what each of them may be, so that nearly all need no second."""

from collections.abc import Callable

from services.normalize.core.metadata.labels import CUES, LONGEST_NOTICE, SHORT_CUES, speaks_of_machines
from services.normalize.core.provenance.credit_line import FIRST_LETTERS, may_be_credit_line
from services.normalize.core.words.compiled_lines import LINES
from services.normalize.core.words.date_text import has_digit, has_year
from services.normalize.core.words.name_words import STARTS, may_say_by
from services.normalize.core.words.plain_words import folded

BYLINE, DATE, CREDIT, NOTICE, SAID = 1, 2, 4, 8, 16
"""A line may be a byline, a date and little else, a credit line, a notice on machines; it says the headline."""

LONGEST_BYLINE, LONGEST_BARE_DATE, LONGEST_DATE_LINE = 100, 60, 140
AFTER_DAY = " .,:;!?…|»”)'\"-–—*•·"
DAY_WORDS = (
    "ago", "last week", "last month", "last year", "yesterday", "today", "вчера", "сегодня", "учора", "сёння", "вчора",
    "сьогодні", "wczoraj", "dzisiaj", "dziś", "vakar", "šiandien", "gestern", "heute",
)  # fmt: skip


def look_by_line(lines: list[str], key: str, marks: int) -> bytes:
    """A byte for each line: the marks above that it has. `key` is the headline, folded.

    A line says it that folds to it and is at most `marks` characters longer or shorter.
    """
    return bytes([look_of(line) | SAID * _says(line, key, marks) for line in lines])


def look_of(line: str) -> int:
    """The marks of one line, but for the last."""
    byline = len(line) < LONGEST_BYLINE and may_say_by(line)
    notice = len(line) <= LONGEST_NOTICE and speaks_of_machines(line)
    return BYLINE * byline | DATE * _may_be_date(line) | CREDIT * may_be_credit_line(line) | NOTICE * notice


def _says(line: str, key: str, marks: int) -> bool:
    return key != "" and abs(len(line) - len(key)) <= marks and folded(line) == key


def _may_be_date(line: str) -> bool:
    if len(line) <= LONGEST_BARE_DATE:
        return _ends_as_day(line) or has_digit(line)
    return len(line) <= LONGEST_DATE_LINE and has_year(line)


def _ends_as_day(line: str) -> bool:
    """A day without a figure ends in one of a few words, or the line in a sign that tells nothing."""
    end = line.rstrip(AFTER_DAY)
    return not end[-1:].isalnum() or end.casefold().endswith(DAY_WORDS)


if LINES is not None:
    _words = tuple(name for name, _ in SHORT_CUES)
    LINES.bind_looks(STARTS, FIRST_LETTERS, DAY_WORDS, AFTER_DAY, CUES, _words, look_of)

look_at: Callable[[list[str], str, int], bytes] = look_by_line if LINES is None else LINES.look_at
"""As `look_by_line`, in C where it was built."""
