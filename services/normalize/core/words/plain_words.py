"""One folding of short texts for comparing them: case, accents' form, punctuation and blanks do not count."""

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

from services.normalize.core.words.compiled_lines import LINES

WORD = re.compile(r"\w+")
UNSEEN = "\u00ad\u200b\ufeff\u200e"
UNSEEN_RUN = re.compile(f"[{UNSEEN}]+")
"""Soft hyphens, blanks without width, a mark of direction; joiners, which Persian and emoji need, stay."""
ACCENTS = "\u0301\u0306\u0308\u030c"  # a text whose accents are signs of their own has one of these in each of our languages
MARKS = (*UNSEEN, *ACCENTS)
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]+")  # ten times faster than str.translate

TYPESET_MARKS = (
    "’‘“”—–…\u00a0"  # they stand between words, and are all that keeps most English texts from being ASCII
)
FOLDED = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)
).ljust(256)


def folded(text: str) -> str:
    """`Trump’s  envoy — in Minsk!` → `trump s envoy in minsk`."""
    simple = with_blanks_for_marks(text)
    if simple.isascii():  # most texts: nothing to compose, nothing invisible, one way to fold
        return b" ".join(simple.encode().translate(FOLDED).split()).decode()
    return " ".join(WORD.findall(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()))


def words_counted(text: str) -> int:
    """How many words stand in a text, parted by blanks of any kind."""
    return len(text.split())


def with_blanks_for_marks(text: str) -> str:
    """A text with blanks for typeset quotes, dashes and hard blanks: most English ones are ASCII then."""
    if text.isascii():
        return text
    for mark in TYPESET_MARKS:
        text = text.replace(mark, " ")
    return text


def squeezed(text: str) -> str:
    """As `plain`, without blanks: `The Sun` → `thesun`, as hosts write it."""
    return plain(text).replace(" ", "")


def as_written(paragraphs: dict[int, str]) -> dict[int, str]:
    """The paragraphs without marks that nobody sees, letters and their accents as one sign (NFC); most have neither."""
    whole = "".join(paragraphs.values())
    if whole.isascii() or not any(map(whole.__contains__, MARKS)):
        return paragraphs
    return {
        n: unicodedata.normalize("NFC", UNSEEN_RUN.sub("", text)).strip() for n, text in paragraphs.items()
    }


def tidy(text: str) -> str:
    """The text as a person would write it: single blanks, no soft hyphens or zero-width signs, accents joined (NFC)."""
    if not text.isascii():
        text = INVISIBLE.sub("", text)
        if any(map(text.__contains__, ACCENTS)):
            text = unicodedata.normalize("NFC", text)
    return " ".join(text.split())


BLANK, SKIP, ASK, SHARP_S = range(4)
"""What the table of foldings has for a letter that parts words, one that is left out, one that Python folds, and ß."""
TABLED = 0x2100
SIMPLE = (range(0x530), range(0x2000, 0x2065))
"""Latin, Greek, Cyrillic and typeset signs: their foldings do not hang on what stands beside them."""


def folding_of(letter: str) -> int:
    """The folding of a letter by itself, or one of the four numbers above."""
    if letter == "ß" or unicodedata.category(letter).startswith("M"):
        return SHARP_S if letter == "ß" else ASK
    if INVISIBLE.match(letter):
        return SKIP
    fold = folded(letter)
    if len(fold) == 1:
        return ord(fold) if unicodedata.normalize("NFKC", letter).casefold() == fold else ASK
    return ASK if fold else BLANK


def _table_of(number_of: Callable[[str], int]) -> bytes:
    """A table of 16 bits a letter for _lines.c."""
    table = array("H", [ASK]) * TABLED
    letters: Iterable[int] = chain(*SIMPLE)
    for code in letters:
        table[code] = number_of(chr(code))
    return table.tobytes()


def _case_of(letter: str) -> int:
    return ord(low) if len(low := letter.casefold()) == 1 else ASK


if LINES is not None:
    LINES.bind_folding(_table_of(folding_of), _table_of(_case_of), folded)

plain: Callable[[str], str] = folded if LINES is None else LINES.plain
"""As `folded`, in C where it was built."""

count_words: Callable[[str], int] = words_counted if LINES is None else LINES.count_words
"""As `words_counted`, in C where it was built."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A folded text to find again among many lines: most are told apart by length and one word, unfolded."""

    key: str
    longest_word: str

    @classmethod
    def of(cls, text: str) -> "Wording":
        """The wording of a text as written."""
        key = plain(text)
        return cls(key, max(key.split(), key=len, default=""))

    def is_said_by(self, line: str, marks: int) -> bool:
        """Whether `line` has these words and is at most `marks` characters longer or shorter than they are folded."""
        if not self.key or abs(len(line) - len(self.key)) > marks:
            return False
        return (not line.isascii() or self.longest_word in line.lower()) and plain(line) == self.key
