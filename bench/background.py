"""Builds the table of background rates from wordfreq's lists: `python -m bench.background` (needs `pip install wordfreq`)."""

import math
from collections import defaultdict
from pathlib import Path

from services.store.core.stories import background
from services.store.core.stories.snapshot import RATE_FLOOR
from services.store.core.stories.terms import stems_of

LANGUAGES = ("en", "ru", "uk", "pl", "lt")
WORDS = 30_000
DOCUMENT_WORDS = 250
"""A word of frequency f stands in 1 - e^(-250 f) of all documents, as if they were 250 words long and words did not clump."""
HEAD = """\
# Share of documents, in millionths, that a word stem stands in. One table for en, ru, uk, pl, lt; made by bench/background.py.
# Derived from the word lists of wordfreq 3.1.1 (Robyn Speer), https://github.com/rspeer/wordfreq; data CC BY-SA 4.0.
# This file is therefore under CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/); see NOTICE.md beside it.
"""


def main(argv: list[str]) -> int:
    """Write the table (to the path given, else to its place in the project)."""
    target = Path(argv[0]) if argv else background.TABLE
    rates = rates_of_stems()
    rows = (f"{stem}\t{round(rate * 1e6)}\n" for stem, rate in sorted(rates.items()) if rate > RATE_FLOOR)
    target.write_text(HEAD + "".join(rows), encoding="utf-8")
    return 0


def rates_of_stems() -> dict[str, float]:
    """Document rates by stem: the frequencies of a stem's words are summed; over languages the highest counts."""
    import wordfreq

    rates: dict[str, float] = {}
    for language in LANGUAGES:
        frequencies: dict[str, float] = defaultdict(float)
        for word in wordfreq.top_n_list(language, WORDS):
            for stem in stems_of(word, language):
                frequencies[stem] += wordfreq.word_frequency(word, language)
        for stem, frequency in frequencies.items():
            rates[stem] = max(rates.get(stem, 0.0), 1 - math.exp(-DOCUMENT_WORDS * frequency))
    return rates


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
