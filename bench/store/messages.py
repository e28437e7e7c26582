"""Synthetic articles whose words are as frequent as in the background table, and races of their copies."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate

from services.contracts.identities import canonical_url, fetch_id_of, page_hash_of
from services.contracts.messages import NormalizedArticle, Quality
from services.store.claim.incoming import Incoming, incoming_of
from services.store.core.stories.background import background_rates

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORDS = 250
COPY_SHARE = 0.15


def make_words(count: int, rng: random.Random) -> list[str]:
    """Words as frequent as in the background table: real rates, no order."""
    return rng.choices(_VOCABULARY, cum_weights=_WEIGHTS, k=count)


def make_message(number: int, rng: random.Random, words: Sequence[str] | None = None) -> NormalizedArticle:
    """An article of 250 words in five paragraphs, at one of fifty outlets."""
    chosen = list(words or make_words(WORDS, rng))
    body = "\n\n".join(" ".join(chosen[at : at + 50]) for at in range(0, len(chosen), 50))
    url = f"https://outlet{number % 50}.example/{number}-{rng.randrange(10**9)}"
    page_hash = page_hash_of(body.encode())
    return NormalizedArticle(
        fetch_id=fetch_id_of(url, NOW, page_hash),
        page_hash=page_hash,
        fetched_at=NOW,
        engine="bench",
        url=url,
        canonical_url=canonical_url(url),
        title=" ".join(chosen[:8]),
        text=body,
        language="en",
        quality=Quality(score=1, words=WORDS, kept_share=1),
    )


def make_incomings(count: int, seed: int) -> list[Incoming]:
    """New articles, 15 % of them edited copies of one before."""
    rng = random.Random(seed)
    known: list[list[str]] = []
    incomings = []
    for number in range(count):
        words = make_words(WORDS, rng)
        if known and rng.random() < COPY_SHARE:
            words = list(rng.choice(known))
            words[100:110] = make_words(10, rng)
        known.append(words)
        incomings.append(incoming_of(make_message(number, rng, words)))
    return incomings


def race_messages(seed: int, articles: int = 150, copies: int = 5) -> list[Incoming]:
    """150 articles, each five times at outlets of its own, the copies side by side."""
    rng = random.Random(seed)
    made = []
    for number in range(articles):
        words = make_words(WORDS, rng)
        for copy in range(copies):
            edited = list(words)
            edited[60 + 8 * copy : 64 + 8 * copy] = make_words(4, rng)
            made.append(incoming_of(make_message(number * 10 + copy, rng, edited)))
    return made


def _vocabulary() -> tuple[list[str], list[float]]:
    rates = sorted(background_rates().items())
    words = [f"w{term:x}" for term, _ in rates]
    return words, list(accumulate(rate for _, rate in rates))


_VOCABULARY, _WEIGHTS = _vocabulary()
