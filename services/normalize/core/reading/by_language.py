"""The one-byte encoding of a page that says its language and not its encoding: the one whose letters that language writes."""

import re

LETTERS = {
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű", "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž", "et": "äöõüšž", "de": "äöüß", "fr": "àâæçéèêëîïôœùûüÿ", "es": "áéíñóúü",
}  # fmt: skip
"""Latin alphabets whose encodings statistics take for one another; Cyrillic ones they tell apart."""

ENCODINGS = ("cp1252", "cp1250", "iso8859-2", "cp1257")
LANGUAGE = re.compile(rb"<html[^>]{0,400}?\slang\s*=\s*[\"']?([A-Za-z]{2})", re.I)
HEAD_BYTES = 4096
FEWEST = 8  # letters beyond ASCII; fewer say nothing
SHARE = 0.9  # of them that the language writes; names and quotes of others stand between


def encoding_by_language(page: bytes, sample_bytes: int) -> str | None:
    """The encoding in which nearly all letters beyond ASCII are the page's language's, or None."""
    said = LANGUAGE.search(page[:HEAD_BYTES])
    letters = LETTERS.get(said[1].decode().lower()) if said else None
    if letters is None:
        return None
    sample = page[:sample_bytes]
    shares = [(_share(sample.decode(encoding, "replace"), letters), encoding) for encoding in ENCODINGS]
    share, encoding = max(shares, key=lambda pair: pair[0])
    return encoding if share >= SHARE else None


def _share(text: str, letters: str) -> float:
    strange = [letter for letter in text.lower() if letter >= "\x80" and letter.isalpha()]
    return sum(letter in letters for letter in strange) / len(strange) if len(strange) >= FEWEST else 0.0
