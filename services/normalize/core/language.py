"""The language of the kept text, by py3langid restricted to languages that news in our sources is written in."""

from functools import cache
from typing import Any

LANGUAGES = [
    "en",
    "ru",
    "be",
    "uk",
    "pl",
    "lt",
    "lv",
    "et",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "nn",
    "fi",
    "cs",
    "sk",
    "hu",
    "ro",
    "bg",
    "sr",
    "hr",
    "bs",
    "sl",
    "mk",
    "el",
    "tr",
    "ar",
    "fa",
    "he",
    "hi",
    "ur",
    "bn",
    "ta",
    "te",
    "ml",
    "mr",
    "gu",
    "pa",
    "ne",
    "si",
    "th",
    "vi",
    "id",
    "ms",
    "zh",
    "ja",
    "ko",
    "ka",
    "hy",
    "az",
    "kk",
    "ky",
    "uz",
    "tg",
    "mn",
    "tl",
    "sw",
    "af",
    "ca",
    "eu",
    "gl",
    "is",
    "ga",
    "cy",
    "sq",
    "am",
    "km",
    "lo",
    "my",
    "jv",
]
SAMPLE_CHARS = 800  # the answer does not change beyond it; the cost grows with the text
SHORTEST = 20  # below that a guess is worth less than what the page declares


def detect_language(text: str, declared: str | None = None) -> str | None:
    """The ISO 639-1 code of `text`; what the page declares only where the text is too short to tell."""
    sample = text[:SAMPLE_CHARS]
    if sum(map(str.isalpha, sample[: SHORTEST * 4])) < SHORTEST:
        return (declared or "").split("-")[0].split("_")[0].strip().lower() or None
    language: str = _identifier().classify(sample)[0]
    return "no" if language in {"nb", "nn"} else language


@cache
def _identifier() -> Any:
    """The model, read once per process: 0.45 s and 100 MB, paid at the first article."""
    from py3langid import langid

    identifier = langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE)
    identifier.set_languages([one for one in LANGUAGES if one in set(identifier.nb_classes)])
    return identifier
