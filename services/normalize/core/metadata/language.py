"""The language of the kept text: by its script, its small words or its letters where they leave no doubt, else by py3langid."""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import cache

from services.normalize.core.metadata.language_model import LanguageModel
from services.normalize.core.words.compiled_lines import LINES
from services.normalize.core.words.plain_words import with_blanks_for_marks

LANGUAGES = (  # noqa: SIM905 - eighty codes read better in two lines
    "en ru be uk pl lt lv et de fr es it pt nl sv da nb nn fi cs sk hu ro bg sr hr bs sl mk el tr ar fa he hi ur bn ta te "
    "ml mr gu pa ne si th vi id ms zh ja ko ka hy az kk ky uz tg mn tl sw af ca eu gl is ga cy sq am km lo my jv"
).split()
SMALL_WORDS = {
    "en": "the and of that was with from which has his this are were said they",
    "ru": "что как это его был или она они также которые который было уже после если",
    "be": "што гэта яго быў яна яны таксама якія ўжо паводле пасля калі сказаў каб ад",
    "uk": "що це його був вона вони також який вже щодо після якщо від або сказав",
    "pl": "się nie jest że oraz przez który które był jego tym są został jak dla",
    "lt": "ir kad yra buvo iš apie pagal tai bei nuo dėl jis buvo kurie taip",
    "de": "der und das nicht ist mit dass eine für wurde auf sich auch werden nach",
    "fr": "les des est une dans qui pour pas avec cette aux ont été sur mais",
    "es": "los las del una por para como más está pero sus fue según también entre",
}
LANGUAGES_OF_WORD: dict[str, int] = {}
"""Each small word with its languages: bits, in the order above."""
for _place, _words in enumerate(SMALL_WORDS.values()):
    for _word in _words.split():
        LANGUAGES_OF_WORD[_word] = LANGUAGES_OF_WORD.get(_word, 0) | 1 << _place

SCRIPTS = (
    # first and last letter of a script that one language of the list writes in
    ("\u0370", "\u03ff", "el"), ("\u0531", "\u058f", "hy"), ("\u0590", "\u05ff", "he"), ("\u0980", "\u09ff", "bn"),
    ("\u0a00", "\u0a7f", "pa"), ("\u0a80", "\u0aff", "gu"), ("\u0b80", "\u0bff", "ta"), ("\u0c00", "\u0c7f", "te"),
    ("\u0d00", "\u0d7f", "ml"), ("\u0d80", "\u0dff", "si"), ("\u0e00", "\u0e7f", "th"), ("\u0e80", "\u0eff", "lo"),
    ("\u1000", "\u109f", "my"), ("\u10a0", "\u10ff", "ka"), ("\u1200", "\u137f", "am"), ("\u1780", "\u17ff", "km"),
    ("\u3040", "\u30ff", "ja"), ("\u4e00", "\u9fff", "zh"), ("\uac00", "\ud7af", "ko"),
)  # fmt: skip
FIRST_LETTERS = tuple(first for first, _, _ in SCRIPTS)
KANA = re.compile("[\u3041-\u30f6]")
FEWEST_KANA = 0.05  # of the letters: Japanese is never written without, Chinese quotes hardly any

ALPHABETS: tuple[tuple[str, str, str], ...] = (
    # letters that the language writes often, and those it never writes
    ("be", "ўі", "иъїє"),
    ("uk", "їі", "ыэъў"),
    ("ru", "ыи", "ўіїєәғқңөұүһҷӣӯјћђѓќ"),
    ("pl", "łę", "ėųįžčőř"),
    ("lt", "ėų", "łęćńőř"),
)
OFTEN, NEVER = 0.004, 0.002  # shares of the letters; names of another language stay below the second
LETTER_CHARS, FEWEST_LETTERS = 1200, 250

