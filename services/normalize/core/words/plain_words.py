"""One folding of short texts for comparing them: case, accents' form, punctuation and blanks do not count."""

import re
import unicodedata
from dataclasses import dataclass

WORD = re.compile(r"\w+")
INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]+")  # ten times faster than str.translate

TYPESET_MARKS = (
    "’‘“”—–…\u00a0"  # they stand between words, and are all that keeps most English texts from being ASCII
)
FOLDED = bytes(
    ord(chr(code).lower()) if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)
).ljust(256)


def plain(text: str) -> str:
    """`Trump’s  envoy — in Minsk!` → `trump s envoy in minsk`."""
    simple = with_blanks_for_marks(text)
    if simple.isascii():  # most texts: nothing to compose, nothing invisible, one way to fold
        return b" ".join(simple.encode().translate(FOLDED).split()).decode()
    return " ".join(WORD.findall(INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()))


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


def tidy(text: str) -> str:
    """The text as a person would write it: single blanks, no soft hyphens or zero-width signs."""
    return " ".join((text if text.isascii() else INVISIBLE.sub("", text)).split())


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
