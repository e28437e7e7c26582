"""The language of the kept text: by its small words where they leave no doubt, else by py3langid."""

import re
from functools import cache
from typing import Any

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
LANGUAGES_OF_WORD: dict[str, list[str]] = {}
for _language, _words in SMALL_WORDS.items():
    for _word in _words.split():
        LANGUAGES_OF_WORD.setdefault(_word, []).append(_language)

WORD = re.compile(r"[^\W\d_]+")
SAMPLE_CHARS = 500  # the model's answer does not change beyond it; its cost grows with the text
SMALL_WORD_CHARS = 1200
FEWEST, FEWEST_UNDECLARED, LEAD = 6, 14, 4  # small words found, and how many times the next language's
SHORTEST = 20  # letters; below that a guess is worth less than what the page declares


def detect_language(text: str, declared: str | None = None) -> str | None:
    """The ISO 639-1 code of `text`; what the page declares only where the text is too short to tell.

    Small words decide where one language has many and the others hardly any, sooner if the page declares it; the
    model (0.45 s to load, 100 MB) is asked for the rest.
    """
    said = re.split("[-_]", declared or "")[0].strip().lower()
    if sum(map(str.isalpha, text[: SHORTEST * 4])) < SHORTEST:
        return said or None
    return _by_small_words(text[:SMALL_WORD_CHARS], said) or _by_model(text[:SAMPLE_CHARS])


def _by_small_words(text: str, declared: str) -> str | None:
    counts = dict.fromkeys(SMALL_WORDS, 0)
    for word in WORD.findall(text.lower()):
        for language in LANGUAGES_OF_WORD.get(word, ()):
            counts[language] += 1
    best, second = sorted(counts, key=lambda one: -counts[one])[:2]
    needed = FEWEST if best == declared else FEWEST_UNDECLARED
    return best if counts[best] >= max(needed, LEAD * counts[second]) else None


def _by_model(text: str) -> str:
    language: str = _identifier().classify(text)[0]
    return "no" if language in {"nb", "nn"} else language


@cache
def _identifier() -> Any:
    """The model, read once per process."""
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages([one for one in LANGUAGES if one in set(identifier.nb_classes)])
    return identifier