WORD = re.compile(r"[^\W\d_]+")
NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
LOWER_LETTERS = bytes(ord(chr(code).lower()) if chr(code).isalpha() else 32 for code in range(128)).ljust(256)
SAMPLE_CHARS = 500  # the model's answer does not change beyond it; its cost grows with the text
SMALL_WORD_CHARS = 1200
FEWEST, FEWEST_UNDECLARED, LEAD = 6, 14, 4  # small words found, and how many times the next language's
SHORTEST = 20  # letters; below that a guess is worth less than what the page declares


def detect_language(text: str, declared: str | None = None) -> str | None:
    """The ISO 639-1 code of `text`; what the page declares only where the text is too short to tell.

    A script that one language uses decides first, then small words where one language has many and the others hardly
    any (sooner if the page declares it), then letters; the model (0.4 s to read) is asked for the rest.
    """
    said = re.split("[-_]", declared or "")[0].strip().lower()
    if sum(map(str.isalpha, text[: SHORTEST * 4])) < SHORTEST:
        return said or None
    sure = _by_script(text[:SAMPLE_CHARS]) or _by_small_words(text[:SMALL_WORD_CHARS], said)
    return sure or _by_letters(text[:LETTER_CHARS]) or _by_model(text[:SAMPLE_CHARS])


def _by_script(text: str) -> str | None:
    """By the script of the middle letter in the order of their codes, which is that of most letters."""
    plain = text.encode("ascii", "ignore")
    letters_at_most = len(plain.translate(None, NO_LETTERS)) + len(text) - len(plain)
    if letters_at_most // 2 < letters_at_most - (len(text) - len(plain)):
        return None  # it is an ASCII letter, for these come first
    letters = sorted(filter(str.isalpha, text))
    middle = letters[len(letters) // 2]
    _, last, language = SCRIPTS[bisect_right(FIRST_LETTERS, middle) - 1]
    if middle < FIRST_LETTERS[0] or middle > last:
        return None
    if language == "zh" and len(KANA.findall(text)) > FEWEST_KANA * len(letters):
        return "ja"
    return language


def _by_small_words(text: str, declared: str) -> str | None:
    counts = dict(zip(SMALL_WORDS, small_words_in(text), strict=True))
    best, second = sorted(counts, key=lambda one: -counts[one])[:2]
    needed = FEWEST if best == declared else FEWEST_UNDECLARED
    return best if counts[best] >= max(needed, LEAD * counts[second]) else None


def count_small_words(text: str) -> list[int]:
    """How many of each language's small words stand in the text, in the order of `SMALL_WORDS`."""
    languages = [LANGUAGES_OF_WORD[word] for word in _words_of(text) if word in LANGUAGES_OF_WORD]
    return [sum(bits >> place & 1 for bits in languages) for place in range(len(SMALL_WORDS))]


if LINES is not None:
    LINES.bind_small_words(LANGUAGES_OF_WORD, len(SMALL_WORDS))

small_words_in: Callable[[str], list[int]] = count_small_words if LINES is None else LINES.count_small_words
"""As `count_small_words`, in C where it was built."""


def _words_of(text: str) -> list[str]:
    """Runs of letters, in lower case; of ASCII but for typeset marks in bytes, at a quarter of the cost."""
    simple = with_blanks_for_marks(text)
    if simple.isascii():
        return simple.encode().translate(LOWER_LETTERS).decode().split()
    return WORD.findall(text.lower())


def _by_letters(text: str) -> str | None:
    """By letters that only one of the neighbouring languages writes."""
    if text.isascii() or len(text) < FEWEST_LETTERS:
        return None
    low, size = text.lower(), len(text)
    for language, typical, strange in ALPHABETS:
        if all(low.count(letter) >= OFTEN * size for letter in typical):
            return language if sum(map(low.count, strange)) <= NEVER * size else None
    return None


def _by_model(text: str) -> str:
    language = language_model().language_of(text)
    return "no" if language in {"nb", "nn"} else language


@cache
def language_model() -> LanguageModel:
    """The model, read once per process; a service has it read before a page asks for it (docs/decisions/0105)."""
    return LanguageModel(LANGUAGES)
