"""From results to figures: word F1 by page, sets and pools, intervals by resampling sites, titles, dates and authors."""

import random
import re
import statistics
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.extraction.corpus import NEWS_SETS, word_f1, words

DRAWS = 400
BAD = 0.5


@dataclass(frozen=True, slots=True)
class PageScore:
    """One page: its word F1, the CPU it took, and whether title and date are equal and how far the authors are."""

    dataset: str
    site: str
    suspect: bool
    f1: float
    cpu_ms: float
    title: bool | None = None
    date: bool | None = None
    authors: float | None = None


def score_page(
    dataset: str, suspect: bool, row: dict[str, Any], found: dict[str, Any], cpu_ms: float
) -> PageScore:
    """Compare what was found with the row of truth."""
    return PageScore(
        dataset,
        row["site"],
        suspect,
        word_f1(Counter(words(row["text"])), Counter(words(found.get("text") or ""))),
        cpu_ms,
        _plain(found.get("title")) == _plain(row["title"]) if row.get("title") else None,
        str(found.get("published") or "")[:10] == str(row["date"])[:10] if row.get("date") else None,
        _name_f1(row["authors"], found.get("authors")) if row.get("authors") else None,
    )


def _plain(text: Any) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", str(text or "")).casefold()))


def _name_f1(true: Any, found: Any) -> float:
    expected, given = _names(true), _names(found)
    common = len(expected & given)
    return 2 * common / (len(expected) + len(given)) if common else 0.0


def _names(value: Any) -> set[str]:
    parts: Iterable[Any] = re.split(r"[;|]", value) if isinstance(value, str) else value or ()
    return {plain for part in parts if (plain := _plain(part))}


Figure = Callable[[Sequence[PageScore]], float]


def by_set(scores: Sequence[PageScore]) -> dict[str, float]:
    """Mean word F1 of each collection."""
    found = defaultdict(list)
    for one in scores:
        found[one.dataset].append(one.f1)
    return {name: statistics.fmean(values) for name, values in found.items()}


def macro(scores: Sequence[PageScore]) -> float:
    """Mean over the collections of their mean word F1."""
    return statistics.fmean(by_set(scores).values())


def pooled(scores: Sequence[PageScore]) -> float:
    """Mean word F1 over the pages."""
    return statistics.fmean(one.f1 for one in scores)


def news(scores: Sequence[PageScore]) -> float:
    """Mean over the four modern news collections, pages of suspect truth left out."""
    sets = by_set([one for one in scores if not one.suspect])
    return statistics.fmean(sets[name] for name in NEWS_SETS if name in sets)


def bad_share(scores: Sequence[PageScore]) -> float:
    """Share of pages with word F1 below one half, pages of suspect truth left out."""
    return statistics.fmean(one.f1 < BAD for one in scores if not one.suspect)


def cpu_mean(scores: Sequence[PageScore]) -> float:
    """Mean CPU milliseconds a page."""
    return statistics.fmean(one.cpu_ms for one in scores)


FIGURES: dict[str, Figure] = {
    "macro": macro,
    "pooled": pooled,
    "news": news,
    "bad": bad_share,
    "cpu ms": cpu_mean,
}


def interval(scores: Sequence[PageScore], figure: Figure) -> tuple[float, float]:
    """The 5th and 95th percentile of a figure when sites are drawn anew with replacement, 400 times, seed 1."""
    sites = defaultdict(list)
    for one in scores:
        sites[one.site].append(one)
    groups, rng = list(sites.values()), random.Random(1)
    drawn = sorted(
        figure([one for group in rng.choices(groups, k=len(groups)) for one in group]) for _ in range(DRAWS)
    )
    return drawn[DRAWS // 20], drawn[DRAWS - DRAWS // 20]


def share_of(scores: Sequence[PageScore], dataset: str, field: str) -> float | None:
    """Mean of `title`, `date` or `authors` over the pages of a collection that have it."""
    values = [
        float(getattr(one, field))
        for one in scores
        if one.dataset == dataset and getattr(one, field) is not None
    ]
    return statistics.fmean(values) if values else None
