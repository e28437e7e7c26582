"""Text to the terms a story is recognised by: stems with weights, as 32-bit hashes. Pure."""

import re
import struct
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from zlib import crc32

import snowballstemmer

from ..words import without_case
from .stopwords import FUNCTION_WORDS, STOP_WORDS

TITLE_WEIGHT, LEAD_WEIGHT, BODY_WEIGHT = 3.0, 1.0, 0.7
LEAD_WORDS = 60
"""A headline's word counts three, one of the first sixty words one, a later one .7: widens the plateau of thresholds."""
PREFIX_LETTERS = 5
"""Where no stemmer knows the language, the first five letters do nearly as well (docs/sameness.md)."""
MOST_WORDS = 4_000
"""A text goes no further into its story than this: the cost of a hostile page stays that of a long report."""

STEMS_KEPT, LONGEST_KEPT = 50_000, 32
"""How many words of one language have their stems remembered; no longer ones, which are hardly words."""
TEXTS_REMEMBERED, LONGEST_REMEMBERED = 256, 20_000
"""How many headlines and texts have their stems remembered, up to so many characters: the search asks for what an
article's story asked for a second before."""
GUESSED_FROM = 2_000
FUNCTION_SHARE = 0.05
"""A tenth to a half of running text is function words, in its own language."""

STEMMED = {"en": "english", "ru": "russian", "lt": "lithuanian", "pl": "polish"}
WORD = re.compile(r"[^\W_]++(?:[.,]\d++)*+")
POSSESSIVE = re.compile(r"'(?:(?<=\w')s\b)?")
"""Apostrophes, with the s of a possessive. Begins with a plain character: a search for those runs over a page in no time."""
SPELLINGS = (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("ё", "е"), ("\u0301", ""))

Terms = dict[int, float]
"""How much each term, by its hash, counts in one article."""


def terms_of(title: str | None, text: str, language: str | None) -> Terms:
    """The weighted terms of an article; a headline repeated as the first sentence counts once.

    `language` is a code ("en", "pt-BR"); where it is None, function words tell it (`language_of`).
    """
    language = language or language_of(f"{title or ''} {text[:GUESSED_FROM]}")
    headline = stems_of(title or "", language)
    body = stems_of(text, language, limit=MOST_WORDS)
    if headline and body[: len(headline)] == headline:
        body = body[len(headline) :]
    counts: Counter[str] = Counter(body[LEAD_WORDS:])
    weights = dict.fromkeys(counts, 0.0)
    for stem, times in counts.items():
        weights[stem] = BODY_WEIGHT * times
    for stem in body[:LEAD_WORDS]:
        weights[stem] = weights.get(stem, 0.0) + LEAD_WEIGHT
    for stem in headline:
        weights[stem] = weights.get(stem, 0.0) + TITLE_WEIGHT
    terms = {term_hash(stem): weight for stem, weight in weights.items()}
    if (language or "").lower()[:2] in CYRILLIC_LANGUAGES:
        terms[CYRILLIC] = MARK_WEIGHT
    return terms


def language_of(text: str) -> str | None:
    """The language whose function words the text has most of; None where hardly a word is one (English, where two tie)."""
    words = WORD.findall(_respelled(text.casefold()))
    counts = {code: sum(word in known for word in words) for code, known in FUNCTION_WORDS.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= max(2, FUNCTION_SHARE * len(words)) else None


def stems_of(text: str, language: str | None, limit: int | None = None) -> list[str]:
    """The stems of the text's words in order (of the first `limit` of them), without stop words and single letters."""
    code = (language or "").lower()[:2]
    stems = _stemmed(text, code, limit) if len(text) > LONGEST_REMEMBERED else _stemmed_before(text, code)
    return list(filter(None, stems[:limit]))


def _stemmed(text: str, language: str, limit: int | None = None) -> tuple[str, ...]:
    """Each word's stem, "" for stop words and single letters."""
    folded = _respelled(without_case(text))
    words = WORD.findall(POSSESSIVE.sub(" ", folded))[:limit]
    return tuple(map(_STEMS.get(language, _STEMS[""]).__getitem__, words))


@lru_cache(maxsize=TEXTS_REMEMBERED)
def _stemmed_before(text: str, language: str) -> tuple[str, ...]:
    return _stemmed(text, language)


def _respelled(text: str) -> str:
    for written, meant in SPELLINGS:  # `str.translate` takes ten times as long for a page of text
        text = text.replace(written, meant)
    return text


def stem_of(word: str, language: str) -> str:
    """One word's stem; a figure is itself without its thousands' commas."""
    if word[0].isdigit():
        return word.replace(",", "")
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer else word[:PREFIX_LETTERS]


class _Stems(dict[str, str]):
    """The stems of one language's words as they are asked for, "" for stop words and single letters."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    def __missing__(self, word: str) -> str:
        counts = word not in STOP_WORDS and (len(word) > 1 or word.isdigit())
        stem = stem_of(word, self._language) if counts else ""
        if len(self) >= STEMS_KEPT:
            self.clear()
        if len(word) <= LONGEST_KEPT:
            self[word] = stem
        return stem


def topic_terms_of(names: Iterable[str]) -> frozenset[int]:
    """The hashes of a topic's own words in every language: in a feed about the topic they tell no event from another."""
    languages = [*STEMMED, ""]
    return frozenset(term_hash(s) for name in names for code in languages for s in stems_of(name, code))


def term_hash(stem: str) -> int:
    """A term's 32-bit name. Among 300,000 terms some ten pairs collide: noise beside the words that stems conflate."""
    return crc32(stem.encode("utf-8", "surrogatepass"))


def pack_terms(terms: Terms) -> bytes:
    """For the archive: six bytes a term (its hash, its weight in tenths)."""
    ordered = sorted(terms)
    tenths = [min(round(terms[term] * 10), 0xFFFF) for term in ordered]
    return struct.pack(f"<{len(ordered)}I{len(ordered)}H", *ordered, *tenths)


def unpack_terms(packed: bytes) -> Terms:
    """What `pack_terms` packed; raises ValueError for anything else."""
    if len(packed) % 6:
        raise ValueError(f"packed terms are six bytes each; got {len(packed)} bytes")
    count = len(packed) // 6
    values = struct.unpack(f"<{count}I{count}H", packed)
    return {term: tenths / 10 for term, tenths in zip(values[:count], values[count:], strict=True)}


CYRILLIC = term_hash("\x00cyrillic")
"""A mark among the terms, not a word: it tells the scorer how alike unrelated texts of this language are."""
CYRILLIC_LANGUAGES = frozenset({"ru", "uk", "be"})
MARK_WEIGHT = 0.1


@lru_cache(maxsize=16)
def _stemmer(language: str) -> Any:
    name = STEMMED.get(language)
    return snowballstemmer.stemmer(name) if name else None


_STEMS = {language: _Stems(language) for language in (*STEMMED, "")}
