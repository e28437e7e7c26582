"""One folding of short texts for comparing them: case, accents' form, punctuation and blanks do not count."""

import re
import unicodedata

WORD = re.compile(r"\w+")
INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def plain(text: str) -> str:
    """`Trump’s  envoy — in Minsk!` → `trump s envoy in minsk`."""
    return " ".join(WORD.findall(unicodedata.normalize("NFKC", text).translate(INVISIBLE).casefold()))


def squeezed(text: str) -> str:
    """As `plain`, without blanks: `The Sun` → `thesun`, as hosts write it."""
    return plain(text).replace(" ", "")


def tidy(text: str) -> str:
    """The text as a person would write it: single blanks, no soft hyphens or zero-width signs."""
    return " ".join(text.translate(INVISIBLE).split())
